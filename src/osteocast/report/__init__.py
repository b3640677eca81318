"""A forecast as a table in the terminal, as data, and as a page that stands alone."""

from osteocast.report.data import as_data
from osteocast.report.page import page
from osteocast.report.table import table
from osteocast.report.writing import Written, write

__all__ = ["Written", "as_data", "page", "table", "write"]

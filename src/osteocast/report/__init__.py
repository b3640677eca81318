"""A forecast as a table in the terminal, as data, and as a page that stands alone."""

from osteocast.report.data import as_data
from osteocast.report.page import page
from osteocast.report.table import renderables, table
from osteocast.report.writing import Written, check_folder, write

__all__ = ["Written", "as_data", "check_folder", "page", "renderables", "table", "write"]

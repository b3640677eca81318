"""Forecasts and verdicts as tables in the terminal, as data, and as pages that stand alone."""

from osteocast.report.data import as_data
from osteocast.report.page import page
from osteocast.report.table import renderables, table
from osteocast.report.verdict_data import verdict_as_data
from osteocast.report.verdict_table import verdict_renderables, verdict_table
from osteocast.report.writing import Written, check_folder, write, write_search, write_verdict

__all__ = [
    "Written",
    "as_data",
    "check_folder",
    "page",
    "renderables",
    "table",
    "verdict_as_data",
    "verdict_renderables",
    "verdict_table",
    "write",
    "write_search",
    "write_verdict",
]

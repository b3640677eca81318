"""Charts of a forecast, declared once for page, notebook and print."""

from osteocast.charts.bone import bone
from osteocast.charts.chart import Chart, Table
from osteocast.charts.course import MARKERS, MECHANISM, Shown, course
from osteocast.charts.fractures import fractures
from osteocast.charts.rendering import FONTS, as_svgs, drawing
from osteocast.charts.theme import PAPER, STYLES, THEME_COLOURS, Style, style
from osteocast.charts.verdict import moves, verdict

__all__ = [
    "FONTS",
    "MARKERS",
    "MECHANISM",
    "PAPER",
    "STYLES",
    "THEME_COLOURS",
    "Chart",
    "Shown",
    "Style",
    "Table",
    "as_svgs",
    "bone",
    "course",
    "drawing",
    "fractures",
    "moves",
    "style",
    "verdict",
]

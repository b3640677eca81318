"""How charts look: one palette, one font, one set of axes.

The colours of the plans keep their distance for the common kinds of colour blindness and reach 4.5:1 against
the page, so that they serve for text too. Nothing is told by colour alone: each plan also has a dash and a
symbol, and its name at the end of its line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["CONFIG", "FONT", "INK", "MUTED", "PAPER", "STYLES", "THEME_COLOURS", "Style", "style"]

FONT = "Inter, system-ui, sans-serif"

INK = "#1b2430"
MUTED = "#5b6675"
GRID = "#e3e7ec"
PAPER = "#ffffff"
THRESHOLD = "#8a6d1f"


@dataclass(frozen=True)
class Style:
    """How the lines and symbols of one plan are drawn.

    Parameters
    ----------
    colour : str
    dash : tuple of int
        Empty for a solid line.
    symbol : str
        Vega shape.
    """

    colour: str
    dash: tuple[int, ...]
    symbol: str


STYLES = (
    Style("#b3420a", (), "circle"),
    Style("#1f5fa8", (11, 3), "square"),
    Style("#0b7358", (6, 2), "triangle-up"),
    Style("#8a2a85", (2, 2), "diamond"),
    Style("#4d4a9e", (9, 2, 2, 2), "triangle-down"),
    Style("#6b5a12", (4, 4), "cross"),
    Style("#27606b", (14, 2, 2, 2, 2, 2), "triangle-right"),
    Style("#8c2f45", (1, 3), "stroke"),
)

#: Colours that a page may redefine, by the name of its style variable.
THEME_COLOURS = {
    "ink": INK,
    "muted": MUTED,
    "grid": GRID,
    "threshold": THRESHOLD,
    **{f"plan-{i}": one.colour for i, one in enumerate(STYLES)},
}


def style(index: int) -> Style:
    """Return the style of the plan at a position; styles repeat after the eighth."""
    return STYLES[index % len(STYLES)]


CONFIG: dict[str, Any] = {
    "font": FONT,
    "background": "transparent",
    "padding": {"left": 2, "right": 2, "top": 4, "bottom": 2},
    "view": {"stroke": None},
    "axis": {
        "domainColor": MUTED,
        "gridColor": GRID,
        "labelColor": MUTED,
        "labelFontSize": 12,
        "tickColor": MUTED,
        "tickSize": 4,
        "titleColor": INK,
        "titleFontSize": 12,
        "titleFontWeight": 600,
        "titlePadding": 10,
    },
    "axisY": {"domain": False, "ticks": False, "labelPadding": 6},
    "text": {"color": INK, "fontSize": 12},
    "title": {"anchor": "start", "color": INK, "fontSize": 14, "fontWeight": 600, "offset": 10},
}

"""Bands of virtual people as layers: a fan along one line, bars at the end of each."""

from __future__ import annotations

from typing import Any

from osteocast.charts.layers import Layer
from osteocast.charts.theme import PAPER

__all__ = ["END_ROOM", "end_bars", "fan"]


#: Room that each bar takes at the end of the axis, pixels.
END_ROOM = 10.0

_WIDTH = {50: 5.0, 95: 1.4}


def fan(rows: list[dict[str, Any]], x: Layer, y: Layer, colour: Layer) -> Layer:
    """Return nested areas, the inner ones darker for lying on the outer ones.

    Parameters
    ----------
    rows : list of dict
        ``plan``, ``level``, ``year``, ``low`` and ``high``.
    x, y, colour : dict
        Encodings of the year, of the lower end and of the plan.
    """
    # The widest is drawn first, so that each edge can be seen.
    ordered = sorted(rows, key=lambda row: (-row["level"], row["year"]))
    detail = {"field": "level", "type": "nominal"}
    return {
        "data": {"values": ordered},
        "mark": {"type": "area", "opacity": 0.14},
        "encoding": {"x": x, "y": y, "y2": {"field": "high"}, "color": colour, "detail": detail},
    }


def end_bars(
    rows: list[dict[str, Any]], x: Layer, y: Layer, middle: Layer, colour: Layer, symbol: Layer
) -> list[Layer]:
    """Return a bar for each plan beyond the end of its line: thick for half of the people, thin for 95%.

    The plan's symbol stands on it at the median, so that colour is not all that tells whose it is.

    Parameters
    ----------
    rows : list of dict
        As for `fan`, one for each plan and level, with the median as ``value``.
    x, y, middle, colour, symbol : dict
        Encodings of the year, of the lower end, of the median, and of the plan.
    """
    encoding = {"x": x, "y": y, "y2": {"field": "high"}, "color": colour}
    medians = [
        {name: row[name] for name in ("plan", "year", "value")} for row in rows if row["level"] == min(_WIDTH)
    ]
    bars = [
        {
            "data": {"values": [row for row in rows if row["level"] == level]},
            "mark": {"type": "rule", "strokeWidth": width, "strokeCap": "butt", "opacity": 0.85},
            "encoding": encoding,
        }
        for level, width in _WIDTH.items()
    ]
    points = {
        "data": {"values": medians},
        "mark": {
            "type": "point",
            "filled": True,
            "size": 48,
            "opacity": 1,
            "stroke": PAPER,
            "strokeWidth": 1,
        },
        "encoding": {"x": x, "y": middle, "color": colour, "shape": symbol},
    }
    return [*bars, points]

"""Chart of calibration: how many published numbers lie in intervals that are meant to hold a given share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from osteocast.charts.chart import SCHEMA, Chart, Table
from osteocast.charts.theme import CONFIG, INK, MUTED, PAPER, style

__all__ = ["calibration"]

#: Position in the palette by group, as in the chart of all means.
_STYLES = {"fitted": 1, "predicted": 0, "new": 2}


def calibration(
    reliability: Mapping[str, Sequence[tuple[float, float]]], counts: Mapping[str, int], *, size: int = 360
) -> Chart:
    """Chart the share of published numbers within central intervals of each level, one line per group.

    Parameters
    ----------
    reliability : mapping of str to sequence of (float, float)
        By the name of a group: level of the interval, and the share of numbers within, both 0 to 1.
    counts : mapping of str to int
        How many numbers a group has.
    size : int
        Width and height of the plot.
    """
    scale = {"domain": [0, 100], "nice": False}

    def axis(field: str, title: str) -> dict[str, Any]:
        shown = {"title": title, "values": [0, 20, 40, 60, 80, 100]}
        return {"field": field, "type": "quantitative", "scale": scale, "axis": shown}

    x, y = axis("level", "meant to lie within, %"), axis("share", "lie within, %")
    names = [f"{name} ({counts[name]})" for name in reliability]
    values = [
        {"level": round(100 * level, 1), "share": round(100 * share, 1), "group": f"{name} ({counts[name]})"}
        for name, pairs in reliability.items()
        for level, share in pairs
    ]
    styles = [style(_STYLES.get(name, 2)) for name in reliability]
    legend = {"title": None, "orient": "top", "labelColor": INK, "labelFontSize": 12, "symbolSize": 70}

    def by_group(field: list[Any]) -> dict[str, Any]:
        scale = {"domain": names, "range": field}
        return {"field": "group", "type": "nominal", "scale": scale, "legend": legend}

    colour = by_group([one.colour for one in styles])
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": [{"level": 0, "share": 0}, {"level": 100, "share": 100}]},
            "mark": {"type": "line", "color": MUTED, "strokeWidth": 1.2},
            "encoding": {"x": x, "y": y},
        },
        {
            "data": {"values": values},
            "mark": {"type": "line", "strokeWidth": 2},
            "encoding": {"x": x, "y": y, "color": colour},
        },
        {
            "data": {"values": values},
            "mark": {"type": "point", "filled": True, "size": 50, "opacity": 1},
            "encoding": {"x": x, "y": y, "color": colour, "shape": by_group([one.symbol for one in styles])},
        },
    ]
    spec = {
        "$schema": SCHEMA,
        "config": CONFIG,
        "background": PAPER,
        "width": size,
        "height": size,
        "layer": layers,
    }
    rows = tuple(
        (f"{100 * level:g}%", name, f"{100 * share:.0f}%")
        for name, pairs in reliability.items()
        for level, share in pairs
    )
    said = "; ".join(
        f"of {counts[name]} {name}, {100 * share:.0f}% in intervals of {100 * level:.0f}%"
        for name, pairs in reliability.items()
        for level, share in pairs
        if abs(level - 0.9) < 1e-9
    )
    table = Table("Published numbers within prediction intervals", ("Interval", "Numbers", "Within"), rows)
    summary = f"Share of published means of bone density within prediction intervals: {said}."
    return Chart("calibration", "Prediction intervals", summary, table, spec)

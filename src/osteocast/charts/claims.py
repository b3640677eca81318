"""The chart of a claim: what was simulated over time, and published values where they were measured."""

from __future__ import annotations

from typing import Any

import numpy as np

from osteocast.charts.chart import SCHEMA, Chart, Table
from osteocast.charts.layout import domain, spread, wrapped
from osteocast.charts.theme import CONFIG, GRID, MUTED, style
from osteocast.claims import Answer, Series

__all__ = ["claim_chart"]

_LINE = 14.0  # height of a line of text, pixels
_LABEL_WIDTH = 22  # characters
_GAP = 5.0  # between two labels, pixels
_PIXELS: dict[str, Any] = {"type": "quantitative", "scale": None, "axis": None}


def claim_chart(answer: Answer, *, width: int = 330, height: int = 190) -> Chart | None:
    """Chart the curves of a claim.

    Parameters
    ----------
    answer : Answer
    width, height : int
        Of the plot itself.

    Returns
    -------
    Chart or None
        None for a claim that no curve would explain.
    """
    picture = answer.claim.picture
    if picture is None or not answer.series:
        return None
    ends = [value for line in answer.series for value in (*line.low, *line.high)]
    ends += [
        end for line in answer.series for point in _points(line) for end in (point["low"], point["high"])
    ]
    if picture.unit == "pct":
        ends.append(0.0)
    low, high = domain(ends)
    x = {
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [0, picture.months], "nice": False},
        "axis": {"title": "months", "grid": False, "tickCount": 6},
    }
    y = {
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [low, high], "nice": False, "zero": False},
        "axis": {"tickCount": 5, "format": "~r", "gridColor": GRID},
    }
    layers: list[dict[str, Any]] = []
    if picture.unit == "pct":
        rule = {"data": {"values": [{"y": 0}]}, "mark": {"type": "rule", "color": MUTED}}
        layers.append({**rule, "encoding": {"y": {**y, "field": "y"}}})
    for index, line in enumerate(answer.series):
        layers += _line(line, index, x, y)
    layers += _labels(answer, (low, high), width, height)
    spec = {"$schema": SCHEMA, "config": CONFIG, "width": width, "height": height, "layer": layers}
    return Chart(f"claims-{answer.id.lower()}", picture.title, _summary(answer), _table(answer), spec)


def _line(line: Series, index: int, x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
    own = style(index)
    month = {**x, "field": "month"}
    curve = [
        {"month": _r(m), "middle": _r(b), "low": _r(a), "high": _r(c)}
        for m, a, b, c in zip(line.months, line.low, line.middle, line.high, strict=True)
    ]
    stroke = {"color": own.colour, "strokeWidth": 2, **({"strokeDash": list(own.dash)} if own.dash else {})}
    layers: list[dict[str, Any]] = []
    if np.any(line.high > line.low):
        layers.append(
            {
                "data": {"values": curve},
                "mark": {"type": "area", "color": own.colour, "opacity": 0.13},
                "encoding": {"x": month, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
            }
        )
    layers.append(
        {
            "data": {"values": curve},
            "mark": {"type": "line", **stroke},
            "encoding": {"x": month, "y": {**y, "field": "middle"}},
        }
    )
    points = _points(line)
    if points:
        symbol = {"type": "point", "filled": True, "size": 55, "opacity": 1, "shape": own.symbol}
        layers += [
            {
                "data": {"values": points},
                "mark": {"type": "rule", "color": own.colour},
                "encoding": {"x": month, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
            },
            {
                "data": {"values": points},
                "mark": {**symbol, "color": own.colour},
                "encoding": {"x": month, "y": {**y, "field": "value"}},
            },
        ]
    return layers


def _points(line: Series) -> list[dict[str, float]]:
    """Return published values with their confidence intervals, or the value where none was printed."""
    return [
        {
            "month": _r(month),
            "value": _r(given.value),
            "low": _r(given.ci[0] if given.ci else given.value),
            "high": _r(given.ci[1] if given.ci else given.value),
        }
        for month, given in line.points
        if given.value is not None
    ]


def _labels(answer: Answer, extent: tuple[float, float], width: int, height: int) -> list[dict[str, Any]]:
    """Names at the ends of the lines, moved apart."""
    low, high = extent
    texts = [wrapped(line.label, _LABEL_WIDTH) for line in answer.series]
    wanted = [height * (high - float(line.middle[-1])) / (high - low) for line in answer.series]
    sizes = [_LINE * len(text) + _GAP for text in texts]
    places = spread(wanted, sizes, 0.0, float(height))
    layers = []
    for index, (text, place) in enumerate(zip(texts, places, strict=True)):
        rows = [
            {"x": width + 8, "y": round(place + _LINE * (i - (len(text) - 1) / 2), 1), "text": part}
            for i, part in enumerate(text)
        ]
        mark = {"type": "text", "align": "left", "baseline": "middle", "fontSize": 12, "fontWeight": 600}
        layers.append(
            {
                "data": {"values": rows},
                "mark": {**mark, "color": style(index).colour},
                "encoding": {
                    "x": {**_PIXELS, "field": "x"},
                    "y": {**_PIXELS, "field": "y"},
                    "text": {"field": "text"},
                },
            }
        )
    return layers


def _summary(answer: Answer) -> str:
    picture = answer.claim.picture
    assert picture is not None
    ends = "; ".join(f"{line.label}: {line.middle[-1]:.3g}" for line in answer.series)
    return (
        f"{picture.title[0].upper()}{picture.title[1:]}, simulated; after {picture.months:g} months {ends}."
    )


def _table(answer: Answer) -> Table:
    picture = answer.claim.picture
    assert picture is not None
    months = [picture.months * part for part in (0.25, 0.5, 1.0)]
    rows = tuple(
        (line.label, *(f"{np.interp(month, line.months, line.middle):.3g}" for month in months))
        for line in answer.series
    )
    return Table(picture.title, ("Line", *(f"{month:g} months" for month in months)), rows)


def _r(value: float | None) -> float:
    return float(f"{float('nan') if value is None else value:.5g}")

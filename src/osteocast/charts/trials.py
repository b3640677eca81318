"""Charts of the validation: published against simulated, and the course of single trials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from osteocast.charts.chart import SCHEMA, Chart, Table
from osteocast.charts.layout import domain
from osteocast.charts.theme import CONFIG, INK, MUTED, PAPER, style
from osteocast.trials import Row

__all__ = ["Line", "Point", "agreement", "trial_course"]

#: How rows are told apart: name on the chart, position in the palette, symbol.
_GROUPS = {
    "fitted": ("used in the fit", 1),
    "predicted": ("predicted", 0),
    "apart": ("predicted, reported apart", 3),
    "new": ("new", 2),
}


@dataclass(frozen=True)
class Point:
    """A published value on a chart: month, value, and the 95% confidence interval where there is one."""

    month: float
    value: float
    ci: tuple[float, float] | None = None


@dataclass(frozen=True)
class Line:
    """One quantity over time.

    Parameters
    ----------
    name : str
    months, middle, low, high : ndarray (n_month,)
        The simulation, with what the trials leave open about the average person.
    points : tuple of Point
        What was published.
    """

    name: str
    months: np.ndarray
    middle: np.ndarray
    low: np.ndarray
    high: np.ndarray
    points: tuple[Point, ...]


def agreement(rows: Sequence[Row], *, size: int = 420) -> Chart:
    """Chart every counted mean of bone density, published against simulated.

    Parameters
    ----------
    rows : sequence of Row
        Of a validation; those that are not counted are left out.
    size : int
        Width and height of the plot.
    """
    counted = [(_group(row), row) for row in rows if row.counted]
    values = [
        {
            "published": round(row.published, 2),
            "simulated": round(row.simulated, 2),
            "group": _GROUPS[group][0],
            "what": f"{row.trial}, {row.arm}, {row.observable}, month {row.month:g}",
        }
        for group, row in counted
    ]
    low, high = domain([number for _, row in counted for number in (row.published, row.simulated)])
    present = [group for group in _GROUPS if any(group == one for one, _ in counted)]
    names = [_GROUPS[group][0] for group in present]
    styles = [style(_GROUPS[group][1]) for group in present]
    scale = {"domain": [low, high], "nice": False, "zero": False}

    def axis(field: str, title: str) -> dict[str, Any]:
        return {"field": field, "type": "quantitative", "scale": scale, "axis": {"title": title}}

    legend = {"title": None, "orient": "top", "labelColor": INK, "labelFontSize": 12, "symbolSize": 70}
    ends = [
        {"published": x, "simulated": x + shift, "s": str(shift)} for shift in (-2, 0, 2) for x in (low, high)
    ]
    x, y = (
        axis("published", "published, percentage points"),
        axis("simulated", "simulated, percentage points"),
    )
    spec = {
        "$schema": SCHEMA,
        "config": CONFIG,
        "background": PAPER,
        "width": size,
        "height": size,
        "layer": [
            {
                "data": {"values": [{**end, "width": 1.2 if end["s"] == "0" else 0.6} for end in ends]},
                "mark": {"type": "line", "color": MUTED, "clip": True},
                "encoding": {
                    "x": x,
                    "y": y,
                    "detail": {"field": "s"},
                    "strokeDash": {
                        "field": "s",
                        "type": "nominal",
                        "scale": {"domain": ["0", "-2", "2"], "range": [[1, 0], [3, 3], [3, 3]]},
                        "legend": None,
                    },
                },
            },
            {
                "data": {"values": values},
                "mark": {"type": "point", "filled": True, "size": 46, "opacity": 0.75},
                "encoding": {
                    "x": x,
                    "y": y,
                    "color": {
                        "field": "group",
                        "type": "nominal",
                        "scale": {"domain": names, "range": [one.colour for one in styles]},
                        "legend": legend,
                    },
                    "shape": {
                        "field": "group",
                        "type": "nominal",
                        "scale": {"domain": names, "range": [one.symbol for one in styles]},
                        "legend": legend,
                    },
                },
            },
        ],
    }
    errors = np.array([row.error for _, row in counted])
    summary = (
        f"{len(counted)} means of bone density, published against simulated; "
        f"{np.mean(np.abs(errors) <= 2):.0%} lie within 2 percentage points of each other, the dashed lines."
    )
    cells = tuple(
        (value["what"], value["group"], f"{value['published']:+g}", f"{value['simulated']:+g}")
        for value in values
    )
    table = Table("Bone density, published and simulated", ("What", "Role", "Published", "Simulated"), cells)  # type: ignore[arg-type]
    return Chart("agreement", "Published and simulated", summary, table, spec)


def _group(row: Row) -> str:
    return "apart" if row.apart else row.role


def trial_course(
    key: str, title: str, quantity: str, lines: Sequence[Line], *, width: int = 420, height: int = 240
) -> Chart:
    """Chart a trial over time: simulated lines with a band, published points with their intervals.

    Parameters
    ----------
    key, title : str
    quantity : str
        Title of the vertical axis.
    lines : sequence of Line
    width, height : int
        Of the plot.
    """
    everything = [np.concatenate([line.low, line.high, [0.0]]) for line in lines]
    everything.append(np.array([end for line in lines for point in line.points for end in _ends(point)]))
    last = max(float(line.months[-1]) for line in lines)
    x = {
        "type": "quantitative",
        "scale": {"domain": [0, last * 1.02], "nice": False},
        "axis": {"title": "months", "grid": False},
    }
    y = {
        "type": "quantitative",
        "scale": {"domain": list(domain(np.concatenate(everything))), "nice": False, "zero": False},
        "axis": {"title": quantity},
    }
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": [{"y": 0}]},
            "mark": {"type": "rule", "color": MUTED},
            "encoding": {"y": {**y, "field": "y"}},
        }
    ]
    for i, line in enumerate(lines):
        layers += _line_layers(line, i, x, y)
    spec = {
        "$schema": SCHEMA,
        "config": CONFIG,
        "background": PAPER,
        "width": width,
        "height": height,
        "layer": layers,
    }
    rows = tuple(
        (
            line.name,
            f"{point.month:g}",
            f"{point.value:+.1f}",
            f"{np.interp(point.month, line.months, line.middle):+.1f}",
        )
        for line in lines
        for point in line.points
    )
    names = " and ".join(line.name for line in lines)
    table = Table(title, ("Line", "Month", "Published", "Simulated"), rows)
    return Chart(key, title, f"{title}: {names}, simulated over {last:g} months.", table, spec)


def _ends(point: Point) -> tuple[float, ...]:
    return (point.value,) if point.ci is None else (point.value, *point.ci)


def _line_layers(line: Line, index: int, x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
    own = style(index)
    curve = [
        {
            "month": float(month),
            "middle": round(float(m), 3),
            "low": round(float(a), 3),
            "high": round(float(b), 3),
        }
        for month, m, a, b in zip(line.months, line.middle, line.low, line.high, strict=True)
    ]
    points = [{"month": point.month, "value": point.value} for point in line.points]
    bars = [{"month": p.month, "from": p.ci[0], "to": p.ci[1]} for p in line.points if p.ci is not None]
    month = {**x, "field": "month"}
    end = [{"month": curve[-1]["month"], "y": curve[-1]["middle"], "text": line.name}]
    stroke = {"color": own.colour, "strokeWidth": 2, **({"strokeDash": list(own.dash)} if own.dash else {})}
    return [
        {
            "data": {"values": curve},
            "mark": {"type": "area", "color": own.colour, "opacity": 0.14},
            "encoding": {"x": month, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
        },
        {
            "data": {"values": curve},
            "mark": {"type": "line", **stroke},
            "encoding": {"x": month, "y": {**y, "field": "middle"}},
        },
        {
            "data": {"values": bars},
            "mark": {"type": "rule", "color": own.colour},
            "encoding": {"x": month, "y": {**y, "field": "from"}, "y2": {"field": "to"}},
        },
        {
            "data": {"values": points},
            "mark": {
                "type": "point",
                "filled": True,
                "size": 60,
                "opacity": 1,
                "shape": own.symbol,
                "color": own.colour,
            },
            "encoding": {"x": month, "y": {**y, "field": "value"}},
        },
        {
            "data": {"values": end},
            "mark": {"type": "text", "align": "left", "dx": 6, "fontSize": 12, "color": own.colour},
            "encoding": {"x": month, "y": {**y, "field": "y"}, "text": {"field": "text"}},
        },
    ]

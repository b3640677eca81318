"""How likely each plan is to be enough, and how far the bone moves under it."""

from __future__ import annotations

from typing import Any

from osteocast.charts.chart import SCHEMA, Chart, Table
from osteocast.charts.layout import wrapped
from osteocast.charts.theme import CONFIG, GRID, INK, MUTED, STYLES, THRESHOLD
from osteocast.forecast.settling import CLEAR
from osteocast.forecast.summary import signed
from osteocast.forecast.verdict_results import PlanVerdict, Verdict
from osteocast.forecast.verdict_words import percent
from osteocast.person import SITE_LABELS

__all__ = ["moves", "verdict"]

Layer = dict[str, Any]

_ROW = 46
_LINE = 15  # height of a line of text
_PLAN_WIDTH = 24  # characters
# Colour, symbol and words say the same: enough, not enough, open.
_ENOUGH, _OPEN, _NOT = STYLES[2].colour, THRESHOLD, STYLES[0].colour


def _answer(plan: PlanVerdict) -> tuple[str, str]:
    """Return colour and symbol of what a plan comes to."""
    if plan.adequate is None:
        return _OPEN, "circle"
    return (_ENOUGH, "triangle-up") if plan.adequate else (_NOT, "cross")


def verdict(found: Verdict, *, width: int = 420, labels: bool = True) -> Chart:
    """Chart the probability of each plan to be adequate.

    Parameters
    ----------
    found : Verdict
    width : int
        Of the plot itself.
    labels : bool
        Whether the answer stands at the end of each bar in words; on a narrow screen it does not fit.

    Returns
    -------
    Chart
        A bar from nought to the probability, a symbol for enough, open or not enough, and both in words.
    """
    rows = []
    for i, plan in enumerate(found.plans):
        shade, symbol = _answer(plan)
        rows.append(
            {
                "row": i,
                "probability": round(100 * plan.probability, 1),
                "low": round(100 * max(0.0, plan.probability - 1.96 * plan.error), 1),
                "high": round(100 * min(1.0, plan.probability + 1.96 * plan.error), 1),
                "name": wrapped(plan.name, _PLAN_WIDTH),
                "text": f"{percent(plan.probability)}, {plan.in_a_word}",
                "colour": shade,
                "shape": symbol,
            }
        )
    y = _rows(found)
    x = _percent_axis()
    colour = {"field": "colour", "type": "nominal", "scale": None}
    shape = {"field": "shape", "type": "nominal", "scale": None}
    low, high = 100 * CLEAR, 100 * (1 - CLEAR)
    data = {"values": rows}
    layers: list[Layer] = [
        *_zones(low, high),
        {
            "data": data,
            "mark": {"type": "bar", "height": 9, "opacity": 0.45, "cornerRadiusEnd": 2},
            "encoding": {"x": {**x, "field": "probability"}, "y": y, "color": colour},
        },
        {
            "data": data,
            "mark": {"type": "rule", "strokeWidth": 1.4},
            "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y, "color": colour},
        },
        {
            "data": data,
            "mark": {"type": "point", "filled": True, "size": 95, "opacity": 1},
            "encoding": {"x": {**x, "field": "probability"}, "y": y, "color": colour, "shape": shape},
        },
        *_words(data, y, width, labels),
    ]
    spec = {
        "$schema": SCHEMA,
        "config": CONFIG,
        "width": width,
        "height": _ROW * len(rows),
        "layer": layers,
    }
    table = Table(
        "Probability that a plan is adequate",
        ("Plan", "Probability", "Monte Carlo error", "In words", "Grade"),
        tuple(
            (
                plan.name,
                f"{100 * plan.probability:.1f}%",
                f"± {100 * plan.error:.1f}",
                plan.in_a_word,
                plan.grade,
            )
            for plan in found.plans
        ),
    )
    words = "; ".join(f"{plan.name}: {percent(plan.probability)}, {plan.in_a_word}" for plan in found.plans)
    return Chart("verdict", "How likely each plan is to be enough", f"{words}.", table, spec)


def _rows(found: Verdict) -> Layer:
    order = list(range(len(found.plans)))
    return {"field": "row", "type": "ordinal", "axis": None, "scale": {"domain": order, "padding": 0}}


def _percent_axis() -> Layer:
    return {
        "type": "quantitative",
        "scale": {"domain": [0, 100], "nice": False},
        "axis": {
            "title": "virtual people for whom it is enough (%)",
            "values": [0, 10, 25, 50, 75, 90, 100],
            "gridColor": GRID,
        },
    }


def _zones(low: float, high: float) -> list[Layer]:
    """Name the ends of the scale at which the answer is clear."""
    rows = [
        {"at": 0.0, "end": low, "mid": low / 2, "text": "no"},
        {"at": low, "end": high, "mid": 50.0, "text": "open"},
        {"at": high, "end": 100.0, "mid": (100 + high) / 2, "text": "yes"},
    ]
    edges = [{"at": low}, {"at": high}]
    scale = {"type": "quantitative", "scale": {"domain": [0, 100], "nice": False}}
    return [
        {
            "data": {"values": edges},
            "mark": {"type": "rule", "color": MUTED, "strokeDash": [2, 3], "strokeWidth": 1},
            "encoding": {"x": {**scale, "field": "at"}},
        },
        {
            "data": {"values": rows},
            "mark": {"type": "text", "baseline": "bottom", "fontSize": 11, "color": MUTED, "y": -4},
            "encoding": {"x": {**scale, "field": "mid"}, "text": {"field": "text", "type": "nominal"}},
        },
    ]


def _words(data: Layer, y: Layer, width: int, labels: bool) -> list[Layer]:
    """Name each row on the left, and say what it comes to on the right."""
    layers = []
    for lines in sorted({len(row["name"]) for row in data["values"]}):
        # A name of several lines hangs from its first: lift it, so that its middle meets the bar.
        rows = [row for row in data["values"] if len(row["name"]) == lines]
        lift = {"dy": -(lines - 1) * _LINE / 2, "align": "right", "fontWeight": 600}
        layers.append({**_text("name", {"value": -10}, y, **lift), "data": {"values": rows}})
    answers = {**_text("text", {"value": width + 10}, y, color=MUTED), "data": data}
    return [*layers, answers] if labels else layers


def _text(field: str, x: Layer, y: Layer, **mark: Any) -> Layer:
    return {
        "mark": {
            "type": "text",
            "align": "left",
            "baseline": "middle",
            "lineHeight": _LINE,
            "color": INK,
            **mark,
        },
        "encoding": {"x": x, "y": y, "text": {"field": field, "type": "nominal"}},
    }


def moves(found: Verdict, site: str, *, width: int = 300, labels: bool = True) -> Chart:
    """Chart how far the bone moves under each plan until the course ends, against the loss that matters.

    Parameters
    ----------
    found : Verdict
    site : str
    width : int
        Of the plot itself.
    labels : bool
        Whether the median stands at the end of each bar.
    """
    rows = []
    for i, plan in enumerate(found.plans):
        middle, low, high = plan.change[site]
        shade, symbol = _answer(plan)
        rows.append(
            {
                "row": i,
                "middle": round(middle, 2),
                "low": round(low, 2),
                "high": round(high, 2),
                "name": wrapped(plan.name, _PLAN_WIDTH),
                "text": f"{signed(middle)}%",
                "colour": shade,
                "shape": symbol,
            }
        )
    limit = found.criteria.losses.get(site)
    ends = [0.0, *(end for plan in found.plans for end in plan.change[site])]
    ends += [] if limit is None else [-limit]
    room = 0.06 * (max(ends) - min(ends))
    x = {
        "type": "quantitative",
        "scale": {"domain": [min(ends) - room, max(ends) + room], "nice": False, "zero": False},
        "axis": {"title": "change of BMD (%)", "tickCount": 6, "format": "+.0f", "gridColor": GRID},
    }
    y = _rows(found)
    colour = {"field": "colour", "type": "nominal", "scale": None}
    shape = {"field": "shape", "type": "nominal", "scale": None}
    data = {"values": rows}
    layers: list[Layer] = [
        {
            "data": {"values": [{"at": 0.0}]},
            "mark": {"type": "rule", "color": MUTED},
            "encoding": {"x": {**x, "field": "at"}},
        }
    ]
    if limit is not None:
        layers += [
            {
                "data": {"values": [{"at": -limit}]},
                "mark": {"type": "rule", "color": THRESHOLD, "strokeDash": [3, 3], "strokeWidth": 1.4},
                "encoding": {"x": {**x, "field": "at"}},
            },
            {
                "data": {"values": [{"at": -limit, "text": "loss that matters"}]},
                "mark": {"type": "text", "baseline": "bottom", "fontSize": 11, "color": THRESHOLD, "y": -4},
                "encoding": {"x": {**x, "field": "at"}, "text": {"field": "text", "type": "nominal"}},
            },
        ]
    layers += [
        {
            "data": data,
            "mark": {"type": "rule", "strokeWidth": 3},
            "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y, "color": colour},
        },
        {
            "data": data,
            "mark": {"type": "point", "filled": True, "size": 90, "opacity": 1},
            "encoding": {"x": {**x, "field": "middle"}, "y": y, "color": colour, "shape": shape},
        },
        *_words(data, y, width, labels),
    ]
    spec = {
        "$schema": SCHEMA,
        "config": CONFIG,
        "width": width,
        "height": _ROW * len(rows),
        "layer": layers,
    }
    when = f"{found.case.date_of(found.criteria.last_day):%B %Y}"
    label = SITE_LABELS[site]
    table = Table(
        f"Change of the {label} until {when}",
        ("Plan", "Median", "80% of virtual people"),
        tuple(
            (plan.name, f"{signed(plan.change[site][0])}%", _span(plan.change[site][1:]))
            for plan in found.plans
        ),
    )
    words = "; ".join(f"{plan.name}: {signed(plan.change[site][0])}%" for plan in found.plans)
    title = f"Change of the {label} until {when}"
    return Chart(f"verdict-{site.replace('_', '-')}", title, f"{words}.", table, spec)


def _span(ends: tuple[float, ...]) -> str:
    return f"{signed(ends[0])}% to {signed(ends[1])}%"

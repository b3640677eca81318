"""How likely each plan is to be enough, and how far the bone moves under it."""

from __future__ import annotations

from osteocast.charts.chart import Chart, Table
from osteocast.charts.layers import Layer
from osteocast.charts.rows import (
    bars,
    mark_rule,
    named,
    rows_spec,
    spans,
    symbols,
    wrapped_name,
)
from osteocast.charts.theme import GRID, MUTED, STYLES, THRESHOLD
from osteocast.forecast.settling import CLEAR
from osteocast.forecast.summary import signed
from osteocast.forecast.verdict_results import PlanVerdict, Verdict
from osteocast.forecast.verdict_words import answer, percent
from osteocast.person import SITE_LABELS

__all__ = ["moves", "verdict"]

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
                "name": wrapped_name(plan.name),
                "text": f"{percent(plan.probability)}, {answer(plan)}",
                "colour": shade,
                "shape": symbol,
            }
        )
    x = _percent_axis()
    low, high = 100 * CLEAR, 100 * (1 - CLEAR)
    data = {"values": rows}
    layers = [
        *_zones(x, low, high),
        bars(data, x, "probability", height=9, opacity=0.45),
        spans(data, x, ("low", "high"), strokeWidth=1.4),
        symbols(data, x, "probability", 95),
        *named(data, width, labels=labels),
    ]
    table = Table(
        "Probability that a plan is adequate",
        ("Plan", "Probability", "Monte Carlo error", "In words", "Grade"),
        tuple(
            (
                plan.name,
                f"{100 * plan.probability:.1f}%",
                f"± {100 * plan.error:.1f}",
                answer(plan),
                plan.grade,
            )
            for plan in found.plans
        ),
    )
    words = "; ".join(f"{plan.name}: {percent(plan.probability)}, {answer(plan)}" for plan in found.plans)
    spec = rows_spec(layers, len(rows), width)
    return Chart("verdict", "How likely each plan is to be enough", f"{words}.", table, spec)


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


def _zones(x: Layer, low: float, high: float) -> list[Layer]:
    """Name the ends of the scale at which the answer is clear."""
    rows = [
        {"mid": low / 2, "text": "no"},
        {"mid": 50.0, "text": "open"},
        {"mid": (100 + high) / 2, "text": "yes"},
    ]
    return [
        mark_rule(x, (low, high), color=MUTED, strokeDash=[2, 3], strokeWidth=1),
        {
            "data": {"values": rows},
            "mark": {"type": "text", "baseline": "bottom", "fontSize": 11, "color": MUTED, "y": -4},
            "encoding": {"x": {**x, "field": "mid"}, "text": {"field": "text", "type": "nominal"}},
        },
    ]


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
                "name": wrapped_name(plan.name),
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
    data = {"values": rows}
    layers: list[Layer] = [mark_rule(x, [0.0], color=MUTED)]
    if limit is not None:
        layers += [
            mark_rule(x, [-limit], color=THRESHOLD, strokeDash=[3, 3], strokeWidth=1.4),
            {
                "data": {"values": [{"at": -limit, "text": "loss that matters"}]},
                "mark": {"type": "text", "baseline": "bottom", "fontSize": 11, "color": THRESHOLD, "y": -4},
                "encoding": {"x": {**x, "field": "at"}, "text": {"field": "text", "type": "nominal"}},
            },
        ]
    layers += [
        spans(data, x, ("low", "high"), strokeWidth=3),
        symbols(data, x, "middle", 90),
        *named(data, width, labels=labels),
    ]
    spec = rows_spec(layers, len(rows), width)
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

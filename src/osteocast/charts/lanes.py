"""Doses and stops, one lane for each plan below the chart, on the same years."""

from __future__ import annotations

from typing import Any

from osteocast.charts.theme import MUTED, style
from osteocast.forecast.events import Span
from osteocast.forecast.results import Forecast
from osteocast.therapies import DRUGS
from osteocast.units import DAYS_PER_YEAR

__all__ = ["dose_lanes"]

_LANE = 18
_APART = 5.0  # pixels from dose to dose, about as wide as a symbol
# One symbol for each drug given dose by dose; those of one lane must differ.
_SYMBOL = {"denosumab": "circle", "zoledronate": "diamond", "ibandronate_iv": "square"}
_GLYPH = {"circle": "●", "diamond": "◆", "square": "■", "triangle-up": "▲"}


def dose_lanes(
    forecast: Forecast, width: int, x_domain: tuple[float, float], labels: bool
) -> dict[str, Any] | None:
    """Return a view with a bar for each drug taken as tablets and a symbol for each dose, if there is any.

    A drug that every plan shares is drawn once, in grey. Doses so close that their symbols would touch, such
    as those of every week, are a bar too.
    """
    per_day = width / (x_domain[1] - x_domain[0]) / DAYS_PER_YEAR
    shared = [
        span for span in forecast.plans[0].spans if all(_has(plan.spans, span) for plan in forecast.plans)
    ]
    lanes: list[tuple[str, str, list[Span]]] = []
    if shared:
        lanes.append(("shared", MUTED, shared))
    for i, plan in enumerate(forecast.plans):
        own = [span for span in plan.spans if not _has(shared, span)]
        if own:
            lanes.append((plan.key, style(i).colour, own))
    if not lanes:
        return None
    bars: list[dict[str, Any]] = []
    points: list[dict[str, Any]] = []
    names: list[dict[str, Any]] = []
    for key, shade, spans in lanes:
        for span in spans:
            start, stop = (_year(forecast, day) for day in (span.start, min(span.stop, forecast.horizon)))
            if _apart(span, per_day):
                points += [
                    {
                        "lane": key,
                        "year": round(_year(forecast, day), 4),
                        "shape": _symbol(span),
                        "colour": shade,
                    }
                    for day in span.doses
                    if x_domain[0] <= _year(forecast, day)
                ]
            elif stop > x_domain[0]:
                bars.append({"lane": key, "start": max(start, x_domain[0]), "stop": stop, "colour": shade})
        names.append({"lane": key, "text": _name(spans, per_day), "colour": shade})
    order = [key for key, _, _ in lanes]
    y = {"field": "lane", "type": "nominal", "sort": order, "axis": None, "scale": {"domain": order}}
    x = {
        "type": "quantitative",
        "scale": {"domain": list(x_domain), "nice": False, "zero": False},
        "axis": None,
    }
    colour = {"field": "colour", "type": "nominal", "scale": None}
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": bars},
            "mark": {"type": "bar", "height": 5, "cornerRadius": 2.5},
            "encoding": {"x": {**x, "field": "start"}, "x2": {"field": "stop"}, "y": y, "color": colour},
        },
        {
            "data": {"values": points},
            "mark": {"type": "point", "filled": True, "size": 42, "opacity": 1},
            "encoding": {
                "x": {**x, "field": "year"},
                "y": y,
                "color": colour,
                "shape": {"field": "shape", "type": "nominal", "scale": None},
            },
        },
    ]
    if labels:
        layers.append(
            {
                "data": {"values": names},
                "mark": {"type": "text", "align": "left", "baseline": "middle", "fontSize": 11},
                "encoding": {
                    "x": {"value": width + 46},
                    "y": y,
                    "text": {"field": "text", "type": "nominal"},
                    "color": colour,
                },
            }
        )
    return {"width": width, "height": _LANE * len(lanes), "layer": layers}


def _has(spans: list[Span] | tuple[Span, ...], span: Span) -> bool:
    return any(
        (one.drug, one.start, one.stop, one.words) == (span.drug, span.start, span.stop, span.words)
        for one in spans
    )


def _year(forecast: Forecast, day: float) -> float:
    return (day - forecast.origin) / DAYS_PER_YEAR


def _symbol(span: Span) -> str:
    return _SYMBOL.get(span.drug, "triangle-up")


def _apart(span: Span, per_day: float) -> bool:
    """Whether single doses can be told apart, at so many pixels a day."""
    if len(span.doses) < 2:
        return bool(span.doses)
    return (span.doses[-1] - span.doses[0]) / (len(span.doses) - 1) * per_day >= _APART


def _name(spans: list[Span], per_day: float) -> str:
    """Name the drugs of a lane, with their symbols."""
    words: dict[str, None] = {}
    for span in spans:
        name = DRUGS[span.drug].words
        words.setdefault(f"{_GLYPH[_symbol(span)]} {name}" if _apart(span, per_day) else name)
    return ", ".join(words)

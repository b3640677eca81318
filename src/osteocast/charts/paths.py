"""Single people as layers: a thin line for each, and above the plot what every kind of line means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from osteocast.charts.layers import PIXELS, Layer, layer
from osteocast.charts.layout import wrapped
from osteocast.charts.path_words import people_of
from osteocast.charts.scales import rounded
from osteocast.charts.theme import INK, MUTED, PAPER, style
from osteocast.forecast.results import Forecast, PlanForecast
from osteocast.forecast.scans import SiteBasis
from osteocast.forecast.summary import lowered

__all__ = ["Entry", "explained", "halo", "legend", "strands"]


_THIN, _THICK = 1.1, 2.6
_STEP = 3  # months between the points of a person's line: finer than can be seen
_OPACITY, _PAST_OPACITY = 0.5, 0.28
_LINE = 16.0  # height of a line of words
_FONT = 12.0
_CHARACTER = 6.1  # width of a character of that size, on average
_SIGN = 24.0  # length of a line in the legend
_GAP = 9.0
_ABOVE = 30.0  # from the plot to the lowest line: what else stands there has room below it
_MOST_LINES = 4


def strands(
    forecast: Forecast, plan: PlanForecast, name: str, colour: str, x: Layer, y: Layer
) -> list[Layer]:
    """Return a thin line for each person under a plan: her past in grey, then her way with the plan.

    Parameters
    ----------
    forecast : Forecast
    plan : PlanForecast
    name : str
        Of the curve.
    colour : str
    x, y : dict
        Encodings of the year and of the value.
    """
    paths = plan.curves[name].paths
    assert paths is not None
    today = int(np.searchsorted(forecast.days, 0.0))
    last = int(np.searchsorted(forecast.days, plan.horizon + 1e-6)) - 1
    layers = []
    for first, end, ink, opacity in ((0, today, MUTED, _PAST_OPACITY), (today, last, colour, _OPACITY)):
        if first == end:
            continue
        kept = np.union1d(np.arange(end, first, -_STEP), [first])
        rows = [
            {"person": k, "year": rounded(forecast.years[at]), "value": rounded(float(path[at]))}
            for k, path in enumerate(paths)
            for at in kept
        ]
        line = {"type": "line", "color": ink, "strokeWidth": _THIN, "strokeJoin": "round", "opacity": opacity}
        person = {"field": "person", "type": "nominal"}
        layers.append(layer(rows, line, {"x": x, "y": y, "detail": person}))
    return layers


def halo(rows: list[dict[str, Any]], x: Layer, y: Layer) -> Layer:
    """Return a clear seam for a line that has to stand out from those below it."""
    mark = {"type": "line", "color": PAPER, "strokeWidth": 5.4, "strokeJoin": "round", "opacity": 0.85}
    return layer(rows, mark, {"x": x, "y": y})


@dataclass(frozen=True)
class Entry:
    """One line of the legend.

    Parameters
    ----------
    kind : {"people", "middle", "scan"}
        What its sign looks like.
    words : str
    colour : str
    """

    kind: Literal["people", "middle", "scan"]
    words: str
    colour: str = INK


def explained(forecast: Forecast, basis: SiteBasis, index: int, *, several: bool) -> list[Entry]:
    """Say what the lines of a chart mean, in words for the person herself.

    Parameters
    ----------
    forecast : Forecast
    basis : SiteBasis
    index : int
        Place of the plan under which single people are drawn.
    several : bool
        Whether there are lines of other plans.
    """
    plan, shade = forecast.plans[index], style(index).colour
    count = people_of(plan.curves[f"change_{basis.site}"])
    past = ", grey up to today" if forecast.days[0] < 0.0 else ""
    people = f"{count} people like you with {lowered(plan.name)}: each line is one of them{past}"
    found = [
        Entry("people", people, shade),
        Entry("middle", "thick lines: the middle of many people like you, one for each plan")
        if several
        else Entry("middle", "thick line: the middle of many people like you", shade),
    ]
    if basis.scans:
        scans = "your own scans" if len(basis.scans) > 1 else "your own scan"
        found.append(Entry("scan", f"{scans}; a change within the whisker may be error alone"))
    return found


def legend(entries: Sequence[Entry], left: float, width: float) -> list[Layer]:
    """Return a legend above the plot, with a sign and words in each line.

    Parameters
    ----------
    entries : sequence of Entry
    left : float
        Where lines begin, pixels from the plot's left edge.
    width : float
        Room for a line, pixels.
    """
    characters = max(16, int((width - _SIGN - _GAP) / _CHARACTER))
    words = [wrapped(entry.words, characters, lines=_MOST_LINES) for entry in entries]
    below = -_ABOVE - _LINE * (sum(len(lines) for lines in words) - 1)
    texts: list[dict[str, Any]] = []
    rules: dict[float, list[dict[str, Any]]] = {}
    points: list[dict[str, Any]] = []
    for entry, lines in zip(entries, words, strict=True):
        texts.append({"left": left + _SIGN + _GAP, "top": below, "words": lines})
        for thick, rule in _rules(entry, left, below):
            rules.setdefault(thick, []).append({**rule, "colour": entry.colour})
        if entry.kind == "scan":
            points.append({"left": left + _SIGN / 2, "top": below})
        below += _LINE * len(lines)
    colour = {"field": "colour", "type": "nominal", "scale": None}
    place = {"x": {**PIXELS, "field": "left"}, "y": {**PIXELS, "field": "top"}}
    stroke = {**place, "x2": {"field": "right"}, "y2": {"field": "low"}, "color": colour}
    layers: list[Layer] = [
        layer(rows, {"type": "rule", "strokeWidth": thick}, stroke) for thick, rows in rules.items()
    ]
    if points:
        mark = {"type": "point", "filled": True, "size": 50, "opacity": 1, "color": INK}
        layers.append(layer(points, mark, place))
    mark = {"type": "text", "align": "left", "baseline": "middle", "fontSize": _FONT, "lineHeight": _LINE}
    text = {**place, "text": {"field": "words", "type": "nominal"}}
    return [*layers, layer(texts, {**mark, "color": MUTED}, text)]


def _rules(entry: Entry, left: float, top: float) -> list[tuple[float, dict[str, float]]]:
    """Return the strokes of a sign, each with its width."""
    right, middle = left + _SIGN, left + _SIGN / 2
    if entry.kind == "middle":
        return [(_THICK, {"left": left, "right": right, "top": top, "low": top})]
    if entry.kind == "scan":
        return [(1.2, {"left": middle, "right": middle, "top": top - 7.0, "low": top + 7.0})]
    return [
        (_THIN, {"left": left, "right": right, "top": top + start, "low": top + end})
        for start, end in ((-1.0, -5.0), (0.0, 0.0), (1.0, 5.0))
    ]

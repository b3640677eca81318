"""Axes: grid, ticks, labels and title, where Vega puts them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import Any

from osteocast.charts.svg.boxes import Box, rise, text_box
from osteocast.charts.svg.numbers import digits_of_step, step_of, ticks, written
from osteocast.charts.svg.reading import Unknown, allowed, text
from osteocast.charts.svg.scales import Linear
from osteocast.charts.theme import CONFIG, FONT, GRID

__all__ = ["axis", "words_at"]

_STYLE = CONFIG["axis"]
_SIDE = CONFIG["axisY"]
_KNOWN = {"title", "grid", "gridColor", "tickMinStep", "format", "tickCount", "values", "labelExpr", "orient"}
_TITLE = {
    "titleAngle": 0,
    "titleAlign": "left",
    "titleAnchor": "end",
    "titleBaseline": "bottom",
}
_EXPRESSION = re.compile(r"replace\(format\(datum\.value, '([^']+)'\), '-', '−'\)$")
_BELOW = 2.0  # between ticks and labels of the lower axis, Vega's own
_PER_TICK = 40.0  # pixels for which Vega plans a tick
_HALF = 0.5  # lines of one pixel are sharp between two pixels; as in Vega it does not count for the size


def words_at(
    words: str,
    x: float,
    y: float,
    size: float,
    colour: str,
    *,
    weight: int = 400,
    align: str = "left",
    baseline: str = "alphabetic",
    turned: bool = False,
) -> str:
    """Write a line of text."""
    anchor = {"left": "start", "center": "middle", "right": "end"}[align]
    bold = "" if weight == 400 else f' font-weight="{weight}"'
    down = rise(size, baseline)
    if turned:
        place = f'transform="translate({text(x)},{text(y)}) rotate(-90) translate(0,{down})"'
    else:
        place = f'x="{text(x)}" y="{text(y + down)}"'
    return (
        f'<text {place} text-anchor="{anchor}" font-family="{FONT}" font-size="{size:g}px"{bold} '
        f'fill="{colour}">{escape(words, quote=False)}</text>'
    )


def axis(channel: Mapping[str, Any], scale: Linear, width: float, height: float, box: Box) -> tuple[str, str]:
    """Draw an axis of a view.

    Parameters
    ----------
    channel : mapping
        The position that it belongs to, with ``axis`` and ``title``.
    scale : Linear
    width, height : float
        Of the view.
    box : Box
        Grows with what is drawn.

    Returns
    -------
    grid, rest : str
        Lines across the view, which lie below everything, and the axis itself.
    """
    given = channel["axis"]
    allowed(given, {*_KNOWN, *_TITLE, "titleX", "titleY"}, "an axis")
    upright = scale.upwards
    right = given.get("orient") == "right"
    if "orient" in given and not (right and upright):
        raise Unknown("an axis on an unusual side")
    values = _ticks(given, scale)
    labels = _labels(given, values, scale)
    places = [scale(value) for value in values]
    shown = places if given.get("grid", True) else ()
    grid = _grid(shown, given.get("gridColor", GRID), width, height, upright)
    title = given.get("title", channel.get("title", 0))
    if title == 0:
        raise Unknown("an axis named after its field")
    if not upright:
        return grid, _lower(given, labels, places, title, width, height, box)
    return grid, _side(given, labels, places, title, width, height, right, box)


def _ticks(given: Mapping[str, Any], scale: Linear) -> list[float]:
    if "values" in given:
        return [value for value in given["values"] if scale.low <= value <= scale.high]
    return ticks(scale.low, scale.high, _count(given, scale))


def _count(given: Mapping[str, Any], scale: Linear) -> float:
    count = float(given.get("tickCount", math.ceil(scale.length / _PER_TICK)))
    least = given.get("tickMinStep")
    return count if least is None else min(count, math.floor((scale.high - scale.low) / least or 1.0) + 1)


def _labels(given: Mapping[str, Any], values: Sequence[float], scale: Linear) -> list[str]:
    form = given.get("format")
    if "labelExpr" in given:
        found = _EXPRESSION.match(given["labelExpr"])
        if found is None:
            raise Unknown("a label by an expression")
        form = found[1]
    if form is None:
        form = f",.{digits_of_step(step_of(scale.low, scale.high, _count(given, scale)))}f"
    return [written(value, form) for value in values]


def _grid(places: Sequence[float], colour: str, width: float, height: float, upright: bool) -> str:
    lines = []
    for place in places:
        at = text(math.floor(place + 0.5) + _HALF)
        ends = f'x1="0.5" x2="{text(width + _HALF)}" y1="{at}" y2="{at}"'
        if not upright:
            ends = f'x1="{at}" x2="{at}" y1="0.5" y2="{text(height + _HALF)}"'
        lines.append(f"<line {ends}/>")
    return f'<g class="mark-rule role-axis-grid" stroke="{colour}">{"".join(lines)}</g>' if lines else ""


def _lower(
    given: Mapping[str, Any],
    labels: Sequence[str],
    places: Sequence[float],
    title: str | None,
    width: float,
    height: float,
    box: Box,
) -> str:
    """Draw the axis below the view: line, ticks, labels."""
    size, ink = _STYLE["labelFontSize"], _STYLE["labelColor"]
    top, tick = height + _HALF, _STYLE["tickSize"]
    lines = [f'<line x1="0.5" x2="{text(width + _HALF)}" y1="{text(top)}" y2="{text(top)}"/>']
    for place in places:
        at = text(math.floor(place + 0.5) + _HALF)
        lines.append(f'<line x1="{at}" x2="{at}" y1="{text(top)}" y2="{text(top + tick)}"/>')
    drawn = [f'<g class="mark-rule role-axis-tick" stroke="{_STYLE["tickColor"]}">{"".join(lines)}</g>']
    below = top + tick + _BELOW
    own = Box()
    boxes = []
    for label, place in zip(labels, places, strict=True):
        # The outermost labels stay inside.
        align = "left" if place <= 1.0 else "right" if place >= width - 1.0 else "center"
        x = place + _HALF
        boxes.append((label, x, align, text_box(label, x, below, size, align=align, baseline="top")))
    for label, x, align, around in _apart(boxes):
        drawn.append(words_at(label, x, below, size, ink, align=align, baseline="top"))
        own.add(*around)
    own.add(_HALF, height + _HALF, width + _HALF, top + tick)
    if title:
        bottom = max((around[3] for *_, around in boxes), default=top + tick)
        x, y = width / 2 + _HALF, bottom + _STYLE["titlePadding"]
        large, weight = _STYLE["titleFontSize"], _STYLE["titleFontWeight"]
        own.add(*text_box(title, x, y, large, weight=weight, baseline="top"))
        bold = words_at(
            title, x, y, large, _STYLE["titleColor"], weight=weight, align="center", baseline="top"
        )
        drawn.append(bold)
    box.include(own, dx=-_HALF, dy=-_HALF)
    return f'<g class="role-axis" aria-hidden="true">{"".join(drawn)}</g>'


_Label = tuple[str, float, str, tuple[float, float, float, float]]


def _apart(labels: list[_Label]) -> list[_Label]:
    """Leave out every other label until none touches the next."""
    kept = labels
    while len(kept) > 2 and any(one[3][2] > other[3][0] for one, other in pairwise(kept)):
        kept = kept[::2]
    return kept


def _side(
    given: Mapping[str, Any],
    labels: Sequence[str],
    places: Sequence[float],
    title: str | None,
    width: float,
    height: float,
    right: bool,
    box: Box,
) -> str:
    """Draw an axis beside the view: labels only, the grid is its line."""
    size, ink, away = _STYLE["labelFontSize"], _STYLE["labelColor"], _SIDE["labelPadding"]
    align = "left" if right else "right"
    x = width + _HALF + away if right else _HALF - away
    own = Box()
    drawn = []
    for label, place in zip(labels, places, strict=True):
        drawn.append(words_at(label, x, place + _HALF, size, ink, align=align, baseline="middle"))
        own.add(*text_box(label, x, place + _HALF, size, align=align, baseline="middle"))
    if title:
        drawn.append(_side_title(given, title, width, height, right, own))
    box.include(own, dx=-_HALF, dy=-_HALF)
    return f'<g class="role-axis" aria-hidden="true">{"".join(drawn)}</g>'


def _side_title(
    given: Mapping[str, Any], title: str, width: float, height: float, right: bool, own: Box
) -> str:
    size, ink, weight = _STYLE["titleFontSize"], _STYLE["titleColor"], _STYLE["titleFontWeight"]
    asked = {name: given[name] for name in (*_TITLE, "titleX", "titleY") if name in given}
    if asked:
        if {name: value for name, value in asked.items() if name in _TITLE} != _TITLE or not right:
            raise Unknown("a title at an unusual place")
        x, y = width + _HALF + asked["titleX"], _HALF + asked["titleY"]
        own.add(*text_box(title, x, y, size, weight=weight, align="left", baseline="bottom"))
        return words_at(title, x, y, size, ink, weight=weight, baseline="bottom")
    if right:
        raise Unknown("a turned title on the right")
    x = (own.left if own.right >= own.left else 0.0) - _STYLE["titlePadding"]
    middle = height / 2 + _HALF
    left, top, end, bottom = text_box(title, 0.0, 0.0, size, weight=weight, baseline="bottom")
    own.add(x + top, middle + left, x + bottom, middle + end)
    return words_at(
        title, x, middle, size, ink, weight=weight, align="center", baseline="bottom", turned=True
    )

"""Marks: lines, bands, rules, points, bars and words of one layer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from osteocast.charts.svg.axes import words_at
from osteocast.charts.svg.boxes import Box, text_box
from osteocast.charts.svg.reading import Unknown, allowed, number, text
from osteocast.charts.svg.scales import Place, Row, Scale, Unit, position, styled
from osteocast.charts.svg.symbols import outline
from osteocast.charts.theme import CONFIG

__all__ = ["mark"]

_PLACES = ("x", "x2", "y", "y2")
_GROUPS = ("color", "strokeDash", "detail")
Scales = Mapping[str, Scale | None]
Size = tuple[float, float]


def mark(unit: Unit, scales: Scales, size: Size, box: Box) -> str:
    """Draw a layer.

    Parameters
    ----------
    unit : Unit
    scales : mapping
        Of ``x`` and ``y``.
    size : (float, float)
        Width and height of the view.
    box : Box
        Grows with what is drawn.
    """
    kind = unit.mark.get("type")
    if kind not in _DRAWN:
        raise Unknown(f"the mark {kind!r}")
    draw, known, channels = _DRAWN[kind]
    allowed(unit.mark, {"type", "clip", "color", "opacity", *known}, f"the mark {kind}")
    allowed(unit.encoding, channels, f"the encoding of {kind}")
    if unit.mark.get("opacity") == 0 or not unit.rows:
        return ""
    own = Box()
    drawn = "".join(draw(unit, scales, size, own))
    clip = ""
    if unit.mark.get("clip"):
        own = Box(max(own.left, 0.0), max(own.top, 0.0), min(own.right, size[0]), min(own.bottom, size[1]))
        clip = ' clip-path="url(#clip0)"'
    box.include(own)
    name = {"point": "symbol", "bar": "rect"}.get(kind, kind)
    return f'<g class="mark-{name} role-mark"{clip}>{drawn}</g>'


def _lines(unit: Unit, scales: Scales, size: Size, box: Box) -> Iterator[str]:
    thick = float(unit.mark.get("strokeWidth", 2))
    join = _attribute("stroke-linejoin", unit.mark.get("strokeJoin"))
    across, up = _needed(unit, scales, "x", "y")
    for rows in _grouped(unit):
        points = sorted(((across(row), up(row)) for row in rows), key=_first)
        box.points([x for x, _ in points], [y for _, y in points], around=thick / 2)
        stroke = f'stroke="{_colour(unit, rows[0])}" stroke-width="{thick:g}"{join}{_dash(unit, rows[0])}'
        yield f'<path d="M{_path(points)}" fill="none" {stroke}{_opacity(unit)}/>'


def _areas(unit: Unit, scales: Scales, size: Size, box: Box) -> Iterator[str]:
    if "opacity" not in unit.mark:
        raise Unknown("a band as dense as Vega makes it")
    across, low, high = _needed(unit, scales, "x", "y", "y2")
    for rows in _grouped(unit):
        ends = sorted(((across(row), low(row), high(row)) for row in rows), key=_first)
        there = [(x, y2) for x, _, y2 in ends]
        back = [(x, y) for x, y, _ in reversed(ends)]
        box.points([x for x, _ in there + back], [y for _, y in there + back])
        around = f"M{_path(there)}L{_path(back)}Z"
        yield f'<path d="{around}" fill="{_colour(unit, rows[0])}"{_opacity(unit)}/>'


def _rules(unit: Unit, scales: Scales, size: Size, box: Box) -> Iterator[str]:
    thick = float(unit.mark.get("strokeWidth", 1))
    cap = _attribute("stroke-linecap", unit.mark.get("strokeCap"))
    places = [position(unit, name, scales) for name in _PLACES]
    if places[0] is None and places[2] is None:
        raise Unknown("a rule without a place")
    for row in unit.rows:
        x, x2, y, y2 = (None if place is None else place(row) for place in places)
        if x is None:
            x, x2 = 0.0, size[0]
        if y is None:
            y, y2 = 0.0, size[1]
        x2, y2 = x if x2 is None else x2, y if y2 is None else y2
        box.points((x, x2), (y, y2), around=thick / 2)
        ends = f'x1="{text(x)}" y1="{text(y)}" x2="{text(x2)}" y2="{text(y2)}"'
        stroke = f'stroke="{_colour(unit, row)}" stroke-width="{thick:g}"{cap}{_dash(unit, row)}'
        yield f"<line {ends} {stroke}{_opacity(unit)}/>"


def _points(unit: Unit, scales: Scales, size: Size, box: Box) -> Iterator[str]:
    if not unit.mark.get("filled") or "opacity" not in unit.mark:
        raise Unknown("points as Vega makes them")
    area = number(unit.mark.get("size", 30), "a size")
    edge = unit.mark.get("stroke")
    thick = float(unit.mark.get("strokeWidth", 2))
    across, up = _anywhere(unit, scales, size)
    for row in unit.rows:
        x, y = across(row), up(row)
        shape = styled(unit, "shape", row) or "circle"
        fill = styled(unit, "fill", row) or _colour(unit, row)
        # A symbol without an inside would not be seen.
        line = edge or (fill if shape == "stroke" else None)
        stroke = f'{_attribute("stroke", line)} stroke-width="{thick:g}"' if line else ""
        reach = area**0.5 / 2 + (thick / 2 if line else 0.0)
        box.add(x - reach, y - reach, x + reach, y + reach)
        at = f'transform="translate({text(x)},{text(y)})"'
        yield f'<path {at} d="{outline(shape, area)}" fill="{fill}"{stroke}{_opacity(unit)}/>'


def _bars(unit: Unit, scales: Scales, size: Size, box: Box) -> Iterator[str]:
    height = number(unit.mark.get("height"), "the height of a bar")
    round_ = number(unit.mark.get("cornerRadius", 0), "a corner")
    first, last, middle = _needed(unit, scales, "x", "x2", "y")
    for row in unit.rows:
        start, stop = sorted((first(row), last(row)))
        top = middle(row) - height / 2
        box.add(start, top, stop, top + height)
        place = f'x="{text(start)}" y="{text(top)}" width="{text(stop - start)}" height="{text(height)}"'
        corner = f' rx="{text(min(round_, (stop - start) / 2))}"' if round_ else ""
        yield f'<rect {place}{corner} fill="{_colour(unit, row)}"{_opacity(unit)}/>'


def _texts(unit: Unit, scales: Scales, size: Size, box: Box) -> Iterator[str]:
    style = CONFIG["text"]
    letters = number(unit.mark.get("fontSize", style["fontSize"]), "a font size")
    weight = int(unit.mark.get("fontWeight", 400))
    align, baseline = unit.mark.get("align", "center"), unit.mark.get("baseline", "middle")
    across, up = _anywhere(unit, scales, size)
    for row in unit.rows:
        words = _words(unit, row)
        x, y = across(row) + unit.mark.get("dx", 0), up(row) + unit.mark.get("dy", 0)
        colour = styled(unit, "color", row) or style["color"]
        for i, line in enumerate(words):
            below = y + i * number(unit.mark.get("lineHeight", letters + 2), "the height of a line")
            box.add(*text_box(line, x, below, letters, weight=weight, align=align, baseline=baseline))
            yield words_at(line, x, below, letters, colour, weight=weight, align=align, baseline=baseline)


def _words(unit: Unit, row: Row) -> Sequence[str]:
    channel = unit.encoding.get("text")
    words = unit.mark.get("text") if channel is None else row.get(channel.get("field", ""))
    if channel is not None:
        allowed(channel, ("field", "type"), "text")
    lines = words if isinstance(words, (list, tuple)) else [words]
    written = [line for line in lines if isinstance(line, str)]
    if len(written) < len(lines):
        raise Unknown(f"the text {words!r}")
    return written


def _grouped(unit: Unit) -> list[list[Row]]:
    """Rows of each line or band, by all that tells them apart."""
    fields = [unit.encoding[name]["field"] for name in _GROUPS if name in unit.encoding]
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in unit.rows:
        groups.setdefault(tuple(row.get(field) for field in fields), []).append(row)
    return list(groups.values())


def _needed(unit: Unit, scales: Scales, *names: str) -> list[Place]:
    """Return the places of channels that the mark cannot do without."""
    places = [position(unit, name, scales) for name in names]
    if None in places:
        raise Unknown(f"{unit.mark.get('type')} without {', '.join(names)}")
    return [place for place in places if place is not None]


def _anywhere(unit: Unit, scales: Scales, size: Size) -> list[Place]:
    """Return the places of x and y: encoded, given by the mark, or the middle of the view."""
    places = []
    for name, length in zip("xy", size, strict=True):
        always = number(unit.mark.get(name, length / 2), name)
        places.append(position(unit, name, scales) or _always(always))
    return places


def _always(at: float) -> Place:
    return lambda row: at


def _first(point: tuple[float, ...]) -> float:
    return point[0]


def _colour(unit: Unit, row: Row) -> str:
    colour = styled(unit, "color", row)
    if not isinstance(colour, str):
        raise Unknown("a colour of Vega's own")
    return escape(colour)


def _dash(unit: Unit, row: Row) -> str:
    dash = styled(unit, "strokeDash", row)
    if not dash or list(dash) == [1, 0]:
        return ""
    return f' stroke-dasharray="{",".join(f"{part:g}" for part in dash)}"'


def _opacity(unit: Unit) -> str:
    opacity = unit.mark.get("opacity", 1)
    return "" if opacity == 1 else f' opacity="{number(opacity, "opacity"):g}"'


def _attribute(name: str, value: Any) -> str:
    return "" if value is None else f' {name}="{escape(str(value))}"'


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "L".join(f"{x:.1f},{y:.1f}" for x, y in points)


_Draw = Callable[[Unit, Scales, Size, Box], Iterator[str]]
# How a mark is drawn, the properties and the encodings that it may have.
_DRAWN: dict[str, tuple[_Draw, set[str], set[str]]] = {
    "line": (_lines, {"strokeWidth", "strokeJoin", "strokeDash"}, {"x", "y", *_GROUPS}),
    "area": (_areas, set(), {"x", "y", "y2", "color", "detail"}),
    "rule": (_rules, {"strokeWidth", "strokeDash", "strokeCap"}, {*_PLACES, "color", "strokeDash"}),
    "point": (
        _points,
        {"filled", "size", "shape", "stroke", "strokeWidth"},
        {"x", "y", "color", "fill", "shape"},
    ),
    "bar": (_bars, {"height", "cornerRadius"}, {"x", "x2", "y", "color"}),
    "text": (
        _texts,
        {"text", "align", "baseline", "dx", "dy", "fontSize", "fontWeight", "lineHeight", "x", "y"},
        {"x", "y", "text", "color"},
    ),
}

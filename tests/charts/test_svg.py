"""What is drawn here stands where `vl_convert` draws it."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import numpy as np
import pytest
import vl_convert
from hypothesis import given
from hypothesis import strategies as st

from osteocast.charts import FONTS, STYLES, rendering, svg
from osteocast.charts.chart import SCHEMA
from osteocast.charts.svg.fonts import width_of
from osteocast.charts.svg.numbers import ticks, written
from osteocast.charts.svg.symbols import outline
from osteocast.charts.theme import CONFIG
from osteocast.report.fractures import fracture_charts
from osteocast.report.page import page

from .test_charts import every_chart, forecast

vl_convert.register_font_directory(str(FONTS))

Point = tuple[float, float]
_NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")


def moved(points: list[Point], transform: str) -> list[Point]:
    """Apply translations and quarter turns, the last one first."""
    for name, arguments in reversed(re.findall(r"(\w+)\(([^)]*)\)", transform)):
        numbers = [float(one) for one in _NUMBER.findall(arguments)]
        if name == "translate":
            points = [(x + numbers[0], y + numbers[1]) for x, y in points]
        else:
            assert (name, numbers) == ("rotate", [-90.0])
            points = [(y, -x) for x, y in points]
    return points


def shapes(drawing: str) -> Iterator[tuple[str, str, list[Point]]]:
    """Yield everything that can be seen: kind, colour and words, and its points in the picture."""

    def walk(node: ElementTree.Element, outer: list[str]) -> Iterator[tuple[str, str, list[Point]]]:
        at = node.attrib
        transforms = [*outer, at.get("transform", "")]
        kind = node.tag.rpartition("}")[2]
        # Nothing to see; and bars, of which one draws rectangles and the other paths.
        if kind in ("defs", "clipPath") or at.get("opacity") == "0" or "mark-rect" in at.get("class", ""):
            return
        points: list[Point] = []
        ink = at.get("stroke") or at.get("fill") or ""
        if kind == "text":
            style = f"{at['fill']} {at['text-anchor']} {at.get('font-weight')}"
            x, y = float(at.get("x", 0)), float(at.get("y", 0))
            for part in list(node) or [node]:
                y += float(part.get("dy", 0)) if part is not node else 0.0
                place = [(x, y)]
                for transform in reversed(transforms):
                    place = moved(place, transform)
                yield kind, f"{style} {part.text}", place
            return
        elif kind == "line":
            names = ("x1", "y1", "x2", "y2")
            x1, y1, x2, y2 = (float(at.get(name, 0)) for name in names)
            points = sorted([(x1, y1), (x2, y2)])
        elif kind == "path" and ("fill" in at or "stroke" in at):
            # A symbol has an outline around a place; a line or a band has no place.
            numbers = [0.0, 0.0] if "transform" in at else [float(one) for one in _NUMBER.findall(at["d"])]
            points = list(zip(numbers[::2], numbers[1::2], strict=True))
        if points:
            for transform in reversed(transforms):
                points = moved(points, transform)
            yield kind, ink, points
        for child in node:
            yield from walk(child, transforms)

    yield from walk(ElementTree.fromstring(drawing), [])


def of_kind(drawing: str, kind: str) -> list[tuple[str, list[Point]]]:
    found = [(ink, sorted(points)) for one, ink, points in shapes(drawing) if one == kind and ink]
    return sorted(found, key=lambda shape: (shape[0], len(shape[1]), [round(x + y) for x, y in shape[1][:1]]))


def frame(drawing: str) -> np.ndarray:
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawing)
    assert found is not None
    return np.array([float(found[1]), float(found[2])])


def test_charts_are_drawn_as_by_vl_convert() -> None:
    for chart in every_chart():
        # On an axis d3 gives ``g`` as few digits as tell ticks apart, and makes 1e+1 of ten.
        spec = json.loads(json.dumps(chart.spec).replace('"+~g"', '"+~r"'))
        compare(svg.draw(chart.spec), vl_convert.vegalite_to_svg(spec), chart.key)


def test_charts_of_fractures_are_drawn_as_by_vl_convert() -> None:
    found = [(plan.name, plan.fracture) for plan in forecast().plans if plan.fracture is not None]
    made = fracture_charts(found)
    assert made
    for chart in made:
        compare(svg.draw(chart.spec), vl_convert.vegalite_to_svg(chart.spec), chart.key, frames=4.0)


def test_the_page_of_a_forecast_needs_no_other_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(specs: list[str]) -> list[str]:
        assert not specs, "a chart of the page is not drawn here, which takes a second"
        return []

    monkeypatch.setattr(rendering, "_draw", refuse)
    rendering._drawn.clear()
    assert page(forecast())


def compare(own: str, other: str, name: str, *, frames: float = 2.0) -> None:
    # Kerning, which is not read from the font, is a pixel where a title stands beside labels; two where names
    # stand on the left.
    assert np.abs(frame(own) - frame(other)).max() <= frames, name
    for kind in ("text", "path"):
        here, there = of_kind(own, kind), of_kind(other, kind)
        assert [ink for ink, _ in here] == [ink for ink, _ in there], name
        for (ink, a), (_, b) in zip(here, there, strict=True):
            assert len(a) == len(b), (name, ink)
            assert np.abs(np.array(a) - np.array(b)).max() < 1.6, (name, ink)
    # Rules, ticks and grid, whose colour may stand on their group.
    lines, others = ([points for kind, _, points in shapes(one) if kind == "line"] for one in (own, other))
    assert len(lines) == len(others), name
    for one in lines:
        assert min(np.abs(np.array(one) - np.array(two)).max() for two in others) < 1.6, name


def test_lines_keep_every_point() -> None:
    rows = [{"plan": 0, "year": i / 12, "value": float(np.sin(i))} for i in range(121)]
    drawing = svg.draw(view([line(rows)]))
    (path,) = [points for kind, _, points in shapes(drawing) if kind == "path"]
    assert len(path) == 121
    assert np.ptp([x for x, _ in path]) == pytest.approx(200.0, abs=0.11)


def view(layers: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"$schema": SCHEMA, "config": CONFIG, "width": 200, "height": 100, "layer": layers, **more}


def line(rows: list[dict[str, Any]], **mark: Any) -> dict[str, Any]:
    def place(field: str, low: float, high: float) -> dict[str, Any]:
        scale = {"domain": [low, high], "nice": False, "zero": False}
        return {"field": field, "type": "quantitative", "title": None, "scale": scale}

    encoding = {"x": place("year", 0, 10), "y": place("value", -1, 1)}
    return {
        "data": {"values": rows},
        "mark": {"type": "line", "color": "#000000", **mark},
        "encoding": encoding,
    }


def lane(**scale: Any) -> dict[str, Any]:
    """Return a vertical channel of names, which without a mark as high as a lane are points."""
    return {
        "field": "value",
        "type": "ordinal",
        "axis": None,
        "scale": {"domain": [0.0, 1.0], **scale},
    }


def changed(layer: dict[str, Any], *path: str, to: Any) -> dict[str, Any]:
    layer = deepcopy(layer)
    inner = layer
    for name in path[:-1]:
        inner = inner.setdefault(name, {})
    inner[path[-1]] = to
    return layer


ROWS = [{"year": 0, "value": 0.0}, {"year": 10, "value": 1.0}]


@pytest.mark.parametrize(
    "spec",
    [
        view([changed(line(ROWS), "mark", "interpolate", to="step")]),
        view([changed(line(ROWS), "mark", "type", to="trail")]),
        view([changed(line(ROWS), "mark", "color", to=None)]),
        view([changed(line(ROWS), "encoding", "x", "scale", "type", to="log")]),
        view([changed(line(ROWS), "encoding", "x", "scale", "domain", to="unaggregated")]),
        view([changed(line(ROWS), "encoding", "x", "scale", "domain", to=[1, 1])]),
        view([changed(line(ROWS), "encoding", "x", "type", to="temporal")]),
        view([changed(line(ROWS), "encoding", "y", to=lane(padding=0))]),
        view([changed(line(ROWS), "encoding", "y", to=lane(padding=0.2))]),
        view([changed(line(ROWS), "encoding", "x", "bin", to=True)]),
        view([changed(line(ROWS), "encoding", "x", "axis", to={"labelAngle": 30})]),
        view([changed(line(ROWS), "encoding", "y", "axis", to={"format": ".3~s"})]),
        view([changed(line(ROWS), "encoding", "y", "axis", to={"labelExpr": "datum.value + '!'"})]),
        view([changed(line(ROWS), "encoding", "color", to={"field": "year", "type": "nominal"})]),
        view([changed(line(ROWS), "encoding", "size", to={"field": "year"})]),
        view([changed(line(ROWS), "data", to={"url": "data.csv"})]),
        view([changed(line(ROWS), "transform", to=[{"filter": "datum.year > 1"}])]),
        view([line(ROWS), changed(line(ROWS), "encoding", "x", "scale", "domain", to=[0, 20])]),
        view([line(ROWS), changed(line(ROWS), "encoding", "x", "title", to="years")]),
        view([line([{"year": "1", "value": 0.0}])]),
        view([line([{"year": float("nan"), "value": 0.0}])]),
        view([line(ROWS)], config={}),
        view([line(ROWS)], title="A title"),
        view([line(ROWS)], resolve={"scale": {"x": "independent"}}),
        {"mark": "point", "data": {"values": [{}]}},
    ],
)
def test_what_is_not_understood_is_left_to_others(spec: dict[str, Any]) -> None:
    with pytest.raises(svg.Unknown):
        svg.draw(spec)


def test_words_cannot_break_out() -> None:
    mark = {"type": "text", "text": '<b>&"', "color": "#000000", "x": 5, "y": 5}
    drawing = svg.draw(view([{"data": {"values": [{}]}, "mark": mark, "encoding": {}}]))
    assert "&lt;b&gt;&amp;" in drawing
    assert ElementTree.fromstring(drawing) is not None


def test_what_is_clipped_does_not_make_the_picture_larger() -> None:
    far = [{"year": 0, "value": 0.0}, {"year": 10, "value": 50.0}]
    wide, clipped = (frame(svg.draw(view([line(far, **mark)]))) for mark in ({}, {"clip": True}))
    assert clipped[1] < 200 < wide[1]


@given(st.floats(-1e4, 1e4), st.floats(1e-2, 1e4), st.integers(2, 12))
def test_ticks_are_round_and_inside(low: float, length: float, count: int) -> None:
    found = ticks(low, low + length, count)
    assert all(low - 1e-9 * length <= value <= low + length * (1 + 1e-9) for value in found)
    assert count / 3 <= len(found) <= 2.5 * count + 1
    if len(found) > 2:
        assert np.ptp(np.diff(found)) < 1e-6 * length


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        (0.5, ".2f", "0.50"),
        (-1.0, ".1f", "−1.0"),
        (-0.04, ".1f", "0.0"),
        (2.0, "+~g", "+2"),
        (-2.5, "+~g", "−2.5"),
        (0.0, "~r", "0"),
        (120.0, "~r", "120"),
        (0.15, "~r", "0.15"),
        (3.0, "d", "3"),
        (12345.0, ",.0f", "12,345"),
    ],
)
def test_numbers_are_written_as_d3_does(value: float, form: str, expected: str) -> None:
    assert written(value, form) == expected


def test_words_are_as_wide_as_the_font_makes_them() -> None:
    # From the metrics of Inter: a digit nought is 1292 of 2048 units wide.
    assert width_of("0", 2048.0) == 1292.0
    assert width_of("wide", 12.0) > width_of("ill", 12.0)
    assert width_of("word", 12.0, 600) > width_of("word", 12.0)
    assert width_of("−", 12.0) != width_of("\ue000", 12.0)


def test_every_style_has_a_symbol() -> None:
    drawn = {outline(style.symbol, 50.0) for style in STYLES}
    assert len(drawn) == len(STYLES)

"""Views: one, or several below one another, put together to a picture."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from osteocast.charts.svg.axes import axis
from osteocast.charts.svg.boxes import Box
from osteocast.charts.svg.marks import mark
from osteocast.charts.svg.reading import Unknown, allowed, number, text
from osteocast.charts.svg.scales import Linear, Scale, Unit, shared
from osteocast.charts.theme import CONFIG

__all__ = ["draw"]

_PADDING: dict[str, int] = CONFIG["padding"]
_VIEW = {"width", "height", "layer", "mark", "encoding", "data", "resolve"}
_INDEPENDENT = {"scale": {"y": "independent"}}


def draw(spec: Mapping[str, Any]) -> str:
    """Draw a Vega-Lite specification as SVG.

    Raises
    ------
    Unknown
        If it asks for something that is not drawn here.
    """
    allowed(spec, {"$schema", "config", "background", "vconcat", "spacing", *_VIEW}, "the specification")
    if spec.get("config") != CONFIG:
        raise Unknown("another theme")
    views = spec.get("vconcat")
    if views is None:
        outer = {name: value for name, value in spec.items() if name in _VIEW}
        return _picture([_view(outer)], 0.0, spec)
    allowed(spec, {"$schema", "config", "background", "vconcat", "spacing"}, "views below one another")
    return _picture([_view(view) for view in views], number(spec.get("spacing", 20), "spacing"), spec)


_Drawn = tuple[str, Box, tuple[float, float]]


def _picture(views: list[_Drawn], spacing: float, spec: Mapping[str, Any]) -> str:
    """Put views below one another, and a frame around them."""
    box, parts, below = Box(), [], 0.0
    for i, (drawn, own, _) in enumerate(views):
        if i:
            below += spacing - math.floor(min(own.top, 0.0))
        parts.append(drawn if below == 0 else f'<g transform="translate(0,{text(below)})">{drawn}</g>')
        box.include(own, dy=below)
        below += math.ceil(own.bottom)
    width, height = max(size[0] for *_, size in views), below if len(views) > 1 else views[0][2][1]
    left, top = (max(0, math.ceil(-edge)) for edge in (box.left, box.top))
    right, bottom = max(0, math.ceil(box.right - width)), max(0, math.ceil(box.bottom - height))
    left, top = left + _PADDING["left"], top + _PADDING["top"]
    full = (width + left + right + _PADDING["right"], height + top + bottom + _PADDING["bottom"])
    size = f"{text(full[0])} {text(full[1])}"
    colour = spec.get("background", CONFIG["background"])
    paper = "" if colour in (None, "transparent") else f'<rect width="100%" height="100%" fill="{colour}"/>'
    wide, high = views[0][2]
    clip = ""
    if any("url(#clip0)" in part for part in parts):
        if len(views) > 1:
            raise Unknown("clipping in one of several views")
        shape = f'<path d="M0,0h{text(wide)}v{text(high)}h{text(-wide)}Z"/>'
        clip = f'<defs><clipPath id="clip0">{shape}</clipPath></defs>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" version="1.1" class="marks" width="{text(full[0])}" '
        f'height="{text(full[1])}" viewBox="0 0 {size}">{clip}{paper}'
        f'<g fill="none" stroke-miterlimit="10" transform="translate({left},{top})">'
        f"{''.join(parts)}</g></svg>"
    )


def _view(node: Mapping[str, Any]) -> _Drawn:
    """Draw a view with its axes: grid below, marks on top."""
    width, height = number(node.get("width"), "width"), number(node.get("height"), "height")
    units = list(_units(node, {}, {"x": 0, "y": 0}, count(1), top=True))
    scales: dict[tuple[str, int], Scale | None] = {}
    grids, axes = [], []
    box = Box(0.0, 0.0, width, height)
    for name, length in (("x", width), ("y", height)):
        for key in dict.fromkeys(unit.scales[name] for unit in units):
            scale, channel = shared(units, name, key, length)
            scales[name, key] = scale
            if scale is None or channel["axis"] is None:
                continue
            if not isinstance(scale, Linear):
                raise Unknown("an axis of names")
            grid, rest = axis(channel, scale, width, height, box)
            grids.append(grid)
            axes.append(rest)
    marks = [
        mark(unit, {name: scales[name, key] for name, key in unit.scales.items()}, (width, height), box)
        for unit in units
    ]
    return "".join((*grids, *axes, *marks)), box, (width, height)


def _units(
    node: Mapping[str, Any],
    data: Mapping[str, Any],
    scales: dict[str, int],
    numbers: Iterator[int],
    *,
    top: bool,
) -> Iterator[Unit]:
    """Yield the layers of a view in the order of drawing, each with the scales that it uses."""
    allowed(node, _VIEW if top else _VIEW - {"width", "height"}, "a layer")
    data = node.get("data", data)
    if "layer" not in node:
        allowed(data, ("values",), "data")
        values = data.get("values")
        if not isinstance(values, list):
            raise Unknown("data from elsewhere")
        given = node.get("mark")
        yield Unit(
            values, given if isinstance(given, dict) else {"type": given}, node.get("encoding", {}), scales
        )
        return
    if "mark" in node or "encoding" in node:
        raise Unknown("an encoding for several layers")
    resolve = node.get("resolve")
    if resolve not in (None, _INDEPENDENT):
        raise Unknown("scales resolved in an unusual way")
    for child in node["layer"]:
        own = {**scales, "y": next(numbers)} if resolve else scales
        yield from _units(child, data, own, numbers, top=False)

"""Drawing, with the font that comes along; the drawing engine is loaded when it is first needed."""

from __future__ import annotations

import json
import re
import threading
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from osteocast.charts.theme import CONFIG, INK

__all__ = ["FONTS", "as_png", "as_svg", "warm_up"]

FONTS = Path(__file__).parent / "fonts"


@cache
def _engine() -> Any:
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))
    return vl_convert


def as_svg(spec: dict[str, Any]) -> str:
    """Draw a Vega-Lite specification as SVG."""
    return _drawn(json.dumps(spec))


@lru_cache(maxsize=16)
def _drawn(spec: str) -> str:
    """Draw, and remember: a chart goes to a file and into a page."""
    svg: str = _engine().vegalite_to_svg(spec)
    # Clip paths are numbered through all drawings of a process; the same chart should be the same file.
    numbers: dict[str, str] = {}
    return re.sub(r"\bclip\d+\b", lambda found: numbers.setdefault(found[0], f"clip{len(numbers)}"), svg)


def as_png(spec: dict[str, Any], scale: float) -> bytes:
    """Draw a Vega-Lite specification as PNG."""
    png: bytes = _engine().vegalite_to_png(spec, scale=scale)
    return png


def warm_up() -> threading.Thread:
    """Start the drawing engine in the background and let it draw once.

    It needs a second to start, and its first drawing is slow; meanwhile others can compute.
    """
    thread = threading.Thread(target=as_svg, args=(_first_drawing(),), daemon=True)
    thread.start()
    return thread


def _first_drawing() -> dict[str, Any]:
    """Return a specification with what charts are made of: lines, bands, points, words, two views."""
    data: dict[str, Any] = {"values": [{"x": i, "y": i % 7, "c": INK, "s": "circle"} for i in range(150)]}
    x, y = ({"field": name, "type": "quantitative", "scale": {"nice": False}} for name in "xy")
    colour, shape = ({"field": name, "type": "nominal", "scale": None} for name in "cs")
    marks = ("area", "line", "line", "rule", "text", "point", "bar")
    layers: list[dict[str, Any]] = [
        {"data": data, "mark": {"type": mark}, "encoding": {"x": x, "y": y}} for mark in marks
    ]
    layers[-2]["encoding"] = {"x": x, "y": y, "color": colour, "shape": shape}
    views = [{"layer": layers}, {"layer": layers[:4], "resolve": {"scale": {"y": "independent"}}}]
    return {"config": CONFIG, "vconcat": views}

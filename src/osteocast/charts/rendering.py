"""Drawing, with the font that comes along; the drawing engine is loaded when it is first needed.

The engine needs a second to start and then draws ten charts in another. Within `drawing` it does so in
processes of its own, beside whatever is computed meanwhile; otherwise here. The pictures are the same.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from osteocast.charts.theme import CONFIG, INK

__all__ = ["FONTS", "as_png", "as_svg", "as_svgs", "drawing"]

FONTS = Path(__file__).parent / "fonts"

_WORKER = Path(__file__).parent / "worker.py"
_MOST_WORKERS = 3
_REMEMBERED = 32


@cache
def _engine() -> Any:
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))
    return vl_convert


def as_svg(spec: dict[str, Any]) -> str:
    """Draw a Vega-Lite specification as SVG."""
    return as_svgs([spec])[0]


def as_svgs(specs: Sequence[dict[str, Any]]) -> list[str]:
    """Draw several specifications as SVG, side by side within `drawing`.

    A drawing is remembered for a while: a chart goes to a file and into a page.
    """
    texts = [json.dumps(spec) for spec in specs]
    missing = [text for text in dict.fromkeys(texts) if text not in _drawn]
    if len(_drawn) + len(missing) > _REMEMBERED:
        _drawn.clear()
        missing = list(dict.fromkeys(texts))
    for text, svg in zip(missing, _draw(missing), strict=True):
        _drawn[text] = _renumbered(svg)
    return [_drawn[text] for text in texts]


_drawn: dict[str, str] = {}


def as_png(spec: dict[str, Any], scale: float) -> bytes:
    """Draw a Vega-Lite specification as PNG."""
    png: bytes = _engine().vegalite_to_png(spec, scale=scale)
    return png


def _renumbered(svg: str) -> str:
    """Renumber clip paths from 0: the engine counts through all it draws, but a chart stays the same."""
    numbers: dict[str, str] = {}
    return re.sub(r"\bclip\d+\b", lambda found: numbers.setdefault(found[0], f"clip{len(numbers)}"), svg)


def _draw(specs: list[str]) -> list[str]:
    if not _workers or not specs:
        return [_engine().vegalite_to_svg(spec) for spec in specs]
    from concurrent.futures import ThreadPoolExecutor

    idle = list(_workers)

    def draw(spec: str) -> str:
        worker = idle.pop()
        try:
            return worker.draw(spec)
        except (OSError, ValueError, KeyError):
            # Whatever ails the process, the chart can be drawn here; a wrong specification raises here too.
            svg: str = _engine().vegalite_to_svg(spec)
            return svg
        finally:
            idle.append(worker)

    with ThreadPoolExecutor(len(_workers)) as pool:
        return list(pool.map(draw, specs))


_workers: list[_Worker] = []


class _Worker:
    """A process that draws."""

    def __init__(self) -> None:
        # Not the package's folder on the path (-P): its modules must not be found by their short names.
        command = [sys.executable, "-P", str(_WORKER), str(FONTS)]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1"},
            text=True,
            encoding="utf-8",
        )
        self.send(json.dumps(_first_drawing()))
        self.is_warm = False

    def send(self, spec: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(spec + "\n")
        self.process.stdin.flush()

    def receive(self) -> str:
        assert self.process.stdout is not None
        svg: str = json.loads(self.process.stdout.readline())["svg"]
        return svg

    def draw(self, spec: str) -> str:
        if not self.is_warm:
            self.receive()
            self.is_warm = True
        self.send(spec)
        return self.receive()

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()


@contextmanager
def drawing() -> Iterator[None]:
    """Let charts be drawn by processes of their own, which start at once and end with the block.

    Examples
    --------
    >>> with drawing():
    ...     svg = as_svg({"mark": "point", "data": {"values": [{}]}})
    >>> svg[:4]
    '<svg'
    """
    started: list[_Worker] = []
    try:
        count = min(_MOST_WORKERS, max(1, (os.cpu_count() or 1) // 2))
        started += [_Worker() for _ in range(count)]
        _workers.extend(started)
        yield
    finally:
        for worker in started:
            if worker in _workers:
                _workers.remove(worker)
            worker.close()


def _first_drawing() -> dict[str, Any]:
    """Return a specification with what charts are made of: lines, bands, points, words, two views."""
    rows = [
        {"x": i, "y": (i * k) % 7, "k": k, "s": "circle", "t": "word"} for k in range(4) for i in range(120)
    ]
    data = {"values": rows}
    x, y = ({"field": name, "type": "quantitative", "scale": {"nice": False}} for name in "xy")
    plan = {
        "field": "k",
        "type": "nominal",
        "scale": {"domain": [0, 1, 2, 3], "range": [INK] * 4},
        "legend": None,
    }
    layers: list[dict[str, Any]] = [
        {"data": data, "mark": {"type": mark}, "encoding": {"x": x, "y": y, "color": plan}}
        for mark in ("area", "line", "rule")
    ]
    few = {"values": rows[:12]}
    shape = {"field": "s", "type": "nominal", "scale": None}
    layers += [
        {"data": few, "mark": {"type": "point"}, "encoding": {"x": x, "y": y, "color": plan, "shape": shape}},
        {"data": few, "mark": {"type": "bar"}, "encoding": {"x": x, "y": y}},
        {"data": few, "mark": {"type": "text"}, "encoding": {"x": x, "y": y, "text": {"field": "t"}}},
    ]
    views = [{"layer": layers}, {"layer": layers[3:], "resolve": {"scale": {"y": "independent"}}}]
    return {"config": CONFIG, "vconcat": views}

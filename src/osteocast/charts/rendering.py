"""Drawing, with the font that comes along.

What charts are usually made of is drawn here (`osteocast.charts.svg`), in milliseconds. Anything else goes to
`vl_convert`, which needs a second to start; within `drawing` it works in processes of its own. The pictures
are the same.
"""

from __future__ import annotations

import json
import marshal
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from osteocast.charts import svg

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
    """Draw several specifications as SVG.

    A drawing is remembered for a while: a chart goes to a file and into a page.
    """
    keys = [_key(spec) for spec in specs]
    missing = {key: spec for key, spec in zip(keys, specs, strict=True) if key not in _drawn}
    if len(_drawn) + len(missing) > _REMEMBERED:
        _drawn.clear()
        missing = dict(zip(keys, specs, strict=True))
    elsewhere = []
    for key, spec in missing.items():
        try:
            _drawn[key] = svg.draw(spec)
        except svg.Unknown:
            elsewhere.append(key)
    for key, drawn in zip(elsewhere, _draw([json.dumps(missing[key]) for key in elsewhere]), strict=True):
        _drawn[key] = _renumbered(drawn)
    return [_drawn[key] for key in keys]


_drawn: dict[bytes, str] = {}


def _key(spec: dict[str, Any]) -> bytes:
    """Return what tells specifications apart within a process; made ten times sooner than JSON."""
    try:
        return marshal.dumps(spec, 2)  # a version in which equal content is equal bytes
    except ValueError:
        return json.dumps(spec).encode()


def as_png(spec: dict[str, Any], scale: float) -> bytes:
    """Draw a Vega-Lite specification as PNG, as it is drawn as SVG."""
    png: bytes = _engine().svg_to_png(as_svg(spec), scale=scale)
    return png


def _renumbered(svg: str) -> str:
    """Renumber clip paths from 0: the engine counts through all it draws, but a chart stays the same."""
    numbers: dict[str, str] = {}
    return re.sub(r"\bclip\d+\b", lambda found: numbers.setdefault(found[0], f"clip{len(numbers)}"), svg)


def _draw(specs: list[str]) -> list[str]:
    """Let `vl_convert` draw."""
    if not specs:
        return []
    if _wanted[-1] and not _workers:
        count = min(_MOST_WORKERS, max(1, (os.cpu_count() or 1) // 2), len(specs))
        _workers.extend(_Worker() for _ in range(count))
    if not _workers:
        return [_engine().vegalite_to_svg(spec) for spec in specs]
    from concurrent.futures import ThreadPoolExecutor

    idle = list(_workers)

    def draw(spec: str) -> str:
        worker = idle.pop()
        try:
            return worker.draw(spec)
        except (OSError, ValueError, KeyError):
            # Whatever ails the process, the chart can be drawn here; a wrong specification raises here too.
            drawn: str = _engine().vegalite_to_svg(spec)
            return drawn
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

    def send(self, spec: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(spec + "\n")
        self.process.stdin.flush()

    def receive(self) -> str:
        assert self.process.stdout is not None
        drawn: str = json.loads(self.process.stdout.readline())["svg"]
        return drawn

    def draw(self, spec: str) -> str:
        self.send(spec)
        return self.receive()

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()


# Whether `vl_convert` may have processes of its own, innermost block last.
_wanted = [False]


@contextmanager
def drawing() -> Iterator[None]:
    """Let charts that are not drawn here be drawn by processes of their own, which end with the block.

    They start when there is such a chart.

    Examples
    --------
    >>> with drawing():
    ...     picture = as_svg({"mark": "point", "data": {"values": [{}]}})
    >>> picture[:4]
    '<svg'
    """
    _wanted.append(True)
    try:
        yield
    finally:
        _wanted.pop()
        if not _wanted[-1]:
            for worker in _workers:
                worker.close()
            _workers.clear()

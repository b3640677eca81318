"""How far a drawing reaches, which decides its size."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from osteocast.charts.svg.fonts import width_of

__all__ = ["BASELINE", "Box", "rise", "text_box"]

#: How far below its place the writing line of a text lies, as a share of the size of the letters.
BASELINE = {"top": 0.79, "middle": 0.30, "bottom": -0.21, "alphabetic": 0.0}


@dataclass
class Box:
    """A rectangle that grows with what is put in, pixels."""

    left: float = math.inf
    top: float = math.inf
    right: float = -math.inf
    bottom: float = -math.inf

    def add(self, left: float, top: float, right: float, bottom: float) -> None:
        """Take in another rectangle."""
        self.left, self.top = min(self.left, left), min(self.top, top)
        self.right, self.bottom = max(self.right, right), max(self.bottom, bottom)

    def points(self, x: Iterable[float], y: Iterable[float], around: float = 0.0) -> None:
        """Take in points with so much around them."""
        xs, ys = list(x), list(y)
        if xs:
            self.add(min(xs) - around, min(ys) - around, max(xs) + around, max(ys) + around)

    def include(self, other: Box, dx: float = 0.0, dy: float = 0.0) -> None:
        """Take in what another box holds, moved."""
        if other.right >= other.left:
            self.add(other.left + dx, other.top + dy, other.right + dx, other.bottom + dy)


def rise(size: float, baseline: str) -> int:
    """Distance from the place of a text down to its writing line, whole pixels."""
    return math.floor(BASELINE[baseline] * size + 0.5)


def text_box(
    words: str,
    x: float,
    y: float,
    size: float,
    *,
    weight: int = 400,
    align: str = "center",
    baseline: str = "alphabetic",
) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of a line of text that stands at a place."""
    width = width_of(words, size, weight)
    left = x - {"left": 0.0, "center": 0.5, "right": 1.0}[align] * width
    top = y + rise(size, baseline) - math.floor(0.8 * size + 0.5)
    return left, top, left + width, top + size

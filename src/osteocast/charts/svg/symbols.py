"""Symbols by name and area, with the outlines that Vega gives them."""

from __future__ import annotations

import math

from osteocast.charts.svg.reading import Unknown, text

__all__ = ["outline"]

_FLAT = math.sqrt(3) / 2  # height of a triangle with sides of 2


def outline(shape: str, size: float) -> str:
    """Return the path of a symbol around the origin.

    Parameters
    ----------
    shape : str
        Vega's name of it.
    size : float
        Area of the square around it, pixels.
    """
    r = math.sqrt(size) / 2
    h = _FLAT * r
    if shape == "circle":
        arc = f"A{text(r)},{text(r)},0,1,1,"
        return f"M{text(r)},0{arc}{text(-r)},0{arc}{text(r)},0"
    corners: dict[str, list[tuple[float, float]]] = {
        "square": [(-r, -r), (r, -r), (r, r), (-r, r)],
        "diamond": [(-r, 0), (0, -r), (r, 0), (0, r)],
        "triangle-up": [(0, -h), (-r, h), (r, h)],
        "triangle-down": [(0, h), (-r, -h), (r, -h)],
        "triangle-right": [(h, 0), (-h, -r), (-h, r)],
        "triangle-left": [(-h, 0), (h, -r), (h, r)],
        "cross": _cross(r, r / 2.5),
        "stroke": [(-r, 0), (r, 0)],
    }
    if shape not in corners:
        raise Unknown(f"the symbol {shape!r}")
    return "M" + "L".join(f"{text(x)},{text(y)}" for x, y in corners[shape]) + "Z"


def _cross(r: float, s: float) -> list[tuple[float, float]]:
    return [
        *((-r, -s), (-r, s), (-s, s), (-s, r), (s, r), (s, s)),
        *((r, s), (r, -s), (s, -s), (s, -r), (-s, -r), (-s, -s)),
    ]

"""Places on a chart: domains that leave room, labels that keep their distance, text cut into lines."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

import numpy as np

__all__ = ["domain", "free_place", "spread", "wrapped", "years_domain"]


def domain(values: Iterable[float], margin: float = 0.06) -> tuple[float, float]:
    """Return the extent of some values with a margin on both sides; NaN does not count.

    Examples
    --------
    >>> domain([0.0, 1.0], margin=0.1)
    (-0.1, 1.1)
    """
    given = np.array([value for value in values if np.isfinite(value)])
    low, high = float(given.min()), float(given.max())
    room = margin * ((high - low) or abs(high) or 1.0)
    return low - room, high + room


def years_domain(first: float, last: float) -> tuple[float, float]:
    """Return a range of years that begins and ends a little outside the data."""
    return first - 0.01 * (last - first), last + 0.015 * (last - first)


def spread(wanted: Sequence[float], sizes: Sequence[float], low: float, high: float) -> list[float]:
    """Move labels apart as little as needed, keeping their order.

    Parameters
    ----------
    wanted : sequence of float
        Where the middle of each label should be.
    sizes : sequence of float
        How much room each needs.
    low, high : float
        Room there is; if all labels together need more, they run over `high`.

    Returns
    -------
    list of float
        Middles, in the order of `wanted`.

    Examples
    --------
    >>> spread([50.0, 52.0], [10.0, 10.0], 0.0, 100.0)
    [46.0, 56.0]
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    # Neighbours that touch become one block, centred where its members would be on average.
    blocks: list[tuple[list[int], float, float]] = []  # members, size, middle
    for i in order:
        members, size, middle = [i], sizes[i], wanted[i]
        middle = min(max(middle, low + size / 2), high - size / 2)
        while blocks and blocks[-1][2] + blocks[-1][1] / 2 > middle - size / 2:
            others, other_size, other_middle = blocks.pop()
            total = len(members) + len(others)
            # Where the block's middle would be if each member could choose.
            middle = (middle * len(members) + other_middle * len(others)) / total
            members, size = [*others, *members], size + other_size
            middle = max(min(middle, high - size / 2), low + size / 2)
        blocks.append((members, size, middle))
    places = [0.0] * len(wanted)
    for members, size, middle in blocks:
        at = middle - size / 2
        for i in members:
            places[i] = at + sizes[i] / 2
            at += sizes[i]
    return places


def wrapped(text: str, width: int, lines: int = 3) -> list[str]:
    """Cut a text into lines; what does not fit ends with an ellipsis."""
    return textwrap.wrap(text, width, max_lines=lines, placeholder=" …") or [""]


def free_place(
    points: np.ndarray, line: float, size: tuple[float, float], width: float
) -> tuple[float, bool]:
    """Find where beside a horizontal line a text has most room.

    Parameters
    ----------
    points : ndarray (n, 2)
        What to stay clear of, pixels.
    line : float
        Height of the line, pixels from above.
    size : (float, float)
        Width and height of the text.
    width : float
        Of the plot.

    Returns
    -------
    float
        Left end of the text.
    bool
        Whether it stands above the line.
    """
    best = (-1.0, 4.0, True)
    last = max(width - size[0] - 4.0, 4.0)
    for above in (True, False):
        middle = line - 9.0 if above else line + 10.0
        for left in np.linspace(4.0, last, 40):
            dx = np.maximum(np.maximum(left - points[:, 0], points[:, 0] - left - size[0]), 0.0)
            dy = np.maximum(np.abs(points[:, 1] - middle) - size[1] / 2, 0.0)
            room = float(np.min(np.hypot(dx, dy)))
            if room > best[0] + 0.5:
                best = (room, float(left), above)
    return best[1], best[2]

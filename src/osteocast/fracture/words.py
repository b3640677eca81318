"""Probabilities of fracture in words."""

from __future__ import annotations

from osteocast.fracture.risk import Probability

__all__ = ["LEVEL", "between", "of_100"]

#: Share of virtual people that words and tables give the ends of, percent.
LEVEL = 80
_LEAST = 0.05  # of 100: what one digit after the point would show as none
_WHOLE = 9.95  # from here on one digit after the point would be too much


def of_100(share: float) -> str:
    """Write a probability as people of a hundred.

    Examples
    --------
    >>> of_100(0.0004), of_100(0.0614), of_100(0.3149)
    ('<0.1', '6.1', '31')
    """
    count = 100.0 * share
    if count < _LEAST:
        return "<0.1"
    return f"{count:.1f}" if count < _WHOLE else f"{count:.0f}"


def between(found: Probability) -> str:
    """Write the ends of the central 80% of the virtual people, of a hundred; empty without them.

    Examples
    --------
    >>> between(Probability("hip", 5.0, 0.02, {80: (0.012, 0.031)}))
    '1.2–3.1'
    """
    if LEVEL not in found.intervals:
        return ""
    low, high = (of_100(end) for end in found.intervals[LEVEL])
    return low if low == high else f"{low}–{high}"

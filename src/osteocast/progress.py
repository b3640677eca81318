"""How far long work is: told between its units of work.

Whoever is told may end the work by raising `osteocast.errors.Cancelled`: nothing of it is kept then.
"""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Report", "part", "silent"]

#: Is called with what is being done, how much of it is, and of how much: ``report("plan 3 of 25", 3, 25)``.
Report = Callable[[str, int, int], None]

_WHOLE = 1000


def silent(what: str, done: int, total: int) -> None:
    """Tell nobody."""


def part(report: Report, first: float, last: float) -> Report:
    """Return what a part of the work reports to.

    Parameters
    ----------
    report : callable
        Is told of the whole.
    first, last : float
        Where in the whole the part begins and ends, 0 to 1.

    Examples
    --------
    >>> told = []
    >>> half = part(lambda what, done, total: told.append((what, done / total)), 0.5, 1.0)
    >>> half("plan 1 of 2", 1, 2)
    >>> told
    [('plan 1 of 2', 0.75)]
    """

    def told(what: str, done: int, total: int) -> None:
        share = done / total if total else 1.0
        report(what, round(_WHOLE * (first + (last - first) * share)), _WHOLE)

    return told

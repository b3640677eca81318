"""What surveillance is made of: visits, their schedule, and the intervals between them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from osteocast import evidence
from osteocast.guidance.data import content
from osteocast.person import Case

__all__ = ["Basis", "Kind", "Schedule", "Visit", "ends", "intervals", "visit"]

Basis = Literal["guideline", "label", "model", "estimate"]
Kind = Literal["scan", "laboratory", "imaging", "dose", "dental"]


@dataclass(frozen=True)
class Visit:
    """Something to measure or to give on a day.

    Parameters
    ----------
    day : float
        Days from day 0.
    date : date
    kind : {"scan", "laboratory", "imaging", "dose", "dental"}
    what, why : str
    if_so : tuple of str
        Which result would change the plan, and how.
    basis : {"guideline", "label", "model", "estimate"}
        What the day rests on.
    sources : tuple of str
        References into the evidence registry; empty for an estimate.
    """

    day: float
    date: date
    kind: Kind
    what: str
    why: str
    if_so: tuple[str, ...]
    basis: Basis
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Schedule:
    """Visits of one plan, in order of day.

    Parameters
    ----------
    plan : str
    as_of : date
    visits : tuple of Visit
    notes : tuple of str
        What to watch without a date, and where no guideline says when.
    """

    plan: str
    as_of: date
    visits: tuple[Visit, ...]
    notes: tuple[str, ...]


def visit(
    case: Case,
    day: float,
    kind: Kind,
    what: str,
    why: str,
    if_so: tuple[str, ...],
    basis: Basis,
    sources: tuple[str, ...] = (),
) -> Visit:
    """Return a visit on a day of the case."""
    return Visit(day, case.date_of(day), kind, what, why, if_so, basis, sources)


def ends(reference: str) -> tuple[float, float]:
    """Return both ends of a range of the evidence registry."""
    found = evidence.load().value(reference).range
    assert found is not None and found[0] is not None and found[1] is not None
    return found[0], found[1]


@functools.cache
def intervals() -> dict[str, Any]:
    """Read the intervals of surveillance."""
    found: dict[str, Any] = content("surveillance")
    return found

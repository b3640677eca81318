"""What takes longer than a page: a verdict, a search for plans, everything for a visit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from osteocast.progress import Report
from osteocast.web.drafts import Draft
from osteocast.web.jobs import Job
from osteocast.web.security.spending import spend
from osteocast.web.visitors import Visitor

__all__ = ["AT_ONCE", "KINDS", "begin", "compute", "searched_people", "waited"]

#: Seconds for which a page waits for long work before it shows that it waits.
AT_ONCE = 2.0


def _verdict(draft: Draft, people: int, report: Report) -> Any:
    from osteocast.forecast import verdict

    return verdict(draft.case(), people=people, report=report)


def _search(draft: Draft, people: int, report: Report) -> Any:
    from osteocast.planning import search

    return search(draft.case(), people=people, report=report)


def _visit(draft: Draft, people: int, report: Report) -> Any:
    from osteocast.planning import assess

    return assess(draft.case(), people=people, report=report)


def _forecast(draft: Draft, draws: int, report: Report) -> Any:
    from osteocast.forecast import run_forecast

    return run_forecast(draft.case(), draws=draws, report=report)


#: Computations by name.
KINDS: dict[str, Callable[[Draft, int, Report], Any]] = {
    "forecast": _forecast,
    "verdict": _verdict,
    "plan": _search,
    "visit": _visit,
}


def searched_people(visitor: Visitor) -> int:
    """Return how many virtual people a search follows: as many as on the command line, or fewer in a test."""
    from osteocast.planning import PEOPLE

    return min(PEOPLE, visitor.service.settings.people)


def begin(visitor: Visitor, kind: str, draft: Draft, count: int) -> Job:
    """Begin a computation for a visitor, or join one that is on its way.

    Raises
    ------
    Busy, TooOften
    """
    service = visitor.service
    spend(visitor, draft, kind, count)
    key = service.computations.key_of(kind, draft, count)
    return service.jobs.start(kind, key, visitor.owner, lambda report: KINDS[kind](draft, count, report))


def waited(visitor: Visitor, kind: str, draft: Draft, count: int) -> Job:
    """Return the job in which a visitor waits for a computation already, or begin one.

    A page that asks again every second costs nothing.

    Raises
    ------
    Busy, TooOften
    """
    service = visitor.service
    key = service.computations.key_of(kind, draft, count)
    return service.jobs.going(key, visitor.owner) or begin(visitor, kind, draft, count)


def compute(visitor: Visitor, kind: str, draft: Draft, count: int) -> Any:
    """Return the result of a computation, waiting for it.

    Raises
    ------
    Busy, TooOften
    """
    computations = visitor.service.computations
    spend(visitor, draft, kind, count)
    key = computations.key_of(kind, draft, count)
    return computations.wait(key, lambda report: KINDS[kind](draft, count, report))

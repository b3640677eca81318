"""What takes longer than a page: a verdict, a search for plans, everything for a visit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from osteocast.web.drafts import Draft
from osteocast.web.jobs import Job
from osteocast.web.security.spending import spend
from osteocast.web.visitors import Visitor

__all__ = ["KINDS", "begin", "searched_people"]


def _verdict(draft: Draft, people: int) -> Any:
    from osteocast.forecast import verdict

    return verdict(draft.case(), people=people)


def _search(draft: Draft, people: int) -> Any:
    from osteocast.planning import search

    return search(draft.case(), people=people)


def _visit(draft: Draft, people: int) -> Any:
    from osteocast.planning import assess

    return assess(draft.case(), people=people)


def _forecast(draft: Draft, draws: int) -> Any:
    from osteocast.forecast import run_forecast

    return run_forecast(draft.case(), draws=draws)


#: Computations by name.
KINDS: dict[str, Callable[[Draft, int], Any]] = {
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
    return service.jobs.start(kind, key, visitor.owner, lambda: KINDS[kind](draft, count))

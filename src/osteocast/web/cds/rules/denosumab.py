"""Denosumab that is late, was stopped, or is about to be, with nothing in its place."""

from __future__ import annotations

from collections.abc import Iterator

from osteocast.forecast.events import dose_days
from osteocast.forecast.regimens import exit_course
from osteocast.guidance import Finding, check
from osteocast.person import Plan
from osteocast.therapies import DRUGS, Course
from osteocast.web.cds.cards import Card, Suggestion
from osteocast.web.cds.detail import points, written
from osteocast.web.cds.offers import draft_of, removal_of, test_for, tests_of
from osteocast.web.cds.situations import Situation

__all__ = ["cards"]

_LAPSES = ("denosumab-stopped", "denosumab-delayed", "denosumab-overdue")
_WHY = "denosumab is never stopped or delayed without another antiresorptive"


def cards(situation: Situation) -> Iterator[Card]:
    """Yield a gap in denosumab, or its end with nothing to follow."""
    found = [finding for finding in check(situation.case) if finding.id in _LAPSES]
    if not found:
        return
    gravest = found[0]
    yield Card(
        gravest.id,
        "critical" if gravest.level == "refuse" else "warning",
        f"Denosumab: {gravest.reason}",
        written(
            situation,
            [points(finding.reason for finding in found)],
            [source for finding in found for source in finding.sources],
        ),
        tuple(_offered(situation, gravest)),
    )


def _offered(situation: Situation, gravest: Finding) -> Iterator[Suggestion]:
    """Yield what closes the gap: leave the order as it was, give the dose, or let another drug follow."""
    case = situation.case
    kept = [order for order in situation.orders if order.drug == "denosumab" and order.stops]
    yield from (removal_of(order) for order in kept)
    given = dose_days(case.treatments, "denosumab", 0.0)
    due = max(0.0, given[-1] + DRUGS["denosumab"].label_interval_days) if given else 0.0
    tests = tests_of(
        fact for finding in check(case) for fact in finding.missing if "denosumab" in finding.drugs
    )
    yield from test_for(situation, tests, why="before denosumab or what follows it")
    follow = exit_course(due)
    choices = [follow] if kept else [Course("denosumab", due), follow]
    for course in choices:
        # What is drafted is held against the same rules as what is ordered; that it ends is known.
        found = check(case, Plan("drafted", (course,)))
        if not any(each.level == "refuse" and each.id not in _LAPSES for each in found):
            yield draft_of(situation, course, on=case.date_of(due), why=_WHY)

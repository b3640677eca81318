"""Safety of what follows what: denosumab without follow-on, doses beyond the label's, two drugs at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from osteocast.forecast.plans import BONE_DRUGS
from osteocast.forecast.warnings import lapses
from osteocast.guidance.words import Level
from osteocast.person import Case
from osteocast.person.case import end_day
from osteocast.therapies import DRUGS, Course
from osteocast.units import DAYS_PER_MONTH, DAYS_PER_YEAR

__all__ = ["sequence_findings"]

Sequenced = tuple[Level, str, str, str, tuple[str, ...]]

_STOPPING = (
    "ects-2020-denosumab-stop/follow-on",
    "endocrine-society-2019-postmenopausal/denosumab-stop",
    "freedom-stop-2018/denosumab-off-fracture-rate",
)
# Of the label's dose in the label's time; beyond it lie the schedules of oncology, or a slip.
_MOST_OF_THE_LABEL = 1.5
# Tablets are weekly or monthly and their drug stays: a week of overlap is a switch, not a double treatment.
_OVERLAP_DAYS = 30.0
# An estimate: turnover was back at its level before treatment within about two years of the last dose.
_REBOUND_DAYS = 2 * DAYS_PER_YEAR


def sequence_findings(case: Case, courses: Sequence[Course], horizon: float) -> Iterator[Sequenced]:
    """Yield level, id, drug, reason and sources of what is wrong with an order of courses.

    Parameters
    ----------
    case : Case
    courses : sequence of Course
        The past included.
    horizon : float
        Last day looked at.
    """
    yield from _lapsing(case, courses, horizon)
    yield from _overdosed(courses)
    yield from _doubled(courses)


def _lapsing(case: Case, courses: Sequence[Course], horizon: float) -> Iterator[Sequenced]:
    """Yield every time that denosumab wears off with nothing in its place, and an end that is planned."""
    # A last dose close to the horizon wears off behind it; that nothing follows is known all the same.
    found = [
        (ends, after)
        for ends, after in _lapses(courses, horizon + DAYS_PER_YEAR)
        if (after is None and _stops(courses, ends)) or (after is not None and after >= 0)
    ]
    for ends, after in found:
        when = f"{case.date_of(ends):%B %Y}"
        wears = "wore off" if ends <= 0 else "wears off"
        if after is None:
            due = "now" if ends <= 0 else "six months after the last dose"
            text = (
                f"the last dose {wears} in {when} and nothing follows: bone is lost within a year, and "
                f"vertebrae, often several, can fracture; plan zoledronate or another antiresorptive {due}"
            )
            yield "refuse", "denosumab-stopped", "denosumab", text, _STOPPING
        elif ends <= 0 and after <= _OVERLAP_DAYS:
            text = (
                f"the last dose wore off in {when}, and the next protection comes only now; look for "
                "vertebral fractures first, by imaging"
            )
            yield "warn", "denosumab-overdue", "denosumab", text, _STOPPING
        else:
            late = (after - ends) / DAYS_PER_MONTH
            text = (
                f"the effect ends in {when} and the next protection comes {late:.0f} months later, in "
                f"{case.date_of(after):%B %Y}; denosumab is never delayed"
            )
            yield "refuse", "denosumab-delayed", "denosumab", text, _STOPPING
    running = any(course.drug == "denosumab" and end_day(course) > 0 for course in courses)
    if running and not found:
        text = "a dose is due every six months to the day; ending it needs a follow-on at six months"
        yield "note", "denosumab-duty", "denosumab", text, _STOPPING


def _lapses(courses: Sequence[Course], until: float) -> Iterator[tuple[float, float | None]]:
    """Yield the lapses of denosumab from two years ago on: as long the rebound is dangerous."""
    moved = [
        replace(
            course,
            start_day=course.start_day + _REBOUND_DAYS,
            stop_day=None if course.stop_day is None else course.stop_day + _REBOUND_DAYS,
        )
        for course in courses
    ]
    for ends, after in lapses(moved, until + _REBOUND_DAYS):
        yield ends - _REBOUND_DAYS, None if after is None else after - _REBOUND_DAYS


def _stops(courses: Sequence[Course], ends: float) -> bool:
    """Whether the denosumab whose effect ends then was stopped, not merely cut by the horizon."""
    return all(end_day(course) <= ends + _OVERLAP_DAYS for course in courses if course.drug == "denosumab")


def _overdosed(courses: Sequence[Course]) -> Iterator[Sequenced]:
    """Yield drugs for bone that are given at far more than the label's rate."""
    for course in courses:
        drug = DRUGS[course.drug]
        if course.drug not in BONE_DRUGS or end_day(course) <= 0:
            continue
        dose = drug.label_dose if course.dose is None else course.dose
        interval = course.interval_days or drug.label_interval_days
        share = dose / interval / (drug.label_dose / drug.label_interval_days)
        single = course.n_doses == 1
        if (dose / drug.label_dose if single else share) > _MOST_OF_THE_LABEL:
            text = (
                f"{dose:g} {drug.unit} every {interval:.0f} days is {share:.1f} times the usual amount for "
                "bone loss; schedules against metastases raise the risk for jaw, calcium and kidneys: check "
                "dose and interval"
            )
            yield "warn", "dose", course.drug, text, drug.sources


def _doubled(courses: Sequence[Course]) -> Iterator[Sequenced]:
    """Yield two drugs for bone that run side by side."""
    running = [course for course in courses if course.drug in BONE_DRUGS and end_day(course) > 0]
    for i, first in enumerate(running):
        for second in running[i + 1 :]:
            start = max(first.start_day, second.start_day, 0.0)
            if first.drug != second.drug and min(end_day(first), end_day(second)) - start > _OVERLAP_DAYS:
                text = (
                    f"runs beside {DRUGS[second.drug].words}: two antiresorptives at once have the "
                    "harm of both and no shown benefit over one"
                )
                yield "warn", "two-antiresorptives", first.drug, text, _DOUBLE


_DOUBLE = ("freedom-oral-events-2019/jaw-rate", "schilcher-2015/users-ge4y-aff-rate-48")

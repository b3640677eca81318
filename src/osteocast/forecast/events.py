"""What happens in a plan, as a timeline: doses, spans of tablets, starts and stops."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from osteocast.person.case import end_day
from osteocast.therapies import DRUGS, Course

__all__ = ["Span", "dose_days", "gives_single_doses", "in_words", "timeline"]


@dataclass(frozen=True)
class Span:
    """A course of a drug on the time axis.

    Parameters
    ----------
    drug : str
    start, stop : float
        Days from day 0; `stop` is infinite when the course goes on.
    doses : tuple of float
        Days of single doses; empty for tablets taken more often than can be drawn.
    words : str
        The regimen in words.
    """

    drug: str
    start: float
    stop: float
    doses: tuple[float, ...]
    words: str


def gives_single_doses(course: Course) -> bool:
    """Whether the doses of a course act at their exact times, rather than as a mean rate."""
    drug = DRUGS[course.drug]
    interval = course.interval_days or drug.label_interval_days
    return drug.enters_as_rate is None or (
        drug.enters_as_dose is not None and interval >= drug.continuous_below_days
    )


def dose_days(courses: Iterable[Course], drug: str, until: float) -> list[float]:
    """Days on which a drug is given as single doses, in order."""
    label = DRUGS[drug].label_interval_days
    return sorted(
        day
        for course in courses
        if course.drug == drug
        for day in course.dose_days(course.interval_days or label, until)
    )


def timeline(courses: Iterable[Course], until: float) -> tuple[Span, ...]:
    """Lay out the courses of a plan on the time axis, in order of start.

    Parameters
    ----------
    courses : iterable of Course
    until : float
        Last day shown.
    """
    return tuple(sorted(_spans(courses, until), key=lambda span: (span.start, span.drug)))


def _spans(courses: Iterable[Course], until: float) -> Iterator[Span]:
    for course in courses:
        doses: tuple[float, ...] = ()
        if gives_single_doses(course):
            interval = course.interval_days or DRUGS[course.drug].label_interval_days
            doses = tuple(course.dose_days(interval, until))
        yield Span(course.drug, course.start_day, end_day(course), doses, in_words(course))


def in_words(course: Course) -> str:
    """Describe a course as a prescription would.

    Examples
    --------
    >>> in_words(Course("zoledronate", dose=4.0, interval_days=182.625, n_doses=10))
    'zoledronate 4 mg every 6 months, 10 doses'
    >>> in_words(Course("anastrozole"))
    'anastrozole 1 mg daily'
    >>> in_words(Course("hcg"))
    'hcg 1000 IU three times a week'
    """
    drug = DRUGS[course.drug]
    dose = drug.label_dose if course.dose is None else course.dose
    interval = course.interval_days or drug.label_interval_days
    text = f"{drug.words} {dose:g} {drug.unit} {_every(interval)}"
    if course.n_doses is not None:
        text += f", {course.n_doses} dose{'s' if course.n_doses > 1 else ''}"
    if course.adherence < 1:
        text += f", {course.adherence:.0%} taken"
    if course.missed:
        text += f", dose {', '.join(map(str, course.missed))} missed"
    for number, days in course.late.items():
        text += f", dose {number} late by {days / 30.4375:.0f} months"
    return text


_TIMES = {2: "twice a week", 3: "three times a week"}


def _every(days: float) -> str:
    for unit, length in (("year", 365.25), ("month", 30.4375), ("week", 7.0), ("day", 1.0)):
        count = days / length
        if math.isclose(count, round(count), abs_tol=0.03) and round(count) >= 1:
            if round(count) == 1:
                return {"day": "daily", "week": "weekly", "month": "monthly", "year": "once a year"}[unit]
            return f"every {round(count)} {unit}s"
    times = 7.0 / days
    if round(times) in _TIMES and math.isclose(times, round(times), rel_tol=0.03):
        return _TIMES[round(times)]
    if days < 1.0:
        hours = 24.0 * days
        return "hourly" if round(hours) == 1 else f"every {hours:.3g} hours"
    return f"every {days:.3g} days"

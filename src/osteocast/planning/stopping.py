"""What the end of a drug for bone does to density, and to vertebrae."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from osteocast.forecast.adequacy import LOSS_SITES
from osteocast.forecast.bands import weighted_quantiles
from osteocast.forecast.events import gives_single_doses
from osteocast.forecast.plans import BONE_DRUGS
from osteocast.forecast.summary import signed
from osteocast.fracture import exposures_of
from osteocast.person import SITE_LABELS, Case
from osteocast.person.case import end_day
from osteocast.planning.results import Spread, Stopping
from osteocast.therapies import DRUGS, Course
from osteocast.units import DAYS_PER_YEAR

__all__ = ["stops_of"]

_LOOKED_AT = 2.0 * DAYS_PER_YEAR
_LEAST = 0.5 * DAYS_PER_YEAR
# A dose within this of the end of the last one follows it without a gap.
_SEAMLESS = 31.0
_CENTRAL_80 = np.array([0.5, 0.1, 0.9])


def stops_of(
    case: Case,
    courses: Sequence[Course],
    relative: Mapping[str, np.ndarray],
    days: np.ndarray,
    weights: np.ndarray,
) -> tuple[Stopping, ...]:
    """Return what the end of each drug for bone does in the two years after it, in order of day.

    Parameters
    ----------
    case : Case
    courses : sequence of Course
    relative : mapping of str to ndarray (n, n_time)
        BMD over that of day 0, by site.
    days : ndarray (n_time,)
    weights : ndarray (n,)
    """
    found = list(_stops(case, courses, relative, days, weights))
    return tuple(sorted(found, key=lambda one: one.day))


def _stops(
    case: Case,
    courses: Sequence[Course],
    relative: Mapping[str, np.ndarray],
    days: np.ndarray,
    weights: np.ndarray,
) -> Iterator[Stopping]:
    given = [course for course in courses if course.drug in BONE_DRUGS]
    rebounds = [rebound.spell.start_day for rebound in exposures_of(courses).rebounds()]
    for course in given:
        ends = _wears_off(course, float(days[-1]))
        again = any(
            other.drug == course.drug and other is not course and other.start_day <= ends + _SEAMLESS
            for other in given
            if end_day(other) > ends
        )
        if again or ends < -_SEAMLESS or ends + _LEAST > days[-1]:
            continue
        until = min(ends + _LOOKED_AT, float(days[-1]))
        change = {site: _change(values, days, weights, ends, until) for site, values in relative.items()}
        follows = next(
            (
                other.drug
                for other in sorted(given, key=lambda one: one.start_day)
                if other is not course and end_day(other) > ends and other.start_day <= ends + _SEAMLESS
            ),
            None,
        )
        rebound = course.drug == "denosumab" and any(abs(day - ends) < DAYS_PER_YEAR for day in rebounds)
        words = _words(case, course, ends, until, follows, rebound, change)
        yield Stopping(course.drug, ends, change, rebound, words)


def _wears_off(course: Course, horizon: float) -> float:
    """Return the day on which the last dose has worn off; infinity if it goes on."""
    stop = end_day(course)
    if stop > horizon or not gives_single_doses(course):
        return stop
    interval = course.interval_days or DRUGS[course.drug].label_interval_days
    given = list(course.dose_days(interval, stop))
    return given[-1] + interval if given else stop


def _change(values: np.ndarray, days: np.ndarray, weights: np.ndarray, start: float, stop: float) -> Spread:
    before, after = (_at(values, days, day) for day in (max(start, 0.0), stop))
    median, low, high = weighted_quantiles(100.0 * (after / before - 1.0)[:, None], weights, _CENTRAL_80)[
        :, 0
    ]
    return float(median), float(low), float(high)


def _at(values: np.ndarray, days: np.ndarray, day: float) -> np.ndarray:
    """Everybody's density on a day, between two days by a straight line."""
    right = int(np.clip(np.searchsorted(days, day), 1, len(days) - 1))
    share = float(np.clip((day - days[right - 1]) / (days[right] - days[right - 1]), 0.0, 1.0))
    return np.asarray(values[:, right - 1] * (1.0 - share) + values[:, right] * share)


def _words(
    case: Case,
    course: Course,
    ends: float,
    until: float,
    follows: str | None,
    rebound: bool,
    change: Mapping[str, Spread],
) -> str:
    drug = DRUGS[course.drug].words.capitalize()
    after = f"{DRUGS[follows].words} follows" if follows else "nothing follows"
    months = round((until - ends) / DAYS_PER_YEAR * 12)
    moved = ", ".join(f"{SITE_LABELS[site]} {signed(change[site][0])}%" for site in LOSS_SITES)
    text = f"{drug} has worn off by {case.date_of(ends):%B %Y} and {after}; {months} months later: {moved}"
    if rebound:
        text += "; turnover rebounds, and vertebrae, often several, can fracture"
    return f"{text}."

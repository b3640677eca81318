"""What to know before a plan is chosen: rebound after denosumab, thresholds, cautions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from osteocast import evidence
from osteocast.forecast.events import dose_days, gives_single_doses
from osteocast.forecast.plans import BONE_DRUGS
from osteocast.forecast.results import Alert, Crossing, Curve
from osteocast.forecast.scans import SiteBasis
from osteocast.person import Case
from osteocast.person.case import end_day
from osteocast.therapies import DRUGS, Course
from osteocast.units import DAYS_PER_MONTH, DAYS_PER_YEAR

__all__ = ["Lapse", "cautions", "crossings", "lapses", "rebound_alerts", "relative_change"]

# The label asks for six months; denosumab's own caution sets in about a month after that.
_GRACE_DAYS = DAYS_PER_MONTH

Lapse = tuple[float, float | None]


def lapses(courses: Sequence[Course], horizon: float) -> Iterator[Lapse]:
    """Yield the times at which denosumab wears off with nothing in its place.

    Parameters
    ----------
    courses : sequence of Course
    horizon : float
        Last day looked at.

    Yields
    ------
    (float, float or None)
        Day on which the effect of the last dose ends, and day of the next protection, if one comes.
    """
    label = DRUGS["denosumab"].label_interval_days
    given = dose_days(courses, "denosumab", horizon)
    followers = given + [
        day
        for course in courses
        if course.drug in BONE_DRUGS and course.drug != "denosumab"
        for day in _protecting(course, horizon)
    ]
    for dose in given:
        ends = dose + label
        if ends >= horizon:
            continue
        # A tablet that is taken all along covers the end as well.
        covered = any(
            not gives_single_doses(course) and course.start_day <= ends < end_day(course)
            for course in courses
            if course.drug in BONE_DRUGS
        )
        after = min((day for day in followers if day > dose), default=None)
        if not covered and (after is None or after > ends + _GRACE_DAYS) and ends > 0:
            yield ends, after


def _protecting(course: Course, horizon: float) -> list[float]:
    if not gives_single_doses(course):
        return [course.start_day]
    return dose_days([course], course.drug, horizon)


def rebound_alerts(
    courses: Sequence[Course],
    curves: Mapping[str, Curve],
    sites: Mapping[str, SiteBasis],
    days: np.ndarray,
    case: Case,
    horizon: float,
) -> Iterator[Alert]:
    """Yield an alert for each lapse of denosumab, with the loss until the next protection, a year at most."""
    for ends, after in lapses(courses, horizon):
        until = min(ends + DAYS_PER_YEAR, horizon, after or horizon)
        losses = []
        for site, basis in sites.items():
            relative = relative_change(curves[f"change_{site}"], days, ends, until)
            losses.append(f"{basis.label} {relative:+.1f}%".replace("-", "−"))
        when = case.date_of(ends).strftime("%B %Y")
        follow = (
            "nothing follows"
            if after is None
            else f"the next protection comes in {case.date_of(after):%B %Y}"
        )
        months = f"{(until - ends) / DAYS_PER_MONTH:.0f} months"
        yield Alert(
            "rebound",
            f"Denosumab wears off in {when} and {follow}. In the {months} after: {', '.join(losses)}. "
            "Several vertebrae can fracture in this time; never stop or delay denosumab without a follow-on.",
            ends,
            until,
        )


def relative_change(curve: Curve, days: np.ndarray, start: float, stop: float) -> float:
    """Change between two days in percent of the first, from a curve of changes since day 0."""
    return 100.0 * ((100.0 + curve.at(days, stop)) / (100.0 + curve.at(days, start)) - 1.0)


def crossings(curves: Mapping[str, Curve], days: np.ndarray, horizon: float) -> Iterator[Crossing]:
    """Yield when each site with a T-score goes below each threshold of the World Health Organization.

    Sources: iscd-2005-reporting.
    """
    registry = evidence.load()
    normal = registry.value("iscd-2005-reporting/normal").number
    osteoporosis = registry.value("iscd-2005-reporting/osteoporosis").number
    shown = (days >= 0) & (days <= horizon)
    for name, curve in curves.items():
        if not name.startswith("t_"):
            continue
        site = name.removeprefix("t_")
        score = curve.value[shown]
        yield Crossing(site, "osteopenia", normal, _first(score < normal, score, normal, days[shown]))
        yield Crossing(
            site,
            "osteoporosis",
            osteoporosis,
            _first(score <= osteoporosis, score, osteoporosis, days[shown]),
        )


def _first(below: np.ndarray, score: np.ndarray, threshold: float, days: np.ndarray) -> float | None:
    """Day on which a score first reaches a threshold, between two months by a straight line."""
    if not below.any():
        return None
    i = int(np.argmax(below))
    if i == 0:
        return 0.0
    share = (score[i - 1] - threshold) / (score[i - 1] - score[i])
    return float(days[i - 1] + share * (days[i] - days[i - 1]))


def cautions(courses: Sequence[Course], sex: str) -> Iterator[Alert]:
    """Yield the cautions of every drug that is taken from day 0 on, for a person of this sex, each once."""
    seen: set[str] = set()
    for course in courses:
        if end_day(course) <= 0:
            continue
        drug = DRUGS[course.drug]
        for text in drug.cautions_for(sex):
            if text not in seen:
                seen.add(text)
                yield Alert("caution", f"{drug.words.capitalize()}: {text}")

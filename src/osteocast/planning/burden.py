"""What a plan asks of a person: tablets, drips, needles, visits, training."""

from __future__ import annotations

import math
from collections.abc import Sequence

from osteocast.forecast.plans import BONE_DRUGS
from osteocast.guidance.samples import samples
from osteocast.lifestyle import Lifestyle
from osteocast.person import Case
from osteocast.planning.data import data
from osteocast.planning.programmes import is_supervised
from osteocast.planning.results import Burden
from osteocast.therapies import DRUGS, Course
from osteocast.units import DAYS_PER_YEAR

__all__ = ["burden_of", "mixed_burden", "route_of"]

_DAYS_PER_WEEK = 7.0


def route_of(drug: str) -> str:
    """Return how a drug for bone is taken: oral, infusion or injection."""
    return str(data("options")["routes"][drug])


def burden_of(
    case: Case,
    courses: Sequence[Course],
    lifestyle: Lifestyle | None,
    horizon: float,
    *,
    scan_years: float | None = None,
) -> Burden:
    """Count what a plan asks of a person, from day 0 to the horizon.

    Visits are those of surveillance (`osteocast.guidance`), each infusion and injection, and scans; what
    falls on one day is one visit. The comparable number is visits, days with a tablet for bone, and training
    sessions together, a year. Calcium and vitamin D are told apart: they are swallowed with a meal.

    Parameters
    ----------
    case : Case
    courses : sequence of Course
        Everything taken, the past included.
    lifestyle : Lifestyle or None
        Of the plan.
    horizon : float
        Last day.
    scan_years : float, optional
        Years between two scans.
    """
    years = horizon / DAYS_PER_YEAR
    given: dict[str, list[float]] = {"oral": [], "infusion": [], "injection": []}
    for course in courses:
        if course.drug in BONE_DRUGS:
            interval = course.interval_days or DRUGS[course.drug].label_interval_days
            days = [day for day in course.dose_days(interval, horizon) if day >= 0]
            given[route_of(course.drug)] += days
    between = (data("ranking")["scan_years"] if scan_years is None else scan_years) * DAYS_PER_YEAR
    scans = [between * number for number in range(1, math.floor(horizon / between + 1e-9) + 1)]
    asked = [visit.day for visit in samples(case, courses, horizon)]
    visits = sorted({round(day) for day in (*asked, *given["infusion"], *given["injection"], *scans)})
    by_year = [math.floor(min(day, horizon - 1.0) / DAYS_PER_YEAR) for day in visits]
    sessions = _sessions(lifestyle, horizon) / years
    tablets, coming = len(given["oral"]) / years, len(visits) / years
    return Burden(
        per_year=tablets + coming + sessions,
        tablet_days=tablets,
        infusions=len(given["infusion"]) / years,
        injections=len(given["injection"]) / years,
        visits=coming,
        sessions=sessions,
        supplement_days=_supplement_days(lifestyle, horizon) / years,
        busiest_year_visits=max((by_year.count(year) for year in set(by_year)), default=0),
        supervised=is_supervised(lifestyle),
    )


def mixed_burden(parts: Sequence[tuple[float, Burden]]) -> Burden:
    """Return the mean burden of a plan under which people do different things; the busiest year of any."""

    def mean(name: str) -> float:
        return sum(share * float(getattr(burden, name)) for share, burden in parts)

    return Burden(
        per_year=mean("per_year"),
        tablet_days=mean("tablet_days"),
        infusions=mean("infusions"),
        injections=mean("injections"),
        visits=mean("visits"),
        sessions=mean("sessions"),
        supplement_days=mean("supplement_days"),
        busiest_year_visits=max(burden.busiest_year_visits for _, burden in parts),
        supervised=any(burden.supervised for _, burden in parts),
    )


def _sessions(lifestyle: Lifestyle | None, horizon: float) -> float:
    """Count training sessions that are done."""
    count = 0.0
    for programme in () if lifestyle is None else lifestyle.exercise:
        a_week = sum(len(session.days) for session in programme.sessions)
        stop = horizon if programme.stop_day is None else min(programme.stop_day, horizon)
        weeks = max(0.0, stop - max(programme.start_day, 0.0)) / _DAYS_PER_WEEK
        count += a_week * weeks * programme.adherence
    return count


def _supplement_days(lifestyle: Lifestyle | None, horizon: float) -> float:
    eaten = None if lifestyle is None else lifestyle.nutrition
    if eaten is None or not (eaten.calcium or eaten.vitamin_d):
        return 0.0
    stop = horizon if eaten.stop_day is None else min(eaten.stop_day, horizon)
    return max(0.0, stop - max(eaten.start_day, 0.0))

"""Which plans a constraint leaves out, and why."""

from __future__ import annotations

from osteocast.forecast.plans import BONE_DRUGS
from osteocast.person import AROMATASE_INHIBITORS, Case, Constraints
from osteocast.person.case import end_day
from osteocast.planning.burden import burden_of, route_of
from osteocast.planning.candidates import Candidate
from osteocast.planning.programmes import is_supervised
from osteocast.planning.results import YEARS
from osteocast.therapies import DRUGS
from osteocast.units import DAYS_PER_YEAR

__all__ = ["excluded_by"]

_ROUTE_WORDS = {"oral": "tablets", "infusion": "an infusion", "injection": "an injection"}


def excluded_by(case: Case, one: Candidate, constraints: Constraints) -> str | None:
    """Return why a constraint leaves a plan out; None if none does.

    Parameters
    ----------
    case : Case
    one : Candidate
    constraints : Constraints
    """
    courses = [course for plan in one.plans for course in case.regimen(plan) if end_day(course) > 0]
    for course in courses:
        if course.drug not in BONE_DRUGS:
            continue
        if course.drug in constraints.without:
            return f"without {DRUGS[course.drug].words}"
        if route_of(course.drug) not in constraints.routes:
            return f"{DRUGS[course.drug].words} is {_ROUTE_WORDS[route_of(course.drug)]}"
    exercise = one.plan.lifestyle is not None and bool(one.plan.lifestyle.exercise)
    if exercise and "exercise" in constraints.without:
        return "without exercise"
    if is_supervised(one.plan.lifestyle) and "supervised_training" in constraints.without:
        return "its training is supervised"
    added = [course.start_day for plan in one.plans for course in plan.courses if course.drug in BONE_DRUGS]
    if added and min(added) < constraints.start_not_before - 1.0:
        return f"starts before {case.date_of(constraints.start_not_before)}"
    if constraints.keep_inhibitor and any(drug in AROMATASE_INHIBITORS for drug in one.plan.stop_days):
        return "the inhibitor is to go on"
    return _too_many(case, one, constraints.max_visits_per_year)


def _too_many(case: Case, one: Candidate, most: float | None) -> str | None:
    if most is None:
        return None
    visits = max(
        burden_of(
            case,
            case.regimen(plan),
            plan.lifestyle,
            YEARS * DAYS_PER_YEAR,
            scan_years=1.0 if one.waits else None,
        ).busiest_year_visits
        for plan in one.plans
    )
    return f"{visits} visits in the busiest year" if visits > most else None

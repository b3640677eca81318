"""The plans that a verdict judges: doing nothing, lifestyle, each drug, and both together."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from osteocast.forecast.adequacy import has_fractured
from osteocast.forecast.plans import (
    HALF_YEAR,
    due_day,
    exit_course,
    inhibitor_course,
    running_bone_drugs,
    zoledronate_course,
)
from osteocast.forecast.verdict_results import Kind
from osteocast.person import Case, Plan
from osteocast.person.case import TESTOSTERONE, end_day
from osteocast.therapies import DRUGS, Course
from osteocast.units import DAYS_PER_YEAR

if TYPE_CHECKING:
    from osteocast.lifestyle import Lifestyle

__all__ = ["course_end", "judged_plans", "sensible_lifestyle"]

# Total calcium that guidelines ask for, and what is added at most; the rest of the programme is told below.
_CALCIUM_AIM = 1200.0
_CALCIUM_LEAST = 100.0
_VITAMIN_D_IU = 800.0
_VITAMIN_D_ENOUGH = 20.0
_PROTEIN = 1.2
_ADHERENCE = 0.8
_FRAIL_AGE = 80.0


def course_end(case: Case) -> float:
    """Return the last day that is judged: the inhibitor's end, or the horizon if that is nearer."""
    horizon = case.forecast_years * DAYS_PER_YEAR
    course = inhibitor_course(case)
    if course is None or end_day(course) <= 0:
        return horizon
    return min(end_day(course), horizon)


def sensible_lifestyle(case: Case, calcium: float, vitamin_d: float) -> tuple[Lifestyle, list[str]]:
    """Choose exercise and nutrition that a clinic would advise this person, and say what was chosen.

    A programme of the case's own plans is taken as it is. Otherwise: supervised high-intensity resistance and
    impact training, which trials found to be the strongest, or a beginner's week after a fragility fracture
    or from 80 on; four of five sessions done; calcium up to 1,200 mg a day in all; vitamin D where 25OHD is
    low or not known; protein.

    Parameters
    ----------
    case : Case
    calcium : float
        Intake of today, mg/d.
    vitamin_d : float
        25OHD of today, ng/mL.
    """
    from osteocast.lifestyle import PROGRAMMES, Lifestyle, Nutrition

    for plan in case.plans:
        if plan.lifestyle is not None:
            return plan.lifestyle, [f"lifestyle as in the plan {plan.name}"]
    gentle = has_fractured(case) or case.age >= _FRAIL_AGE
    name = "beginners-week" if gentle else "high-intensity-resistance-and-impact"
    programme = PROGRAMMES[name].at(0.0, None, _ADHERENCE)
    said = [f"{programme.label}, {_ADHERENCE:.0%} of the sessions done, for as long as the verdict looks"]
    added = max(0.0, _CALCIUM_AIM - calcium)
    known = case.latest("vitamin_d") is not None
    tablets = not known or vitamin_d < _VITAMIN_D_ENOUGH
    nutrition = Nutrition(
        calcium=added if added >= _CALCIUM_LEAST else None,
        vitamin_d=_VITAMIN_D_IU if tablets else None,
        protein=_PROTEIN,
        start_day=0.0,
    )
    if nutrition.calcium is not None:
        said.append(f"calcium raised by {added:.0f} mg/d to {_CALCIUM_AIM:.0f}")
    if tablets:
        said.append(f"vitamin D {_VITAMIN_D_IU:.0f} IU/d")
    said.append(f"protein {_PROTEIN:g} g/kg/d")
    return Lifestyle(exercise=(programme,), nutrition=nutrition), said


def judged_plans(case: Case, lifestyle: Lifestyle) -> tuple[tuple[Plan, Kind], ...]:
    """Return the plans that are judged, each with what it is made of.

    A drug for bone that runs today is stopped in all of them but its own; after denosumab, what follows it
    starts when the next dose would be due.

    Parameters
    ----------
    case : Case
        With an inhibitor that has a stop, where there is one (`osteocast.forecast.plans.with_inhibitor`).
    lifestyle : Lifestyle
        What is done in the plans with lifestyle.
    """
    running = running_bone_drugs(case)
    stops = {course.drug: 0.0 for course in running}
    inhibitor = inhibitor_course(case)
    current = inhibitor if inhibitor is not None and end_day(inhibitor) > 0 else None
    start = max([due_day(course) for course in running], default=0.0)
    if current is not None:
        start = max(start, current.start_day)
    until = course_end(case)
    doses = max(1, math.floor((until - start) / HALF_YEAR + 0.01))
    zoledronate, often = zoledronate_course(case, start, doses)
    denosumab = Course("denosumab", start, None, 60.0, HALF_YEAR, n_doses=doses)
    taken = {course.drug for course in running}
    made: list[tuple[Plan, Kind]] = [
        (Plan("No drug for bone, no programme", stop_days=stops), "nothing"),
        (Plan("Lifestyle alone", stop_days=stops, lifestyle=lifestyle), "lifestyle"),
    ]
    names = [_name(course).capitalize() for course in running]
    made += [(Plan(f"{name} goes on"), "drug") for name in names]
    if case.person.sex == "male" and current is not None and _has_testosterone(case):
        stop = {**stops, current.drug: 0.0}
        made.append((Plan(f"Without {current.drug}", stop_days=stop), "without inhibitor"))
    elif not running:
        tablets = Course("risedronate", start, max(until, start + HALF_YEAR))
        made.append((Plan("Risedronate every week", (tablets,)), "drug"))
    if "zoledronate" not in taken:
        made.append((Plan(f"Zoledronate {often}", (zoledronate,), stop_days=stops), "drug"))
    if "denosumab" not in taken:
        follow = exit_course(start + doses * HALF_YEAR)
        made.append((Plan("Denosumab, then zoledronate", (denosumab, follow), stop_days=stops), "drug"))
    if running:
        made.append((Plan(f"{' and '.join(names)} and lifestyle", lifestyle=lifestyle), "combined"))
    else:
        both = Plan(f"Zoledronate {often} and lifestyle", (zoledronate,), lifestyle=lifestyle)
        made.append((both, "combined"))
    return tuple(made)


def _name(course: Course) -> str:
    return DRUGS[course.drug].words


def _has_testosterone(case: Case) -> bool:
    return any(course.drug in TESTOSTERONE and end_day(course) > 0 for course in case.treatments)

"""The plans that a verdict judges: doing nothing, lifestyle, each drug, and both together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from osteocast.forecast.adequacy import has_fractured
from osteocast.forecast.plans import (
    due_day,
    inhibitor_course,
    running_bone_drugs,
    zoledronate_course,
)
from osteocast.forecast.regimens import exit_course, interval_of, regimen, regimen_course, usual_lifestyle
from osteocast.forecast.verdict_results import Kind
from osteocast.person import Case, Plan
from osteocast.person.case import TESTOSTERONE, end_day
from osteocast.therapies import DRUGS, Course
from osteocast.units import DAYS_PER_YEAR

if TYPE_CHECKING:
    from osteocast.lifestyle import Lifestyle

__all__ = ["course_end", "judged_plans", "sensible_lifestyle"]


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
    or in old age; most of the sessions done; calcium up to what guidelines ask for, food included; vitamin D
    where 25OHD is low or not known; protein. The numbers stand in `regimens.yaml`.

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
    usual = usual_lifestyle()
    adherence = float(usual["adherence"])
    gentle = has_fractured(case) or case.age >= usual["gentle_from_age"]
    programme = PROGRAMMES[usual["gentle" if gentle else "programme"]].at(0.0, None, adherence)
    said = [f"{programme.label}, {adherence:.0%} of the sessions done, for as long as the verdict looks"]
    added = max(0.0, float(usual["calcium"]) - calcium)
    known = case.latest("vitamin_d") is not None
    tablets = not known or vitamin_d < usual["vitamin_d_enough"]
    nutrition = Nutrition(
        calcium=added if added >= usual["calcium_least"] else None,
        vitamin_d=float(usual["vitamin_d"]) if tablets else None,
        protein=float(usual["protein"]),
        start_day=0.0,
    )
    if nutrition.calcium is not None:
        said.append(f"calcium raised by {added:.0f} mg/d to {usual['calcium']:.0f}")
    if tablets:
        said.append(f"vitamin D {usual['vitamin_d']:.0f} IU/d")
    said.append(f"protein {usual['protein']:g} g/kg/d")
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
    denosumab = regimen_course("denosumab", start, until)
    due = end_day(denosumab)
    zoledronate, words = zoledronate_course(case, start, due)
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
        tablets = Course("risedronate", start, max(until, start + interval_of("denosumab")))
        made.append((Plan(regimen("risedronate")["words"].capitalize(), (tablets,)), "drug"))
    if "zoledronate" not in taken:
        made.append((Plan(words.capitalize(), (zoledronate,), stop_days=stops), "drug"))
    if "denosumab" not in taken:
        courses = (denosumab, exit_course(due))
        made.append((Plan("Denosumab, then zoledronate", courses, stop_days=stops), "drug"))
    if running:
        made.append((Plan(f"{' and '.join(names)} and lifestyle", lifestyle=lifestyle), "combined"))
    else:
        both = Plan(f"{words.capitalize()} and lifestyle", (zoledronate,), lifestyle=lifestyle)
        made.append((both, "combined"))
    return tuple(made)


def _name(course: Course) -> str:
    return DRUGS[course.drug].words


def _has_testosterone(case: Case) -> bool:
    return any(course.drug in TESTOSTERONE and end_day(course) > 0 for course in case.treatments)

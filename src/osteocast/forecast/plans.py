"""Plans to compare when a case names none."""

from __future__ import annotations

import math
from dataclasses import replace

from osteocast.forecast.data import data
from osteocast.forecast.events import gives_single_doses
from osteocast.forecast.regimens import exit_course, interval_of, regimen, regimen_course, usual_years
from osteocast.person import AROMATASE_INHIBITORS, TESTOSTERONE, Case, Plan
from osteocast.person.case import end_day
from osteocast.therapies import DRUGS, Course
from osteocast.units import DAYS_PER_YEAR

__all__ = [
    "BONE_DRUGS",
    "due_day",
    "inhibitor_course",
    "running_bone_drugs",
    "standard_plans",
    "with_inhibitor",
    "zoledronate_course",
]

#: Drugs taken for bone.
BONE_DRUGS = tuple(
    name for name, drug in DRUGS.items() if drug.drug_class in ("bisphosphonate", "RANKL antibody")
)

# After the dose that is left out: when the rebound can be seen.
_REBOUND_SHOWN_DAYS = DAYS_PER_YEAR


def inhibitor_course(case: Case) -> Course | None:
    """Return the aromatase inhibitor that the forecast is about: the running or coming one, else the last."""
    courses = [course for course in case.treatments if course.drug in AROMATASE_INHIBITORS]
    current = [course for course in courses if end_day(course) > 0]
    if current:
        return min(current, key=lambda course: course.start_day)
    return max(courses, key=end_day, default=None)


def with_inhibitor(case: Case) -> tuple[Case, list[str]]:
    """Fill in what a case leaves open about the aromatase inhibitor, and say what was filled in.

    Parameters
    ----------
    case : Case

    Returns
    -------
    Case
        With an inhibitor that has a stop, unless the case has plans of its own or is a man's.
    list of str
        One sentence per assumption.
    """
    if case.plans:
        return case, []
    course = inhibitor_course(case)
    if case.person.sex == "male":
        # Nobody is given an inhibitor by default, and nothing says when a man's ends.
        return case, []
    usual, years = data("regimens")["inhibitor"], usual_years()
    if course is None:
        started = Course(usual["drug"], 0.0, years * DAYS_PER_YEAR)
        text = f"{started.drug} for {years:g} years from {case.as_of}: the case names no inhibitor"
        return replace(case, treatments=(*case.treatments, started)), [text]
    if not math.isinf(end_day(course)):
        return case, []
    stop = course.start_day + years * DAYS_PER_YEAR
    if stop <= 0:
        years = float(usual["extended_years"])
        stop = course.start_day + years * DAYS_PER_YEAR
    if stop <= 0:
        return case, [f"{course.drug} goes on: the case gives no stop"]
    stopped = replace(course, stop_day=stop)
    treatments = tuple(stopped if other is course else other for other in case.treatments)
    return replace(case, treatments=treatments), [
        f"{course.drug} until {case.date_of(stop)}, {years:g} years in all: the case gives no stop"
    ]


def standard_plans(case: Case) -> tuple[Plan, ...]:
    """Return the plans that are compared when the case names none.

    Without a drug for bone; zoledronate beside the inhibitor; denosumab beside it, followed by zoledronate
    when the next dose would be due; and the same denosumab stopped with nothing to follow, which is shown
    as a warning, where the forecast is long enough to show what that does. Doses and intervals stand in
    `regimens.yaml`. For somebody on a drug for bone already: going on, stopping, and (for denosumab) stopping
    with zoledronate to follow.

    Parameters
    ----------
    case : Case
        As `with_inhibitor` returns it.
    """
    running = running_bone_drugs(case)
    if running:
        return _plans_on_treatment(running[0])
    inhibitor = inhibitor_course(case)
    stop = end_day(inhibitor) if inhibitor is not None else 0.0
    horizon = case.forecast_years * DAYS_PER_YEAR
    start = max(0.0, inhibitor.start_day) if inhibitor is not None else 0.0
    # After the inhibitor there is nothing left to protect from; the plans are then those of osteoporosis.
    # Beside one without an end they last as long, so that the forecast shows what stopping denosumab costs.
    lasts = stop > start + interval_of("denosumab") and not math.isinf(stop)
    until = min(stop if lasts else start + usual_years() * DAYS_PER_YEAR, horizon)
    label = inhibitor.drug if inhibitor is not None and stop > 0 else None
    if label and any(course.drug in TESTOSTERONE for course in case.taken_on(0.0)):
        alone = f"Testosterone and {label}"
    else:
        alone = f"{label} alone".capitalize() if label else "No drug for bone"
    denosumab = regimen_course("denosumab", start, until)
    due = end_day(denosumab)
    zoledronate, words = zoledronate_course(case, start, due)
    plans = (
        Plan(alone),
        Plan(words.capitalize(), (zoledronate,)),
        Plan("Denosumab, then zoledronate", (denosumab, exit_course(due))),
        Plan("Denosumab, stopped without a plan", (denosumab,)),
    )
    # A forecast that ends before the rebound would show two equal plans, as if stopping cost nothing.
    return plans if horizon - due >= _REBOUND_SHOWN_DAYS else plans[:-1]


def running_bone_drugs(case: Case) -> list[Course]:
    """Return the drugs for bone that are taken on day 0."""
    return [
        course
        for course in case.treatments
        if course.drug in BONE_DRUGS and course.start_day <= 0 < end_day(course)
    ]


def zoledronate_course(case: Case, start: float, until: float) -> tuple[Course, str]:
    """Return zoledronate as a person of that sex is given it beside an inhibitor, and its words.

    Parameters
    ----------
    case : Case
    start, until : float
        Days from and to which it has to act.
    """
    name = data("regimens")["zoledronate"][case.person.sex]
    return regimen_course(name, start, until, whole=False), regimen(name)["words"]


def _plans_on_treatment(course: Course) -> tuple[Plan, ...]:
    name = DRUGS[course.drug].words
    if course.drug != "denosumab":
        return (
            Plan(f"{name} goes on".capitalize()),
            Plan(f"{name} stopped now".capitalize(), stop_days={course.drug: 0.0}),
        )
    due = due_day(course)
    return (
        Plan("Denosumab goes on"),
        Plan(
            "Denosumab stopped, then zoledronate",
            (exit_course(due),),
            stop_days={course.drug: 0.0},
        ),
        Plan("Denosumab stopped without a plan", stop_days={course.drug: 0.0}),
    )


def due_day(course: Course) -> float:
    """Return the day on which the next dose of a running course is due, 0 for tablets."""
    interval = course.interval_days or DRUGS[course.drug].label_interval_days
    given = [day for day in course.dose_days(interval, 0.0) if day < 0]
    return max(0.0, given[-1] + interval) if given and gives_single_doses(course) else 0.0

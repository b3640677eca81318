"""Plans to compare when a case names none."""

from __future__ import annotations

import math
from dataclasses import replace

from osteocast.forecast.events import gives_single_doses
from osteocast.person import AROMATASE_INHIBITORS, TESTOSTERONE, Case, Plan
from osteocast.person.case import end_day
from osteocast.therapies import DRUGS, Course
from osteocast.units import DAYS_PER_MONTH, DAYS_PER_YEAR

__all__ = [
    "BONE_DRUGS",
    "HALF_YEAR",
    "due_day",
    "exit_course",
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

_INHIBITOR = "anastrozole"
_INHIBITOR_YEARS = 5.0
_EXTENDED_YEARS = 10.0
# With an inhibitor: 4 mg every half year (Z-FAST, ZO-FAST). After denosumab: the dose for osteoporosis,
# twice.
HALF_YEAR = 6 * DAYS_PER_MONTH
_EXIT_DOSE_MG = 5.0
_WOMAN_DOSE_MG = 4.0
# Men were studied on the dose for osteoporosis.
_MAN_DOSE_MG = 5.0
_EXIT_DOSES = 2
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
    if course is None:
        started = Course(_INHIBITOR, 0.0, _INHIBITOR_YEARS * DAYS_PER_YEAR)
        text = f"{_INHIBITOR} for {_INHIBITOR_YEARS:g} years from {case.as_of}: the case names no inhibitor"
        return replace(case, treatments=(*case.treatments, started)), [text]
    if not math.isinf(end_day(course)):
        return case, []
    stop = course.start_day + _INHIBITOR_YEARS * DAYS_PER_YEAR
    years = _INHIBITOR_YEARS
    if stop <= 0:
        years = _EXTENDED_YEARS
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

    Without a drug for bone; zoledronate 4 mg every 6 months beside the inhibitor; denosumab 60 mg every
    6 months beside it, followed by zoledronate 5 mg six months after the last dose and once more a year
    later; and the same denosumab stopped with nothing to follow, which is shown as a warning, where the
    forecast is long enough to show what that does. For somebody on a drug for bone already: going on,
    stopping, and (for denosumab) stopping with zoledronate to follow.

    Parameters
    ----------
    case : Case
        As `with_inhibitor` returns it.
    """
    running = running_bone_drugs(case)
    if running:
        return _plans_on_treatment(case, running[0])
    inhibitor = inhibitor_course(case)
    stop = end_day(inhibitor) if inhibitor is not None else 0.0
    horizon = case.forecast_years * DAYS_PER_YEAR
    start = max(0.0, inhibitor.start_day) if inhibitor is not None else 0.0
    # After the inhibitor there is nothing left to protect from; the plans are then those of osteoporosis.
    # Beside one without an end they last as long, so that the forecast shows what stopping denosumab costs.
    lasts = stop > start + HALF_YEAR and not math.isinf(stop)
    until = min(stop if lasts else start + _INHIBITOR_YEARS * DAYS_PER_YEAR, horizon)
    doses = max(1, math.floor((until - start) / HALF_YEAR + 0.01))
    label = inhibitor.drug if inhibitor is not None and stop > 0 else None
    if label and any(course.drug in TESTOSTERONE for course in case.taken_on(0.0)):
        alone = f"Testosterone and {label}"
    else:
        alone = f"{label} alone".capitalize() if label else "No drug for bone"
    zoledronate, often = zoledronate_course(case, start, doses)
    denosumab = Course("denosumab", start, None, 60.0, HALF_YEAR, n_doses=doses)
    due = start + doses * HALF_YEAR
    plans = (
        Plan(alone),
        Plan(f"Zoledronate {often}", (zoledronate,)),
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


def zoledronate_course(case: Case, start: float, half_years: int) -> tuple[Course, str]:
    """Return zoledronate for so many half years and how often: 4 mg twice a year, for a man 5 mg once."""
    if case.person.sex == "male":
        course = Course(
            "zoledronate", start, None, _MAN_DOSE_MG, DAYS_PER_YEAR, n_doses=math.ceil(half_years / 2)
        )
        return course, "once a year"
    return Course("zoledronate", start, None, _WOMAN_DOSE_MG, HALF_YEAR, n_doses=half_years), "every 6 months"


def exit_course(day: float) -> Course:
    """Return what follows denosumab: zoledronate 5 mg from a day on, and once more a year later."""
    return Course("zoledronate", day, None, _EXIT_DOSE_MG, DAYS_PER_YEAR, n_doses=_EXIT_DOSES)


def _plans_on_treatment(case: Case, course: Course) -> tuple[Plan, ...]:
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

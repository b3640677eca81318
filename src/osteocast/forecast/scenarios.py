"""One person under one plan, as the simulation takes it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from osteocast.errors import InputError, NotCovered, unknown_name
from osteocast.forecast.habits import body_of, exposures_of, plan_effects
from osteocast.forecast.plans import standard_plans, with_inhibitor
from osteocast.forecast.subjects import subject_of
from osteocast.person import Case, Plan, coverage
from osteocast.therapies import Course
from osteocast.units import DAYS_PER_YEAR

if TYPE_CHECKING:
    from osteocast.lifestyle import Exposure
    from osteocast.simulation import Subject

__all__ = ["chosen", "planned", "scenario"]


def planned(case: Case) -> tuple[Case, list[str]]:
    """Return a covered case with plans, the standard ones if it names none, and what was assumed for that.

    Raises
    ------
    NotCovered
        If the model does not cover the person, with the reasons.
    """
    reasons = coverage(case)
    if reasons:
        raise NotCovered(reasons)
    case, assumptions = with_inhibitor(case)
    if not case.plans:
        case = replace(case, plans=standard_plans(case))
        reasons = coverage(case)
        if reasons:
            raise NotCovered(reasons)
    return case, assumptions


def chosen(case: Case, plan: str | None = None) -> tuple[Case, Plan]:
    """Return a case with plans, the standard ones if it names none, and the one whose name holds a text.

    Parameters
    ----------
    case : Case
    plan : str, optional
        Name of the plan or part of it; the first by default.

    Raises
    ------
    NotCovered
        If the model does not cover the person.
    InputError
        If there is no such plan.
    """
    case, _ = planned(case)
    named = [one for one in case.plans if plan is None or plan.casefold() in one.name.casefold()]
    if not named:
        raise InputError([unknown_name("--plan", plan, [one.name for one in case.plans], "plan")])
    return case, named[0]


def scenario(
    case: Case, plan: str | None = None, years: float | None = None
) -> tuple[Subject, tuple[Course, ...], float, tuple[Exposure, ...]]:
    """Return a subject, everything she takes under a plan, the last day, and what the plan's lifestyle adds.

    Parameters
    ----------
    case : Case
    plan : str, optional
        Name of the plan or part of it; the first by default.
    years : float, optional
        Horizon; that of the plan by default.

    Raises
    ------
    NotCovered
        If the model does not cover the person.
    InputError
        If there is no such plan.
    """
    case, one = chosen(case, plan)
    until = case.horizon_days(one) if years is None else years * DAYS_PER_YEAR
    subject = subject_of(case)[0]
    exposures = exposures_of(plan_effects(one, body_of(case, subject)))
    return subject, case.regimen(one), until, exposures

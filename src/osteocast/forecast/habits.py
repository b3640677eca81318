"""What a person does, and what a plan changes about it, as effects and exposures of the simulation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from osteocast.lifestyle import Body, Effect, Exposure
from osteocast.person import Case, Plan

if TYPE_CHECKING:
    from osteocast.simulation import Subject

__all__ = ["body_of", "exposures_of", "own_effects", "plan_effects"]


def body_of(case: Case, subject: Subject) -> Body:
    """Return what a lifestyle has to know of a person: as the simulation takes her on day 0."""
    return Body(
        sex=case.person.sex,
        age=case.age,
        weight_kg=case.person.weight,
        calcium_intake=subject.calcium_intake,
        vitamin_d=subject.vitamin_d,
        vitamin_d_measured=case.latest("vitamin_d") is not None,
        menopause_age=subject.menopause_age if case.person.sex == "female" else None,
    )


def own_effects(case: Case, body: Body) -> tuple[Effect, ...]:
    """Return what the person's habits of today do, whatever the plan."""
    return () if case.person.lifestyle is None else case.person.lifestyle.effects(body)


def plan_effects(plan: Plan, body: Body) -> tuple[Effect, ...]:
    """Return what a plan adds to the person's own habits."""
    return () if plan.lifestyle is None else plan.lifestyle.effects(body)


def exposures_of(effects: Iterable[Effect]) -> tuple[Exposure, ...]:
    """Return what of these effects enters the physiology."""
    return tuple(exposure for effect in effects if (exposure := effect.exposure) is not None)

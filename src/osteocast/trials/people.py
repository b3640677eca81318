"""The average person of an arm: body, diet, density, and what the lifestyle adds to the physiology."""

from __future__ import annotations

from typing import Literal

from osteocast.lifestyle import Body, Exposure
from osteocast.person.reference import age_reference, young_reference
from osteocast.simulation import USUAL_WEIGHT, Subject
from osteocast.trials.schema import Arm, Population

__all__ = ["exposures_of", "subject_of", "usual_density"]

USUAL_CALCIUM = 800.0  # mg/day, diet of a trial that says nothing
USUAL_VITAMIN_D = 25.0  # ng/mL, likewise


def subject_of(population: Population) -> Subject:
    """Return the average person of a population on day 0."""
    diet = population.calcium_intake if population.calcium_intake is not None else USUAL_CALCIUM
    vitamin_d = population.vitamin_d if population.vitamin_d is not None else USUAL_VITAMIN_D
    sex: Literal["female", "male"] = "male" if population.sex == "male" else "female"
    return Subject(
        age=population.age,
        menopause_age=population.menopause_age,
        surgical=population.surgical,
        calcium_intake=diet,
        calcium_intake_after=diet + population.calcium_supplement if population.calcium_supplement else None,
        vitamin_d=vitamin_d,
        vitamin_d_after=population.vitamin_d_after,
        estradiol=population.estradiol,
        weight_kg=population.weight_kg if population.weight_kg is not None else USUAL_WEIGHT[sex],
        sex=sex,
        testosterone=population.testosterone,
    )


def exposures_of(arm: Arm) -> tuple[Exposure, ...]:
    """Return what the lifestyle of an arm adds to the inputs of its average person."""
    if arm.lifestyle is None:
        return ()
    subject = subject_of(arm.population)
    after, level = subject.calcium_intake_after, subject.vitamin_d_after
    body = Body(
        sex="male" if arm.population.sex == "male" else "female",
        age=arm.population.age,
        weight_kg=arm.population.weight_kg,
        calcium_intake=after if after is not None else subject.calcium_intake,
        vitamin_d=level if level is not None else subject.vitamin_d,
        menopause_age=arm.population.menopause_age,
    )
    return arm.lifestyle.exposures(body)


def usual_density(population: Population, site: str) -> float:
    """Return the mean density of a population on day 0, g/cm2: of its T-score, or of its age.

    Where the age has no reference that could be read, the young mean stands for it.
    """
    young = young_reference(site)
    if site in population.t_score:
        return young.mean + population.t_score[site][0] * young.sd
    reference = age_reference(site, population.sex, int(population.age))
    return reference.mean if reference is not None else young.mean

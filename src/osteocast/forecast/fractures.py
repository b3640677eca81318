"""Fractures under a plan: trajectories of virtual people handed to the rates of fracture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from osteocast.forecast.habits import body_of, own_effects, plan_effects
from osteocast.forecast.twins import spread_out
from osteocast.forecast.unstudied import widening
from osteocast.fracture import FractureRisk, exposures_of, probability, profile_of, relative_turnover
from osteocast.person import AROMATASE_INHIBITORS, SITES, Case, Plan, t_scale
from osteocast.person.reference import young_reference
from osteocast.population.density import population_score
from osteocast.population.streams import uniforms

if TYPE_CHECKING:
    from osteocast.inference.personal import Update
    from osteocast.simulation import Subject

__all__ = ["OBSERVED", "PEOPLE", "average_fracture_risk", "fracture_risk"]

#: What has to be observed of virtual people, on a grid of months: denosumab moves turnover between its doses.
OBSERVED = (*(f"bmd_{site}" for site in SITES), "ctx")
#: Virtual people that are counted at most: others resemble them.
PEOPLE = 256
# The average person who was never scanned may have any density of the population: so many of them.
_DENSITIES = 64
_CANCER = (
    "Deaths from breast cancer are not counted, because nobody gave their rate: the higher it is, the fewer "
    "bones break before."
)


def fracture_risk(
    case: Case,
    plan: Plan,
    found: Update,
    i: int,
    *,
    years: Sequence[float] = (5.0, 10.0),
    people: int = PEOPLE,
) -> FractureRisk:
    """Return the probabilities of fracture of a person under one plan.

    Every virtual person has own densities, turnover, and draw of the coefficients. The T-scores behind it are
    against young white women on the scale of the published reference, because the rates are, whatever
    reference the person's report used. Who was never scanned has densities as they spread in the population
    of the same age and sex, changed as the plan changes them.

    Parameters
    ----------
    case : Case
    plan : Plan
    found : osteocast.inference.personal.Update
        Virtual people weighted by the person's own scans and blood values, observed on `OBSERVED`.
    i : int
        Which of the plans simulated it is.
    years : sequence of float
        Horizons; those that the plan's own horizon does not reach are left out.
    people : int
        Virtual people taken at most. From more of them so many are chosen by their weights, the same ones
        under every plan, so that plans differ by what they do and not by chance.

    Returns
    -------
    FractureRisk
    """
    rows, weights = _chosen(found.weights, people)
    made = found.futures
    kept = made.days <= case.horizon_days(plan) + 1e-6
    factor = widening(case, case.regimen(plan))
    density = {
        site: spread_out(made.values[f"bmd_{site}"][i][np.ix_(rows, kept)], weights, factor) for site in SITES
    }
    return _risk(
        case,
        plan,
        made.people.subject,
        _Courses(
            made.days[kept],
            density,
            {site: level[rows] for site, level in found.levels.items()},
            made.values["ctx"][i][np.ix_(rows, kept)],
        ),
        weights,
        years,
    )


def average_fracture_risk(
    case: Case,
    plan: Plan,
    subject: Subject,
    days: np.ndarray,
    density: Mapping[str, np.ndarray],
    levels: Mapping[str, float],
    ctx: np.ndarray,
    *,
    years: Sequence[float] = (5.0, 10.0),
) -> FractureRisk:
    """Return the probabilities of the average person under one plan, with coefficients at their medians.

    Parameters
    ----------
    case : Case
    plan : Plan
    subject : Subject
    days : ndarray (n_time,)
        Those before day 0 and after the plan's horizon are not used.
    density : mapping of str to ndarray (n_time,)
        BMD over that of day 0, by site.
    levels : mapping of str to float
        BMD on day 0, g/cm2, of the scanned sites.
    ctx : ndarray (n_time,)
        ng/mL.
    years : sequence of float

    Returns
    -------
    FractureRisk
        Without intervals.
    """
    kept = (days >= 0.0) & (days <= case.horizon_days(plan) + 1e-6)
    n = 1 if levels else _DENSITIES
    courses = _Courses(
        days[kept],
        {site: np.repeat(values[None, kept], n, axis=0) for site, values in density.items()},
        {site: np.array([level]) for site, level in levels.items()},
        np.repeat(ctx[None, kept], n, axis=0),
    )
    return _risk(case, plan, subject, courses, np.full(n, 1.0 / n), years, draws=0)


@dataclass(frozen=True)
class _Courses:
    """What happens to the bones of virtual people from day 0 to the horizon of a plan."""

    days: np.ndarray
    density: Mapping[str, np.ndarray]
    levels: Mapping[str, np.ndarray]
    ctx: np.ndarray


def _risk(
    case: Case,
    plan: Plan,
    subject: Subject,
    courses: _Courses,
    weights: np.ndarray,
    years: Sequence[float],
    draws: int | None = None,
) -> FractureRisk:
    body = body_of(case, subject)
    risk = probability(
        profile_of(case.person, case.as_of, plan.lifestyle),
        courses.days,
        _scanned(case, courses) if courses.levels else _unscanned(case, courses),
        relative_turnover(courses.ctx, case.person.sex),
        exposures=exposures_of(case.regimen(plan), (*own_effects(case, body), *plan_effects(plan, body))),
        weights=weights,
        draws=draws,
        years=years,
        scanned=bool(courses.levels),
    )
    ill = case.person.sex == "female" and any(one.drug in AROMATASE_INHIBITORS for one in case.treatments)
    return replace(risk, notes=(*risk.notes, _CANCER)) if ill else risk


def _chosen(weights: np.ndarray, people: int) -> tuple[np.ndarray, np.ndarray]:
    """Return rows of virtual people and their weights: all of weight, or so many drawn evenly along them."""
    known = np.flatnonzero(weights > 0)
    if known.size <= people:
        return known, weights[known]
    marks = (np.arange(people) + 0.5) / people
    rows = np.searchsorted(np.cumsum(weights[known]) / weights[known].sum(), marks)
    return known[rows], np.full(people, 1.0 / people)


def _scanned(case: Case, courses: _Courses) -> dict[str, np.ndarray]:
    """Read densities as T-scores of the published reference, on the scale of the last scan's maker."""
    scores = {}
    for site, level in courses.levels.items():
        scale = t_scale(site, case.baseline()[site][0].vendor)
        scores[site] = (level[:, None] * courses.density[site] - scale.mean) / scale.sd
    return scores


def _unscanned(case: Case, courses: _Courses) -> dict[str, np.ndarray]:
    """Start from the densities of the population, each as likely as it is there, in no order."""
    n = len(courses.ctx)
    order = np.argsort(uniforms("fracture", "density of the never scanned", 0, n, 1)[:, 0])
    z = np.array([NormalDist().inv_cdf((k + 0.5) / n) for k in order])
    scores = {}
    for site in SITES:
        start = population_score(site, case.person.sex, case.age, z)[:, None]
        # A density falls by a share of itself, not of its T-score.
        zero = young_reference(site).mean / young_reference(site).sd
        scores[site] = (zero + start) * courses.density[site] - zero
    return scores

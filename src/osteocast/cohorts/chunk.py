"""A stretch of a cohort, computed: covariates, courses under every arm, and what became of each person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from osteocast import physiology
from osteocast.cohorts.spec import CohortArm, CohortSpec
from osteocast.fracture import exposures_of, fractures_of_many, relative_turnover
from osteocast.inference.posterior import draws
from osteocast.lifestyle import Body, Exposure
from osteocast.person.published import published
from osteocast.physiology import SITES
from osteocast.population import DENSITY, Cohort, Followed, Standing, draw, follow, live, lives
from osteocast.population.variability import variability
from osteocast.units import DAYS_PER_MONTH

__all__ = ["KINDS", "Chunk", "compute"]

#: Kinds of fracture of which the probability so far stands at every visit.
KINDS = ("hip", "clinical_vertebral", "major_osteoporotic", "any_clinical")
_THRESHOLDS = {
    "osteoporosis_year": "iscd-2005-reporting/osteoporosis",
    "low_density_year": "iscd-2005-reporting/normal",
}

Columns = dict[str, np.ndarray]


@dataclass(frozen=True)
class Chunk:
    """Some people of a cohort under every arm.

    Parameters
    ----------
    people : dict of str to ndarray (n,)
        ``person``, covariates and traits, and whether the past could be solved.
    course : mapping of str to dict of str to ndarray (n * n_visit,)
        By arm: ``person``, ``month``, density, T-scores, markers, and probabilities of fracture so far; the
        visits of one person after those of another.
    outcomes : mapping of str to dict of str to ndarray (n,)
        By arm: ``person``, the first visit below each threshold, times of fractures and death drawn from
        their rates, in years; NaN where it does not happen in time.
    """

    people: Columns
    course: Mapping[str, Columns]
    outcomes: Mapping[str, Columns]


def compute(spec: CohortSpec, first: int, n: int, *, threads: int | None = None) -> Chunk:
    """Compute some people of a cohort.

    Parameters
    ----------
    spec : CohortSpec
    first, n : int
        Number of the first person, and how many.
    threads : int, optional
        Of the engine; all cores by default. Has no influence on any number.

    Returns
    -------
    Chunk
        The same numbers for a person whatever `first` and `n`.
    """
    cohort = draw(spec.population, n, spec.study, first)
    standing = live(lives(cohort, _averages(spec.draws)), threads=threads)
    course, outcomes = {}, {}
    for arm in spec.arms.values():
        course[arm.name], outcomes[arm.name] = _arm(spec, arm, cohort, standing, threads)
    return Chunk(_people(cohort, standing), course, outcomes)


@lru_cache(maxsize=2)
def _averages(n: int) -> tuple[dict[str, float], ...]:
    return tuple(draws(n)) if n else (physiology.values(),)


def _people(cohort: Cohort, standing: Standing) -> Columns:
    columns: Columns = {"person": cohort.number.astype(np.int64)}
    columns |= {name: values.astype(np.float32) for name, values in cohort.table.items()}
    for k, name in enumerate(variability().names):
        columns[f"trait_{name}"] = cohort.traits[:, k].astype(np.float32)
    columns["draw"] = standing.lives.people.draw.astype(np.int32)
    columns["screened"] = cohort.attempts.astype(np.int32)
    columns["usable"] = standing.usable
    return columns


def _arm(
    spec: CohortSpec, arm: CohortArm, cohort: Cohort, standing: Standing, threads: int | None
) -> tuple[Columns, Columns]:
    days = np.array(spec.visits) * DAYS_PER_MONTH
    asked = tuple(dict.fromkeys([*DENSITY, *spec.outputs, *(("ctx",) if spec.fractures else ())]))
    followed = follow(
        standing,
        arm.courses,
        days,
        observables=asked,
        exposures=_exposures(spec, arm),
        adherence=cohort.table["adherence"] if spec.adherence else None,
        threads=threads,
    )
    scores = {site: followed.t_score(site) for site in SITES}
    wide = {f"bmd_{site}": followed.bmd(site) for site in SITES}
    wide |= {f"t_score_{site}": values for site, values in scores.items()}
    wide |= {name: followed.values[name] for name in spec.outputs}
    lowest = np.minimum.reduce(list(scores.values()))
    outcomes: Columns = {"person": cohort.number.astype(np.int64)}
    for name, reference in _THRESHOLDS.items():
        outcomes[name] = _first_below(lowest, published(reference), days)
    if spec.fractures:
        probabilities, times = _fractures(spec, arm, cohort, followed, scores, days)
        wide |= probabilities
        outcomes |= times
    outcomes["usable"] = followed.usable
    n, visits = len(cohort), len(spec.visits)
    course: Columns = {
        "person": np.repeat(cohort.number.astype(np.int64), visits),
        "month": np.tile(np.array(spec.visits, dtype=np.float32), n),
    }
    course |= {name: np.ascontiguousarray(values, np.float32).reshape(-1) for name, values in wide.items()}
    return course, {
        name: values.astype(np.float32) if values.dtype == np.float64 else values
        for name, values in outcomes.items()
    }


def _exposures(spec: CohortSpec, arm: CohortArm) -> tuple[Exposure, ...]:
    """Return what an arm's lifestyle adds, sized for the typical person of the population."""
    if arm.lifestyle is None:
        return ()
    return tuple(arm.lifestyle.exposures(_body(spec)))


def _body(spec: CohortSpec) -> Body:
    typical = spec.population.typical()
    return Body(
        sex=typical.sex,
        age=typical.age,
        weight_kg=typical.weight_kg,
        calcium_intake=typical.calcium_intake,
        vitamin_d=typical.vitamin_d,
        menopause_age=typical.menopause_age,
    )


def _first_below(lowest: np.ndarray, threshold: float, days: np.ndarray) -> np.ndarray:
    """First visit at which the lowest T-score is at or below a threshold, years; NaN for never."""
    below = lowest <= threshold
    found = (days / (12.0 * DAYS_PER_MONTH))[below.argmax(axis=1)]
    return np.where(below.any(axis=1), found, np.nan)


def _fractures(
    spec: CohortSpec,
    arm: CohortArm,
    cohort: Cohort,
    followed: Followed,
    scores: Mapping[str, np.ndarray],
    days: np.ndarray,
) -> tuple[Columns, Columns]:
    """Probabilities so far at every visit, and times drawn, by column."""
    effects = () if arm.lifestyle is None else arm.lifestyle.effects(_body(spec))
    sex = spec.population.sex
    risks = fractures_of_many(
        sex,
        cohort.table["age"],
        days,
        scores,
        relative_turnover(followed.values["ctx"], sex),
        exposures_of(arm.courses, effects),
    )
    years = np.array(spec.visits) / 12.0
    wide = {f"risk_{kind}": risks.probability(kind, years) for kind in KINDS}
    times = risks.times(spec.study, cohort.number)
    last = years[-1]
    drawn = {f"{kind}_fracture_year": values for kind, values in times.fracture.items()}
    drawn["death_year"] = times.death
    known = followed.usable
    return wide, {name: np.where(known & (values <= last), values, np.nan) for name, values in drawn.items()}

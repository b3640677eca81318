"""Candidates simulated once, under every arm and every start of a rescue, so that replicates only choose.

Each draw of the posterior is one world with its own people, and a replicate takes the people of one world.
A person is simulated under every strand: each arm as it begins, and each arm with its rescue from each visit
on. What happens to somebody in a trial is then one strand up to a visit and another one after it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from osteocast import physiology
from osteocast.inference.posterior import draws as posterior_draws
from osteocast.person import young_reference
from osteocast.physiology import SITES
from osteocast.population import futures, people
from osteocast.population.normal import quantile
from osteocast.population.people import People
from osteocast.population.streams import normals
from osteocast.therapies import Course, find
from osteocast.trials.people import exposures_of, subject_of, usual_density
from osteocast.trials.rescue import T_SCORE_CORRELATION, rescued_courses
from osteocast.trials.schema import Arm, Population
from osteocast.units import DAYS_PER_MONTH
from osteocast.virtual_trials.assumed import assumed
from osteocast.virtual_trials.design import Adherence, TrialDesign

__all__ = ["NEVER", "Pool", "build_pool"]

#: Position of a visit that never starts a rescue.
NEVER = -1
#: Ages, and shares of doses taken, that stand for a spread: the middles of so many equal parts of the people.
_AGES, _SHARES = 8, 4
#: Doses at least so far apart are given at a visit, so that adherence at home has no part in them, days.
_AT_A_VISIT = 60.0

Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Pool:
    """People and what would become of them.

    Parameters
    ----------
    days : ndarray (n_time,)
        Ascending from 0.
    values : mapping of str to ndarray (n_strand, n_people, n_time), float32
        Observables; densities relative to day 0.
    strands : mapping of (int, int) to int
        By arm and by the visit (position, 1 for the first after day 0) that starts its rescue, -1 for none.
    density : mapping of str to ndarray (n_arm, n_people)
        Density on day 0 by site, g/cm2.
    screening : mapping of str to ndarray (n_people,)
        The same in the population that is screened.
    age, menopause_age : ndarray (n_people,)
        Years; `menopause_age` is NaN where no menopause is known.
    draw : ndarray (n_people,) of int
        World of each.
    usable : ndarray (n_people,) of bool
        Who could be simulated under every strand.
    """

    days: np.ndarray
    values: Mapping[str, np.ndarray]
    strands: Mapping[tuple[int, int], int]
    density: Mapping[str, np.ndarray]
    screening: Mapping[str, np.ndarray]
    age: np.ndarray
    menopause_age: np.ndarray
    draw: np.ndarray
    usable: np.ndarray

    def block(self, replicate: int) -> np.ndarray:
        """Return who may take part in a replicate: everybody of its world."""
        return np.flatnonzero(self.draw == replicate % (int(self.draw.max()) + 1))

    def strand(self, arm: np.ndarray, visit: np.ndarray) -> np.ndarray:
        """Return the strand of each person, ndarray (n,) of int.

        Parameters
        ----------
        arm, visit : ndarray (n,) of int
        """
        last = [max(key[i] for key in self.strands) for i in (0, 1)]
        table = np.full((last[0] + 1, last[1] - NEVER + 1), -1)
        for (a, v), number in self.strands.items():
            table[a, v - NEVER] = number
        return np.asarray(table[arm, visit - NEVER])


@dataclass(frozen=True)
class _Strand:
    arm: int
    visit: int
    courses: tuple[Course, ...]


def build_pool(
    design: TrialDesign, *, threads: int | None = None, report: Report = lambda done, total: None
) -> Pool:
    """Simulate the candidates of a design.

    Parameters
    ----------
    design : TrialDesign
    threads : int, optional
        Worker threads; all cores by default. Has no influence on any number.
    report : callable
        Told after each part how many are done, of how many.

    Returns
    -------
    Pool
    """
    strands = _strands(design)
    observables = tuple(dict.fromkeys((*design.observables, *_looked_at(design))))
    days = _grid(design)
    groups = _groups(design)
    worlds = posterior_draws(design.draws) if design.draws else [physiology.values()]
    each = -(-design.people // len(groups))
    n = each * len(worlds)
    total = n * len(groups)
    values = {name: np.empty((len(strands), total, len(days)), np.float32) for name in observables}
    usable = np.ones(total, dtype=bool)
    for number, group in enumerate(groups):
        rows = slice(number * n, (number + 1) * n)
        for population in dict.fromkeys(_key(arm.population) for arm in design.arms.values()):
            own = [
                i for i, strand in enumerate(strands) if _key(_arm(design, strand).population) == population
            ]
            ahead = futures(
                _people(design, _arm(design, strands[own[0]]).population, group, rows.start, each, worlds),
                [_plan(design, strands[i], group) for i in own],
                days,
                observables=observables,
                exposures=[exposures_of(_arm(design, strands[i])) for i in own],
                threads=threads,
            )
            usable[rows] &= ahead.usable
            for name in observables:
                values[name][own, rows] = ahead.values[name]
        report(number + 1, len(groups))
    z = _score_deviations(design.study, total)
    arms = list(design.arms.values())
    age = np.repeat([_aged(design.population, group).age for group in groups], n)
    menopause = [_aged(design.population, group).menopause_age for group in groups]
    return Pool(
        days,
        values,
        {(strand.arm, strand.visit): i for i, strand in enumerate(strands)},
        {site: np.stack([_densities(arm.population, site, z) for arm in arms]) for site in SITES},
        {site: _densities(design.population, site, z) for site in SITES},
        age,
        np.repeat([np.nan if one is None else one for one in menopause], n),
        np.tile(np.repeat(np.arange(len(worlds)), each), len(groups)),
        usable,
    )


def _key(population: Population) -> str:
    return repr(population)


def _arm(design: TrialDesign, strand: _Strand) -> Arm:
    return list(design.arms.values())[strand.arm]


def _strands(design: TrialDesign) -> list[_Strand]:
    found = []
    for position, arm in enumerate(design.arms.values()):
        found.append(_Strand(position, NEVER, arm.courses))
        for rule in arm.rules:
            for k, month in enumerate(design.visits):
                if month >= rule.from_month:
                    found.append(_Strand(position, k + 1, rescued_courses(arm, month)))
    return found


def _looked_at(design: TrialDesign) -> list[str]:
    return [f"bmd_{site}" for arm in design.arms.values() for rule in arm.rules for site in rule.sites]


def _grid(design: TrialDesign) -> np.ndarray:
    """Days on which everybody is simulated: planned visits and the ends of their windows."""
    planned = np.array([0.0, *design.visits]) * DAYS_PER_MONTH
    ends = np.concatenate([planned, planned[1:] - design.window_days, planned[1:] + design.window_days])
    return np.unique(np.maximum(ends, 0.0))


@dataclass(frozen=True)
class _Group:
    """People who share an age and how much of their doses they take, as quantiles of either."""

    age: float
    share: float


def _groups(design: TrialDesign) -> list[_Group]:
    ages = _AGES if design.population.age_sd else 1
    shares = _SHARES if any(one.sd > 0 for one in design.adherence.values()) else 1
    return [_Group((a + 0.5) / ages, (s + 0.5) / shares) for a in range(ages) for s in range(shares)]


def _aged(population: Population, group: _Group) -> Population:
    """Return the population at the age of a group; what counts from the menopause stays after it."""
    if not population.age_sd:
        return population
    age = population.age + population.age_sd * float(quantile(np.array([group.age]))[0])
    menopause = population.menopause_age
    if menopause is not None:
        if population.surgical:
            menopause = age - (population.age - menopause)
        elif menopause <= population.age:
            menopause = min(menopause, age - assumed("years_since_menopause"))
    return replace(population, age=age, menopause_age=menopause)


def _people(
    design: TrialDesign,
    population: Population,
    group: _Group,
    first: int,
    each: int,
    worlds: list[dict[str, float]],
) -> People:
    subject = subject_of(_aged(population, group))
    drawn = people(subject, each * len(worlds), worlds, study=design.study, first=first)
    return drawn.like(drawn.deviations, np.repeat(np.arange(len(worlds)), each))


def _plan(design: TrialDesign, strand: _Strand, group: _Group) -> tuple[Course, ...]:
    arm = _arm(design, strand)
    share = _share(design.adherence.get(arm.name, Adherence()), group.share)
    return (*arm.population.history, *(_taken(course, share) for course in strand.courses))


def _share(adherence: Adherence, place: float) -> float:
    """Return the share of doses taken at a quantile of the people."""
    if adherence.sd == 0.0 or adherence.mean >= 1.0:
        return adherence.mean
    from scipy.stats import beta

    # Mean and variance of a beta distribution, the method of moments.
    total = adherence.mean * (1.0 - adherence.mean) / adherence.sd**2 - 1.0
    return float(beta.ppf(place, adherence.mean * total, (1.0 - adherence.mean) * total))


def _taken(course: Course, share: float) -> Course:
    interval = course.interval_days or find(course.drug).label_interval_days
    return course if interval >= _AT_A_VISIT else replace(course, adherence=course.adherence * share)


def _score_deviations(study: str, n: int) -> dict[str, np.ndarray]:
    """Draw how far each person's T-scores lie from the mean, in standard deviations, correlated by site."""
    drawn = normals(study, "T-scores", 0, n, 1 + len(SITES))
    shared, own = np.sqrt(T_SCORE_CORRELATION), np.sqrt(1.0 - T_SCORE_CORRELATION)
    return {site: shared * drawn[:, 0] + own * drawn[:, 1 + i] for i, site in enumerate(SITES)}


def _densities(population: Population, site: str, z: Mapping[str, np.ndarray]) -> np.ndarray:
    """Density on day 0, g/cm2; where nothing is known of a site, the mean of the age and the usual spread."""
    young = young_reference(site)
    spread = population.t_score[site][1] if site in population.t_score else 1.0
    return np.asarray(usual_density(population, site) + spread * young.sd * z[site])

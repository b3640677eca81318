"""Policies in a population: fractures averted and harms done per 1,000 women, paired and with uncertainty.

The same virtual women live under every policy. Each draw of the posterior is one world, in which all of them
live once more; the coefficients of fracture are drawn once for each world as well. What differs between
worlds is what the trials leave open, and an interval holds the central 90% of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from osteocast.forecast.drivers import Share
from osteocast.forecast.provenance import provenance
from osteocast.fracture import Exposures, RiskProfile, exposures_of, probability, relative_turnover
from osteocast.inference.posterior import scaled_draws
from osteocast.inference.scales import values_at
from osteocast.person import young_reference
from osteocast.physiology import SITES
from osteocast.planning.harm_spread import harm_draws
from osteocast.planning.harms import harm_of
from osteocast.planning.results import HarmPart
from osteocast.population import Cohort, Standing, draw, follow, live, lives, population
from osteocast.population.normal import quantile
from osteocast.population.streams import uniforms
from osteocast.therapies import DRUGS, Course
from osteocast.trials.rescue import with_rules
from osteocast.trials.schema import RescueRule
from osteocast.units import DAYS_PER_MONTH, DAYS_PER_YEAR
from osteocast.virtual_trials.design import Measurement
from osteocast.virtual_trials.measuring import error_of
from osteocast.virtual_trials.policies import PolicyArm, PolicyStudy
from osteocast.virtual_trials.policy_results import (
    HORIZONS,
    KINDS,
    Estimate,
    PolicyHarm,
    PolicyOutcome,
    PolicyResult,
    central,
)
from osteocast.virtual_trials.sensitivity import sensitivity

__all__ = ["run_policy"]

_NEVER = -1
_HARM_DRAWS = 4000
_FOR_BONE = ("bisphosphonate", "RANKL antibody")

Report = Callable[[int, int], None]


def run_policy(
    study: PolicyStudy,
    *,
    women: int = 96,
    worlds: int = 128,
    threads: int | None = None,
    report: Report = lambda done, total: None,
) -> PolicyResult:
    """Compare the policies of a study.

    Parameters
    ----------
    study : PolicyStudy
    women : int
        Virtual women, the same under every policy and in every world.
    worlds : int
        Draws of the posterior.
    threads : int, optional
        Worker threads; all cores by default. Has no influence on any number.
    report : callable
        Told how many steps are done, of how many.

    Returns
    -------
    PolicyResult

    Examples
    --------
    >>> from osteocast.virtual_trials import load_policies
    >>> found = run_policy(load_policies()["denosumab-exits"], women=4, worlds=3)
    >>> [outcome.name for outcome in found.outcomes][1:3]
    ['nothing to follow', 'zoledronate once']
    """
    key = f"policy {study.name}"
    cohort = draw(population(study.population).eligible(study.eligibility), women, key)
    scaled = scaled_draws(worlds)
    days = np.arange(0.0, HORIZONS[-1] * 12.0 + 1.0) * DAYS_PER_MONTH
    total = worlds + len(study.arms)
    courses = {arm.name: _Course.empty(women, worlds, len(days)) for arm in study.arms}
    for w in range(worlds):
        standing = live(lives(cohort, [values_at(scaled[w])]), study.history, threads=threads)
        for arm in study.arms:
            courses[arm.name].fill(w, *_followed(study, arm, standing, days, key, threads))
        report(w + 1, total)
    # A life that could not be solved under one policy counts under none, so that the rest stay pairs.
    solved = np.logical_and.reduce([one.usable for one in courses.values()])
    broken, central = {}, {}
    for number, arm in enumerate(study.arms):
        broken[arm.name] = _fractures(study, arm, courses[arm.name], cohort, solved, days)
        central[arm.name] = _fractures(study, arm, courses[arm.name], cohort, solved, days, medians=True)
        report(worlds + number + 1, total)
    outcomes = tuple(_outcome(study, arm, courses[arm.name], broken, solved, days) for arm in study.arms)
    return PolicyResult(
        study,
        outcomes,
        int(solved.any(axis=1).sum()),
        float(1.0 - solved.mean()),
        worlds,
        {
            name: (float(values.mean()), float(values.std()))
            for name, values in cohort.table.items()
            if name in ("age", "body_mass_index", *(f"t_score_{site}" for site in SITES), "lowest_t_score")
        },
        {
            arm.name: _drivers(study, arm.name, broken, central, scaled)
            for arm in study.arms
            if arm.name != study.reference
        },
        provenance(),
    )


@dataclass
class _Course:
    """What a policy does to each woman in each world; filled world by world."""

    density: np.ndarray
    ctx: np.ndarray
    visit: np.ndarray
    usable: np.ndarray

    @classmethod
    def empty(cls, women: int, worlds: int, times: int) -> _Course:
        return cls(
            np.empty((len(SITES), women, worlds, times), np.float32),
            np.empty((women, worlds, times), np.float32),
            np.full((women, worlds), _NEVER),
            np.zeros((women, worlds), dtype=bool),
        )

    def fill(
        self, world: int, density: np.ndarray, ctx: np.ndarray, visit: np.ndarray, usable: np.ndarray
    ) -> None:
        self.density[:, :, world], self.ctx[:, world] = density, ctx
        self.visit[:, world], self.usable[:, world] = visit, usable


_OBSERVED = (*(f"bmd_{site}" for site in SITES), "ctx")
_Filled = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _followed(
    study: PolicyStudy,
    arm: PolicyArm,
    standing: Standing,
    days: np.ndarray,
    key: str,
    threads: int | None,
) -> _Filled:
    """Follow one world under one policy: relative densities, CTX, visit that started a rescue, who lived."""
    adherence = standing.lives.cohort.table["adherence"]
    plain = follow(
        standing,
        (*study.history, *arm.courses),
        days,
        observables=_OBSERVED,
        adherence=adherence,
        threads=threads,
    )
    density = np.stack([plain.values[f"bmd_{site}"] for site in SITES])
    ctx, usable = plain.values["ctx"], plain.usable
    visit = np.full(len(standing), _NEVER)
    for rule in arm.rules:
        visit = _started(study, rule, standing, days, density, key)
        for k in np.unique(visit[visit != _NEVER]):
            own = np.flatnonzero(visit == k)
            later = follow(
                standing.rows(own),
                (*study.history, *with_rules(arm.courses, (rule,), study.visits[k])),
                days,
                observables=_OBSERVED,
                adherence=adherence[own],
                threads=threads,
            )
            density[:, own] = np.stack([later.values[f"bmd_{site}"] for site in SITES])
            ctx[own] = later.values["ctx"]
            usable = usable.copy()
            usable[own] &= later.usable
    return density, ctx, visit, usable


def _started(
    study: PolicyStudy,
    rule: RescueRule,
    standing: Standing,
    days: np.ndarray,
    density: np.ndarray,
    key: str,
) -> np.ndarray:
    """Return the visit at which a scan, with its error, first lies below the rule's limit; -1 for never."""
    n, table = len(standing), standing.lives.cohort.table
    visit = np.full(n, _NEVER)
    for k, month in enumerate(study.visits):
        if month < rule.from_month:
            continue
        column = int(np.argmin(np.abs(days - month * DAYS_PER_MONTH)))
        for site in rule.sites:
            sd = error_of(Measurement(), f"bmd_{site}")
            z = quantile(uniforms(f"{key} {site}", f"scan {month:g}", 0, n, 1)[:, 0])
            young = young_reference(site)
            bmd = table[f"bmd_{site}"] * density[SITES.index(site), :, column] * np.exp(sd * z)
            below = (bmd - young.mean) / young.sd < rule.below
            visit = np.where((visit == _NEVER) & below, k, visit)
    return visit


def _fractures(
    study: PolicyStudy,
    arm: PolicyArm,
    course: _Course,
    cohort: Cohort,
    solved: np.ndarray,
    days: np.ndarray,
    *,
    medians: bool = False,
) -> dict[tuple[str, float], np.ndarray]:
    """Return the probability of a first fracture of each woman in each world, ndarray (n_women, n_world).

    Rows of one call are the worlds, so that a world has the same coefficients for every woman and policy.
    """
    chosen = np.flatnonzero(solved.any(axis=1))
    worlds = course.ctx.shape[1]
    found = {(kind, years): np.zeros((chosen.size, worlds)) for kind in KINDS for years in HORIZONS}
    sex = cohort.population.sex
    exposures = {int(k): _exposures(study, arm, int(k)) for k in np.unique(course.visit[chosen])}
    for row, woman in enumerate(chosen):
        profile = RiskProfile(sex, float(cohort.table["age"][woman]))
        scores = {}
        for i, site in enumerate(SITES):
            young = young_reference(site)
            bmd = cohort.table[f"bmd_{site}"][woman] * course.density[i, woman]
            scores[site] = (bmd - young.mean) / young.sd
        turnover = relative_turnover(course.ctx[woman], sex)
        for k, exposed in exposures.items():
            own = course.visit[woman] == k
            if not own.any():
                continue
            risk = probability(
                profile,
                days,
                {site: _filled(values, solved[woman]) for site, values in scores.items()},
                _filled(turnover, solved[woman]),
                exposures=exposed,
                draws=0 if medians else worlds,
                years=HORIZONS,
            )
            for (kind, years), values in risk.samples.items():
                if (kind, years) in found:
                    found[kind, years][row, own] = values[own]
        for values in found.values():
            values[row, ~solved[woman]] = np.nan
    return found


def _filled(rows: np.ndarray, solved: np.ndarray) -> np.ndarray:
    """Put a life that was solved where none was: every row has to be finite, and those do not count."""
    return np.where(solved[:, None], rows, rows[np.argmax(solved)])


def _exposures(study: PolicyStudy, arm: PolicyArm, visit: int) -> Exposures:
    return exposures_of((*study.history, *_taken(study, arm, visit)))


def _taken(study: PolicyStudy, arm: PolicyArm, visit: int) -> tuple[Course, ...]:
    return arm.courses if visit == _NEVER else with_rules(arm.courses, arm.rules, study.visits[visit])


def _outcome(
    study: PolicyStudy,
    arm: PolicyArm,
    course: _Course,
    broken: Mapping[str, Mapping[tuple[str, float], np.ndarray]],
    solved: np.ndarray,
    days: np.ndarray,
) -> PolicyOutcome:
    own, reference = broken[arm.name], broken[study.reference]
    visits = course.visit[solved]
    started = {int(k): float(np.mean(visits == k)) for k in np.unique(visits)}
    harms, together, unknown = _harms(study, arm, started)
    change = {}
    for years in HORIZONS:
        column = int(np.argmin(np.abs(days - years * DAYS_PER_YEAR)))
        for i, site in enumerate(SITES):
            change[site, years] = float(100.0 * (course.density[i][solved][:, column].mean() - 1.0))
    treats = any(DRUGS[one.drug].drug_class in _FOR_BONE for one in arm.courses)
    return PolicyOutcome(
        arm.name,
        {key: Estimate.of(values) for key, values in own.items()},
        {key: Estimate.of(reference[key] - values) for key, values in own.items()},
        harms,
        unknown,
        1.0 if treats else 1.0 - started.get(_NEVER, 0.0),
        change,
        together,
    )


def _harms(
    study: PolicyStudy, arm: PolicyArm, started: Mapping[int, float]
) -> tuple[tuple[PolicyHarm, ...], dict[float, tuple[float, float]], tuple[str, ...]]:
    """Add up the harms of what women take, those whom a rule treats by when it started."""
    expected: dict[tuple[str, str], dict[float, float]] = {}
    drawn: dict[tuple[str, str], dict[float, np.ndarray]] = {}
    parts: dict[tuple[str, str], HarmPart] = {}
    unknown: dict[str, None] = {}
    for visit, share in started.items():
        taken = (*study.history, *_taken(study, arm, visit))
        for horizon in HORIZONS:
            found = harm_of(taken, horizon * DAYS_PER_YEAR)
            spread = harm_draws(taken, horizon * DAYS_PER_YEAR, _HARM_DRAWS)
            unknown |= dict.fromkeys(found.unknown)
            for part in found.parts:
                key = part.drug, part.what
                parts.setdefault(key, part)
                by_horizon = expected.setdefault(key, dict.fromkeys(HORIZONS, 0.0))
                by_horizon[horizon] += share * part.expected / 10.0  # harms come per 10,000
                draws = drawn.setdefault(key, {years: np.zeros(_HARM_DRAWS) for years in HORIZONS})
                draws[horizon] += share * spread[key] / 10.0
    harms = tuple(
        PolicyHarm(
            part.drug,
            part.what,
            expected[key],
            part.sources,
            part.note,
            {years: central(draws) for years, draws in drawn[key].items()},
        )
        for key, part in parts.items()
    )
    together = {
        years: central(sum((one[years] for one in drawn.values()), np.zeros(_HARM_DRAWS)))
        for years in HORIZONS
    }
    return harms, together, tuple(unknown)


def _drivers(
    study: PolicyStudy,
    name: str,
    broken: Mapping[str, Mapping[tuple[str, float], np.ndarray]],
    central: Mapping[str, Mapping[tuple[str, float], np.ndarray]],
    scaled: np.ndarray,
) -> tuple[Share, ...]:
    """Return first-order shares of the variance between worlds of the fractures averted."""
    key = KINDS[0], HORIZONS[-1]

    def averted(of: Mapping[str, Mapping[tuple[str, float], np.ndarray]]) -> np.ndarray:
        return np.asarray(np.nanmean(of[study.reference][key] - of[name][key], axis=0))

    return sensitivity(scaled, averted(broken), averted(central))

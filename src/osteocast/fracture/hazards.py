"""Rates of fracture of virtual people over time: incidence, density, turnover, factors, exposures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from osteocast.fracture.coefficients import Coefficient, coefficient
from osteocast.fracture.data import COMPONENTS, data, log_spread, middle, value_of
from osteocast.fracture.density import gradient, preferred_site
from osteocast.fracture.exposures import Exposures
from osteocast.fracture.factors import Factor, factors_of
from osteocast.fracture.incidence import incidence, incidence_error
from osteocast.fracture.profile import RiskProfile
from osteocast.population.density import z_score
from osteocast.units import DAYS_PER_YEAR

__all__ = ["Hazards", "hazards", "multiple_share", "relative_turnover"]

# A central 95% interval of a normal distribution is this many standard deviations wide.
_WIDTH_95 = 2.0 * 1.959963984540054


@dataclass(frozen=True)
class Hazards:
    """Rates of every component, per person and year.

    Parameters
    ----------
    rates : dict of str to ndarray (n_people, n_time)
        By component.
    sites : dict of str to (str or None)
        Site whose density each component was read from; None if none was known.
    factors : tuple of Factor
    """

    rates: dict[str, np.ndarray]
    sites: dict[str, str | None]
    factors: tuple[Factor, ...]


def relative_turnover(ctx: np.ndarray, sex: str, untreated: float | None = None) -> np.ndarray:
    """Return CTX against that of the average untreated person.

    Parameters
    ----------
    ctx : ndarray
        ng/mL.
    sex : {"female", "male"}
    untreated : float, optional
        CTX to compare with, on the same scale; by default that of the model: of women after menopause, of men
        of 65. Assays differ twofold, so that a measured CTX needs the middle of its own reference interval.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> relative_turnover(np.array([0.63, 0.315]), "female")
    array([1. , 0.5])
    """
    reference = data("exposures")["turnover"]["untreated"][sex] if untreated is None else untreated
    return np.asarray(ctx / float(reference))


def _interval(sex: str) -> tuple[float, float]:
    reference = "ship-turnover-markers/" + ("women-50-79-ctx" if sex == "female" else "men-75-79-ctx")
    found = value_of(reference).range
    if found is None or found[0] is None or found[1] is None:
        raise ValueError(f"{reference} has no interval")
    return found[0], found[1]


def hazards(
    profile: RiskProfile,
    days: np.ndarray,
    t_scores: Mapping[str, np.ndarray],
    turnover: np.ndarray | None,
    exposures: Exposures,
    n: int,
    ages: np.ndarray | None = None,
) -> Hazards:
    """Return the rates of fracture of virtual people.

    Parameters
    ----------
    profile : RiskProfile
    days : ndarray (n_time,)
        From day 0.
    t_scores : mapping of str to ndarray (n_people, n_time)
        By site, against young white women.
    turnover : ndarray (n_people, n_time) or None
        CTX against that of the average untreated person of the same sex (`relative_turnover`).
    exposures : Exposures
    n : int
        Draws of the coefficients, one per person; 0 for their medians.
    ages : ndarray (n_people,), optional
        On day 0, of people who differ in it; that of the profile by default.
    """
    years = days / DAYS_PER_YEAR
    age = years + (profile.age if ages is None else ages[:, None])
    factors = factors_of(profile, years, n)
    scores = {site: _uncounted(profile, values, days, exposures) for site, values in t_scores.items()}
    rates, sites = {}, {}
    for component in COMPONENTS:
        site = preferred_site(component, profile.sex, scores)
        log_rate = np.log(np.atleast_2d(incidence(component, profile.sex, age)))
        log_rate = log_rate + np.log(incidence_error(component).draw(n))[:, None]
        if site is not None:
            z = z_score(site, profile.sex, age, scores[site])
            log_rate = log_rate + gradient(component, site, profile.sex).log_ratio(z, age, n)
        log_rate = log_rate + _turnover(component, profile, turnover, days, exposures, n)
        log_rate = log_rate + _inhibitor(profile, turnover, days, exposures, n)
        log_rate = log_rate + _exercise(component, days, exposures, n)
        if component == "clinical_vertebral":
            log_rate = log_rate + _rebound(days, exposures, n)
        for factor in factors:
            if component in factor.log_ratio:
                log_rate = log_rate + factor.log_ratio[component]
        rates[component], sites[component] = np.exp(log_rate), site
    return Hazards(rates, sites, factors)


def _uncounted(
    profile: RiskProfile, values: np.ndarray, days: np.ndarray, exposures: Exposures
) -> np.ndarray:
    """Take away what a man gained in density on testosterone: it did not keep bones whole (TRAVERSE)."""
    if profile.sex != "male" or not exposures.testosterone:
        return values
    counted = values.copy()
    for spell in exposures.testosterone:
        start = int(np.searchsorted(days, max(spell.start_day, days[0])))
        if start < len(days):
            # Later as well: what is left of the gain was never shown to protect.
            counted[:, start:] = np.minimum(counted[:, start:], counted[:, start : start + 1])
    return counted


def _turnover(
    component: str,
    profile: RiskProfile,
    turnover: np.ndarray | None,
    days: np.ndarray,
    exposures: Exposures,
    n: int,
) -> np.ndarray:
    """Return the effect of high or low turnover, beside what it does to density.

    Turnover that a drug brought down protects more than turnover that is low by itself.
    """
    if turnover is None:
        return np.zeros((1, 1))
    entry = data("exposures")["turnover"]
    name = "other" if component == "forearm_humerus" else component
    per_sd = np.log(coefficient(f"turnover on {name}", entry[name]).draw(n))[:, None]
    low, high = _interval(profile.sex)
    sd = math.log(high / low) / _WIDTH_95
    limit = float(entry["limit"])
    z = np.clip(np.log(np.maximum(turnover, 1e-6)) / sd, -limit, limit)
    treated = np.log(coefficient(f"turnover on {name} by a drug", entry["on_drug"][name]).draw(n))[:, None]
    below = np.where(exposures.ever_antiresorptive(days)[None, :], treated, per_sd)
    effect = np.where(z < 0.0, below, per_sd) * z - 0.5 * per_sd**2
    if component == "clinical_vertebral":
        for rebound in exposures.rebounds():
            # The published excess of the rebound holds its turnover already.
            effect = np.where(rebound.spell.during(days)[None, :], np.minimum(effect, 0.0), effect)
    return np.asarray(effect)


def _inhibitor(
    profile: RiskProfile, turnover: np.ndarray | None, days: np.ndarray, exposures: Exposures, n: int
) -> np.ndarray:
    """Return the excess on an aromatase inhibitor beyond density: only on treatment, only in women.

    It follows resorption: turnover lowered by another drug takes its share away, down to none.
    """
    if profile.sex != "female" or not exposures.inhibitor:
        return np.zeros((1, 1))
    ratio = coefficient("aromatase inhibitor", data("exposures")["aromatase_inhibitor"]["ratio"])
    on = np.zeros(len(days))
    for spell in exposures.inhibitor:
        on = np.maximum(on, spell.during(days).astype(np.float64))
    share = np.ones((1, len(days))) if turnover is None else np.minimum(turnover, 1.0)
    return np.asarray(np.log(ratio.draw(n))[:, None] * share * on[None, :])


def _exercise(component: str, days: np.ndarray, exposures: Exposures, n: int) -> np.ndarray:
    """Return what fewer falls do: to the share of fractures that follow a fall."""
    if not exposures.exercise:
        return np.zeros((1, 1))
    entry = data("exposures")["falls"]
    name = "other" if component == "forearm_humerus" else component
    share = middle(entry["share"][name]) / 100.0
    ratio = coefficient("falls of those who exercise", entry["ratio"]).draw(n)[:, None]
    on = np.zeros(len(days))
    for spell in exposures.exercise:
        on = np.maximum(on, spell.during(days).astype(np.float64))
    return np.asarray(np.log1p(share * (ratio - 1.0)) * on[None, :])


def _rebound(days: np.ndarray, exposures: Exposures, n: int) -> np.ndarray:
    """Return the excess of vertebral fractures after denosumab, against a person never treated.

    The rate off against the rate on, times the rate on against placebo; for long and for short treatment to
    either side of it, as the rates after more and after less than three years lie to each other.
    """
    found = exposures.rebounds()
    if not found:
        return np.zeros((1, 1))
    entry = data("exposures")["denosumab"]
    untreated = value_of(entry["on_against_untreated"])
    central = middle(entry["rate_off"]) / middle(entry["rate_on"]) * untreated.number
    apart = math.sqrt(middle(entry["beyond_three_years"]) / middle(entry["up_to_three_years"]))
    spread = math.hypot(float(entry["log_sd"]), log_spread(untreated.ci) or 0.0)
    excess = np.log(Coefficient("rebound after denosumab", central, spread).draw(n))[:, None]
    total = np.zeros((excess.shape[0], len(days)))
    for rebound in found:
        own = excess + (1.0 if rebound.long else -1.0) * math.log(apart)
        total = np.where(rebound.spell.during(days)[None, :], np.maximum(own, 0.0), total)
    return total


def multiple_share(days: np.ndarray, exposures: Exposures) -> np.ndarray:
    """Return the share of vertebral fractures that are several at once, in the time of a rebound; else 0.

    Parameters
    ----------
    days : ndarray (n_time,)
    exposures : Exposures

    Sources: freedom-stop-2022.
    """
    entry = data("exposures")["denosumab"]
    share = np.zeros(len(days))
    for rebound in exposures.rebounds():
        span = "beyond_three_years" if rebound.long else "up_to_three_years"
        several = middle(entry[f"multiple_{span}"]) / middle(entry[span])
        share = np.where(rebound.spell.during(days), several, share)
    return share

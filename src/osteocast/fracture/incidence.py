"""How often bones break in the population, by age and sex."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from osteocast.fracture.coefficients import Coefficient
from osteocast.fracture.data import COMPONENTS, data, middle
from osteocast.population.mortality import survivors

__all__ = ["Exponential", "incidence", "incidence_error", "lifetime_risk", "overlap"]

_OLDEST = 110.0
_STEP = 0.25
_PER_1000, _PER_10000, _PER_100000 = 1000.0, 10_000.0, 100_000.0
_MIDDLE_AGE = 65.0
# Where the search for an exponential rate begins, and when it has found it.
_LOG_LEVELS, _SLOPES = (-6.0, -5.0), (0.04, 0.06)
_NOUGHT, _STEPS = 1e-11, 30


@dataclass(frozen=True)
class Exponential:
    """A rate that rises exponentially with age.

    Parameters
    ----------
    rate : float
        Per year, at 65.
    per_year : float
        Growth of its logarithm per year of age.
    """

    rate: float
    per_year: float

    def __call__(self, age: np.ndarray) -> np.ndarray:
        """Return the rate at an age, per year."""
        return np.asarray(self.rate * np.exp(self.per_year * (age - _MIDDLE_AGE)))


def incidence(component: str, sex: str, age: np.ndarray) -> np.ndarray:
    """Return how often bones break at an age, per person and year, in the population as it is.

    Parameters
    ----------
    component : str
        One of `osteocast.fracture.data.COMPONENTS`.
    sex : {"female", "male"}
    age : ndarray
        Years.

    Returns
    -------
    ndarray

    Sources: ettinger-2009-us-incidence (hip), lifetime-fracture-risk-us, kanis-2000-malmo (spine, forearm,
    humerus), curtis-2016-uk, amin-2014-olmsted, van-der-velde-2016-uk (all others).
    """
    if component == "hip":
        return _hip(sex, np.asarray(age, dtype=np.float64))
    if component == "forearm_humerus":
        return np.asarray(_lifetime("forearm", sex)(age) + _lifetime("humerus", sex)(age))
    if component == "other":
        return np.asarray(_share_of_others(sex) * incidence("forearm_humerus", sex, age))
    return _lifetime("clinical_vertebral", sex)(age)


def incidence_error(component: str) -> Coefficient:
    """Return by what factor the rate of the population may be off."""
    if component not in COMPONENTS:
        raise KeyError(component)
    spread = float(data("incidence")["uncertainty"][component])
    return Coefficient(f"incidence of {component}", 1.0, spread)


def overlap() -> float:
    """Return the share of the sum of spine, forearm and humerus that falls on people counted already."""
    return middle(data("incidence")["overlap"]) / 100.0


def _hip(sex: str, age: np.ndarray) -> np.ndarray:
    """Join the counted bands on the log scale; outside, the last slope goes on."""
    entry = data("incidence")["hip"]
    ages = np.asarray(entry["ages"], dtype=np.float64)
    counted = [middle(entry["source"], sex=sex, band=band) / _PER_1000 for band in entry["bands"]]
    logs = np.log(counted)
    first, last = np.diff(logs[:2]) / np.diff(ages[:2]), np.diff(logs[-2:]) / np.diff(ages[-2:])
    inside = np.interp(age, ages, logs)
    below, above = np.minimum(age - ages[0], 0.0), np.maximum(age - ages[-1], 0.0)
    return np.asarray(np.exp(inside + first[0] * below + last[0] * above))


def lifetime_risk(rate: np.ndarray, ages: np.ndarray, sex: str) -> float:
    """Return the probability of a first fracture before death.

    Parameters
    ----------
    rate : ndarray (n,)
        Of fracture, per year, at the ages.
    ages : ndarray (n,)
        From the age at which everybody is alive and unbroken.
    sex : {"female", "male"}
    """
    step = np.diff(ages)
    unbroken = np.exp(-np.concatenate([[0.0], np.cumsum(0.5 * (rate[1:] + rate[:-1]) * step)]))
    density = rate * unbroken * survivors(sex, ages)
    return float(np.sum(0.5 * (density[1:] + density[:-1]) * step))


@cache
def _lifetime(site: str, sex: str) -> Exponential:
    """Find level and slope from the lifetime risk at one age and its fall by a later one."""
    entry = data("incidence")["lifetime"]
    start, later = float(entry["from_age"]), float(entry["fall_by_age"])
    risk = middle(entry[site], sex=sex) / 100.0
    if site == "humerus":
        risk *= middle(entry["forearm"], sex=sex) / middle(entry["humerus_scaled_by"], sex=sex)
    left = risk * (1.0 - middle(entry["fall"]) / 100.0)

    ages, old = np.arange(start, _OLDEST, _STEP), np.arange(later, _OLDEST, _STEP)

    def at(per_year: float) -> Exponential:
        """Find the level that gives the risk with this slope."""

        def excess(log_level: float) -> float:
            rate = Exponential(math.exp(log_level), per_year)(ages)
            return math.log(lifetime_risk(rate, ages, sex) / risk)

        return Exponential(math.exp(_root(excess, *_LOG_LEVELS)), per_year)

    # The steeper the rate, the more of the lifetime risk is still to come at the later age.
    return at(_root(lambda slope: math.log(lifetime_risk(at(slope)(old), old, sex) / left), *_SLOPES))


def _root(function: Callable[[float], float], first: float, second: float) -> float:
    """Return where a smooth function that rises throughout is nought, by secants from two places near it."""
    value, following = function(first), function(second)
    for _ in range(_STEPS):
        if abs(following) < _NOUGHT:
            return second
        step = following * (second - first) / (following - value)
        first, second, value = second, second - step, following
        following = function(second)
    raise ArithmeticError(f"no root near {second:g} after {_STEPS} steps")


@cache
def _share_of_others(sex: str) -> float:
    """How many fractures neither of hip nor spine there are for one of forearm or humerus, less one."""
    entry = data("incidence")["other"]
    ages = np.arange(float(data("incidence")["lifetime"]["from_age"]), _OLDEST, _STEP)
    living = {each: survivors(each, ages) for each in ("female", "male")}
    women = float(living["female"].sum() / (living["female"].sum() + living["male"].sum()))
    ratio = middle(entry["counted_women_to_men"])
    men_counted = middle(entry["counted"]) / _PER_100000 / (women * ratio + 1.0 - women)
    counted = men_counted * (ratio if sex == "female" else 1.0)
    recorded = middle(entry["recorded"], sex=sex) / _PER_10000
    of_spine_and_hip = middle(entry["hip"], sex=sex) + middle(entry["clinical_vertebral"][sex])
    outside = float(np.sqrt(counted * recorded)) - of_spine_and_hip / _PER_10000
    alive = living[sex]
    major = float(np.sum(incidence("forearm_humerus", sex, ages) * alive) / np.sum(alive))
    return max(outside / major - 1.0, 0.0)

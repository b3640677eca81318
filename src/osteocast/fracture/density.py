"""Density of the population, and how much more often bones break below it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from statistics import NormalDist

import numpy as np

from osteocast.fracture.coefficients import Coefficient, coefficient
from osteocast.fracture.data import data, middle, value_of
from osteocast.fracture.mortality import survivors
from osteocast.person.reference import young_reference

__all__ = ["Gradient", "gradient", "population_score", "preferred_site", "z_score"]

_FROM, _OLDEST = 50.0, 110.0
_OLDER = 60.0
_YOUNGEST_REFERENCE = 25.5


@cache
def _mean(site: str, sex: str) -> tuple[np.ndarray, np.ndarray]:
    """Ages and mean T-scores of the population, joined by straight lines."""
    entry = data("density")["population"]
    if site == "femoral_neck":
        ages, scores = _mean("total_hip", sex)
        own, _ = _neck(sex)
        return ages, scores + own - _average(ages, scores, sex)
    if site == "total_hip" and sex == "female":
        return _hip_of_women(entry["women_hip"])
    young = young_reference(site)
    ages = np.asarray(entry["ages"], dtype=np.float64)
    found = [middle(entry["decades"], site=site, sex=sex, band=band) for band in entry["bands"]]
    return ages, (np.asarray(found) - young.mean) / young.sd


def _hip_of_women(references: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Lay a line through the means of all from 50 and of all from 60 on, at their mean ages."""
    young = young_reference("total_hip")
    mean_ages = []
    for start in (_FROM, _OLDER):
        ages = np.arange(start, _OLDEST, 0.25)
        alive = survivors("female", ages)
        mean_ages.append(float(np.sum(ages * alive) / np.sum(alive)))
    scores = [(middle(reference) - young.mean) / young.sd for reference in references]
    slope = (scores[1] - scores[0]) / (mean_ages[1] - mean_ages[0])
    ages = np.array([_YOUNGEST_REFERENCE, _FROM, _OLDEST])
    line = scores[0] + slope * (ages - mean_ages[0])
    first = middle("nhanes-dxa-reference-table/total_hip-female-21-30")
    line[0] = (first - young.mean) / young.sd
    return ages, line


def _neck(sex: str) -> tuple[float, float]:
    """Mean and SD of the T-scores of the neck from 50 on, from the shares below -1 and at or below -2.5."""
    entry = data("density")["population"]
    osteoporosis = middle(entry["neck_osteoporosis"], sex=sex) / 100.0
    low = osteoporosis + middle(entry["neck_osteopenia"], sex=sex) / 100.0
    z_low, z_worst = NormalDist().inv_cdf(low), NormalDist().inv_cdf(osteoporosis)
    threshold = middle("iscd-2005-reporting/normal"), middle("iscd-2005-reporting/osteoporosis")
    sd = (threshold[0] - threshold[1]) / (z_low - z_worst)
    return threshold[0] - z_low * sd, sd


def _average(ages: np.ndarray, scores: np.ndarray, sex: str) -> float:
    """Mean T-score of all from 50 on."""
    fine = np.arange(_FROM, _OLDEST, 0.25)
    alive = survivors(sex, fine)
    return float(np.sum(np.interp(fine, ages, scores) * alive) / np.sum(alive))


@cache
def _sd(site: str, sex: str) -> float:
    """Return the standard deviation of the T-scores of people of one age."""
    entry = data("density")["population"]
    if site == "femoral_neck":
        return _neck(sex)[1]
    reference = (
        entry["women_hip"][-1]
        if (site, sex) == ("total_hip", "female")
        else entry["decades"].format(site=site, sex=sex, band=entry["bands"][4])
    )
    return float(value_of(reference).sd or young_reference(site).sd) / young_reference(site).sd


def z_score(site: str, sex: str, age: np.ndarray, t_score: np.ndarray) -> np.ndarray:
    """Return how far a density lies from the population of the same sex and age, standard deviations.

    Parameters
    ----------
    site : str
    sex : {"female", "male"}
    age : ndarray
        Years.
    t_score : ndarray
        Against young white women, as everywhere.

    Returns
    -------
    ndarray

    Sources: nhanes-dxa-reference-table, wang-2022-bmd-cutoffs, looker-low-density.
    """
    ages, scores = _mean(site, sex)
    return np.asarray((t_score - np.interp(age, ages, scores)) / _sd(site, sex))


def population_score(site: str, sex: str, age: float, z: np.ndarray) -> np.ndarray:
    """Return the T-score that lies so many standard deviations from the population of the same sex and age.

    Parameters
    ----------
    site : str
    sex : {"female", "male"}
    age : float
        Years.
    z : ndarray
        The inverse of `z_score`.
    """
    ages, scores = _mean(site, sex)
    return np.asarray(np.interp(age, ages, scores) + _sd(site, sex) * z)


class Gradient:
    """How much more often bones break per standard deviation of density below the mean of the age.

    Parameters
    ----------
    at_65 : Coefficient
    per_year : float
        Change of the logarithm per year of age.
    per_year_sd : float
    """

    def __init__(self, at_65: Coefficient, per_year: float, per_year_sd: float) -> None:
        self.at_65 = at_65
        self.per_year = per_year
        self.per_year_sd = per_year_sd

    def log_ratio(self, z: np.ndarray, age: np.ndarray, n: int) -> np.ndarray:
        """Return the logarithm of the rate against the population's.

        The published rate is a mean over people of all densities: with a normal distribution and gradient
        ``g`` it is ``exp(g**2 / 2)`` times that at the mean density.

        Parameters
        ----------
        z : ndarray (n_people, n_time)
        age : ndarray (n_time,)
        n : int
            Draws of the gradient, one per person; 0 for its median.

        Returns
        -------
        ndarray (n_people, n_time)
        """
        limits = data("density")["per_year"]
        years = np.clip(age, *limits["ages"]) - float(limits["age"])
        # The change with age has a stream of its own.
        change = np.log(Coefficient(f"{self.at_65.name}, by age", 1.0, self.per_year_sd).draw(n))
        slope = np.log(self.at_65.draw(n))[:, None] + (self.per_year + change)[:, None] * years
        slope = np.maximum(slope, 0.0)
        return np.asarray(-slope * z - 0.5 * slope**2)


@cache
def gradient(component: str, site: str, sex: str) -> Gradient:
    """Return the gradient of a kind of fracture with the density of a site.

    Sources: johnell-2005-density, marshall-1996-density, sabre-placebo-2024.
    """
    entry = data("density")
    reference = entry["gradients"][component][site][sex]
    at_65 = coefficient(
        f"gradient of {component} with {site}", {"evidence": reference, "log_sd": entry["log_sd"]}
    )
    change = entry["per_year"].get(component, {"value": 0.0, "sd": 0.0})
    return Gradient(at_65, float(change["value"]), float(change["sd"]))


def preferred_site(component: str, sex: str, known: Mapping[str, object]) -> str | None:
    """Return the site that tells most about a kind of fracture, among those that are known."""
    order = data("density")["sites"][component]
    order = order if isinstance(order, list) else order[sex]
    return next((site for site in order if site in known), None)

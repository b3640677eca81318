"""Bone density of the population: mean and spread of T-scores by age, sex and site."""

from __future__ import annotations

from functools import cache
from statistics import NormalDist

import numpy as np

from osteocast.person.published import middle, value_of
from osteocast.person.reference import young_reference
from osteocast.population.data import data
from osteocast.population.mortality import survivors

__all__ = ["population_score", "z_score"]

_FROM, _OLDEST = 50.0, 110.0
_OLDER = 60.0
_YOUNGEST_REFERENCE = 25.5


@cache
def _mean(site: str, sex: str) -> tuple[np.ndarray, np.ndarray]:
    """Ages and mean T-scores of the population, joined by straight lines."""
    entry = data("density")
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
    entry = data("density")
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
    entry = data("density")
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


def population_score(site: str, sex: str, age: float | np.ndarray, z: np.ndarray) -> np.ndarray:
    """Return the T-score that lies so many standard deviations from the population of the same sex and age.

    Parameters
    ----------
    site : str
    sex : {"female", "male"}
    age : float or ndarray
        Years.
    z : ndarray
        The inverse of `z_score`.
    """
    ages, scores = _mean(site, sex)
    return np.asarray(np.interp(age, ages, scores) + _sd(site, sex) * z)

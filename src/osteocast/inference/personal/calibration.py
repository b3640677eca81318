"""Simulation-based calibration: whether the update means what it says.

A virtual person is drawn, scanned and bled, and the update is told the results alone. If it is right, the
true rate of loss, the true density today and the true change to come lie anywhere in their updated
distributions with equal chance: their ranks are uniform (Talts 2018). Measurements are made up reading by
reading here, not from the covariance that the likelihood uses.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from osteocast.inference.personal.checking import check
from osteocast.inference.personal.evidence import Level, Measured
from osteocast.inference.personal.likelihood import PersonalLikelihood
from osteocast.physiology import SITES
from osteocast.population import Futures, Variability
from osteocast.units import DAYS_PER_YEAR

__all__ = ["Ranks", "calibrate", "flag_rates", "made_up", "uniformity"]


@dataclass(frozen=True)
class Ranks:
    """Where true values lie in their updated distributions.

    Parameters
    ----------
    values : dict of str to ndarray (n_person,)
        Between 0 and 1, by quantity.
    ess : ndarray (n_person,)
        Effective number of virtual people behind each.
    """

    values: dict[str, np.ndarray]
    ess: np.ndarray


def made_up(
    measured: Measured, course: np.ndarray, traits: Variability, generator: np.random.Generator
) -> tuple[Measured, dict[str, float]]:
    """Measure a virtual person as `measured` lays it out.

    Parameters
    ----------
    measured : Measured
        What is measured when and on which scanner; its values do not matter.
    course : ndarray (m,)
        The person's course: log density relative to day 0, or log of a marker, at each reading.
    traits : Variability
    generator : numpy.random.Generator

    Returns
    -------
    Measured
        With made-up values.
    dict of str to float
        True levels by site and marker.
    """
    level = {one.name: _draw_level(one, generator) for one in measured.levels}
    days = sorted({reading.day for reading in measured.readings if reading.kind == "scan"}, reverse=True)
    strayed: dict[float, np.ndarray] = {}
    before, position = 0.0, np.zeros(len(SITES))
    for day in days:  # back from day 0
        years = (before - day) / DAYS_PER_YEAR
        position = position + np.sqrt(years) * (traits.wander_factor @ generator.standard_normal(len(SITES)))
        strayed[day], before = position, day
    offset: dict[tuple[str, str], float] = {}
    readings = []
    for reading, own in zip(measured.readings, course, strict=True):
        value = level[reading.name] + float(own) + reading.sd * generator.standard_normal()
        if reading.kind == "scan":
            value += float(strayed[reading.day][SITES.index(reading.name)])
            if reading.offset_sd > 0:
                key = (reading.name, reading.scanner)
                if key not in offset:
                    offset[key] = reading.offset_sd * generator.standard_normal()
                value += offset[key]
        readings.append(replace(reading, log_value=value))
    return replace(measured, readings=tuple(readings)), level


def _draw_level(level: Level, generator: np.random.Generator) -> float:
    return level.mean + level.sd * float(generator.standard_normal())


def calibrate(
    stored: Futures, truth: Futures, measured: Measured, site: str = "lumbar_spine", seed: int = 1
) -> Ranks:
    """Rank the truth of made-up people in what the update says of them.

    Parameters
    ----------
    stored : Futures
        The virtual population that is reweighted.
    truth : Futures
        People drawn from the same population by another stream, simulated alike; each is measured once.
    measured : Measured
        How they are measured.
    site : str
        Of which rate, level and change to come are ranked.
    seed : int
        Of the made-up errors.
    """
    from scipy.special import ndtr

    generator = np.random.default_rng(seed)
    name = f"bmd_{site}"
    traits = stored.people.traits
    layout = PersonalLikelihood(measured, traits)
    true_courses = layout.courses(dict(truth.past), truth.past_days)
    courses = layout.courses(dict(stored.past), stored.past_days)
    rate, true_rate = (-np.log(one.past[name][:, 0]) for one in (stored, truth))
    change, true_change = (one.values[name][0][:, -1].astype(np.float64) for one in (stored, truth))
    column = [level.name for level in measured.levels].index(site)
    ranks: dict[str, list[float]] = {"rate so far": [], "density today": [], "change to come": []}
    sizes = []
    for i in np.flatnonzero(truth.usable):
        own, level = made_up(measured, true_courses[i], traits, generator)
        likelihood = PersonalLikelihood(own, traits)
        log = np.where(stored.usable, likelihood.log(courses), -np.inf)
        weights = np.exp(log - log.max())
        weights /= weights.sum()
        sizes.append(1.0 / float((weights**2).sum()))
        ranks["rate so far"].append(float(weights @ (rate < true_rate[i])))
        ranks["change to come"].append(float(weights @ (change < true_change[i])))
        mean, covariance = likelihood.levels(courses)
        z = (level[site] - mean[:, column]) / np.sqrt(covariance[column, column])
        ranks["density today"].append(float(weights @ ndtr(z)))
    return Ranks({key: np.array(found) for key, found in ranks.items()}, np.array(sizes))


def flag_rates(
    stored: Futures, truth: Futures, measured: Measured, *, wrong: int, by: float, seed: int = 1
) -> tuple[float, float]:
    """Count how often a sound series is flagged, and a wrong scan in it found.

    Parameters
    ----------
    stored, truth, measured
        As in `calibrate`.
    wrong : int
        Which reading is made wrong.
    by : float
        By how much, of its logarithm.
    seed : int

    Returns
    -------
    sound, found : float
        Share of sound series with any flag, and of wrong ones in which that very reading is flagged.
    """
    generator = np.random.default_rng(seed)
    traits = stored.people.traits
    layout = PersonalLikelihood(measured, traits)
    true_courses = layout.courses(dict(truth.past), truth.past_days)
    courses = layout.courses(dict(stored.past), stored.past_days)
    sound: list[bool] = []
    found: list[bool] = []
    for i in np.flatnonzero(truth.usable):
        own, _ = made_up(measured, true_courses[i], traits, generator)
        readings = list(own.readings)
        bad = replace(readings[wrong], log_value=readings[wrong].log_value + by)
        readings[wrong] = bad
        for one, flagged in ((own, sound), (replace(own, readings=tuple(readings)), found)):
            likelihood = PersonalLikelihood(one, traits)
            log = np.where(stored.usable, likelihood.log(courses), -np.inf)
            weights = np.exp(log - log.max())
            flags = check(likelihood, courses, weights / weights.sum())
            flagged.append(
                bool(flags)
                if flagged is sound
                else any((flag.name, flag.date) == (bad.name, bad.date) for flag in flags)
            )
    return float(np.mean(sound)), float(np.mean(found))


def uniformity(ranks: np.ndarray) -> tuple[float, float]:
    """Return the Kolmogorov-Smirnov distance of ranks from uniform, and its p-value."""
    from scipy.stats import kstest

    found = kstest(ranks, "uniform")
    return float(found.statistic), float(found.pvalue)

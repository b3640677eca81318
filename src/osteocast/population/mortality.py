"""Death from any cause, by the life table of a population."""

from __future__ import annotations

from functools import cache

import numpy as np

from osteocast.population.data import data

__all__ = ["SOURCE", "death_rate", "survivors"]

#: Where the life table stands in the registry.
SOURCE = "ssa-life-table-2017"


@cache
def _rates(sex: str) -> np.ndarray:
    """Yearly rate of death by completed age, from the probabilities of the table."""
    return -np.log1p(-np.asarray(data("life_table")[sex], dtype=np.float64))


def death_rate(sex: str, age: np.ndarray) -> np.ndarray:
    """Return the rate of death at an age, per year.

    The rate of a completed year stands at its middle; between, the logarithm is a straight line.

    Parameters
    ----------
    sex : {"female", "male"}
    age : ndarray
        Years; the ends of the table go on.

    Returns
    -------
    ndarray

    Sources: ssa-life-table-2017.
    """
    first = float(data("life_table")["first_age"])
    rates = _rates(sex)
    return np.asarray(np.exp(np.interp(age, first + 0.5 + np.arange(len(rates)), np.log(rates))))


def survivors(sex: str, ages: np.ndarray) -> np.ndarray:
    """Return the share alive at each age of those alive at the first, ndarray (n,), trapezoidal rule."""
    rate = death_rate(sex, ages)
    passed = np.concatenate([[0.0], np.cumsum(0.5 * (rate[1:] + rate[:-1]) * np.diff(ages))])
    return np.asarray(np.exp(-passed))

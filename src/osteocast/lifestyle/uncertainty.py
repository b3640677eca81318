"""How sure a loading is: forces, threshold and the other numbers drawn from what is believed about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from osteocast.lifestyle.data import data
from osteocast.lifestyle.exercise import EXERCISES, Programme
from osteocast.lifestyle.loading import relative
from osteocast.physiology import SITES

__all__ = ["loading_range"]

_DRAWS = 400
_SEED = 20_260_101


@cache
def _draws() -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Draw parameters by name and factors of force by exercise, the same for every programme."""
    random = np.random.Generator(np.random.PCG64(_SEED))
    numbers = {}
    for name, entry in data("loading").items():
        drawn = entry["value"] + entry["sd"] * random.standard_normal(_DRAWS)
        # Half and one and a half of the value bound what can still be called the same number.
        numbers[name] = np.clip(drawn, 0.5 * entry["value"], 1.5 * entry["value"])
    factors = {
        name: np.exp(exercise.spread * random.standard_normal(_DRAWS)) for name, exercise in EXERCISES.items()
    }
    return numbers, factors


def loading_range(
    programmes: Programme | Sequence[Programme], level: float = 0.9
) -> Mapping[str, tuple[float, float]]:
    """Return the range of the loading of a week by site.

    Parameters
    ----------
    programmes : Programme or sequence of Programme
        What is done at the same time.
    level : float
        Probability that the range holds.

    Returns
    -------
    mapping of str to (float, float)
        Relative to the reference programme with the same forces, so that the reference itself is 1 without
        doubt: how much it does for bone is the physiology's uncertainty.
    """
    together = (programmes,) if isinstance(programmes, Programme) else tuple(programmes)
    numbers, factors = _draws()
    drawn: dict[str, list[float]] = {site: [] for site in SITES}
    lost = 1.0 - min((programme.daily_life for programme in together), default=1.0)
    for index in range(_DRAWS):
        p = {name: float(values[index]) for name, values in numbers.items()}
        stronger = {name: float(values[index]) for name, values in factors.items()}
        for site in SITES:
            drawn[site].append(relative(together, site, p, stronger) - lost)
    tail = (1.0 - level) / 2.0
    return {
        # A draw in which even the reference brings nothing says nothing.
        site: (float(np.nanquantile(values, tail)), float(np.nanquantile(values, 1.0 - tail)))
        for site, values in drawn.items()
    }

"""From weighted virtual people to a curve with its bands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from osteocast.forecast.results import LEVELS, Band, Curve

__all__ = ["curve", "weighted_quantiles", "with_paths"]

_PROBABILITIES = np.array(
    [0.5, *(0.5 + side * level / 200 for level in LEVELS for side in (-1, 1))], dtype=np.float64
)


def weighted_quantiles(values: np.ndarray, weights: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Return quantiles across virtual people at every time at once.

    Each person's step of the distribution function is taken at its middle, and straight lines join the
    middles; it is the definition of `osteocast.population.quantiles`, without a loop over the times.

    Parameters
    ----------
    values : ndarray (n, n_time)
    weights : ndarray (n,)
        People with weight 0 are left out, whatever their values.
    probabilities : ndarray (n_probability,)

    Returns
    -------
    ndarray (n_probability, n_time)

    Examples
    --------
    >>> weighted_quantiles(np.array([[3.0], [1.0], [2.0]]), np.ones(3), np.array([0.5])).tolist()
    [[2.0]]
    """
    kept = weights > 0
    own = weights[kept]
    # One row a time: sorting runs along memory.
    some = np.ascontiguousarray(np.asarray(values, dtype=np.float64)[kept].T)
    n_time, n = some.shape
    rows = np.arange(n_time)
    order = np.argsort(some, axis=1)
    mass = own[order]
    order += n * rows[:, None]
    ranked = some.take(order)
    middle = np.cumsum(mass, axis=1)
    mass *= 0.5
    middle -= mass
    middle /= own.sum()
    if n == 1:
        return np.repeat(ranked.T, probabilities.size, axis=0)
    above = np.stack([(middle < probability).sum(axis=1) for probability in probabilities])
    above = np.minimum(np.maximum(above, 1), n - 1)
    low, high = middle[rows, above - 1], middle[rows, above]
    share = (probabilities[:, None] - low) / np.maximum(high - low, 1e-300)
    share = np.minimum(np.maximum(share, 0.0), 1.0)
    return np.asarray(ranked[rows, above - 1] * (1 - share) + ranked[rows, above] * share)


def curve(unit: str, values: np.ndarray, weights: np.ndarray, beyond: np.ndarray) -> Curve:
    """Summarise virtual people as a median with its bands.

    Parameters
    ----------
    unit : str
    values : ndarray (n, n_time)
    weights : ndarray (n,)
    beyond : ndarray (n_time,) of bool
        Times after the plan's horizon, which become NaN.
    """
    median, *ends = np.where(beyond, np.nan, weighted_quantiles(values, weights, _PROBABILITIES))
    bands = tuple(
        Band(level, low, high) for level, low, high in zip(LEVELS, ends[::2], ends[1::2], strict=True)
    )
    return Curve(unit, median, bands)


def with_paths(shown: Curve, values: np.ndarray, beyond: np.ndarray, people: np.ndarray) -> Curve:
    """Keep the paths of some virtual people beside the bands of all.

    Parameters
    ----------
    shown : Curve
    values : ndarray (n, n_time)
    beyond : ndarray (n_time,) of bool
        Times after the plan's horizon, which become NaN.
    people : ndarray of int
        Those whose paths are kept as they are (`osteocast.forecast.paths`).
    """
    # Four bytes a number: many forecasts are remembered at once.
    return replace(shown, paths=np.where(beyond, np.nan, values[people]).astype(np.float32))

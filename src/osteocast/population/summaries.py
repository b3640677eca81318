"""Quantiles and probabilities of weighted virtual people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["effective_size", "quantiles", "share"]


def effective_size(weights: np.ndarray) -> float:
    r"""Return Kish's effective sample size, :math:`(\sum w)^2 / \sum w^2`.

    Examples
    --------
    >>> effective_size(np.array([0.5, 0.5, 0.0]))
    2.0
    """
    total = float(weights.sum())
    return 0.0 if total <= 0 else total**2 / float((weights**2).sum())


def share(condition: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the weighted share of people for whom something holds.

    Parameters
    ----------
    condition : ndarray of bool (..., n)
        People along the last axis.
    weights : ndarray (n,)

    Returns
    -------
    ndarray (...)
    """
    return np.asarray(condition.astype(np.float64) @ (weights / weights.sum()))


def quantiles(values: np.ndarray, weights: np.ndarray, probabilities: Sequence[float]) -> np.ndarray:
    """Return weighted quantiles across people.

    The weighted distribution function is taken through the middle of each person's step and joined by
    straight lines.

    Parameters
    ----------
    values : ndarray (n, ...)
        People along the first axis. People with weight 0 may hold NaN.
    weights : ndarray (n,)
    probabilities : sequence of float
        Between 0 and 1.

    Returns
    -------
    ndarray (n_probability, ...)

    Examples
    --------
    >>> quantiles(np.array([3.0, 1.0, 2.0, 9.0]), np.array([1.0, 1.0, 1.0, 0.0]), [0.5])
    array([2.])
    """
    kept = weights > 0
    some, own = np.asarray(values, dtype=np.float64)[kept], weights[kept]
    flat = some.reshape(some.shape[0], -1)
    order = np.argsort(flat, axis=0, kind="stable")
    ranked = np.take_along_axis(flat, order, axis=0)
    mass = own[order]
    middle = (np.cumsum(mass, axis=0) - 0.5 * mass) / own.sum()
    found = np.empty((len(probabilities), flat.shape[1]))
    for column in range(flat.shape[1]):
        found[:, column] = np.interp(probabilities, middle[:, column], ranked[:, column])
    return found.reshape((len(probabilities), *some.shape[1:]))

"""What a later scan would tell: when it would settle whether a plan is good enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

__all__ = ["CLEAR", "Outlook", "outlook", "posterior_probability"]

#: A probability this near to nought or one settles a verdict.
CLEAR = 0.1
# Scans imagined at each time, and virtual people they are held against: the chance of an answer is then known
# to about 3 points.
_IMAGINED = 256
_HELD_AGAINST = 1024


@dataclass(frozen=True)
class Outlook:
    """What a scan on one day would bring.

    Parameters
    ----------
    day : float
    expected_change : mapping of str to float
        Mean size of the change since day 0 by site, percent.
    exceeds : mapping of str to float
        Chance that the change measured is more than a least significant change, by site.
    chance_clear : float
        Chance that the probability of adequate is then below 10% or above 90%.
    certainty : float
        Expected probability of the better of the two answers after the scan; before it,
        ``max(p, 1 - p)``.
    """

    day: float
    expected_change: Mapping[str, float]
    exceeds: Mapping[str, float]
    chance_clear: float
    certainty: float


def posterior_probability(
    seen: np.ndarray, truth: np.ndarray, error: np.ndarray, adequate: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    r"""Probability of adequate after each of some imagined scans.

    .. math:: P(A \mid y) = \frac{\sum_i w_i A_i \prod_s \phi((y_s - x_{is}) / \sigma_s)}
                                 {\sum_i w_i \prod_s \phi((y_s - x_{is}) / \sigma_s)}

    Parameters
    ----------
    seen : ndarray (m, n_site)
        Measured log BMD.
    truth : ndarray (n, n_site)
        Log BMD of the virtual people on that day.
    error : ndarray (n_site,)
        Standard deviation of a measurement, on the same scale.
    adequate : ndarray (n,) of bool
    weights : ndarray (n,)
        Sum to one.

    Returns
    -------
    ndarray (m,)
    """
    distance = np.zeros((seen.shape[0], truth.shape[0]))
    for s, sd in enumerate(error):
        distance += ((seen[:, s, None] - truth[None, :, s]) / sd) ** 2
    likelihood = np.exp(-0.5 * (distance - distance.min(axis=1, keepdims=True))) * weights
    return np.asarray(likelihood @ adequate / likelihood.sum(axis=1))


def outlook(
    day: float,
    bmd: Mapping[str, np.ndarray],
    levels: Mapping[str, np.ndarray],
    error: Mapping[str, float],
    limits: Mapping[str, float],
    adequate: np.ndarray,
    weights: np.ndarray,
    seed: int = 0,
) -> Outlook:
    """Imagine scans on one day, and say how often they would settle the verdict.

    Parameters
    ----------
    day : float
    bmd : mapping of str to ndarray (n,)
        BMD of the virtual people on that day, by site, in any unit.
    levels : mapping of str to ndarray (n,)
        The same on day 0.
    error : mapping of str to float
        Relative error of one measurement, by site.
    limits : mapping of str to float
        Least significant change, percent, by site.
    adequate : ndarray (n,) of bool
        For whom the plan will turn out good enough.
    weights : ndarray (n,)
    seed : int

    Returns
    -------
    Outlook
    """
    rng = np.random.default_rng((seed, round(day)))
    sites = tuple(bmd)
    truth = np.log(np.column_stack([bmd[site] for site in sites]))
    before = np.log(np.column_stack([levels[site] for site in sites]))
    sd = np.array([error[site] for site in sites])
    chosen = _resampled(weights, _IMAGINED, rng)
    seen = truth[chosen] + sd * rng.standard_normal((_IMAGINED, len(sites)))
    others = _resampled(weights, min(_HELD_AGAINST, weights.size), rng)
    equal = np.full(others.size, 1 / others.size)
    after = posterior_probability(seen, truth[others], sd, adequate[others], equal)
    # The scan of day 0 has its own error, so that a change carries both.
    moved = 100 * np.abs(seen - before[chosen] + sd * rng.standard_normal(seen.shape))
    change = 100 * np.abs(weights @ np.expm1(truth - before))
    return Outlook(
        day,
        {site: float(change[s]) for s, site in enumerate(sites)},
        {site: float(np.mean(moved[:, s] > limits[site])) for s, site in enumerate(sites)},
        float(np.mean((after < CLEAR) | (after > 1 - CLEAR))),
        float(np.mean(np.maximum(after, 1 - after))),
    )


def _resampled(weights: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Choose people by their weight, systematically, which adds little noise of its own."""
    points = (np.arange(count) + rng.random()) / count
    return np.asarray(np.minimum(np.searchsorted(np.cumsum(weights), points), weights.size - 1))

"""Power: the share of replicates that cross the boundary, by size, with its Monte Carlo error."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from osteocast.virtual_trials.results import Replicate

__all__ = ["PowerPoint", "SampleSize", "power_points", "sample_size"]


@dataclass(frozen=True)
class PowerPoint:
    """Power at one size.

    Parameters
    ----------
    size : int
        People randomised, all arms together.
    power : float
        Share of replicates that crossed the boundary at any look.
    monte_carlo : float
        Its standard error.
    low, high : float
        Its 95% interval by Wilson's formula.
    stopped : tuple of float
        Share that stopped at each look.
    """

    size: int
    power: float
    monte_carlo: float
    low: float
    high: float
    stopped: tuple[float, ...]


@dataclass(frozen=True)
class SampleSize:
    """A size read off the curve of power.

    Parameters
    ----------
    power : float
        Wanted.
    size : int
        People in all.
    inside : bool
        Whether it lies between sizes that were simulated.
    """

    power: float
    size: int
    inside: bool


def power_points(replicates: Sequence[Replicate], sizes: Sequence[int]) -> tuple[PowerPoint, ...]:
    """Count, for each size, the replicates that crossed the boundary."""
    found = []
    for size in sizes:
        looks = np.array([replicate.stopped[size] for replicate in replicates])
        n = looks.size
        share = float(np.mean(looks > 0))
        low, high = _wilson(share, n)
        stopped = tuple(float(np.mean(looks == look)) for look in range(1, int(looks.max(initial=1)) + 1))
        found.append(PowerPoint(size, share, math.sqrt(share * (1 - share) / n), low, high, stopped))
    return tuple(found)


def _wilson(share: float, n: int) -> tuple[float, float]:
    """Return the interval of a share, which stays within 0 and 1 where the usual one is a point."""
    z = 1.959963984540054
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return middle - half, middle + half


def sample_size(points: Sequence[PowerPoint], wanted: float) -> SampleSize | None:
    r"""Return the size at which the power reaches what is wanted.

    The quantile of the power is close to a straight line over the square root of the size,
    :math:`\Phi^{-1}(\text{power}) = a + b \sqrt n`, fitted by weighted least squares with the inverse of its
    Monte Carlo variance. Sizes at which all or none were significant count as half a replicate off.

    Returns
    -------
    SampleSize or None
        None with fewer than two sizes, or where power does not rise with them.

    Examples
    --------
    >>> points = [PowerPoint(n, p, 0.03, 0, 1, ()) for n, p in ((50, 0.5), (100, 0.8))]
    >>> sample_size(points, 0.8)
    SampleSize(power=0.8, size=100, inside=True)
    """
    from scipy.special import ndtri
    from scipy.stats import norm

    if len(points) < 2:
        return None
    root = np.sqrt([point.size for point in points])
    # The error at the ends is that of a share that is off by half a replicate.
    error = np.array([max(point.monte_carlo, (point.high - point.low) / 8.0) for point in points])
    share = np.clip([point.power for point in points], error / 2, 1 - error / 2)
    quantile = ndtri(share)
    weight = (norm.pdf(quantile) / error) ** 2
    middle = np.average(root, weights=weight)
    rise = np.sum(weight * (root - middle) * quantile) / np.sum(weight * (root - middle) ** 2)
    if not rise > 0:
        return None
    level = np.average(quantile, weights=weight) - rise * middle
    needed = max((float(ndtri(wanted)) - level) / rise, 0.0) ** 2
    sizes = [point.size for point in points]
    inside = min(sizes) <= needed <= max(sizes) + 1e-6
    return SampleSize(wanted, math.ceil(needed - 1e-6), bool(inside))

"""Tails of the normal and the chi-square distribution, without SciPy, whose import outlasts an update."""

from __future__ import annotations

import math

import numpy as np

__all__ = ["chi_square_above", "normal_below"]

_complement = np.frompyfunc(math.erfc, 1, 1)


def normal_below(z: np.ndarray) -> np.ndarray:
    """Return the probability that a standard normal number lies below each z.

    Examples
    --------
    >>> normal_below(np.array([0.0]))
    array([0.5])
    """
    return np.asarray(0.5 * np.asarray(_complement(-z / math.sqrt(2.0)), dtype=np.float64))


def chi_square_above(total: np.ndarray, m: int) -> np.ndarray:
    r"""Return the probability that a sum of m squared standard normal numbers exceeds each total.

    With :math:`x = t / 2`: for even m :math:`e^{-x} \sum_{k < m/2} x^k / k!`, for odd m
    :math:`\mathrm{erfc}(\sqrt x) + e^{-x} \sum_{k < (m-1)/2} x^{k + 1/2} / \Gamma(k + 3/2)`.

    Parameters
    ----------
    total : ndarray (n,)
        0 or more.
    m : int
        1 or more.

    Examples
    --------
    >>> chi_square_above(np.array([0.0, 1e9]), 3)
    array([1., 0.])
    """
    x = np.asarray(total, dtype=np.float64) / 2.0
    half = 0.5 * (m % 2)
    sum_ = np.asarray(_complement(np.sqrt(x)), dtype=np.float64) if m % 2 else np.zeros_like(x)
    with np.errstate(divide="ignore"):
        log_x = np.log(x)
    for k in range(m // 2):
        power = k + half
        # As a logarithm, so that far totals underflow to zero and do not overflow before.
        log_term = power * log_x if power else 0.0
        sum_ = sum_ + np.exp(log_term - x - math.lgamma(power + 1.0))
    return np.asarray(sum_)

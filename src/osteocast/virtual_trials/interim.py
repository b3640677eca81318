r"""Boundaries of interim looks: how far a statistic must lie out before a trial may stop.

With :math:`K` looks at shares :math:`t_1 < \dots < t_K = 1` of the information, the statistics
:math:`Z_k` of a trial without effect are normal with correlation :math:`\sqrt{t_j / t_k}`. Lan and DeMets
spend the error of the first kind as a function of information [1]_; two-sided,

.. math::
   \alpha_{OF}(t) = 4 - 4\,\Phi\left(z_{1-\alpha/4} / \sqrt t\right), \qquad
   \alpha_{P}(t) = \alpha \ln\left(1 + (e - 1)\,t\right),

and the boundary :math:`b_k` is where :math:`P(|Z_1| < b_1, \dots, |Z_{k-1}| < b_{k-1}, |Z_k| \ge b_k)` equals
what is spent between two looks. The density of the trials that go on is carried from look to look by
numerical integration [2]_.

.. [1] Lan and DeMets, Biometrika 70 (1983) 659-663.
.. [2] Armitage, McPherson and Rowe, Journal of the Royal Statistical Society A 132 (1969) 235-244.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["SPENDING", "Boundary", "boundary", "spent"]

SPENDING = ("obrien_fleming", "pocock")
_NODES = 801  # odd, for Simpson's rule
_FARTHEST = 12.0  # standard deviations, a boundary that is never reached


@dataclass(frozen=True)
class Boundary:
    """When a trial may stop.

    Parameters
    ----------
    looks : tuple of float
        Shares of the information.
    z : tuple of float
        The trial stops where the statistic is at least so large, either way.
    p : tuple of float
        The same as nominal two-sided p.
    spent : tuple of float
        Error of the first kind spent so far.
    """

    looks: tuple[float, ...]
    z: tuple[float, ...]
    p: tuple[float, ...]
    spent: tuple[float, ...]


def spent(spending: str, alpha: float, share: float) -> float:
    """Return how much of a two-sided error of the first kind is spent at a share of the information.

    Examples
    --------
    >>> round(spent("pocock", 0.05, 1.0), 6), round(spent("obrien_fleming", 0.05, 1.0), 6)
    (0.05, 0.05)
    """
    from scipy.special import ndtr, ndtri

    if spending == "pocock":
        return alpha * math.log1p((math.e - 1.0) * share)
    return float(4.0 - 4.0 * ndtr(ndtri(1.0 - alpha / 4.0) / math.sqrt(share)))


def boundary(looks: Sequence[float], alpha: float = 0.05, spending: str = "obrien_fleming") -> Boundary:
    """Return the boundary of each look.

    Parameters
    ----------
    looks : sequence of float
        Shares of the information, rising to 1.
    alpha : float
        Two-sided.
    spending : {"obrien_fleming", "pocock"}

    Raises
    ------
    ValueError
        If the looks do not rise to 1, or the spending has no such name.

    Examples
    --------
    >>> round(boundary([1.0]).z[0], 6)
    1.959964
    >>> [round(z, 3) for z in boundary([0.5, 1.0]).z]
    [2.963, 1.969]
    """
    from scipy.optimize import brentq
    from scipy.special import ndtr, ndtri

    times = [float(look) for look in looks]
    if not times or times[-1] != 1.0 or times[0] <= 0 or not (np.diff(times) > 0).all():
        raise ValueError("looks rise from above 0 to 1")
    if spending not in SPENDING:
        raise ValueError(f"spending is one of {', '.join(SPENDING)}, not {spending!r}")
    used = [spent(spending, alpha, time) for time in times]
    found = [float(-ndtri(used[0] / 2.0))]
    # On the scale of the Brownian motion Z sqrt(t), whose steps are independent.
    grid, weight = _interval(found[0] * math.sqrt(times[0]))
    density = np.exp(-0.5 * grid**2 / times[0]) / math.sqrt(2.0 * math.pi * times[0])
    for k in range(1, len(times)):
        step = math.sqrt(times[k] - times[k - 1])
        going_on = density * weight
        spend = used[k] - used[k - 1]

        def excess(end: float, at: np.ndarray, mass: np.ndarray, step: float, spend: float) -> float:
            return float(mass @ (ndtr((at - end) / step) + ndtr((-at - end) / step)) - spend)

        end = brentq(excess, 0.0, _FARTHEST * math.sqrt(times[k]), (grid, going_on, step, spend), xtol=1e-10)
        found.append(float(end) / math.sqrt(times[k]))
        if k + 1 < len(times):
            new, new_weight = _interval(found[-1] * math.sqrt(times[k]))
            apart = (new[:, None] - grid[None, :]) / step
            density = np.exp(-0.5 * apart**2) @ going_on / (step * math.sqrt(2.0 * math.pi))
            grid, weight = new, new_weight
    nominal = tuple(float(2.0 * ndtr(-z)) for z in found)
    return Boundary(tuple(times), tuple(found), nominal, tuple(used))


def _interval(end: float) -> tuple[np.ndarray, np.ndarray]:
    """Nodes between -end and end, with the weights of Simpson's rule."""
    nodes = np.linspace(-end, end, _NODES)
    weight = np.full(_NODES, 2.0)
    weight[1::2] = 4.0
    weight[[0, -1]] = 1.0
    return nodes, weight * (nodes[1] - nodes[0]) / 3.0

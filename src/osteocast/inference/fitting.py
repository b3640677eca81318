"""Maximum a posteriori by Levenberg-Marquardt, with the whole Jacobian simulated as one batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from osteocast.inference.likelihood import Likelihood
from osteocast.inference.scales import prior_mean, prior_sd, values_at

_STEP = 0.03  # of a finite difference, on the scale of the prior
_LARGEST_MOVE = 0.7


@dataclass(frozen=True)
class Fit:
    """The posterior mode and the curvature there.

    Parameters
    ----------
    z : ndarray (n,)
        Mode on the scales of the priors.
    covariance : ndarray (n, n)
        Inverse of the Gauss-Newton Hessian: the Laplace approximation of the posterior.
    sensitivity : ndarray (n_residual, n)
        Whitened residuals differentiated by `z`.
    cost : float
        Twice the negative log posterior, up to a constant.
    misfit : float
        The part of it that the published values make: squared whitened residuals, summed.
    """

    z: np.ndarray
    covariance: np.ndarray
    sensitivity: np.ndarray
    cost: float
    misfit: float


def fit(
    likelihood: Likelihood,
    start: np.ndarray | None = None,
    *,
    iterations: int = 30,
    report: Callable[[str], None] = lambda line: None,
) -> Fit:
    """Find the mode.

    Parameters
    ----------
    likelihood : Likelihood
        What is fitted.
    start : ndarray (n,), optional
        Where to begin; the prior medians by default.
    iterations : int
        Upper bound on accepted steps.
    report : callable
        Receives one line per step.
    """
    mean, sd = prior_mean(), prior_sd()
    z = mean.copy() if start is None else start.copy()

    def residuals(points: np.ndarray) -> np.ndarray:
        return likelihood.residuals([values_at(point) for point in points])

    def cost_of(point: np.ndarray, r: np.ndarray) -> float:
        return float(r @ r + np.sum(((point - mean) / sd) ** 2))

    r = residuals(z[None])[0]
    cost, damping = cost_of(z, r), 1.0
    report(f"start: cost {cost:.2f}")
    for step in range(iterations):
        sensitivity = _sensitivity(residuals, z, r)
        hessian = sensitivity.T @ sensitivity + np.diag(1 / sd**2)
        gradient = sensitivity.T @ r + (z - mean) / sd**2
        gained = 0.0
        while damping < 1e6:
            move = -np.linalg.solve(hessian + damping * np.diag(np.diag(hessian)), gradient)
            tried = z + np.clip(move, -_LARGEST_MOVE, _LARGEST_MOVE)
            r_tried = residuals(tried[None])[0]
            cost_tried = cost_of(tried, r_tried)
            if np.isfinite(cost_tried) and cost_tried < cost:
                gained = cost - cost_tried
                z, r, cost = tried, r_tried, cost_tried
                damping = max(damping / 4, 1e-4)
                break
            damping *= 4
        report(f"step {step + 1}: cost {cost:.2f}, damping {damping:.1e}")
        if gained < 0.02:
            break
    sensitivity = _sensitivity(residuals, z, r)
    hessian = sensitivity.T @ sensitivity + np.diag(1 / sd**2)
    return Fit(z, np.linalg.inv(hessian), sensitivity, cost, float(r @ r))


def _sensitivity(residuals: Callable[[np.ndarray], np.ndarray], z: np.ndarray, r: np.ndarray) -> np.ndarray:
    points = z + _STEP * np.eye(z.size)
    return np.asarray((residuals(points) - r).T / _STEP)

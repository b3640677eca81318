"""Draws from the posterior, by many chains that start spread out and must agree.

The Laplace approximation at the mode knows the posterior's shape well enough to propose from, and not well
enough to be taken for it. Each chain keeps most of where it is and refreshes a part from a normal shape (a
preconditioned Crank-Nicolson proposal), so that only what the shape gets wrong decides on acceptance; all
chains are simulated as one batch. The shape is the approximation at first and is learnt from the chains
themselves in a few rounds; then it stays, and only what comes after is kept.

The misfit at the mode is larger than the spread of studies in the likelihood explains. `temperature` is
that misfit over its degrees of freedom; the likelihood is divided by it, as a regression scales its errors,
so that the draws are as wide as the trials disagree with the model.

Sources: 10.1214/13-STS421 (the proposal), 10.1214/20-BA1221 (split-R-hat and effective sample size).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from osteocast.inference.fitting import Fit
from osteocast.inference.likelihood import Likelihood
from osteocast.inference.scales import prior_mean, prior_sd, values_at

_WANTED_ACCEPTANCE = 0.45
_FIRST_STEP = 0.2
# Proposals come from a wider shape than the approximation's: where the posterior's tails are the longer ones
# a chain would not find back.
_WIDTH = 1.15
_LARGEST_STEP = 0.95


@dataclass(frozen=True)
class Sample:
    """What the chains brought home.

    Parameters
    ----------
    draws : ndarray (n_chain, n_step, n_parameter)
        After burn-in, on the scales of the priors.
    acceptance : float
        Share of proposals taken after burn-in.
    step : float
        Part that a proposal refreshes.
    temperature : float
        What the likelihood was divided by.
    """

    draws: np.ndarray
    acceptance: float
    step: float
    temperature: float

    def r_hat(self) -> np.ndarray:
        """Return split-R-hat of each parameter, ndarray (n_parameter,); 1 when chains agree."""
        halves = _halves(self.draws)
        n = halves.shape[1]
        within = halves.var(axis=1, ddof=1).mean(axis=0)
        between = n * halves.mean(axis=1).var(axis=0, ddof=1)
        return np.asarray(np.sqrt((n - 1) / n + between / (n * within)))

    def effective(self) -> np.ndarray:
        """Return the effective number of draws of each parameter, ndarray (n_parameter,)."""
        halves = _halves(self.draws)
        m, n, k = halves.shape
        within = halves.var(axis=1, ddof=1).mean(axis=0)
        total = within * (n - 1) / n + halves.mean(axis=1).var(axis=0, ddof=1)
        centred = halves - halves.mean(axis=1, keepdims=True)
        result = np.empty(k)
        for j in range(k):
            spectrum = np.fft.rfft(centred[:, :, j], 2 * n, axis=1)
            covariance = np.fft.irfft(np.abs(spectrum) ** 2, axis=1)[:, :n].mean(axis=0) / n
            rho = 1 - (within[j] - covariance * n / (n - 1)) / total[j]
            # Geyer: sums of neighbours stay positive until only noise is left.
            pairs = rho[: n - n % 2].reshape(-1, 2).sum(axis=1)
            negative = np.flatnonzero(pairs < 0)
            pairs = np.minimum.accumulate(pairs[: negative[0] if negative.size else None])
            result[j] = m * n / max(-1 + 2 * pairs.sum(), 1 / np.log10(m * n))
        return result


def temperature_of(result: Fit) -> float:
    """Misfit at the mode over its degrees of freedom, at least 1."""
    informed = np.trace(result.sensitivity.T @ result.sensitivity @ result.covariance)
    return max(1.0, float(result.misfit / (result.sensitivity.shape[0] - informed)))


def tempered_covariance(result: Fit, temperature: float) -> np.ndarray:
    """Covariance of the Laplace approximation with the likelihood divided by a temperature."""
    hessian = result.sensitivity.T @ result.sensitivity / temperature + np.diag(1 / prior_sd() ** 2)
    return np.asarray(np.linalg.inv(hessian))


def sample(
    likelihood: Likelihood,
    result: Fit,
    *,
    chains: int = 24,
    rounds: int = 4,
    round_steps: int = 120,
    steps: int = 800,
    seed: int = 20261122,
    report: Callable[[str], None] = lambda line: None,
) -> Sample:
    """Sample the tempered posterior.

    Parameters
    ----------
    likelihood : Likelihood
    result : Fit
        The mode and its curvature, as `osteocast.inference.fitting.fit` returns them.
    chains : int
    rounds, round_steps : int
        How often, and from how many steps, the shape that proposals come from is learnt.
    steps : int
        Steps of each chain after that, all kept.
    seed : int
    report : callable
        Receives a line every 25 steps.
    """
    temperature = temperature_of(result)
    mean, sd = prior_mean(), prior_sd()
    random = np.random.default_rng(seed)

    def cost(points: np.ndarray) -> np.ndarray:
        """Negative log posterior."""
        r = likelihood.residuals([values_at(point) for point in points])
        total = np.sum(r**2, axis=1) / temperature + np.sum(((points - mean) / sd) ** 2, axis=1)
        return np.where(np.isfinite(total), 0.5 * total, np.inf)

    shape = _Shape(result.z, np.linalg.cholesky(tempered_covariance(result, temperature)))
    at = shape.draw(random, chains)
    now = cost(at)
    step, kept, taken, since = _FIRST_STEP, [at], 0.0, 0
    for i in range(rounds * round_steps + steps):
        if i and i <= rounds * round_steps and i % round_steps == 0:
            shape = shape.learn(np.concatenate(kept[-round_steps:]))
            kept, since, taken = [], 0, 0.0
        proposed = shape.centre + np.sqrt(1 - step**2) * (at - shape.centre)
        proposed = proposed + step * (shape.draw(random, chains) - shape.centre)
        cost_proposed = cost(proposed)
        gain = (now - shape.energy(at)) - (cost_proposed - shape.energy(proposed))
        accept = np.log(random.random(chains)) < gain
        at = np.where(accept[:, None], proposed, at)
        now = np.where(accept, cost_proposed, now)
        if i < rounds * round_steps:
            log_step = np.log(step) + (accept.mean() - _WANTED_ACCEPTANCE) / np.sqrt(1 + since / 10)
            step = float(min(np.exp(log_step), _LARGEST_STEP))
        taken += float(accept.mean())
        since += 1
        kept.append(at)
        if (i + 1) % 40 == 0:
            report(f"step {i + 1}: refreshing {step:.2f}, accepted {taken / since:.0%}")
    return Sample(np.stack(kept, axis=1), taken / since, step, temperature)


@dataclass(frozen=True)
class _Shape:
    """The normal distribution that proposals come from."""

    centre: np.ndarray
    factor: np.ndarray

    def draw(self, random: np.random.Generator, n: int) -> np.ndarray:
        normal = random.standard_normal((n, self.centre.size))
        return np.asarray(self.centre + _WIDTH * normal @ self.factor.T)

    def energy(self, points: np.ndarray) -> np.ndarray:
        """Negative log density, up to a constant."""
        white = np.linalg.solve(_WIDTH * self.factor, (points - self.centre).T)
        return np.asarray(0.5 * np.sum(white**2, axis=0))

    def learn(self, points: np.ndarray) -> _Shape:
        """Move half way to the mean and covariance of points; the other half guards against chance."""
        covariance = 0.5 * (np.cov(points.T) + self.factor @ self.factor.T)
        return _Shape(0.5 * (points.mean(axis=0) + self.centre), np.linalg.cholesky(covariance))


def _halves(draws: np.ndarray) -> np.ndarray:
    half = draws.shape[1] // 2
    return np.concatenate([draws[:, :half], draws[:, -half:]])

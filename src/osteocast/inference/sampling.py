"""Draws from the posterior: a surrogate of the residuals proposes, the model itself decides.

Simulating all fitted trials takes too long for a chain of a hundred thousand steps. The whitened residuals
are therefore learnt as quadratic functions of the parameters, from some thousand points around the mode and
then from points of the posterior itself; Hamiltonian chains run on that surrogate at no cost, and what they
find is proposed to chains that accept or refuse with the simulated posterior (independence
Metropolis-Hastings). What the surrogate gets wrong shows in how many proposals are taken, and not in the
draws.

The misfit at the mode is larger than the spread of studies in the likelihood explains. `temperature` is
that misfit over its degrees of freedom; the likelihood is divided by it, as a regression scales its errors,
so that the draws are as wide as the trials disagree with the model.

Sources: 10.1201/b10905-6 (Hamiltonian chains), 10.1214/20-BA1221 (split-R-hat and effective sample size).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from osteocast.inference.fitting import Fit
from osteocast.inference.likelihood import Likelihood
from osteocast.inference.scales import prior_mean, prior_sd, values_at

# Training points spread a little wider than the approximation's shape, so that the posterior lies among them.
_WIDTH = 1.3
_BATCH = 48  # parameter sets simulated at once
_RIDGE = 1e-3  # of the mean square of a feature
_UNLIKELY = 20.0  # units of log posterior past the median of the points, where a point counts half
_LEAPS = 15
_WANTED_ACCEPTANCE = 0.8


@dataclass(frozen=True)
class Sample:
    """What the chains brought home.

    Parameters
    ----------
    draws : ndarray (n_chain, n_step, n_parameter)
        On the scales of the priors.
    acceptance : float
        Share of the surrogate's proposals that the simulated posterior took.
    temperature : float
        What the likelihood was divided by.
    """

    draws: np.ndarray
    acceptance: float
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
    training: int = 4000,
    refinements: int = 3,
    refinement: int = 2000,
    chains: int = 24,
    steps: int = 900,
    seed: int = 20261122,
    report: Callable[[str], None] = lambda line: None,
) -> Sample:
    """Sample the tempered posterior.

    Parameters
    ----------
    likelihood : Likelihood
    result : Fit
        The mode and its curvature, as `osteocast.inference.fitting.fit` returns them.
    training, refinements, refinement : int
        Points simulated for the surrogate: around the mode, then so often so many from its own posterior.
    chains, steps : int
        Of the chains in which the simulated posterior decides.
    seed : int
    report : callable
        Receives a line now and then.
    """
    temperature = temperature_of(result)
    factor = np.linalg.cholesky(tempered_covariance(result, temperature))
    mean, sd = prior_mean(), prior_sd()
    random = np.random.default_rng(seed)
    n = result.z.size

    def simulated(x: np.ndarray, what: str) -> np.ndarray:
        """Residuals at points in the approximation's own coordinates, ndarray (n_point, n_residual)."""
        found = []
        for first in range(0, len(x), _BATCH):
            points = result.z + x[first : first + _BATCH] @ factor.T
            found.append(likelihood.residuals([values_at(point) for point in points], fallback=False))
            if first % (10 * _BATCH) == 0:
                report(f"{what}: {first} of {len(x)}")
        return np.concatenate(found)

    def cost(x: np.ndarray, r: np.ndarray) -> np.ndarray:
        """Negative log posterior."""
        prior = np.sum(((result.z + x @ factor.T - mean) / sd) ** 2, axis=1)
        total = 0.5 * (np.sum(r**2, axis=1) / temperature + prior)
        return np.where(np.isfinite(total), total, np.inf)

    # The prior in the same coordinates: half of |slope x + offset|^2.
    slope, offset = factor / sd[:, None], (result.z - mean) / sd
    x = _WIDTH * random.standard_normal((training, n))
    r = simulated(x, "learning the residuals")
    surrogate = _Surrogate.fit(x, r, cost(x, r), temperature, slope, offset)
    for _ in range(refinements):
        more = surrogate.chains(random, refinement)
        found = simulated(more, "refining")
        error = cost(more, found) - surrogate.energy(more)
        report(f"the surrogate erred by {_middle_spread(error):.2f} units of log posterior")
        x, r = np.concatenate([x, more]), np.concatenate([r, found])
        surrogate = _Surrogate.fit(x, r, cost(x, r), temperature, slope, offset)

    proposals = surrogate.chains(random, chains * (steps + 1)).reshape(chains, steps + 1, n)
    flat = proposals.reshape(-1, n)
    # What the surrogate gives too little of, the chains keep longer.
    weight = surrogate.energy(flat) - cost(flat, simulated(flat, "deciding"))
    weight = weight.reshape(chains, steps + 1)
    at, now = proposals[:, 0], weight[:, 0]
    kept, taken = [], 0.0
    for i in range(1, steps + 1):
        accept = np.log(random.random(chains)) < weight[:, i] - now
        at = np.where(accept[:, None], proposals[:, i], at)
        now = np.where(accept, weight[:, i], now)
        taken += float(accept.mean())
        kept.append(result.z + at @ factor.T)
    return Sample(np.stack(kept, axis=1), taken / steps, temperature)


@dataclass(frozen=True)
class _Surrogate:
    """Residuals as quadratic functions of the coordinates, and the posterior that follows from them.

    Parameters
    ----------
    constant, linear, quadratic : ndarray (n_residual,), (n_residual, n), (n_residual, n, n)
        The last is symmetric.
    temperature : float
    slope, offset : ndarray (n, n), (n,)
        The prior's energy is half of ``|slope x + offset|^2``.
    """

    constant: np.ndarray
    linear: np.ndarray
    quadratic: np.ndarray
    temperature: float
    slope: np.ndarray
    offset: np.ndarray

    @classmethod
    def fit(
        cls,
        x: np.ndarray,
        r: np.ndarray,
        cost: np.ndarray,
        temperature: float,
        slope: np.ndarray,
        offset: np.ndarray,
    ) -> _Surrogate:
        """Regress residuals on all products of two coordinates, by ridge; unlikely points count less."""
        good = np.isfinite(r).all(axis=1) & np.isfinite(cost)
        x, r, cost = x[good], r[good], cost[good]
        trust = np.sqrt(1.0 / (1.0 + (cost - np.median(cost)).clip(0.0) / _UNLIKELY))
        n = x.shape[1]
        i, j = np.triu_indices(n)
        features = np.hstack([np.ones((len(x), 1)), x, x[:, i] * x[:, j]])
        features, r = features * trust[:, None], r * trust[:, None]
        gram = features.T @ features
        ridge = _RIDGE * np.diag(gram)
        ridge[0] = 0.0
        coefficients = np.linalg.solve(gram + np.diag(ridge), features.T @ r)
        quadratic = np.zeros((r.shape[1], n, n))
        quadratic[:, i, j] += coefficients[1 + n :].T / 2
        quadratic[:, j, i] += coefficients[1 + n :].T / 2
        return cls(coefficients[0], coefficients[1 : 1 + n].T, quadratic, temperature, slope, offset)

    def _residuals(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Residuals and their derivative by x, ndarray (n_point, n_residual) and (n_point, n_residual, n)."""
        k, n, _ = self.quadratic.shape
        bent = (x @ self.quadratic.reshape(k * n, n).T).reshape(len(x), k, n)
        r = self.constant + x @ self.linear.T + np.einsum("ckn,cn->ck", bent, x)
        return r, self.linear + 2.0 * bent

    def energy(self, x: np.ndarray) -> np.ndarray:
        """Negative log posterior, up to the same constant as the simulated one."""
        r, _ = self._residuals(x)
        prior = x @ self.slope.T + self.offset
        return np.asarray(0.5 * (np.sum(r**2, axis=1) / self.temperature + np.sum(prior**2, axis=1)))

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Return the derivative of `energy`, ndarray (n_point, n)."""
        r, derivative = self._residuals(x)
        prior = x @ self.slope.T + self.offset
        return np.asarray(np.einsum("ck,ckn->cn", r, derivative) / self.temperature + prior @ self.slope)

    def chains(self, random: np.random.Generator, wanted: int, chains: int = 32) -> np.ndarray:
        """Return draws from the surrogate's posterior in random order, by Hamiltonian chains."""
        n = self.linear.shape[1]
        keep_every, burn_in = 3, 120
        x = random.standard_normal((chains, n))
        energy, leap, kept = self.energy(x), 0.2, []
        rounds = burn_in + keep_every * -(-wanted // chains)
        for i in range(rounds):
            momentum = random.standard_normal(x.shape)
            before = energy + 0.5 * np.sum(momentum**2, axis=1)
            proposed = x
            momentum = momentum - 0.5 * leap * self.gradient(proposed)
            for _ in range(_LEAPS):
                proposed = proposed + leap * momentum
                pull = self.gradient(proposed)
                momentum = momentum - leap * pull
            momentum = momentum + 0.5 * leap * pull
            energy_proposed = self.energy(proposed)
            after = energy_proposed + 0.5 * np.sum(momentum**2, axis=1)
            accept = np.log(random.random(chains)) < before - after
            x = np.where(accept[:, None], proposed, x)
            energy = np.where(accept, energy_proposed, energy)
            if i < burn_in:
                leap *= float(np.exp((accept.mean() - _WANTED_ACCEPTANCE) / np.sqrt(1 + i / 10)))
            elif (i - burn_in) % keep_every == keep_every - 1:
                kept.append(x)
        drawn = np.concatenate(kept)
        return np.asarray(drawn[random.permutation(len(drawn))[:wanted]])


def _middle_spread(error: np.ndarray) -> float:
    """Half the width of the middle two thirds: a standard deviation that stray points do not move."""
    low, high = np.percentile(error[np.isfinite(error)], [16, 84])
    return float(high - low) / 2


def _halves(draws: np.ndarray) -> np.ndarray:
    half = draws.shape[1] // 2
    return np.concatenate([draws[:, :half], draws[:, -half:]])

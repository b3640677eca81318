"""A slow sampler of the same posterior, with the simulation in its loop, to check the fast update against.

Many Markov chains run side by side from the prior, each step a batch of simulated pasts. Nothing is stored or
reweighted, so that what the fast update gets wrong (too few people that fit, weights that rest on one) does
not happen here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from osteocast.inference.personal.likelihood import PersonalLikelihood
from osteocast.inference.personal.moving import metropolis_step
from osteocast.population import Futures, People

__all__ = ["ReferenceSample", "reference_sample", "split_r_hat"]

_WANTED_ACCEPTANCE = 0.3
_KEPT_EVERY = 10


@dataclass(frozen=True)
class ReferenceSample:
    """States of the chains after their warm-up.

    Parameters
    ----------
    people : People
        All states, chain after chain within each kept step.
    chains : int
        How many chains; state ``k * chains + c`` belongs to chain c.
    acceptance : float
        Share of proposals taken after the warm-up.
    """

    people: People
    chains: int
    acceptance: float

    def by_chain(self, values: np.ndarray) -> np.ndarray:
        """Arrange a quantity of all states by chain, ndarray (n_chain, n_kept)."""
        return np.asarray(values.reshape(-1, self.chains).T)


def reference_sample(
    futures: Futures,
    likelihood: PersonalLikelihood,
    *,
    chains: int = 128,
    warm_up: int = 200,
    steps: int = 400,
    seed: int = 1,
) -> ReferenceSample:
    """Run Markov chains on the posterior of traits and draws of the average.

    Parameters
    ----------
    futures : Futures
        How to simulate a past, and people of the prior to start from.
    likelihood : PersonalLikelihood
    chains, warm_up, steps : int
        Number of chains, of steps in which the step size settles, and of steps after it, of which every tenth
        is kept.
    seed : int
    """
    generator = np.random.default_rng(seed)
    everybody = futures.people
    start = generator.choice(np.flatnonzero(futures.usable), chains, replace=False)
    people = everybody.like(everybody.deviations[start], everybody.draw[start])
    past, _ = futures.past_of(people)
    log = likelihood.log(likelihood.courses(past, futures.past_days))
    step, taken = 0.5, []
    deviations, draws = [], []
    for i in range(warm_up + steps):
        people, log, accepted = metropolis_step(futures, likelihood, people, log, 1.0, step, generator)
        if i < warm_up:
            step = float(np.clip(step * np.exp(0.3 * (accepted - _WANTED_ACCEPTANCE)), 0.02, 1.0))
            continue
        taken.append(accepted)
        if (i - warm_up) % _KEPT_EVERY == _KEPT_EVERY - 1:
            deviations.append(people.deviations)
            draws.append(people.draw)
    states = everybody.like(np.concatenate(deviations), np.concatenate(draws))
    return ReferenceSample(states, chains, float(np.mean(taken)))


def split_r_hat(values: np.ndarray) -> float:
    r"""Return the split potential scale reduction :math:`\hat R` of chains, near 1 once they agree.

    Parameters
    ----------
    values : ndarray (n_chain, n_kept)

    Examples
    --------
    >>> alike = np.random.default_rng(1).standard_normal((50, 40))
    >>> bool(split_r_hat(alike) < 1.05)
    True
    """
    half = values.shape[1] // 2
    parts = np.concatenate([values[:, :half], values[:, half : 2 * half]])
    within = float(parts.var(axis=1, ddof=1).mean())
    between = float(parts.mean(axis=1).var(ddof=1))
    return float(np.sqrt((half - 1) / half + between / within))

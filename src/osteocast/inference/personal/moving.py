"""New virtual people around those who fit, when too few of the stored ones do.

Sequential Monte Carlo: the likelihood is switched on by degrees, each so small that half of the people keep
their weight; after each, people are resampled and moved by Metropolis steps that leave the tempered posterior
as it is. A step is preconditioned Crank-Nicolson, which keeps the normal prior of the traits by itself, so
that only the likelihood is compared; now and then a person also tries another draw of the average.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from osteocast.inference.personal.likelihood import PersonalLikelihood
from osteocast.population import Futures, People, effective_size
from osteocast.progress import Report, silent

__all__ = ["Moved", "metropolis_step", "move"]

_LARGEST_RUNG = 0.5  # share of people whose weight a rung may leave
_MOVES = 5  # Metropolis steps after each rung
_LAST_MOVES = 10
_SWITCH = 0.25  # share of proposals that also take another draw of the average
_STEP = 0.4  # of the first proposals, in standard deviations of the traits
_WANTED_ACCEPTANCE = 0.3
_SMALLEST_STEP, _LARGEST_STEP = 0.02, 1.0
_MOST_RUNGS = 40


@dataclass(frozen=True)
class Moved:
    """People who represent the posterior with equal weights.

    Parameters
    ----------
    people : People
    rungs : int
        Steps of temperature taken.
    acceptance : float
        Share of the last Metropolis steps that were taken.
    """

    people: People
    rungs: int
    acceptance: float


def metropolis_step(
    futures: Futures,
    likelihood: PersonalLikelihood,
    people: People,
    log: np.ndarray,
    power: float,
    step: float,
    generator: np.random.Generator,
    report: Report = silent,
) -> tuple[People, np.ndarray, float]:
    r"""Move every person once, leaving prior times likelihood to the `power` invariant.

    :math:`z' = \sqrt{1 - s^2} z + s \xi` is reversible under the standard normal prior of the traits.

    Parameters
    ----------
    futures : Futures
        How to simulate a past.
    likelihood : PersonalLikelihood
    people : People
    log : ndarray (n,)
        Log likelihood of each.
    power : float
    step : float
        s, above 0 and up to 1.
    generator : numpy.random.Generator
    report : callable
        As in `osteocast.population.Futures.past_of`.

    Returns
    -------
    People
    ndarray (n,)
        Their log likelihoods.
    float
        Share of people who moved.
    """
    n = len(people)
    noise = generator.standard_normal(people.deviations.shape)
    tried = np.sqrt(1.0 - step**2) * people.deviations + step * noise
    switched = generator.random(n) < _SWITCH
    draw = np.where(switched, generator.integers(len(people.draws), size=n), people.draw)
    proposed = people.like(tried, draw)
    past, usable = futures.past_of(proposed, report)
    log_tried = np.where(usable, likelihood.log(likelihood.courses(past, futures.past_days)), -np.inf)
    accept = np.log(generator.random(n)) < power * (log_tried - log)
    moved = people.like(
        np.where(accept[:, None], tried, people.deviations), np.where(accept, draw, people.draw)
    )
    return moved, np.where(accept, log_tried, log), float(accept.mean())


def move(
    futures: Futures,
    likelihood: PersonalLikelihood,
    log: np.ndarray,
    generator: np.random.Generator,
    report: Report = silent,
) -> Moved:
    """Carry the people of `futures` from the prior to the posterior.

    Parameters
    ----------
    futures : Futures
    likelihood : PersonalLikelihood
    log : ndarray (n,)
        Log likelihood of each; minus infinity for those who could not be simulated.
    generator : numpy.random.Generator
    report : callable
        Told how much of the likelihood is switched on (`osteocast.progress`).
    """

    def tell(what: str, done: int, total: int) -> None:
        # How many rungs there will be is not known; the powers grow about evenly on this scale.
        report("finding people who fit the scans", round(1000 * np.sqrt(power)), 1000)

    people, power, step, rungs, acceptance = futures.people, 0.0, _STEP, 0, 0.0
    while power < 1.0 and rungs < _MOST_RUNGS:
        power, weights = _next_rung(log, power)
        chosen = _resampled(weights, generator)
        people = people.like(people.deviations[chosen], people.draw[chosen])
        log = log[chosen]
        rungs += 1
        for _ in range(_MOVES if power < 1.0 else _LAST_MOVES):
            people, log, acceptance = metropolis_step(
                futures, likelihood, people, log, power, step, generator, tell
            )
            step = float(
                np.clip(step * np.exp(acceptance - _WANTED_ACCEPTANCE), _SMALLEST_STEP, _LARGEST_STEP)
            )
    return Moved(people, rungs, acceptance)


def _next_rung(log: np.ndarray, power: float) -> tuple[float, np.ndarray]:
    """Raise the power as far as the effective size allows; return it and the weights."""
    top = log.max()
    n = int(np.isfinite(log).sum())

    def weights(to: float) -> np.ndarray:
        return np.asarray(np.where(np.isfinite(log), np.exp((to - power) * (log - top)), 0.0))

    low, high = power, 1.0
    if effective_size(weights(1.0)) >= _LARGEST_RUNG * n:
        return 1.0, weights(1.0)
    for _ in range(40):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if effective_size(weights(middle)) >= _LARGEST_RUNG * n else (low, middle)
    return low, weights(low)


def _resampled(weights: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Systematic resampling: places of the chosen people, ndarray (n,) of int."""
    n = weights.size
    ladder = np.cumsum(weights) / weights.sum()
    return np.minimum(np.searchsorted(ladder, (np.arange(n) + generator.random()) / n), n - 1)

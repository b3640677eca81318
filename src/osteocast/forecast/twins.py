"""Virtual people who might be the person of a case, weighted by what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from osteocast.forecast.bands import weighted_quantiles
from osteocast.person import Case
from osteocast.progress import Report, part, silent

if TYPE_CHECKING:
    from osteocast.inference.personal import Update
    from osteocast.lifestyle.exposure import Exposure
    from osteocast.population import Futures
    from osteocast.population.memory import Memory
    from osteocast.simulation import Subject
    from osteocast.therapies import Course

__all__ = ["SEED", "spread_out", "twins"]

# Draws of the average response at most, and how many virtual people share one: enough for their part in a
# spread that is mostly one between people.
_DRAWS = 256
_TO_A_DRAW = 4
# Share of the whole that the first people get where there are scans: seldom, others have to be found who fit.
_FOLLOWING = 0.85
#: Of the draws from the calibration. Forecasts and verdicts share it, so that they agree.
SEED = 1


def twins(
    case: Case,
    subject: Subject,
    regimens: Sequence[Sequence[Course]],
    exposures: Sequence[Sequence[Exposure]],
    n: int,
    days: np.ndarray,
    *,
    observables: Sequence[str],
    past: np.ndarray | None = None,
    threads: int | None = None,
    report: Report = silent,
    memory: Memory | None = None,
) -> tuple[Futures, Update]:
    """Simulate virtual people under every plan, and weigh them by the person's own scans and blood values.

    Each takes a draw of what the trials leave open about the average response, and differs from that average
    as people do.

    Parameters
    ----------
    case : Case
    subject : Subject
        What they all share with the person.
    regimens : sequence of sequences of Course
        Of each plan, the past included.
    exposures : sequence of sequences of Exposure
        What each plan adds to the person's own habits.
    n : int
        How many.
    days : ndarray (n_time,)
        From day 0 on.
    observables : sequence of str
    past : ndarray, optional
        Further days up to day 0 on which to observe the past.
    threads : int, optional
    report : callable
        Told how far it is (`osteocast.progress`).
    memory : osteocast.population.memory.Memory, optional
        Where plans that were followed before are found again.

    Returns
    -------
    Futures
        Everybody, before anything was learnt from the person.
    Update
        The same people weighted, or others who fit better.
    """
    from osteocast.inference.personal import measured, update
    from osteocast.inference.posterior import draws
    from osteocast.population import futures, people

    known = measured(case)
    everybody = people(subject, n, draws(min(_DRAWS, -(-n // _TO_A_DRAW)), SEED), study="personal")
    made = futures(
        everybody,
        regimens,
        days,
        observables=observables,
        past_observables=tuple(dict.fromkeys((*observables, *known.observables))),
        past_days=known.days if past is None else np.union1d(known.days, past),
        exposures=exposures,
        threads=threads,
        report=part(report, 0.0, _FOLLOWING) if known.readings else report,
        memory=memory,
    )
    return made, update(case, made, least_ess=min(400.0, 0.2 * n), report=part(report, _FOLLOWING, 1.0))


def spread_out(relative: np.ndarray, weights: np.ndarray, factor: float) -> np.ndarray:
    r"""Move virtual people away from their median, where nobody has studied how far they reach.

    .. math:: \log b' = \log \tilde b + k (\log b - \log \tilde b)

    Parameters
    ----------
    relative : ndarray (n, n_time)
        BMD over BMD on day 0.
    weights : ndarray (n,)
    factor : float
        Multiple of each distance: `osteocast.forecast.unstudied.widening`.
    """
    values = np.asarray(relative, dtype=np.float64)
    if factor == 1.0:
        return values
    middle = weighted_quantiles(values, weights, np.array([0.5]))
    return np.asarray(middle * (values / middle) ** factor)

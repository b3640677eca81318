"""One person's virtual twins: their common past simulated once, and every plan from the state it left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from osteocast.lifestyle.exposure import Exposure
from osteocast.physiology import SITES
from osteocast.population.people import People
from osteocast.therapies import Course

__all__ = ["DENSITY", "Futures", "futures"]

DENSITY = tuple(f"bmd_{site}" for site in SITES)

#: Local error per step. Bands need no more: see `docs/personal.md` for what it costs against 1e-4.
RELATIVE_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Futures:
    """Trajectories of virtual people under each plan.

    Densities are relative to day 0, everything else is in the observable's unit.

    Parameters
    ----------
    people : People
    plans : tuple of tuples of Course
        Each the whole regimen: history, what goes on, what the plan adds.
    exposures : tuple of tuples of Exposure
        What each plan adds to the subject's own habits.
    days : ndarray (n_time,)
        From day 0 on.
    values : mapping of str to ndarray (n_plan, n, n_time), float32
        Observables; NaN for people who could not be simulated.
    past_days : ndarray (n_past,)
        Up to day 0.
    past : mapping of str to ndarray (n, n_past)
        Observables of the common past.
    usable : ndarray (n,) of bool
        People who could be simulated under every plan.
    """

    people: People
    plans: tuple[tuple[Course, ...], ...]
    exposures: tuple[tuple[Exposure, ...], ...]
    days: np.ndarray
    values: Mapping[str, np.ndarray]
    past_days: np.ndarray
    past: Mapping[str, np.ndarray]
    usable: np.ndarray

    @property
    def weights(self) -> np.ndarray:
        """Equal weights of the usable people, ndarray (n,), sum 1."""
        return np.asarray(self.usable / max(int(self.usable.sum()), 1))

    def again(self, people: People) -> Futures:
        """Simulate other people under the same plans."""
        raise NotImplementedError


def futures(
    people: People,
    plans: Sequence[Sequence[Course]],
    days: np.ndarray,
    *,
    observables: Sequence[str] = DENSITY,
    past_days: Sequence[float] | np.ndarray = (),
    past_observables: Sequence[str] | None = None,
    exposures: Sequence[Sequence[Exposure]] | None = None,
    relative_tolerance: float = RELATIVE_TOLERANCE,
    threads: int | None = None,
) -> Futures:
    """Simulate virtual people from peak bone mass to day 0 once, and from there under every plan.

    Parameters
    ----------
    people : People
        From `osteocast.population.people`.
    plans : sequence of sequences of Course
        Whole regimens (`Case.regimen`): what happens before day 0 must be the same in all of them.
    days : ndarray (n_time,), ascending
        When to observe, from day 0 on; day 0 is added when missing.
    observables : sequence of str
        What to observe in the future.
    past_days : sequence of float
        Days up to day 0 on which to observe the past: those of scans and of blood samples
        (`osteocast.inference.personal.measured`).
    past_observables : sequence of str, optional
        What to observe then; `observables` by default.
    exposures : sequence of sequences of Exposure, optional
        What each plan adds to the habits of the subject.
    relative_tolerance, threads
        As in `osteocast.engine.solver.simulate`.

    Returns
    -------
    Futures

    Raises
    ------
    ValueError
        If the plans differ in what happened before day 0.
    """
    raise NotImplementedError

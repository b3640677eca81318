"""One person's virtual twins: their common past simulated once, and every plan from the state it left."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import numpy as np

from osteocast import physiology
from osteocast.engine.kernel import INPUTS as KERNEL_INPUTS
from osteocast.engine.kernel import PARAMETERS as KERNEL_PARAMETERS
from osteocast.engine.solver import STATUS, Batch, Result, simulate
from osteocast.lifestyle.exposure import Exposure
from osteocast.physiology import SITES, STATE_NAMES
from osteocast.population.memory import Memory, mark
from osteocast.population.people import People
from osteocast.population.schedules import Regimen, regimen
from osteocast.population.wandering import wandering
from osteocast.progress import Report, silent
from osteocast.simulation import batch_of
from osteocast.therapies import Course

__all__ = ["DENSITY", "RELATIVE_TOLERANCE", "Futures", "futures", "pasts"]

DENSITY = tuple(f"bmd_{site}" for site in SITES)

#: Local error per step. Bands need no more: docs/personal.md holds it against 1e-4 and finer.
RELATIVE_TOLERANCE = 1e-3
_SOLVED = STATUS.index("rescued")  # this and what comes before it
# People that a core follows between two reports: some tenths of a second.
_BETWEEN_REPORTS = 1024


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
        Observables; NaN for people who could not be simulated. Densities include how lives wander, unless
        that was left out.
    past_days : ndarray (n_past,)
        Up to day 0.
    past : mapping of str to ndarray (n, n_past)
        Observables of the common past, without wandering.
    usable : ndarray (n,) of bool
        People who could be simulated under every plan.
    settings : mapping
        How they were simulated, for `again`.
    marks : tuple of str
        By plan, what stands for everything that its trajectories follow from; empty without a memory.
    """

    people: People
    plans: tuple[tuple[Course, ...], ...]
    exposures: tuple[tuple[Exposure, ...], ...]
    days: np.ndarray
    values: Mapping[str, np.ndarray]
    past_days: np.ndarray
    past: Mapping[str, np.ndarray]
    usable: np.ndarray
    settings: _Settings
    marks: tuple[str, ...] = ()

    @property
    def weights(self) -> np.ndarray:
        """Equal weights of the usable people, ndarray (n,), sum 1."""
        return np.asarray(self.usable / max(int(self.usable.sum()), 1))

    def again(self, people: People, report: Report = silent) -> Futures:
        """Simulate other people under the same plans."""
        return _simulated(
            people, self.plans, self.exposures, self.days, self.past_days, self.settings, report
        )

    def past_of(self, people: People, report: Report = silent) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Simulate the past of other people, and nothing after it.

        Returns
        -------
        dict of str to ndarray (n, n_past)
        ndarray (n,) of bool
            Who could be simulated.
        """
        past, _ = _past(people, self.plans[0], self.past_days, self.settings, report)
        return _relative(past.values, past.days), past.status <= _SOLVED


@dataclass(frozen=True)
class _Settings:
    """How to simulate."""

    observables: tuple[str, ...]
    past_observables: tuple[str, ...]
    wander: bool
    relative_tolerance: float
    threads: int | None
    memory: Memory | None = None

    @property
    def means(self) -> tuple[object, ...]:
        """What of them trajectories follow from."""
        return (self.observables, self.wander, self.relative_tolerance, self.threads)


def futures(
    people: People,
    plans: Sequence[Sequence[Course]],
    days: np.ndarray,
    *,
    observables: Sequence[str] = DENSITY,
    past_days: Sequence[float] | np.ndarray = (),
    past_observables: Sequence[str] | None = None,
    exposures: Sequence[Sequence[Exposure]] | None = None,
    wander: bool = True,
    relative_tolerance: float = RELATIVE_TOLERANCE,
    threads: int | None = None,
    report: Report = silent,
    memory: Memory | None = None,
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
        (`osteocast.inference.personal.measured`). Day 0 is added when missing.
    past_observables : sequence of str, optional
        What to observe then; `observables` by default.
    exposures : sequence of sequences of Exposure, optional
        What each plan adds to the habits of the subject, from day 0 on.
    wander : bool
        Whether densities stray from the course of the equations as those of real people do; the mean course
        of each person if not.
    relative_tolerance, threads
        As in `osteocast.engine.solver.simulate`.
    report : callable
        Told how far it is (`osteocast.progress`).
    memory : osteocast.population.memory.Memory, optional
        Where plans that were followed before are found again.

    Returns
    -------
    Futures

    Raises
    ------
    ValueError
        If the plans differ in what happened before day 0, or a day lies on the wrong side of it.

    Examples
    --------
    >>> from osteocast import physiology
    >>> from osteocast.population import people
    >>> from osteocast.simulation import Subject
    >>> few = people(Subject(age=61, menopause_age=50), 8, [physiology.values()], study="doctest")
    >>> ahead = futures(few, [[], [Course("denosumab")]], np.array([0.0, 365.25]))
    >>> ahead.values["bmd_lumbar_spine"].shape
    (2, 8, 2)
    """
    ahead = np.union1d(np.asarray(days, dtype=np.float64), [0.0])
    behind = np.union1d(np.asarray(past_days, dtype=np.float64), [0.0])
    if ahead[0] < 0 or behind[-1] > 0:
        raise ValueError("days lie from day 0 on, past_days up to it")
    added = [()] * len(plans) if exposures is None else exposures
    settings = _Settings(
        tuple(observables),
        tuple(observables if past_observables is None else past_observables),
        wander,
        relative_tolerance,
        threads,
        memory,
    )
    return _simulated(
        people,
        tuple(tuple(plan) for plan in plans),
        tuple(
            tuple(replace(one, start_day=max(one.start_day, 0.0)) for one in plan if _lasts(one))
            for plan in added
        ),
        ahead,
        behind,
        settings,
        report,
    )


def pasts(
    people: People,
    courses: Sequence[Course],
    days: np.ndarray,
    observables: Sequence[str] = DENSITY,
    *,
    relative_tolerance: float = RELATIVE_TOLERANCE,
    threads: int | None = None,
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Simulate lives up to day 0 and nothing after it.

    Parameters
    ----------
    people : People
    courses : sequence of Course
    days : ndarray (n_time,)
        Up to day 0.
    observables : sequence of str
    relative_tolerance, threads
        As in `futures`.

    Returns
    -------
    dict of str to ndarray (n, n_time)
        Densities relative to day 0; on `days` and day 0, ascending.
    ndarray (n,) of bool
        Who could be simulated.
    """
    settings = _Settings((), tuple(observables), False, relative_tolerance, threads)
    past, _ = _past(people, tuple(courses), np.union1d(days, [0.0]), settings, silent)
    return _relative(past.values, past.days), past.status <= _SOLVED


def _lasts(exposure: Exposure) -> bool:
    """Whether an exposure reaches into the future."""
    return exposure.stop_day is None or exposure.stop_day > 0.0


def _simulated(
    people: People,
    plans: tuple[tuple[Course, ...], ...],
    exposures: tuple[tuple[Exposure, ...], ...],
    days: np.ndarray,
    past_days: np.ndarray,
    settings: _Settings,
    report: Report,
) -> Futures:
    total = len(people) * (1 + len(plans))

    def tell(number: int) -> Report:
        """Return what one of the batches reports to: the past, or a plan from 1."""
        name = f"following plan {number} of {len(plans)}" if number else "following the past"
        return lambda _, done, people_in: report(name, number * people_in + done, total)

    past, lived = _past(people, plans[0], past_days, settings, tell(0))
    usable = past.status <= _SOLVED
    last = float(days[-1])
    factors = cache(lambda: _factors(people, days) if settings.wander else {})

    def follow(courses: tuple[Course, ...], added: tuple[Exposure, ...], report: Report) -> _Followed:
        whole = regimen(people, courses, added, lived.start, last)
        if not whole.before(0.0).same(lived.events):
            raise ValueError("the plans differ in what happened before day 0")
        result = _solved(
            lambda rows: _batch(people, rows, whole.since(0.0), lived.inputs, past.final, 0.0, last, days),
            len(people),
            settings.observables,
            settings,
            report,
        )
        values = _strayed(_relative(result.values, result.days), factors())
        return _Followed(values, result.status <= _SOLVED)

    memory = settings.memory
    common = "" if memory is None else mark(people, lived, past.final, days, settings.means)
    marks, parts = [], []
    for number, (courses, added) in enumerate(zip(plans, exposures, strict=True), 1):
        if memory is None:
            parts.append(follow(courses, added, tell(number)))
        else:
            marks.append(mark(common, courses, added))
            parts.append(memory.get(marks[-1], partial(follow, courses, added, tell(number))))
            tell(number)("people", len(people), len(people))
        usable &= parts[-1].usable
    return Futures(
        people,
        plans,
        exposures,
        days,
        {name: np.stack([part.values[name] for part in parts]) for name in settings.observables},
        past_days,
        _relative(past.values, past.days),
        usable,
        settings,
        tuple(marks),
    )


@dataclass(frozen=True)
class _Followed:
    """Where everybody comes to under one plan, and who could be simulated."""

    values: Mapping[str, np.ndarray]
    usable: np.ndarray


def _factors(people: People, days: np.ndarray) -> dict[str, np.ndarray]:
    """By how much densities stray from the course of the equations."""
    return {f"bmd_{site}": np.exp(stray) for site, stray in wandering(people, days).items()}


def _strayed(values: Mapping[str, np.ndarray], factors: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Let densities stray; four bytes a number."""
    return {
        name: (series * factors[name] if name in factors else series).astype(np.float32)
        for name, series in values.items()
    }


@dataclass(frozen=True)
class _Lived:
    """Where the past ends: what happened in it, and the inputs on day 0."""

    start: float
    events: Regimen
    inputs: np.ndarray


def _past(
    people: People, courses: tuple[Course, ...], days: np.ndarray, settings: _Settings, report: Report
) -> tuple[Result, _Lived]:
    """Simulate everybody from peak bone mass to day 0."""
    one = batch_of([people.subject], [()], np.array([0.0]), people.draws[0])
    start = float(one.start[0])
    events = regimen(people, courses, (), start, 0.0).before(0.0)
    n = len(people)
    # Arithmetic throughout, so that it does for everybody at once what it does for one.
    state: dict[str, Any] = dict(physiology.peak_state(people.columns()))  # type: ignore[arg-type]
    state["age"] = float(one.initial[0, STATE_NAMES.index("age")])
    initial = np.column_stack([np.broadcast_to(state[name], (n,)) for name in STATE_NAMES])
    inputs = np.repeat(one.inputs, n, axis=0)
    result = _solved(
        lambda rows: _batch(people, rows, events, inputs, initial, start, 0.0, days),
        n,
        settings.past_observables,
        settings,
        report,
    )
    return result, _Lived(start, events, events.inputs(one.inputs[0], KERNEL_INPUTS, people.draw))


def _solved(
    batch: Callable[[slice], Batch],
    n: int,
    observables: tuple[str, ...],
    settings: _Settings,
    report: Report,
) -> Result:
    """Integrate people some at a time, so that between them the work can be called off."""
    parts = []
    for rows in _blocks(n, _BETWEEN_REPORTS * (settings.threads or os.cpu_count() or 1)):
        parts.append(
            simulate(
                batch(rows),
                observables,
                relative_tolerance=settings.relative_tolerance,
                threads=settings.threads,
                rescue=False,
            )
        )
        report("people", rows.stop, n)
    if len(parts) == 1:
        return parts[0]
    return Result(
        parts[0].days,
        {name: np.concatenate([one.values[name] for one in parts]) for name in observables},
        *(
            np.concatenate([getattr(one, name) for one in parts])
            for name in ("final", "status", "attempts", "failed_day", "failed_state")
        ),
    )


def _blocks(n: int, most: int) -> Iterator[slice]:
    """Cut n rows into slices of at most so many; one, if there are none."""
    for first in range(0, max(n, 1), most):
        yield slice(first, min(first + most, n))


_COLUMNS = [physiology.PARAMETER_NAMES.index(name) for name in KERNEL_PARAMETERS]


def _batch(
    people: People,
    rows: slice,
    events: Regimen,
    inputs: np.ndarray,
    initial: np.ndarray,
    start: float,
    end: float,
    days: np.ndarray,
) -> Batch:
    draw = people.draw[rows]
    return Batch(
        people.table[rows][:, _COLUMNS],
        inputs[rows],
        initial[rows],
        np.full(draw.size, start),
        np.full(draw.size, end),
        events.schedule(draw),
        days,
    )


def _relative(values: Mapping[str, np.ndarray], days: np.ndarray) -> dict[str, np.ndarray]:
    """Densities over those of day 0; everything else as it is."""
    zero = int(np.searchsorted(days, 0.0))
    return {
        name: series / series[:, [zero]] if name.startswith("bmd_") else series
        for name, series in values.items()
    }

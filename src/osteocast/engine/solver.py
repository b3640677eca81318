"""Integrate a batch of patients on all cores, with a status for each.

Patients are cut into blocks that threads take in turn. A patient's numbers depend on that patient alone, so
they are the same to the last bit for any number of threads, alone or in a batch, and for any requested times.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from osteocast.engine import codes, compiled
from osteocast.engine.kernel import INPUTS as KERNEL_INPUTS
from osteocast.engine.kernel import N_STATE, REDUCED_BY
from osteocast.engine.kernel import PARAMETERS as KERNEL_PARAMETERS
from osteocast.engine.layout import Precision
from osteocast.engine.schedule import Schedule
from osteocast.errors import EngineError
from osteocast.physiology import INPUT_NAMES, INPUTS, OBSERVABLE_INDEX, OBSERVABLE_NAMES, STATE_NAMES, STATES

RELATIVE_TOLERANCE = 1e-4
FINEST_SINGLE = 3e-5  # relative tolerance in single precision
FIRST_STEP = 0.5  # days after a start or an event
MAX_STEPS = 100_000
BLOCK, SMALLEST_BLOCK = 256, 32  # patients a thread takes at a time

# How much more strictly than the others a state is watched at one tolerance. An error in RANKL or denosumab
# passes within days; one in the cells that they recruit stays in the bone.
_STRICTNESS = {
    "denosumab": 0.5,
    "denosumab_tissue": 0.5,
    "rankl": 0.5,
    "committed": 3.0,
    "preosteoblasts": 3.0,
}
_SCALE = np.array([state.scale for state in STATES])

STATUS = ("ok", "rescued", "step too small", "too many steps", "not finite", "out of range")


@dataclass(frozen=True)
class Batch:
    """What to integrate.

    Parameters
    ----------
    parameters : ndarray (n_patient, n_parameter)
        Columns as in `KERNEL_PARAMETERS`; see `parameter_table`.
    inputs : ndarray (n_patient, n_input)
        Inputs at the start, columns as in `KERNEL_INPUTS`; see `input_table`.
    initial : ndarray (n_patient, n_state)
        State at the start, columns as in `osteocast.physiology.STATE_NAMES`.
    start, end : ndarray (n_patient,), days
        Span of each patient's clock.
    schedule : Schedule
        Events between start and end.
    days : ndarray (n_time,), days, ascending
        When to observe. A time that is an event's sees the state before the event.
    """

    parameters: np.ndarray
    inputs: np.ndarray
    initial: np.ndarray
    start: np.ndarray
    end: np.ndarray
    schedule: Schedule
    days: np.ndarray


@dataclass(frozen=True)
class Result:
    """What came out.

    Parameters
    ----------
    days : ndarray (n_time,)
        Observation times.
    values : dict of str to ndarray (n_patient, n_time)
        Observables asked for; NaN before a patient's start and after a failure.
    final : ndarray (n_patient, n_state)
        State at the end (at the failure, for a failed patient).
    status : ndarray (n_patient,) of int
        Index into `STATUS`; 0 and 1 are good.
    attempts : ndarray (n_patient,) of int
        Step attempts; each costs six right-hand sides and one factorisation.
    failed_day, failed_state : ndarray (n_patient,)
        Where and in which state an unsuccessful integration stopped (NaN and -1 otherwise).
    """

    days: np.ndarray
    values: dict[str, np.ndarray]
    final: np.ndarray
    status: np.ndarray
    attempts: np.ndarray
    failed_day: np.ndarray
    failed_state: np.ndarray

    def failures(self) -> list[str]:
        """One sentence per patient that could not be solved: who, when, in which state, why."""
        return [
            f"patient {i}: {STATUS[self.status[i]]} at day {self.failed_day[i]:.6g} in state "
            f"{STATE_NAMES[int(self.failed_state[i])]!r}"
            for i in np.flatnonzero(self.status > codes.RESCUED)
        ]

    def raise_on_failure(self) -> Result:
        """Return self, or raise `EngineError` that names every failed patient, its time and its state."""
        failures = self.failures()
        if failures:
            raise EngineError("could not be solved: " + "; ".join(failures[:20]))
        return self


def parameter_table(values: Sequence[Mapping[str, float]]) -> np.ndarray:
    """Lay out parameter values by name as the kernel's columns."""
    return np.array([[one[name] for name in KERNEL_PARAMETERS] for one in values], dtype=np.float64)


def input_table(values: Sequence[Mapping[str, float]]) -> np.ndarray:
    """Lay out inputs by name as the kernel's columns; inputs not named take their default."""
    default = {item.name: item.default for item in INPUTS}
    rows = [[one.get(name, default[name]) for name in KERNEL_INPUTS] for one in values]
    return np.array(rows, dtype=np.float64)


def state_table(values: Sequence[Mapping[str, float]]) -> np.ndarray:
    """Lay out states by name as the kernel's columns."""
    return np.array([[one[name] for name in STATE_NAMES] for one in values], dtype=np.float64)


def simulate(
    batch: Batch,
    observables: Sequence[str] = OBSERVABLE_NAMES,
    *,
    relative_tolerance: float = RELATIVE_TOLERANCE,
    threads: int | None = None,
    rescue: bool = True,
    max_steps: int = MAX_STEPS,
    precision: Precision = "double",
) -> Result:
    """Integrate a batch.

    Parameters
    ----------
    batch : Batch
        Patients, their events and the times to observe.
    observables : sequence of str
        Which observables to return.
    relative_tolerance : float
        Local error allowed per step relative to a state; the absolute part is this times the state's scale.
    threads : int, optional
        Worker threads; all cores by default. Has no influence on any number.
    rescue : bool
        Whether a patient that the fast integrator gives up on is tried again with SciPy (slow and safe). Such
        a patient has status 1, or keeps its failure if that fails as well.
    max_steps : int
        Step attempts after which a patient is given up.
    precision : {"double", "single"}
        Of the numbers that are computed with. Single precision takes sixteen patients side by side instead of
        eight, and wants a tolerance of `FINEST_SINGLE` or looser: below that, rounding is what it would
        measure. Time, steps and events are counted in double precision in either.

    Returns
    -------
    Result
        Never raises for a single patient; look at `status` or call `raise_on_failure`.
    """
    if precision == "single" and relative_tolerance < FINEST_SINGLE:
        raise ValueError(
            f"single precision resolves no tolerance below {FINEST_SINGLE:g}; got {relative_tolerance:g}"
        )
    n = batch.parameters.shape[0]
    selected = np.array([OBSERVABLE_INDEX[name] for name in observables], dtype=np.int64)
    days = np.ascontiguousarray(batch.days, dtype=np.float64)
    if not (np.isfinite(days).all() and np.all(np.diff(days) >= 0)):
        raise ValueError("days must be finite and ascend")
    out = np.full((n, days.size, selected.size), np.nan)
    final = np.full((n, N_STATE), np.nan)
    status = np.zeros(n, dtype=np.int64)
    attempts = np.zeros(n, dtype=np.int64)
    failed_day = np.full(n, np.nan)
    failed_state = np.full(n, -1, dtype=np.int64)
    relative = relative_tolerance / np.array([_STRICTNESS.get(name, 1.0) for name in STATE_NAMES])
    schedule = batch.schedule
    numbers = {
        "parameters": batch.parameters,
        "inputs": batch.inputs,
        "initial": batch.initial,
        "start": batch.start,
        "end": batch.end,
    }
    kind, index, value = _for_kernel(schedule)
    given = (
        {name: np.ascontiguousarray(array, dtype=np.float64) for name, array in numbers.items()}
        | {"n_patient": n, "n_event": schedule.day.size, "n_grid": days.size, "n_selected": selected.size}
        | {"max_steps": max_steps, "first_step": FIRST_STEP}
        | {"event_offset": schedule.offset, "event_time": schedule.day}
        | {"event_kind": kind, "event_index": index, "event_value": value}
        | {"grid": days, "selected": selected, "relative": relative, "absolute": relative * _SCALE}
        | {"out": out, "final": final, "status": status, "attempts": attempts}
        | {"failed_at": failed_day, "failed_state": failed_state}
    )
    compiled.check(given)
    reduced = _reduced(given)
    threads = threads or os.cpu_count() or 1
    jobs: list[tuple[Callable[[int, int], None], int, int]] = []
    for is_reduced in (True, False):
        order = np.flatnonzero(reduced == is_reduced)
        if order.size:
            which = {"order": order, "n_ordered": order.size, "reduced": int(is_reduced)}
            integrate = compiled.bind(given | which, precision)
            # A batch smaller than that is shared out as well, unless it is hardly worth a thread.
            block = min(BLOCK, max(SMALLEST_BLOCK, -(-order.size // threads)))
            firsts = range(0, order.size, block)
            jobs += [(integrate, first, min(first + block, order.size)) for first in firsts]
    workers = min(threads, max(len(jobs), 1))
    if workers <= 1:
        for integrate, first, last in jobs:
            integrate(first, last)
    else:
        with ThreadPoolExecutor(workers) as pool:
            for done in [pool.submit(job, first, last) for job, first, last in jobs]:
                done.result()
    values = {name: out[:, :, i] for i, name in enumerate(observables)}
    bad = np.flatnonzero(status > codes.RESCUED)
    if rescue:
        for i in bad:
            _rescue(batch, int(i), values, final, status)
            if status[i] == codes.RESCUED:
                failed_day[i], failed_state[i] = np.nan, -1
    _reject_unphysical(batch, values, final, status, failed_day, failed_state)
    return Result(days, values, final, status, attempts, failed_day, failed_state)


def _reduced(given: Mapping[str, Any]) -> np.ndarray:
    """Whose equations the reduced form holds: all that it leaves out is zero, and no event changes that.

    A patient's form depends on that patient alone, so that its digits do as well.
    """
    zero = REDUCED_BY
    whole = np.zeros(given["n_patient"], dtype=bool)
    for kind in ("parameters", "inputs", "initial"):
        columns = list(zero["states" if kind == "initial" else kind])
        whole |= (given[kind][:, columns] != 0.0).any(axis=1)
    sets = given["event_kind"] == codes.SET_INPUT
    index = given["event_index"]
    wakes = np.where(sets, np.isin(index, zero["inputs"]), np.isin(index, zero["states"]))
    wakes &= given["event_value"] != 0.0
    whole[np.repeat(np.arange(whole.size), np.diff(given["event_offset"]))[wakes]] = True
    return ~whole


def _for_kernel(schedule: Schedule) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Kind, index and value of each event with the kernel's input numbers.

    The kernel stores only inputs that the equations use; an event of another one becomes a dose of nothing.
    """
    where = {name: i for i, name in enumerate(KERNEL_INPUTS)}
    translate = np.array([where.get(name, -1) for name in INPUT_NAMES])
    index = schedule.index.copy()
    sets_input = schedule.kind == codes.SET_INPUT
    index[sets_input] = translate[index[sets_input]]
    unused = index < 0
    return (
        np.where(unused, codes.ADD_TO_STATE, schedule.kind),
        np.where(unused, 0, index),
        np.where(unused, 0.0, schedule.value),
    )


def _rescue(
    batch: Batch, i: int, values: dict[str, np.ndarray], final: np.ndarray, status: np.ndarray
) -> None:
    """Try a patient again with SciPy; leave it as it is if that fails as well."""
    from osteocast.engine.reference import integrate_one

    for method in ("LSODA", "Radau"):
        try:
            rescued, end = integrate_one(batch, i, tuple(values), relative_tolerance=1e-8, method=method)
        except EngineError:
            continue
        for name, series in rescued.items():
            values[name][i] = series
        final[i] = end
        status[i] = codes.RESCUED
        return


def _reject_unphysical(
    batch: Batch,
    values: dict[str, np.ndarray],
    final: np.ndarray,
    status: np.ndarray,
    failed_day: np.ndarray,
    failed_state: np.ndarray,
) -> None:
    """Finite is not right: bone or cells below zero are a wrong answer, whatever the step control says."""
    floor = np.array([state.lowest - 1e-3 * max(state.scale, 1e-3) for state in STATES])
    negative = final < floor
    for i in np.flatnonzero((status <= codes.RESCUED) & negative.any(axis=1)):
        status[i] = codes.OUT_OF_RANGE
        failed_day[i] = batch.end[i]
        failed_state[i] = int(np.argmax(negative[i]))
    for i in np.flatnonzero(status > codes.RESCUED):
        for one in values.values():
            one[i] = np.nan

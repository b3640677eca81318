"""A slow, careful integrator: SciPy's LSODA or Radau, one patient at a time, from event to event.

It has two uses. The solver hands it the patients that the fast integrator gave up on; then it runs the
generated kernel as plain Python, without a compiler. The tests compare the fast integrator with it; then it
works on the declaration itself, so that nothing generated takes part. Both are `Equations`: given a patient,
they return what to integrate and what to observe.
"""

from __future__ import annotations

import contextlib
import functools
import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from osteocast.engine import kernel
from osteocast.engine.kernel import INPUTS as KERNEL_INPUTS
from osteocast.engine.kernel import PARAMETERS as KERNEL_PARAMETERS
from osteocast.errors import EngineError
from osteocast.physiology import INPUT_NAMES, OBSERVABLE_INDEX, STATE_NAMES, STATES

if TYPE_CHECKING:
    from osteocast.engine.solver import Batch

OfState = Callable[[np.ndarray], np.ndarray]
Equations = Callable[[np.ndarray, np.ndarray], tuple[OfState, OfState]]

# Where an equation has no value; the integrator shortens its step, as for any rate that is not finite.
_OUTSIDE = (OverflowError, ValueError, ZeroDivisionError)

MAX_EVALUATIONS = 200_000  # of the right-hand side, between two events; a hard year takes a few thousand
_FIRST_STEP = 1e-4  # days
_SET_INPUT = 0  # as in osteocast.engine.rodas, which would compile on import


def generated(parameters: np.ndarray, inputs: np.ndarray) -> tuple[OfState, OfState]:
    """Return rates and observables of one patient from the generated kernel, run as plain Python.

    Parameters
    ----------
    parameters : ndarray (n_parameter,)
        Columns as in `osteocast.engine.kernel.PARAMETERS`.
    inputs : ndarray (n_input,)
        Columns as in `osteocast.engine.kernel.INPUTS`.

    Returns
    -------
    rates, observe : callable
        From the state (n_state,) to its rates per day, and to all observables.
    """
    q = [*parameters.tolist(), *inputs.tolist(), *([math.nan] * kernel.N_CONSTANT)]
    with contextlib.suppress(*_OUTSIDE):  # what cannot be computed stays NaN, and so do the rates
        kernel.constants(q)

    def rates(y: np.ndarray) -> np.ndarray:
        return _filled(kernel.rates, y, q, kernel.N_STATE)

    def observe(y: np.ndarray) -> np.ndarray:
        return _filled(kernel.observe, y, q, kernel.N_OBSERVABLE)

    return rates, observe


def _filled(function: Callable[..., None], y: np.ndarray, q: list[float], n: int) -> np.ndarray:
    """Let a function of the kernel fill n numbers; all are NaN where it leaves its domain."""
    out = [math.nan] * n
    try:
        function(y.tolist(), q, out)
    except _OUTSIDE:
        return np.full(n, math.nan)
    return np.array(out)


def declared(parameters: np.ndarray, inputs: np.ndarray) -> tuple[OfState, OfState]:
    """Return rates and observables of one patient from the declaration, without generated code (needs SymPy).

    Parameters and returns are those of `generated`.
    """
    rates_of, observables_of = _lambdified()
    p, u = parameters.tolist(), inputs.tolist()

    def rates(y: np.ndarray) -> np.ndarray:
        return _numbers(rates_of, y.tolist(), p, u, len(STATE_NAMES))

    def observe(y: np.ndarray) -> np.ndarray:
        return _numbers(observables_of, y.tolist(), p, u, len(OBSERVABLE_INDEX))

    return rates, observe


Lambdified = Callable[[list[float], list[float], list[float]], list[float]]


@functools.cache
def _lambdified() -> tuple[Lambdified, Lambdified]:
    import sympy as sp

    from osteocast.physiology.equations import declare
    from osteocast.physiology.equations.writing import INPUT, PARAMETER, STATE

    declaration = declare()
    arguments = [
        [STATE[name] for name in STATE_NAMES],
        [PARAMETER[name] for name in KERNEL_PARAMETERS],
        [INPUT[name] for name in KERNEL_INPUTS],
    ]

    def function(expressions: dict[str, sp.Expr]) -> Lambdified:
        expanded = [declaration.expand(expression) for expression in expressions.values()]
        return sp.lambdify(arguments, expanded, modules="math", cse=True)  # type: ignore[no-any-return]

    return function(declaration.rates), function(declaration.observables)


def _numbers(function: Lambdified, y: list[float], p: list[float], u: list[float], n: int) -> np.ndarray:
    try:
        return np.array(function(y, p, u))
    except _OUTSIDE:
        return np.full(n, math.nan)


@dataclass(frozen=True)
class _Stretch:
    """What happens between two events: which of the days asked for lie in it, and the states on them."""

    asked: np.ndarray
    states: np.ndarray
    observe: OfState
    end: np.ndarray


def integrate_one(
    batch: Batch,
    i: int,
    observables: Sequence[str],
    relative_tolerance: float = 1e-10,
    *,
    equations: Equations = generated,
    method: str = "LSODA",
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Integrate one patient of a batch.

    Parameters
    ----------
    batch : Batch
        As for `osteocast.engine.solver.simulate`.
    i : int
        Number of the patient in the batch.
    observables : sequence of str
        Which observables to return.
    relative_tolerance : float
        Local error allowed relative to a state; the absolute part is this times the state's scale.
    equations : callable
        `generated` or `declared`.
    method : {"LSODA", "BDF", "Radau"}
        As in `scipy.integrate.solve_ivp`.

    Returns
    -------
    values : dict of str to ndarray (n_time,)
        Observables on the days of the batch; NaN outside the patient's span.
    final : ndarray (n_state,)
        State at the end, after the events at the end.

    Raises
    ------
    EngineError
        If it cannot be solved; names patient, day and state.
    """
    columns = [OBSERVABLE_INDEX[name] for name in observables]
    table = np.full((len(columns), batch.days.size), math.nan)
    final = batch.initial[i].copy()
    for stretch in _stretches(batch, i, relative_tolerance, equations, method):
        for day, state in zip(stretch.asked, stretch.states, strict=True):
            table[:, day] = stretch.observe(state)[columns]
        final = stretch.end
    return dict(zip(observables, table, strict=True)), final


def trajectory(
    batch: Batch,
    i: int,
    relative_tolerance: float = 1e-10,
    *,
    equations: Equations = generated,
    method: str = "LSODA",
) -> np.ndarray:
    """Integrate one patient of a batch and return its states on the days of the batch.

    Parameters and exceptions are those of `integrate_one`; the states are an ndarray (n_time, n_state).
    """
    states = np.full((batch.days.size, len(STATE_NAMES)), math.nan)
    for stretch in _stretches(batch, i, relative_tolerance, equations, method):
        states[stretch.asked] = stretch.states
    return states


def _stretches(
    batch: Batch, i: int, relative_tolerance: float, equations: Equations, method: str
) -> Iterator[_Stretch]:
    """Go from event to event. A day that is an event's sees the state before the event."""
    parameters, inputs, y = batch.parameters[i], batch.inputs[i].copy(), batch.initial[i].copy()
    if not (np.isfinite(parameters).all() and np.isfinite(inputs).all() and np.isfinite(y).all()):
        raise EngineError(f"patient {i}: a parameter, input or initial state is not finite")
    schedule, day, end = batch.schedule, float(batch.start[i]), float(batch.end[i])
    event, last_event = int(schedule.offset[i]), int(schedule.offset[i + 1])
    column = {INPUT_NAMES.index(name): k for k, name in enumerate(KERNEL_INPUTS)}
    rates, observe = equations(parameters, inputs)
    at_start = np.flatnonzero(batch.days == day)
    states = np.repeat(y[None, :], at_start.size, axis=0)
    asked = at_start
    while True:
        while event < last_event and schedule.day[event] <= day:
            target, value = int(schedule.index[event]), float(schedule.value[event])
            if schedule.kind[event] != _SET_INPUT:
                y[target] += value
            elif target in column:
                inputs[column[target]] = value
            event += 1
        yield _Stretch(asked, states, observe, y.copy())
        if day >= end:
            return
        rates, observe = equations(parameters, inputs)
        stop = min(end, float(schedule.day[event])) if event < last_event else end
        asked = np.flatnonzero((batch.days > day) & (batch.days <= stop))
        states, y = _advance(rates, y, day, stop, batch.days[asked], relative_tolerance, method, i)
        day = stop


def _advance(
    rates: OfState,
    y: np.ndarray,
    day: float,
    stop: float,
    asked: np.ndarray,
    relative_tolerance: float,
    method: str,
    patient: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Solve between two events; return the states on the days asked for, and at the end."""
    from scipy.integrate import solve_ivp

    evaluations = 0

    def right_hand_side(elapsed: float, state: np.ndarray) -> np.ndarray:
        nonlocal evaluations
        evaluations += 1
        if evaluations > MAX_EVALUATIONS:
            raise EngineError(_failure(patient, day + elapsed, state, rates, "too many evaluations"))
        return rates(state)

    if not np.isfinite(rates(y)).all():
        raise EngineError(_failure(patient, day, y, rates, "the rates are not finite"))
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")  # what goes wrong is told once, by the error below
            solution = solve_ivp(
                right_hand_side,
                (0.0, stop - day),  # from the event, where small steps need the digits
                y,
                method=method,
                rtol=relative_tolerance,
                atol=relative_tolerance * np.array([state.scale for state in STATES]),
                first_step=min(_FIRST_STEP, stop - day),
                dense_output=True,
            )
    except (ValueError, np.linalg.LinAlgError) as error:  # a Jacobian that is not finite, or singular
        raise EngineError(_failure(patient, day, y, rates, str(error))) from None
    reached = solution.y[:, -1]
    if not solution.success or not np.isfinite(reached).all():
        raise EngineError(_failure(patient, day + solution.t[-1], reached, rates, solution.message))
    states = solution.sol(asked - day).T if asked.size else np.empty((0, y.size))
    states[asked == stop] = reached
    return states, reached.copy()


def _failure(patient: int, day: float, y: np.ndarray, rates: OfState, why: str) -> str:
    """Who, when, why, and the state that changes fastest for its size."""
    pace = np.abs(rates(y)) / np.maximum(np.abs(y), [state.scale for state in STATES])
    worst = int(np.argmax(np.where(np.isfinite(pace), pace, np.inf)))
    where = f"at day {day:.6g} in state {STATE_NAMES[worst]!r}"
    return f"patient {patient}: the slow integrator stopped {where}: {why}"

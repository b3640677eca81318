"""Rodas4 on lanes: each patient keeps its own time and step; only the arithmetic is shared.

Rodas4 is the stiffly accurate Rosenbrock method of order 4(3) with six stages and a dense output of order 3
by Hairer and Wanner (Solving Ordinary Differential Equations II, 2nd edition, section IV.7). `LANES` patients
advance in one pass over the generated kernel, but a lane's step, its error test and its events are its own:
what a patient gets does not depend on who sits in the neighbouring lanes, and a lane that finishes takes the
next patient of the block.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numba import njit

from osteocast.engine import kernel
from osteocast.engine.kernel import INPUTS, N_CONSTANT, N_FACTOR, N_GIVEN, N_OBSERVABLE, N_STATE, PARAMETERS
from osteocast.engine.lanes import LANES, vector_function

# Status of a patient after integration; the order is stored in result files, so only append.
OK, RESCUED, STEP_TOO_SMALL, TOO_MANY_STEPS, NOT_FINITE, OUT_OF_RANGE = range(6)

SET_INPUT, ADD_TO_STATE = 0, 1

GAMMA = 0.25
A21 = 1.544
A31, A32 = 0.9466785280815826, 0.2557011698983284
A41, A42, A43 = 3.314825187068521, 2.896124015972201, 0.9986419139977817
A51, A52, A53, A54 = 1.221224509226641, 6.019134481288629, 12.53708332932087, -0.687886036105895
C21 = -5.6688
C31, C32 = -2.430093356833875, -0.2063599157091915
C41, C42, C43 = -0.1073529058151375, -9.594562251023355, -20.47028614809616
C51, C52, C53, C54 = 7.496443313967647, -10.24680431464352, -33.99990352819905, 11.7089089320616
C61, C62, C63, C64, C65 = (
    8.083246795921522,
    -7.981132988064893,
    -31.52159432874371,
    16.31930543123136,
    -6.058818238834054,
)
H11, H12, H13, H14, H15 = (
    10.12623508344586,
    -7.487995877610167,
    -34.80091861555747,
    -7.992771707568823,
    1.025137723295662,
)
H21, H22, H23, H24, H25 = (
    -0.6762803392801253,
    6.087714651680015,
    16.43084320892478,
    24.76722511418386,
    -6.594389125716872,
)

_CODE = {"error_model": "numpy", "nogil": True}

_constants = vector_function(kernel.constants)
_rates = vector_function(kernel.rates)
_factor = vector_function(kernel.factor)
_solve = vector_function(kernel.solve)
observe = njit(**_CODE)(kernel.observe)
observe_bone = njit(**_CODE)(kernel.observe_bone)


_SIZE = N_STATE * LANES
_BONE = kernel.BONE_OBSERVABLES
_N_PARAMETER = len(PARAMETERS)
_N_INPUT = len(INPUTS)
_SMALLEST_STEP = 1e-8  # days
_LARGEST_STEP = 250.0  # days


def _layout(sizes: dict[str, int]) -> dict[str, int]:
    """Place arrays of so many vectors one behind the other in one block of memory."""
    places, end = {}, 0
    for name, vectors in sizes.items():
        places[name] = end
        end += vectors * LANES
    return {**places, "end": end}


_AT = _layout(
    {name: N_STATE for name in ("y", "y_new", "where", "f", "u1", "u2", "u3", "u4", "u5", "u6", "tolerance")}
    | {"q": N_GIVEN + N_CONSTANT, "factors": N_FACTOR}
    | {name: 1 for name in ("step", "diagonal", "per_step", "share", "norm", "root", "accept")}
)
_Y, _Y_NEW, _WHERE, _F, _Q, _FACTORS = (_AT[n] for n in ("y", "y_new", "where", "f", "q", "factors"))
_U1, _U2, _U3, _U4, _U5, _U6 = (_AT[f"u{i}"] for i in range(1, 7))
_STEP, _DIAGONAL, _PER_STEP = _AT["step"], _AT["diagonal"], _AT["per_step"]
_TOLERANCE, _SHARE, _NORM, _ROOT, _ACCEPT = (_AT[n] for n in ("tolerance", "share", "norm", "root", "accept"))
_MEMORY = _AT["end"]


# Functions of their own, so that their vector code exists once and not at every call.
@njit(**_CODE)
def rates(memory, y, f):  # type: ignore[no-untyped-def]
    """Vector form of `kernel.rates` on the patients seated."""
    _rates(memory, y, _Q, f)


@njit(**_CODE)
def factor(memory):  # type: ignore[no-untyped-def]
    """Vector form of `kernel.factor` at the present state."""
    _factor(memory, _Y, _Q, _DIAGONAL, _FACTORS)


@njit(**_CODE)
def solve(memory, b):  # type: ignore[no-untyped-def]
    """Vector form of `kernel.solve`, in place."""
    _solve(memory, _FACTORS, b)


def _weighted(coefficients: tuple[float, ...], i: int) -> str:
    return " + ".join(f"{c!r} * u{j + 1}[{i}]" for j, c in enumerate(coefficients))


def _stage_source(a: tuple[float, ...], c: tuple[float, ...]) -> tuple[str, str]:
    """Write a stage: where it looks (y + sum a u), and its right side (f + sum c u / h)."""
    where = "\n".join(f"    out[{i}] = y[{i}] + {_weighted(a, i)}" for i in range(N_STATE))
    added = "\n".join(f"    out[{i}] = f[{i}] + per_step[0] * ({_weighted(c, i)})" for i in range(N_STATE))
    stages = ", ".join(f"u{j + 1}" for j in range(len(c)))
    return f"def where(y, {stages}, out):\n{where}\n", f"def added(f, {stages}, per_step, out):\n{added}\n"


def _error_source() -> str:
    """Write the mean square over states of the last stage in units of its tolerance."""
    lines = ["total = 0.0"]
    for i in range(N_STATE):
        size = f"max(abs(y[{i}]), abs(y_new[{i}]))"
        lines.append(f"d{i} = absolute[{i}] + relative[0] * {size}")
    # Two states share a division: a2/d2 + b2/e2 = (a2 e2 + b2 d2) / (d2 e2), all squares.
    for i in range(0, N_STATE - 1, 2):
        lines.append(f"a = u6[{i}] * d{i + 1}")
        lines.append(f"b = u6[{i + 1}] * d{i}")
        lines.append(f"d = d{i} * d{i + 1}")
        lines.append("total = total + (a * a + b * b) / (d * d)")
    if N_STATE % 2:
        lines.append(f"a = u6[{N_STATE - 1}] / d{N_STATE - 1}")
        lines.append("total = total + a * a")
    lines.append(f"mean = total * {1.0 / N_STATE!r}")
    lines.append("norm[0] = mean")
    # The factor of the next step for an error of order 4, norm**(-1/8) because `norm` is a square.
    lines.append("root[0] = exp(-0.125 * log(mean + 1e-20))")
    return "def error(y, y_new, u6, absolute, relative, norm, root):\n" + "\n".join(
        f"    {line}" for line in lines
    )


_where2, _added2 = map(vector_function, _stage_source((A21,), (C21,)))
_where3, _added3 = map(vector_function, _stage_source((A31, A32), (C31, C32)))
_where4, _added4 = map(vector_function, _stage_source((A41, A42, A43), (C41, C42, C43)))
_where5, _added5 = map(vector_function, _stage_source((A51, A52, A53, A54), (C51, C52, C53, C54)))
_where6, _added6 = map(vector_function, _stage_source((A51, A52, A53, A54, 1.0), (C61, C62, C63, C64, C65)))
_error = vector_function(_error_source())
_accept = vector_function(
    "def accepted(y, y_new, accept):\n"
    + "\n".join(f"    y[{i}] = select(accept[0], y_new[{i}], y[{i}])" for i in range(N_STATE))
)
_sum = vector_function(
    "def total(a, b, out):\n" + "\n".join(f"    out[{i}] = a[{i}] + b[{i}]" for i in range(N_STATE))
)


@njit(**_CODE)
def _attempt(memory):  # type: ignore[no-untyped-def]
    """One step attempt of every lane: stages u1 to u6, the new state, its error over the tolerance."""
    for k in range(LANES):
        memory[_PER_STEP + k] = 1.0 / memory[_STEP + k]
        memory[_DIAGONAL + k] = memory[_PER_STEP + k] / GAMMA
    factor(memory)
    rates(memory, _Y, _U1)
    solve(memory, _U1)

    _where2(memory, _Y, _U1, _WHERE)
    rates(memory, _WHERE, _F)
    _added2(memory, _F, _U1, _PER_STEP, _U2)
    solve(memory, _U2)

    _where3(memory, _Y, _U1, _U2, _WHERE)
    rates(memory, _WHERE, _F)
    _added3(memory, _F, _U1, _U2, _PER_STEP, _U3)
    solve(memory, _U3)

    _where4(memory, _Y, _U1, _U2, _U3, _WHERE)
    rates(memory, _WHERE, _F)
    _added4(memory, _F, _U1, _U2, _U3, _PER_STEP, _U4)
    solve(memory, _U4)

    _where5(memory, _Y, _U1, _U2, _U3, _U4, _WHERE)
    rates(memory, _WHERE, _F)
    _added5(memory, _F, _U1, _U2, _U3, _U4, _PER_STEP, _U5)
    solve(memory, _U5)

    _where6(memory, _Y, _U1, _U2, _U3, _U4, _U5, _WHERE)
    rates(memory, _WHERE, _F)
    _added6(memory, _F, _U1, _U2, _U3, _U4, _U5, _PER_STEP, _U6)
    solve(memory, _U6)

    _sum(memory, _WHERE, _U6, _Y_NEW)
    _error(memory, _Y, _Y_NEW, _U6, _TOLERANCE, _SHARE, _NORM, _ROOT)


@njit(**_CODE)
def _aligned(n):  # type: ignore[no-untyped-def]
    """Zeros whose first element starts a cache line, so that no vector straddles two."""
    raw = np.zeros(n + 8)
    skip = (-(raw.ctypes.data >> 3)) & 7
    return raw[skip : skip + n]


@njit(**_CODE)
def _worst_state(y, y_new, u6, absolute, relative, k):  # type: ignore[no-untyped-def]
    """Index of the state with the largest (or a non-finite) error in lane k."""
    worst, largest = 0, -1.0
    for s in range(N_STATE):
        i = s * LANES + k
        e = abs(u6[i] / (absolute[s] + relative * max(abs(y[i]), abs(y_new[i]))))
        if not np.isfinite(e):
            return s
        if e > largest:
            worst, largest = s, e
    return worst


@njit(**_CODE)
def _seat(k, p, parameters, inputs, initial, start, q, y, time):  # type: ignore[no-untyped-def]
    """Put patient p into lane k."""
    for j in range(_N_PARAMETER):
        q[j * LANES + k] = parameters[p, j]
    for j in range(_N_INPUT):
        q[(_N_PARAMETER + j) * LANES + k] = inputs[p, j]
    for s in range(N_STATE):
        y[s * LANES + k] = initial[p, s]
    time[k] = start[p]


@njit(**_CODE)
def _refresh(memory, q, q_lane):  # type: ignore[no-untyped-def]
    """Recompute the constants after inputs or patients changed, and keep a copy by lane for `observe`."""
    _constants(memory, _Q)
    for k in range(LANES):
        for j in range(N_GIVEN + N_CONSTANT):
            q_lane[k, j] = q[j * LANES + k]


@njit(**_CODE, inline="always")
def _record(y_lane, q, only_bone, selected, observed, row):  # type: ignore[no-untyped-def]
    """Write the observables asked for, of one patient at one time."""
    if only_bone:
        observe_bone(y_lane, q, observed)
    else:
        observe(y_lane, q, observed)
    for o in range(selected.shape[0]):
        row[o] = observed[selected[o]]


def _fingerprint() -> int:
    """Hash of the sources that end up in the compiled integrator.

    Numba's cache looks at the file of the cached function alone and would serve machine code with old
    equations after `kernel.py` changed. So only `integrate` is cached, and it closes over this number.
    """
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for name in ("kernel.py", "lanes.py", "rodas.py"):
        digest.update((here / name).read_bytes())
    return int.from_bytes(digest.digest()[:7], "big")


def _build(fingerprint: int) -> Callable[..., None]:
    @njit(cache=True, **_CODE)
    def integrate(  # type: ignore[no-untyped-def]
        first,
        last,
        parameters,
        inputs,
        initial,
        start,
        end,
        event_offset,
        event_time,
        event_kind,
        event_index,
        event_value,
        grid,
        selected,
        absolute,
        relative,
        first_step,
        max_steps,
        out,
        final,
        status,
        attempts,
        failed_at,
        failed_state,
    ):
        """Integrate patients `first` to `last` (exclusive), `LANES` at a time.

        Times are days. A grid point that coincides with an event sees the state before the event. See
        `osteocast.engine.solver` for the shapes.
        """
        if fingerprint < 0:  # never: reading it makes it part of the cache's key
            return
        n_grid = grid.shape[0]
        only_bone = True
        for o in range(selected.shape[0]):
            only_bone &= selected[o] in _BONE
        memory = _aligned(_MEMORY)
        y, y_new = memory[_Y : _Y + _SIZE], memory[_Y_NEW : _Y_NEW + _SIZE]
        u1, u2, u3 = memory[_U1 : _U1 + _SIZE], memory[_U2 : _U2 + _SIZE], memory[_U3 : _U3 + _SIZE]
        u4, u5, u6 = memory[_U4 : _U4 + _SIZE], memory[_U5 : _U5 + _SIZE], memory[_U6 : _U6 + _SIZE]
        q = memory[_Q : _Q + (N_GIVEN + N_CONSTANT) * LANES]
        q_lane = np.zeros((LANES, N_GIVEN + N_CONSTANT))
        step = memory[_STEP : _STEP + LANES]  # step of this attempt
        norm, root = memory[_NORM : _NORM + LANES], memory[_ROOT : _ROOT + LANES]  # root is norm**(-1/8)
        accept = memory[_ACCEPT : _ACCEPT + LANES]
        memory[_TOLERANCE : _TOLERANCE + _SIZE] = np.repeat(absolute, LANES)
        memory[_SHARE : _SHARE + LANES] = relative
        memory[_STEP : _STEP + LANES] = 1.0
        time = np.zeros(LANES)
        wanted = np.ones(LANES)  # step the error control would like
        rejected = np.zeros(LANES, np.bool_)
        last_step = np.zeros(LANES)  # of the step before, 0 after a start or an event
        last_root = np.ones(LANES)
        who = np.full(LANES, -1, np.int64)
        next_event = np.zeros(LANES, np.int64)
        next_grid = np.zeros(LANES, np.int64)
        observed = np.zeros(N_OBSERVABLE)
        y_lane = np.zeros(N_STATE)
        # The dense output of a step, y0 + theta (dy + (1 - theta) (d1 + theta d2)), of one lane.
        dense1 = np.zeros(N_STATE)
        dense2 = np.zeros(N_STATE)

        queue = first
        running = 0
        for k in range(LANES):
            # Idle lanes compute along with a copy of the first patient, so that nothing turns infinite or
            # slow.
            _seat(k, first, parameters, inputs, initial, start, q, y, time)
        _refresh(memory, q, q_lane)

        landed = np.zeros(LANES, np.bool_)
        while True:
            # 1. Whoever has landed: record the grid points reached, apply events, finish. Free lanes take the
            # next patient.
            stale = False
            seated = False
            for k in range(LANES):
                if who[k] >= 0 and landed[k]:
                    landed[k] = False
                    p = who[k]
                    for s in range(N_STATE):
                        y_lane[s] = y[s * LANES + k]
                    g = next_grid[k]
                    while g < n_grid and grid[g] <= time[k]:
                        if grid[g] >= start[p]:
                            _record(y_lane, q_lane[k], only_bone, selected, observed, out[p, g])
                        g += 1
                    next_grid[k] = g
                    e = next_event[k]
                    while e < event_offset[p + 1] and event_time[e] <= time[k]:
                        if event_kind[e] == ADD_TO_STATE:
                            y[event_index[e] * LANES + k] += event_value[e]
                        else:
                            q[(_N_PARAMETER + event_index[e]) * LANES + k] = event_value[e]
                            stale = True
                        wanted[k] = min(wanted[k], first_step)
                        last_step[k] = 0.0
                        e += 1
                    next_event[k] = e
                    if time[k] >= end[p]:
                        for s in range(N_STATE):
                            final[p, s] = y[s * LANES + k]
                        status[p] = OK
                        who[k] = -1
                        running -= 1
                if who[k] < 0 and queue < last:
                    who[k] = queue
                    _seat(k, queue, parameters, inputs, initial, start, q, y, time)
                    next_event[k] = event_offset[queue]
                    next_grid[k] = 0
                    wanted[k] = first_step
                    rejected[k] = False
                    last_step[k] = 0.0
                    attempts[queue] = 0
                    status[queue] = OK
                    landed[k] = (
                        True  # its start may be a grid point or have events; seen to in the next round
                    )
                    running += 1
                    queue += 1
                    stale = True
                    seated = True
            if running == 0:
                break
            if stale:
                _refresh(memory, q, q_lane)
            if seated:
                continue

            # 2. Choose each lane's step so that it lands exactly on its next event or end.
            for k in range(LANES):
                if who[k] < 0:
                    step[k] = 1.0
                    continue
                p = who[k]
                stop = end[p]
                if next_event[k] < event_offset[p + 1] and event_time[next_event[k]] < stop:
                    stop = event_time[next_event[k]]
                left = stop - time[k]
                h = min(wanted[k], _LARGEST_STEP)
                landed[k] = h >= left * 0.999
                if landed[k]:
                    h = left
                elif 2.0 * h > left:
                    h = 0.5 * left
                step[k] = h

            _attempt(memory)

            # 3. Accept or reject, lane by lane.
            for k in range(LANES):
                accept[k] = 0.0
                p = who[k]
                if p < 0:
                    continue
                attempts[p] += 1
                finite = np.isfinite(norm[k])
                if finite:
                    # Gustafsson: extrapolate how the error changed over the last two accepted steps.
                    scale = 0.8 * root[k]
                    if norm[k] <= 1.0 and last_step[k] > 0.0:
                        trend = (step[k] / last_step[k]) * (root[k] / last_root[k])
                        scale *= min(2.0, max(0.5, trend))
                    scale = min(6.0, max(0.2, scale))
                else:
                    scale = 0.1
                if finite and norm[k] <= 1.0:
                    t_old = time[k]
                    h = step[k]
                    t_new = t_old + h
                    if landed[k]:
                        # Exactly the event or the end, not what rounding makes of it.
                        t_new = end[p]
                        if next_event[k] < event_offset[p + 1] and event_time[next_event[k]] < t_new:
                            t_new = event_time[next_event[k]]
                    g = next_grid[k]
                    if g < n_grid and grid[g] < t_new:
                        for s in range(N_STATE):
                            i = s * LANES + k
                            a, b, c, d, e = u1[i], u2[i], u3[i], u4[i], u5[i]
                            dense1[s] = H11 * a + H12 * b + H13 * c + H14 * d + H15 * e
                            dense2[s] = H21 * a + H22 * b + H23 * c + H24 * d + H25 * e
                        while g < n_grid and grid[g] < t_new:
                            x = (grid[g] - t_old) / h
                            for s in range(N_STATE):
                                i = s * LANES + k
                                y_lane[s] = (1.0 - x) * y[i] + x * (
                                    y_new[i] + (1.0 - x) * (dense1[s] + x * dense2[s])
                                )
                            _record(y_lane, q_lane[k], only_bone, selected, observed, out[p, g])
                            g += 1
                        next_grid[k] = g
                    accept[k] = 1.0
                    time[k] = t_new
                    last_step[k], last_root[k] = h, min(root[k], 10.0)
                    # A step shortened to land says little about the step the error control would like.
                    if rejected[k]:
                        scale = min(scale, 1.0)
                    rejected[k] = False
                    wanted[k] = max(h * scale, min(wanted[k], h * 5.0) if landed[k] and scale > 1.0 else 0.0)
                    if attempts[p] >= max_steps and not (landed[k] and t_new >= end[p]):
                        status[p] = TOO_MANY_STEPS
                else:
                    landed[k] = False
                    rejected[k] = True
                    wanted[k] = step[k] * min(scale, 0.9)
                    if wanted[k] < _SMALLEST_STEP:
                        status[p] = STEP_TOO_SMALL if finite else NOT_FINITE
                    elif attempts[p] >= max_steps:
                        status[p] = TOO_MANY_STEPS
                if status[p] > OK:
                    failed_at[p] = time[k]
                    failed_state[p] = _worst_state(y, y_new, u6, absolute, relative, k)
                    for s in range(N_STATE):
                        final[p, s] = y[s * LANES + k]
                    _seat(
                        k, first, parameters, inputs, initial, start, q, y, time
                    )  # keep the idle lane finite
                    who[k] = -1
                    accept[k] = 0.0
                    landed[k] = False
                    running -= 1
            _accept(memory, _Y, _Y_NEW, _ACCEPT)

    return integrate  # type: ignore[no-any-return]


integrate = _build(_fingerprint())

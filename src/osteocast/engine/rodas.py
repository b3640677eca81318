"""Rodas4 on lanes: each patient keeps its own time and step; only the arithmetic is shared.

Rodas4 is the stiffly accurate Rosenbrock method of order 4(3) with six stages and a dense output of order 3 by Hairer and
Wanner (Solving Ordinary Differential Equations II, 2nd edition, section IV.7). Sixteen patients advance in one pass over the
generated kernel, but a lane's step, its error test and its events are its own: what a patient gets does not depend on who
sits in the neighbouring lanes, and a lane that finishes takes the next patient of the block.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numba import njit

from osteocast.engine.kernel import (
    INPUTS,
    LANES,
    N_CONSTANT,
    N_FACTOR,
    N_GIVEN,
    N_OBSERVABLE,
    N_STATE,
    PARAMETERS,
    constants,
    factor,
    observe,
    rates,
    solve,
)

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
_SIZE = N_STATE * LANES
_N_PARAMETER = len(PARAMETERS)
_N_INPUT = len(INPUTS)
_SMALLEST_STEP = 1e-8  # days
_LARGEST_STEP = 250.0  # days


@njit(**_CODE)
def _stage_values(y, u, n_stages, a1, a2, a3, a4, out):  # type: ignore[no-untyped-def]
    """out = y + sum of a_j u_j over the stages so far."""
    if n_stages == 1:
        for i in range(_SIZE):
            out[i] = y[i] + a1 * u[0, i]
    elif n_stages == 2:
        for i in range(_SIZE):
            out[i] = y[i] + a1 * u[0, i] + a2 * u[1, i]
    elif n_stages == 3:
        for i in range(_SIZE):
            out[i] = y[i] + a1 * u[0, i] + a2 * u[1, i] + a3 * u[2, i]
    else:
        for i in range(_SIZE):
            out[i] = y[i] + a1 * u[0, i] + a2 * u[1, i] + a3 * u[2, i] + a4 * u[3, i]


@njit(**_CODE)
def _stage_right_side(f, u, n_stages, c1, c2, c3, c4, c5, per_step, out):  # type: ignore[no-untyped-def]
    """out = f + sum of c_j u_j / h, with the step of each lane."""
    for s in range(N_STATE):
        o = s * LANES
        for k in range(LANES):
            i = o + k
            total = c1 * u[0, i]
            if n_stages > 1:
                total += c2 * u[1, i]
            if n_stages > 2:
                total += c3 * u[2, i]
            if n_stages > 3:
                total += c4 * u[3, i]
            if n_stages > 4:
                total += c5 * u[4, i]
            out[i] = f[i] + per_step[k] * total


@njit(**_CODE)
def _attempt(y, q, step, f, work, factors, diagonal, per_step, u, y_new):  # type: ignore[no-untyped-def]
    """One step attempt of every lane; the last stage `u[5]` is the error estimate."""
    for k in range(LANES):
        per_step[k] = 1.0 / step[k]
        diagonal[k] = per_step[k] / GAMMA
    factor(y, q, diagonal, factors)
    rates(y, q, u[0])
    solve(factors, u[0])

    _stage_values(y, u, 1, A21, 0.0, 0.0, 0.0, work)
    rates(work, q, f)
    _stage_right_side(f, u, 1, C21, 0.0, 0.0, 0.0, 0.0, per_step, u[1])
    solve(factors, u[1])

    _stage_values(y, u, 2, A31, A32, 0.0, 0.0, work)
    rates(work, q, f)
    _stage_right_side(f, u, 2, C31, C32, 0.0, 0.0, 0.0, per_step, u[2])
    solve(factors, u[2])

    _stage_values(y, u, 3, A41, A42, A43, 0.0, work)
    rates(work, q, f)
    _stage_right_side(f, u, 3, C41, C42, C43, 0.0, 0.0, per_step, u[3])
    solve(factors, u[3])

    _stage_values(y, u, 4, A51, A52, A53, A54, work)
    rates(work, q, f)
    _stage_right_side(f, u, 4, C51, C52, C53, C54, 0.0, per_step, u[4])
    solve(factors, u[4])

    for i in range(_SIZE):
        work[i] += u[4, i]
    rates(work, q, f)
    _stage_right_side(f, u, 5, C61, C62, C63, C64, C65, per_step, u[5])
    solve(factors, u[5])
    for i in range(_SIZE):
        y_new[i] = work[i] + u[5, i]


@njit(**_CODE)
def _error_norm(y, y_new, u6, absolute, relative, norm):  # type: ignore[no-untyped-def]
    """Root mean square over states of the error in units of its tolerance, per lane."""
    for k in range(LANES):
        norm[k] = 0.0
    for s in range(N_STATE):
        o = s * LANES
        for k in range(LANES):
            size = max(abs(y[o + k]), abs(y_new[o + k]))
            e = u6[o + k] / (absolute[s] + relative * size)
            norm[k] += e * e
    for k in range(LANES):
        norm[k] = np.sqrt(norm[k] / N_STATE)


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
def _refresh(q, q_lane):  # type: ignore[no-untyped-def]
    """Recompute the constants after inputs or patients changed, and keep a copy by lane for `observe`."""
    constants(q)
    for k in range(LANES):
        for j in range(N_GIVEN + N_CONSTANT):
            q_lane[k, j] = q[j * LANES + k]



def _fingerprint() -> int:
    """Hash of the sources that end up in the compiled integrator.

    Numba's cache looks at the file of the cached function alone and would serve machine code with old equations after
    `kernel.py` changed. So only `integrate` is cached, and it closes over this number.
    """
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for name in ("elementary.py", "kernel.py", "rodas.py"):
        digest.update((here / name).read_bytes())
    return int.from_bytes(digest.digest()[:7], "big")


def _build(fingerprint: int) -> Callable[..., None]:
    @njit(cache=True, **_CODE)
    def integrate(  # type: ignore[no-untyped-def]  # noqa: D417
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
        """Integrate patients `first` to `last` (exclusive), sixteen at a time.

        Times are days. A grid point that coincides with an event sees the state before the event. See
        `osteocast.engine.solver` for the shapes.
        """
        if fingerprint < 0:  # never: reading it makes it part of the cache's key
            return
        n_grid = grid.shape[0]
        y = np.zeros(_SIZE)
        y_new = np.zeros(_SIZE)
        u = np.zeros((6, _SIZE))
        f = np.zeros(_SIZE)
        work = np.zeros(_SIZE)
        q = np.zeros((N_GIVEN + N_CONSTANT) * LANES)
        q_lane = np.zeros((LANES, N_GIVEN + N_CONSTANT))
        factors = np.zeros(N_FACTOR * LANES)
        diagonal = np.zeros(LANES)
        per_step = np.zeros(LANES)
        norm = np.zeros(LANES)
        time = np.zeros(LANES)
        step = np.ones(LANES)  # step of this attempt
        wanted = np.ones(LANES)  # step the error control would like
        rejected = np.zeros(LANES, np.bool_)
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
            # Idle lanes compute along with a copy of the first patient, so that nothing turns infinite or slow.
            _seat(k, first, parameters, inputs, initial, start, q, y, time)
        _refresh(q, q_lane)

        landed = np.zeros(LANES, np.bool_)
        while True:
            # 1. Whoever has landed: record the grid points reached, apply events, finish. Free lanes take the next patient.
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
                            observe(y_lane, q_lane[k], observed)
                            for o in range(selected.shape[0]):
                                out[p, g, o] = observed[selected[o]]
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
                    attempts[queue] = 0
                    status[queue] = OK
                    landed[k] = True  # its start may be a grid point or have events; seen to in the next round
                    running += 1
                    queue += 1
                    stale = True
                    seated = True
            if running == 0:
                break
            if stale:
                _refresh(q, q_lane)
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

            _attempt(y, q, step, f, work, factors, diagonal, per_step, u, y_new)
            _error_norm(y, y_new, u[5], absolute, relative, norm)

            # 3. Accept or reject, lane by lane.
            for k in range(LANES):
                p = who[k]
                if p < 0:
                    continue
                attempts[p] += 1
                finite = np.isfinite(norm[k])
                if finite:
                    scale = min(5.0, max(0.2, 0.9 * (norm[k] + 1e-12) ** -0.25))
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
                            dense1[s] = H11 * u[0, i] + H12 * u[1, i] + H13 * u[2, i] + H14 * u[3, i] + H15 * u[4, i]
                            dense2[s] = H21 * u[0, i] + H22 * u[1, i] + H23 * u[2, i] + H24 * u[3, i] + H25 * u[4, i]
                        while g < n_grid and grid[g] < t_new:
                            x = (grid[g] - t_old) / h
                            for s in range(N_STATE):
                                i = s * LANES + k
                                y_lane[s] = (1.0 - x) * y[i] + x * (
                                    y_new[i] + (1.0 - x) * (dense1[s] + x * dense2[s])
                                )
                            observe(y_lane, q_lane[k], observed)
                            for o in range(selected.shape[0]):
                                out[p, g, o] = observed[selected[o]]
                            g += 1
                        next_grid[k] = g
                    for s in range(N_STATE):
                        y[s * LANES + k] = y_new[s * LANES + k]
                    time[k] = t_new
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
                    failed_state[p] = _worst_state(y, y_new, u[5], absolute, relative, k)
                    for s in range(N_STATE):
                        final[p, s] = y[s * LANES + k]
                    _seat(k, first, parameters, inputs, initial, start, q, y, time)  # keep the idle lane finite
                    who[k] = -1
                    landed[k] = False
                    running -= 1

    return integrate  # type: ignore[no-any-return]


integrate = _build(_fingerprint())

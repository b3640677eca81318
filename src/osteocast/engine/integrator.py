"""The integration of many patients, from event to event, as one compiled function.

Several patients advance together, one in each lane, but a lane's step, its error test and its events are its
own: what a patient gets does not depend on who sits in the neighbouring lanes. A lane that finishes takes the
next one.

Importing this module loads Numba; `osteocast.engine.compiled` does so only if there is something to compile.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import cfunc, njit, types

from osteocast.engine import kernel
from osteocast.engine.codes import ADD_TO_STATE, NOT_FINITE, OK, STEP_TOO_SMALL, TOO_MANY_STEPS
from osteocast.engine.kernel import INPUTS, N_OBSERVABLE, N_STATE, PARAMETERS
from osteocast.engine.lanes import array_at
from osteocast.engine.layout import ARGUMENTS, DOUBLE, N_Q, Lanes, layout
from osteocast.engine.rodas import (
    CODE,
    FORMS,
    H11,
    H12,
    H13,
    H14,
    H15,
    H21,
    H22,
    H23,
    H24,
    H25,
    observe,
    observe_bone,
    seating,
    stepping,
)

_BONE = kernel.BONE_OBSERVABLES
_N_PARAMETER = len(PARAMETERS)
_N_INPUT = len(INPUTS)
_SMALLEST_STEP = 1e-8  # days
_LARGEST_STEP = 250.0  # days


@njit(**CODE, inline="always")
def _record(y_lane, q, only_bone, selected, observed, row):  # type: ignore[no-untyped-def]
    """Write the observables asked for, of one patient at one time."""
    if only_bone:
        observe_bone(y_lane, q, observed)
    else:
        observe(y_lane, q, observed)
    for o in range(selected.shape[0]):
        row[o] = observed[selected[o]]


_TYPES = {
    "integer": types.int64,
    "number": types.float64,
    "integers": types.CPointer(types.int64),
    "numbers": types.CPointer(types.float64),
}


def compiled(lanes: Lanes = DOUBLE) -> Any:
    """Compile the integration, with an interface of plain pointers that any language can call.

    Parameters
    ----------
    lanes : Lanes
        Precision and number of the patients side by side.

    Returns
    -------
    numba.core.ccallback.CFunc
        A function without result, its arguments those of `osteocast.engine.layout.ARGUMENTS`.
    """
    width = lanes.count
    places, size = layout(lanes), N_STATE * lanes.count
    at, by_lane, counted = places.vectors, places.numbers, places.integers
    n_vectors, n_numbers, n_integers = at["end"], by_lane["end"], counted["end"]
    at_y, at_y_new, at_q = at["y"], at["y_new"], at["q"]
    at_u1, at_u2, at_u3, at_u4, at_u5, at_u6 = (at[f"u{i}"] for i in range(1, 7))
    at_tolerance, at_share, at_step = at["tolerance"], at["share"], at["step"]
    at_norm, at_root, at_accept = at["norm"], at["root"], at["accept"]
    at_time, at_wanted = by_lane["time"], by_lane["wanted"]
    at_last_step, at_last_root = by_lane["last_step"], by_lane["last_root"]
    at_observed, at_y_lane, at_dense1, at_dense2 = (
        by_lane[n] for n in ("observed", "y_lane", "dense1", "dense2")
    )
    at_who, at_next_event, at_next_grid = counted["who"], counted["next_event"], counted["next_grid"]
    at_rejected, at_landed = counted["rejected"], counted["landed"]
    attempt, reduced_attempt = (stepping(form, lanes).attempt for form in FORMS)
    refresh, accept_steps = seating(lanes).refresh, seating(lanes).accept_steps
    vectors_type = types.CPointer({"double": types.float64, "single": types.float32}[lanes.precision])

    @njit(**CODE)
    def worst_state(y, y_new, u6, absolute, relative, k):  # type: ignore[no-untyped-def]
        """Index of the state with the largest (or a non-finite) error in lane k."""
        worst, largest = 0, -1.0
        for s in range(N_STATE):
            i = s * width + k
            e = abs(u6[i] / (absolute[s] + relative * max(abs(y[i]), abs(y_new[i]))))
            if not np.isfinite(e):
                return s
            if e > largest:
                worst, largest = s, e
        return worst

    @njit(**CODE)
    def seat(k, p, parameters, inputs, initial, start, q, y, time):  # type: ignore[no-untyped-def]
        """Put patient p into lane k."""
        for j in range(_N_PARAMETER):
            q[j * width + k] = parameters[p, j]
        for j in range(_N_INPUT):
            q[(_N_PARAMETER + j) * width + k] = inputs[p, j]
        for s in range(N_STATE):
            y[s * width + k] = initial[p, s]
        time[k] = start[p]

    @cfunc(types.void(*((_TYPES | {"vectors": vectors_type})[kind] for kind in ARGUMENTS.values())), **CODE)
    def entry(  # type: ignore[no-untyped-def]
        first,
        last,
        n_patient,
        n_ordered,
        n_event,
        n_grid,
        n_selected,
        reduced,
        max_steps,
        relative,
        first_step,
        order_at,
        parameters_at,
        inputs_at,
        initial_at,
        start_at,
        end_at,
        event_offset_at,
        event_time_at,
        event_kind_at,
        event_index_at,
        event_value_at,
        grid_at,
        selected_at,
        absolute_at,
        out_at,
        final_at,
        status_at,
        attempts_at,
        failed_at_at,
        failed_state_at,
        vectors_at,
        numbers_at,
        integers_at,
    ):
        """Integrate patients `first` to `last` (exclusive) of an order, as many at a time as there are lanes.

        Times are days. A grid point that coincides with an event sees the state before the event. See
        `osteocast.engine.solver` for the shapes and `osteocast.engine.layout` for the working memory.
        """
        order = array_at(order_at, (n_ordered,))
        parameters = array_at(parameters_at, (n_patient, _N_PARAMETER))
        inputs = array_at(inputs_at, (n_patient, _N_INPUT))
        initial = array_at(initial_at, (n_patient, N_STATE))
        start = array_at(start_at, (n_patient,))
        end = array_at(end_at, (n_patient,))
        event_offset = array_at(event_offset_at, (n_patient + 1,))
        event_time = array_at(event_time_at, (n_event,))
        event_kind = array_at(event_kind_at, (n_event,))
        event_index = array_at(event_index_at, (n_event,))
        event_value = array_at(event_value_at, (n_event,))
        grid = array_at(grid_at, (n_grid,))
        selected = array_at(selected_at, (n_selected,))
        absolute = array_at(absolute_at, (N_STATE,))
        out = array_at(out_at, (n_patient, n_grid, n_selected))
        final = array_at(final_at, (n_patient, N_STATE))
        status = array_at(status_at, (n_patient,))
        attempts = array_at(attempts_at, (n_patient,))
        failed_at = array_at(failed_at_at, (n_patient,))
        failed_state = array_at(failed_state_at, (n_patient,))
        memory = array_at(vectors_at, (n_vectors,))
        numbers = array_at(numbers_at, (n_numbers,))
        integers = array_at(integers_at, (n_integers,))
        only_bone = True
        for o in range(selected.shape[0]):
            only_bone &= selected[o] in _BONE
        memory[:] = 0.0
        numbers[:] = 0.0
        integers[:] = 0
        y, y_new = memory[at_y : at_y + size], memory[at_y_new : at_y_new + size]
        u1, u2, u3 = memory[at_u1 : at_u1 + size], memory[at_u2 : at_u2 + size], memory[at_u3 : at_u3 + size]
        u4, u5, u6 = memory[at_u4 : at_u4 + size], memory[at_u5 : at_u5 + size], memory[at_u6 : at_u6 + size]
        q = memory[at_q : at_q + N_Q * width]
        step = memory[at_step : at_step + width]  # step of this attempt
        norm, root = (
            memory[at_norm : at_norm + width],
            memory[at_root : at_root + width],
        )  # root is norm**(-1/8)
        accept = memory[at_accept : at_accept + width]
        time = numbers[at_time : at_time + width]
        wanted = numbers[at_wanted : at_wanted + width]  # step the error control would like
        last_step = numbers[
            at_last_step : at_last_step + width
        ]  # of the step before, 0 after a start or an event
        last_root = numbers[at_last_root : at_last_root + width]
        observed = numbers[at_observed : at_observed + N_OBSERVABLE]
        y_lane = numbers[at_y_lane : at_y_lane + N_STATE]
        # The dense output of a step, y0 + theta (dy + (1 - theta) (d1 + theta d2)), of one lane.
        dense1 = numbers[at_dense1 : at_dense1 + N_STATE]
        dense2 = numbers[at_dense2 : at_dense2 + N_STATE]
        who = integers[at_who : at_who + width]  # the patient in a lane, -1 for none
        next_event = integers[at_next_event : at_next_event + width]
        next_grid = integers[at_next_grid : at_next_grid + width]
        rejected = integers[at_rejected : at_rejected + width]
        landed = integers[at_landed : at_landed + width]
        for k in range(width):
            for s in range(N_STATE):
                memory[at_tolerance + s * width + k] = absolute[s]
            memory[at_share + k] = relative
            step[k] = wanted[k] = last_root[k] = 1.0
            who[k] = -1

        queue = first
        running = 0
        for k in range(width):
            # Idle lanes compute along with a copy of the first patient, so that nothing turns infinite or
            # slow.
            seat(k, order[first], parameters, inputs, initial, start, q, y, time)
        refresh(memory)

        while True:
            # 1. Whoever has landed: record the grid points reached, apply events, finish. Free lanes take the
            # next patient.
            stale = False
            seated = False
            for k in range(width):
                if who[k] >= 0 and landed[k]:
                    landed[k] = 0
                    p = who[k]
                    for s in range(N_STATE):
                        y_lane[s] = y[s * width + k]
                    g = next_grid[k]
                    while g < n_grid and grid[g] <= time[k]:
                        if grid[g] >= start[p]:
                            _record(y_lane, q[k::width], only_bone, selected, observed, out[p, g])
                        g += 1
                    next_grid[k] = g
                    e = next_event[k]
                    while e < event_offset[p + 1] and event_time[e] <= time[k]:
                        if event_kind[e] == ADD_TO_STATE:
                            y[event_index[e] * width + k] += event_value[e]
                        else:
                            q[(_N_PARAMETER + event_index[e]) * width + k] = event_value[e]
                            stale = True
                        wanted[k] = min(wanted[k], first_step)
                        last_step[k] = 0.0
                        e += 1
                    next_event[k] = e
                    if time[k] >= end[p]:
                        for s in range(N_STATE):
                            final[p, s] = y[s * width + k]
                        status[p] = OK
                        who[k] = -1
                        running -= 1
                if who[k] < 0 and queue < last:
                    p = order[queue]
                    who[k] = p
                    seat(k, p, parameters, inputs, initial, start, q, y, time)
                    next_event[k] = event_offset[p]
                    next_grid[k] = 0
                    wanted[k] = first_step
                    rejected[k] = 0
                    last_step[k] = 0.0
                    attempts[p] = 0
                    status[p] = OK
                    landed[k] = 1  # its start may be a grid point or have events; seen to in the next round
                    running += 1
                    queue += 1
                    stale = True
                    seated = True
            if running == 0:
                break
            if stale:
                refresh(memory)
            if seated:
                continue

            # 2. Choose each lane's step so that it lands exactly on its next event or end.
            for k in range(width):
                if who[k] < 0:
                    step[k] = 1.0
                    continue
                p = who[k]
                stop = end[p]
                if next_event[k] < event_offset[p + 1] and event_time[next_event[k]] < stop:
                    stop = event_time[next_event[k]]
                left = stop - time[k]
                h = min(wanted[k], _LARGEST_STEP)
                landed[k] = 1 if h >= left * 0.999 else 0
                if landed[k]:
                    h = left
                elif 2.0 * h > left:
                    h = 0.5 * left
                step[k] = h

            if reduced:
                reduced_attempt(memory)
            else:
                attempt(memory)

            # 3. Accept or reject, lane by lane.
            for k in range(width):
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
                            i = s * width + k
                            a, b, c, d, e = u1[i], u2[i], u3[i], u4[i], u5[i]
                            dense1[s] = H11 * a + H12 * b + H13 * c + H14 * d + H15 * e
                            dense2[s] = H21 * a + H22 * b + H23 * c + H24 * d + H25 * e
                        while g < n_grid and grid[g] < t_new:
                            x = (grid[g] - t_old) / h
                            for s in range(N_STATE):
                                i = s * width + k
                                y_lane[s] = (1.0 - x) * y[i] + x * (
                                    y_new[i] + (1.0 - x) * (dense1[s] + x * dense2[s])
                                )
                            _record(y_lane, q[k::width], only_bone, selected, observed, out[p, g])
                            g += 1
                        next_grid[k] = g
                    accept[k] = 1.0
                    time[k] = t_new
                    last_step[k], last_root[k] = h, min(root[k], 10.0)
                    # A step shortened to land says little about the step the error control would like.
                    if rejected[k]:
                        scale = min(scale, 1.0)
                    rejected[k] = 0
                    wanted[k] = max(h * scale, min(wanted[k], h * 5.0) if landed[k] and scale > 1.0 else 0.0)
                    if attempts[p] >= max_steps and not (landed[k] and t_new >= end[p]):
                        status[p] = TOO_MANY_STEPS
                else:
                    landed[k] = 0
                    rejected[k] = 1
                    wanted[k] = step[k] * min(scale, 0.9)
                    if wanted[k] < _SMALLEST_STEP:
                        status[p] = STEP_TOO_SMALL if finite else NOT_FINITE
                    elif attempts[p] >= max_steps:
                        status[p] = TOO_MANY_STEPS
                if status[p] > OK:
                    failed_at[p] = time[k]
                    failed_state[p] = worst_state(y, y_new, u6, absolute, relative, k)
                    for s in range(N_STATE):
                        final[p, s] = y[s * width + k]
                    seat(
                        k, order[first], parameters, inputs, initial, start, q, y, time
                    )  # keep the idle lane finite
                    who[k] = -1
                    accept[k] = 0.0
                    landed[k] = 0
                    running -= 1
            accept_steps(memory)

    return entry

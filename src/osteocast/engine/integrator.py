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
from osteocast.engine.lanes import array_at, flush_tiny, restore_tiny
from osteocast.engine.layout import ARGUMENTS, DOUBLE, N_Q, Lanes, layout
from osteocast.engine.output import KINDS, output
from osteocast.engine.rodas import CODE, FORMS, seating, stepping

_BONE = kernel.BONE_OBSERVABLES
_N_PARAMETER = len(PARAMETERS)
_N_INPUT = len(INPUTS)
_SMALLEST_STEP = 1e-8  # days
_LARGEST_STEP = 250.0  # days


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
    width, single = lanes.count, lanes.precision == "single"
    places, size = layout(lanes), N_STATE * lanes.count
    at, by_lane, counted = places.vectors, places.numbers, places.integers
    n_vectors, n_numbers, n_integers = at["end"], by_lane["end"], counted["end"]
    at_y, at_y_new, at_q = at["y"], at["y_new"], at["q"]
    at_u6 = at["u6"]
    at_absolute, at_relative, at_step = at["absolute"], at["relative"], at["step"]
    at_norm, at_root, at_accept = at["norm"], at["root"], at["accept"]
    at_last_step, at_last_root, at_growth = at["last_step"], at["last_root"], at["growth"]
    at_observed, at_place = at["observed"], at["place"]
    at_time, at_before, at_stop = by_lane["time"], by_lane["before"], by_lane["stop"]
    at_wanted, at_length = by_lane["wanted"], by_lane["length"]
    at_who, at_next_event, at_next_grid = counted["who"], counted["next_event"], counted["next_grid"]
    at_rejected, at_landed = counted["rejected"], counted["landed"]
    at_tries, at_asking = counted["tries"], counted["asking"]
    every, bone = (output(kind, lanes) for kind in KINDS)
    every_sums, every_inside, every_present = every.sums, every.inside, every.present
    bone_sums, bone_inside, bone_present = bone.sums, bone.inside, bone.present
    attempt, reduced_attempt = (stepping(form, lanes).attempt for form in FORMS)
    refresh, accept_steps = seating(lanes).refresh, seating(lanes).accept_steps
    vectors_type = types.CPointer({"double": types.float64, "single": types.float32}[lanes.precision])

    @njit(**CODE)
    def worst_state(y, y_new, u6, absolute, relative, k):  # type: ignore[no-untyped-def]
        """Index of the state with the largest (or a non-finite) error in lane k."""
        worst, largest = 0, -1.0
        for s in range(N_STATE):
            i = s * width + k
            e = abs(u6[i] / (absolute[s] + relative[s] * max(abs(y[i]), abs(y_new[i]))))
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
        relative_at,
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
        relative = array_at(relative_at, (N_STATE,))
        out = array_at(out_at, (n_patient, n_grid, n_selected))
        final = array_at(final_at, (n_patient, N_STATE))
        status = array_at(status_at, (n_patient,))
        attempts = array_at(attempts_at, (n_patient,))
        failed_at = array_at(failed_at_at, (n_patient,))
        failed_state = array_at(failed_state_at, (n_patient,))
        memory = array_at(vectors_at, (n_vectors,))
        numbers = array_at(numbers_at, (n_numbers,))
        integers = array_at(integers_at, (n_integers,))
        was = flush_tiny() if single else np.int32(0)
        only_bone = True
        for o in range(selected.shape[0]):
            only_bone &= selected[o] in _BONE
        memory[:] = 0.0
        numbers[:] = 0.0
        integers[:] = 0
        y, y_new = memory[at_y : at_y + size], memory[at_y_new : at_y_new + size]
        u6 = memory[at_u6 : at_u6 + size]
        q = memory[at_q : at_q + N_Q * width]
        step = memory[at_step : at_step + width]  # step of this attempt
        norm, root = memory[at_norm : at_norm + width], memory[at_root : at_root + width]
        # Of the step before, 0 after a start or an event.
        last_step = memory[at_last_step : at_last_step + width]
        last_root = memory[at_last_root : at_last_root + width]
        growth = memory[at_growth : at_growth + width]  # of the next step, by the error control
        accept = memory[at_accept : at_accept + width]
        place = memory[at_place : at_place + width]  # of a time asked for, as a share of the step
        observed = memory[at_observed : at_observed + N_OBSERVABLE * width]
        time = numbers[at_time : at_time + width]
        before = numbers[at_before : at_before + width]  # time at the begin of the step
        stop = numbers[at_stop : at_stop + width]  # next event or end
        wanted = numbers[at_wanted : at_wanted + width]  # step the error control would like
        length = numbers[at_length : at_length + width]  # as `step`, to all digits
        who = integers[at_who : at_who + width]  # the patient in a lane, -1 for none
        next_event = integers[at_next_event : at_next_event + width]
        next_grid = integers[at_next_grid : at_next_grid + width]
        rejected = integers[at_rejected : at_rejected + width]
        landed = integers[at_landed : at_landed + width]
        tries = integers[at_tries : at_tries + width]
        asking = integers[at_asking : at_asking + width]  # lanes whose step holds a time asked for
        for k in range(width):
            for s in range(N_STATE):
                memory[at_absolute + s * width + k] = absolute[s]
                memory[at_relative + s * width + k] = relative[s]
            step[k] = wanted[k] = length[k] = last_root[k] = 1.0
            who[k] = -1
            landed[k] = 1

        queue = first
        running = 0
        for k in range(width):
            # Idle lanes compute along with a copy of the first patient, so that nothing turns infinite or
            # slow.
            seat(k, order[first], parameters, inputs, initial, start, q, y, time)
        refresh(memory)

        while True:
            # 1. Whoever has landed: apply events, finish. Free lanes take the next patient.
            stale = False
            seated = False
            for k in range(width):
                if not landed[k]:
                    continue
                landed[k] = 0
                p = who[k]
                if p >= 0:
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
                    stop[k] = end[p]
                    if e < event_offset[p + 1]:
                        stop[k] = min(stop[k], event_time[e])
                    if time[k] >= end[p]:
                        for s in range(N_STATE):
                            final[p, s] = y[s * width + k]
                        attempts[p] = tries[k]
                        who[k] = -1
                        running -= 1
                if who[k] < 0 and queue < last:
                    p = order[queue]
                    who[k] = p
                    seat(k, p, parameters, inputs, initial, start, q, y, time)
                    next_event[k] = event_offset[p]
                    g = 0
                    while g < n_grid and grid[g] < time[k]:
                        g += 1
                    next_grid[k] = g
                    wanted[k] = first_step
                    rejected[k] = 0
                    last_step[k] = 0.0
                    tries[k] = 0
                    status[p] = OK
                    landed[k] = 1  # its start may have events; seen to in the next round
                    running += 1
                    queue += 1
                    stale = True
                    seated = True
            if running == 0:
                break
            if stale:
                refresh(memory)
            if seated:
                # Times asked for at a start see the state before its events.
                asked = False
                for k in range(width):
                    asked |= landed[k] == 1 and next_grid[k] < n_grid and grid[next_grid[k]] <= time[k]
                if asked:
                    if only_bone:
                        bone_present(memory)
                    else:
                        every_present(memory)
                    for k in range(width):
                        if landed[k]:
                            g = next_grid[k]
                            while g < n_grid and grid[g] <= time[k]:
                                for o in range(n_selected):
                                    out[who[k], g, o] = observed[selected[o] * width + k]
                                g += 1
                            next_grid[k] = g
                continue

            # 2. Choose each lane's step so that it lands exactly on its next event or end.
            for k in range(width):
                if who[k] < 0:
                    continue
                left = stop[k] - time[k]
                h = min(wanted[k], _LARGEST_STEP)
                landed[k] = 1 if h >= left * 0.999 else 0
                if landed[k]:
                    h = left
                elif 2.0 * h > left:
                    h = 0.5 * left
                length[k] = h
                step[k] = h

            if reduced:
                reduced_attempt(memory)
            else:
                attempt(memory)

            # 3. Accept or reject, lane by lane.
            n_asking = 0
            for k in range(width):
                accept[k] = 0.0
                p = who[k]
                if p < 0:
                    continue
                tries[k] += 1
                h = length[k]
                finite = np.isfinite(norm[k])
                if finite and norm[k] <= 1.0:
                    accept[k] = 1.0
                    before[k] = time[k]
                    # Exactly the event or the end, not what rounding makes of it.
                    time[k] = stop[k] if landed[k] else time[k] + h
                    if next_grid[k] < n_grid and grid[next_grid[k]] <= time[k]:
                        asking[n_asking] = k
                        n_asking += 1
                    scale = growth[k]
                    # A step shortened to land says little about the step the error control would like.
                    if rejected[k]:
                        scale = min(scale, 1.0)
                    rejected[k] = 0
                    wanted[k] = max(h * scale, min(wanted[k], h * 5.0) if landed[k] and scale > 1.0 else 0.0)
                    last_step[k], last_root[k] = h, min(root[k], 10.0)
                    if tries[k] >= max_steps and not (landed[k] and time[k] >= end[p]):
                        status[p] = TOO_MANY_STEPS
                else:
                    landed[k] = 0
                    rejected[k] = 1
                    wanted[k] = h * (min(growth[k], 0.9) if finite else 0.1)
                    if wanted[k] < _SMALLEST_STEP:
                        status[p] = STEP_TOO_SMALL if finite else NOT_FINITE
                    elif tries[k] >= max_steps:
                        status[p] = TOO_MANY_STEPS
                if status[p] > OK:
                    failed_at[p] = time[k]
                    failed_state[p] = worst_state(y, y_new, u6, absolute, relative, k)
                    for s in range(N_STATE):
                        final[p, s] = y[s * width + k]
                    attempts[p] = tries[k]
                    # Keep the idle lane finite.
                    seat(k, order[first], parameters, inputs, initial, start, q, y, time)
                    who[k] = -1
                    step[k] = length[k] = 1.0
                    last_step[k] = 0.0
                    accept[k] = 0.0
                    landed[k] = 1
                    running -= 1

            # 4. The times asked for in the steps accepted, those at their ends included: one of every lane,
            # then the next.
            if n_asking > 0:
                if only_bone:
                    bone_sums(memory)
                else:
                    every_sums(memory)
            while n_asking > 0:
                for j in range(n_asking):
                    k = asking[j]
                    day = grid[next_grid[k]]
                    place[k] = (day - before[k]) / length[k] if day < time[k] else 1.0
                if only_bone:
                    bone_inside(memory)
                else:
                    every_inside(memory)
                n_left = 0
                for j in range(n_asking):
                    k = asking[j]
                    g = next_grid[k]
                    if accept[k] > 0.0:  # not of whom was given up
                        row = out[who[k], g]
                        for o in range(n_selected):
                            row[o] = observed[selected[o] * width + k]
                    g += 1
                    next_grid[k] = g
                    if g < n_grid and grid[g] <= time[k]:
                        asking[n_left] = k
                        n_left += 1
                n_asking = n_left
            accept_steps(memory)
        if single:
            restore_tiny(was)

    return entry

"""Where the compiled integrator keeps what: its working memory, handed in by the caller.

The integrator allocates nothing, so that it needs no run-time library of the compiler. It gets one block of
numbers, which begins at a cache line, and one of integers; this is what stands where in them. All is counted
in elements, and follows from the size of the kernel.
"""

from __future__ import annotations

from osteocast.engine.kernel import N_CONSTANT, N_FACTOR, N_GIVEN, N_OBSERVABLE, N_STATE

#: Patients that go side by side through the vector code.
LANES = 8

N_Q = N_GIVEN + N_CONSTANT


def _placed(sizes: dict[str, int]) -> dict[str, int]:
    """Place arrays of so many elements one behind the other; each begins at a whole vector."""
    places, end = {}, 0
    for name, size in sizes.items():
        places[name] = end
        end += -(-size // LANES) * LANES
    return {**places, "end": end}


# Vectors of the patients seated, element i of lane k at i * LANES + k: what the vector code works on.
_VECTORS = (
    {name: N_STATE for name in ("y", "y_new", "where", "u1", "u2", "u3", "u4", "u5", "u6", "tolerance")}
    | {"q": N_Q, "factors": N_FACTOR}
    | {name: 1 for name in ("step", "diagonal", "per_step", "share", "norm", "root", "accept")}
)
AT = _placed({name: size * LANES for name, size in _VECTORS.items()})

#: Length of the block of vectors.
MEMORY = AT["end"]

# Behind them: by lane, and of one patient at a time.
BEHIND = _placed(
    {"memory": MEMORY}
    | {name: LANES for name in ("time", "wanted", "last_step", "last_root")}
    | {"observed": N_OBSERVABLE}
    | {name: N_STATE for name in ("y_lane", "dense1", "dense2")}
)
COUNTED = _placed({name: LANES for name in ("who", "next_event", "next_grid", "rejected", "landed")})

#: Length of the block of numbers and of the block of integers.
NUMBERS, INTEGERS = BEHIND["end"], COUNTED["end"]

#: Arguments of the compiled integrator in order, and their kind; plural for the address of an array.
ARGUMENTS = {
    "first": "integer",
    "last": "integer",
    "n_patient": "integer",
    "n_ordered": "integer",
    "n_event": "integer",
    "n_grid": "integer",
    "n_selected": "integer",
    "reduced": "integer",
    "max_steps": "integer",
    "relative": "number",
    "first_step": "number",
    "order": "integers",
    "parameters": "numbers",
    "inputs": "numbers",
    "initial": "numbers",
    "start": "numbers",
    "end": "numbers",
    "event_offset": "integers",
    "event_time": "numbers",
    "event_kind": "integers",
    "event_index": "integers",
    "event_value": "numbers",
    "grid": "numbers",
    "selected": "integers",
    "absolute": "numbers",
    "out": "numbers",
    "final": "numbers",
    "status": "integers",
    "attempts": "integers",
    "failed_at": "numbers",
    "failed_state": "integers",
    "numbers": "numbers",
    "q_lane": "numbers",
    "integers": "integers",
}

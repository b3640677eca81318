"""Where the compiled integrator keeps what: its working memory, handed in by the caller.

The integrator allocates nothing, so that it needs no run-time library of the compiler. It gets one block of
vectors and one of doubles, which begin at a cache line, and one of integers; this is what stands where in
them. All is counted in elements, and follows from the size of the kernel and from the lanes: how many
patients go side by side, and in which precision.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from osteocast.engine.kernel import N_CONSTANT, N_FACTOR, N_GIVEN, N_OBSERVABLE, N_STATE

__all__ = ["ARGUMENTS", "DOUBLE", "N_Q", "SINGLE", "Lanes", "Layout", "Precision", "layout"]

Precision = Literal["double", "single"]


@dataclass(frozen=True)
class Lanes:
    """Patients that go side by side through the vector code.

    Parameters
    ----------
    precision : {"double", "single"}
        Numbers of 64 or of 32 bits.
    count : int
        How many; 1 makes scalar code of the same sources.
    """

    precision: Precision
    count: int


#: A vector of 512 bits of either.
DOUBLE, SINGLE = Lanes("double", 8), Lanes("single", 16)

#: Length of a patient's parameters, inputs and constants.
N_Q = N_GIVEN + N_CONSTANT

# Vectors of the patients seated, element i of lane k at i * count + k: what the vector code works on.
_VECTORS = (
    {name: N_STATE for name in ("y", "y_new", "where", "u1", "u2", "u3", "u4", "u5", "u6")}
    | {name: N_STATE for name in ("absolute", "relative", "dense1", "dense2")}
    | {"q": N_Q, "factors": N_FACTOR}
    | {"observed": N_OBSERVABLE}
    | {name: 1 for name in ("step", "diagonal", "per_step", "norm", "root", "accept", "place")}
    | {name: 1 for name in ("last_step", "last_root", "growth")}
)


@dataclass(frozen=True)
class Layout:
    """Places in the working memory, by name.

    Parameters
    ----------
    vectors : dict of str to int
        In the block of vectors, whose numbers have the precision of the lanes.
    numbers : dict of str to int
        In the block of doubles: what is kept by lane.
    integers : dict of str to int
        In the block of integers.

    Each has an ``end``, the length of the block.
    """

    vectors: dict[str, int]
    numbers: dict[str, int]
    integers: dict[str, int]


@cache
def layout(lanes: Lanes) -> Layout:
    """Return what stands where for so many patients side by side."""
    count = lanes.count
    by_lane = {name: count for name in ("time", "before", "stop", "wanted", "length")}
    counted = {
        name: count for name in ("who", "next_event", "next_grid", "rejected", "landed", "tries", "asking")
    }
    return Layout(
        _placed({name: size * count for name, size in _VECTORS.items()}, count),
        _placed(by_lane, count),
        _placed(counted, count),
    )


def _placed(sizes: dict[str, int], count: int) -> dict[str, int]:
    """Place arrays of so many elements one behind the other; each begins at a whole vector."""
    places, end = {}, 0
    for name, size in sizes.items():
        places[name] = end
        end += -(-size // count) * count
    return {**places, "end": end}


#: Arguments of the compiled integrator in order, and their kind; plural for the address of an array. Vectors
#: are numbers of the precision of the lanes.
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
    "relative": "numbers",
    "out": "numbers",
    "final": "numbers",
    "status": "integers",
    "attempts": "integers",
    "failed_at": "numbers",
    "failed_state": "integers",
    "vectors": "vectors",
    "numbers": "numbers",
    "integers": "integers",
}

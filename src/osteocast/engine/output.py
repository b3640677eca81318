"""What is asked for inside a step: the dense output of Rodas4, and the observables, of all lanes at once.

A lane whose step holds no time that is asked for computes along, and nobody reads what it finds. So a patient
is observed by the same instructions alone and in company.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numba import njit

from osteocast.engine import kernel
from osteocast.engine.lanes import statements, vector_function
from osteocast.engine.layout import DOUBLE, Lanes, layout
from osteocast.engine.rodas import CODE, DENSE1, DENSE2, weighted

#: Observables: all of them, and those that take neither exponential nor logarithm.
KINDS = ("all", "bone")

_SUMS = f"""def sums(u1, u2, u3, u4, u5, dense1, dense2):
    dense1[0] = {weighted(DENSE1)}
    dense2[0] = {weighted(DENSE2)}
"""
# In this form a time at the end of the step sees its new state to the last bit.
_BETWEEN = """def between(y, y_new, dense1, dense2, share, out):
    left = 1.0 - share[0]
    out[0] = left * y[0] + share[0] * (y_new[0] + left * (dense1[0] + share[0] * dense2[0]))
"""


@dataclass(frozen=True)
class Output:
    """Compiled functions of the working memory alone.

    Parameters
    ----------
    sums : callable
        Prepare the dense output of a step, once for all times in it.
    inside : callable
        Observe every lane at its own share of the step.
    present : callable
        Observe every lane at the state that it has now.
    """

    sums: Any
    inside: Any
    present: Any


@cache
def output(kind: str, lanes: Lanes = DOUBLE) -> Output:
    """Return what observes.

    Parameters
    ----------
    kind : {"all", "bone"}
        Which observables.
    lanes : Lanes
        Precision and number of the patients side by side.
    """
    at, width = layout(lanes).vectors, lanes.count
    at_y, at_y_new, at_where, at_q = (at[name] for name in ("y", "y_new", "where", "q"))
    at_u1, at_u2, at_u3, at_u4, at_u5 = (at[f"u{i}"] for i in range(1, 6))
    at_dense1, at_dense2, at_share = at["dense1"], at["dense2"], at["place"]
    at_observed = at["observed"]
    function = {"all": kernel.observe, "bone": kernel.observe_bone}[kind]
    states = np.array(_states_read(function)) * width
    observe, sums_of, between = (vector_function(one, lanes=lanes) for one in (function, _SUMS, _BETWEEN))
    copied = vector_function("def copied(y, out):\n    out[0] = y[0]", lanes=lanes)

    @njit(**CODE)
    def sums(memory):  # type: ignore[no-untyped-def]
        for i in states:
            sums_of(
                memory, at_u1 + i, at_u2 + i, at_u3 + i, at_u4 + i, at_u5 + i, at_dense1 + i, at_dense2 + i
            )

    @njit(**CODE)
    def observed(memory):  # type: ignore[no-untyped-def]
        observe(memory, at_where, at_q, at_observed)

    @njit(**CODE)
    def inside(memory):  # type: ignore[no-untyped-def]
        for i in states:
            between(memory, at_y + i, at_y_new + i, at_dense1 + i, at_dense2 + i, at_share, at_where + i)
        observed(memory)

    @njit(**CODE)
    def present(memory):  # type: ignore[no-untyped-def]
        for i in states:
            copied(memory, at_y + i, at_where + i)
        observed(memory)

    return Output(sums, inside, present)


def _states_read(function: Callable[..., None]) -> list[int]:
    """Numbers of the states that a function of the kernel reads."""
    read = set()
    for statement in statements(function):
        for node in ast.walk(statement):
            match node:
                case ast.Subscript(value=ast.Name(id="y"), slice=ast.Constant(value=int(number))):
                    read.add(number)
    return sorted(read)

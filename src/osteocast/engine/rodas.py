"""Rodas4 on lanes: each patient keeps its own time and step; only the arithmetic is shared.

Rodas4 is the stiffly accurate Rosenbrock method of order 4(3) with six stages and a dense output of order 3
by Hairer and Wanner (Solving Ordinary Differential Equations II, 2nd edition, section IV.7). The patients
of all lanes advance in one pass over the generated kernel. Here is one attempt of a step;
`osteocast.engine.integrator` makes an integration of it. All works on one block of memory
(`osteocast.engine.layout`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numba import njit

from osteocast.engine import kernel
from osteocast.engine.kernel import N_STATE
from osteocast.engine.lanes import vector_function
from osteocast.engine.layout import DOUBLE, Lanes, layout

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

# Without Numba's run-time library: the machine code has to run in a process that has not loaded Numba.
CODE = {"error_model": "numpy", "nogil": True, "_nrt": False}

observe = njit(**CODE)(kernel.observe)
observe_bone = njit(**CODE)(kernel.observe_bone)


def _stage_source(a: tuple[float, ...], c: tuple[float, ...]) -> tuple[str, str]:
    """Write a stage, for one state: where it looks (y + sum a u), and its right side (f + sum c u / h)."""
    stages = ", ".join(f"u{j + 1}" for j in range(len(c)))
    return (
        f"def where(y, {stages}, out):\n    out[0] = y[0] + {_weighted(a)}\n",
        f"def added(f, {stages}, per_step, out):\n    out[0] = f[0] + per_step[0] * ({_weighted(c)})\n",
    )


def _weighted(coefficients: tuple[float, ...]) -> str:
    return " + ".join(f"{c!r} * u{j + 1}[0]" for j, c in enumerate(coefficients))


_BEGIN = f"""def begin(step, per_step, diagonal):
    per_step[0] = 1.0 / step[0]
    diagonal[0] = per_step[0] / {GAMMA!r}
"""


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


#: Forms of the equations: all of them, and what is left of them for most people (`kernel.REDUCED_BY`).
FORMS = ("whole", "reduced")


@dataclass(frozen=True)
class Stepping:
    """Compiled functions of one form of the equations: three of the kernel, and the attempt made of them."""

    rates: Any
    factor: Any
    solve: Any
    attempt: Any


@dataclass(frozen=True)
class Seating:
    """Compiled functions that no form of the equations changes: constants, and the new state taken over."""

    refresh: Any
    accept_steps: Any


@cache
def seating(lanes: Lanes = DOUBLE) -> Seating:
    """Return what is done to the patients seated, whatever the form of their equations."""
    at, width = layout(lanes).vectors, lanes.count
    y, y_new, q, accept = (at[name] for name in ("y", "y_new", "q", "accept"))
    size = N_STATE * width
    constants = vector_function(kernel.constants, lanes)
    accepted = vector_function(
        "def accepted(y, y_new, accept):\n    y[0] = select(accept[0], y_new[0], y[0])", lanes
    )

    @njit(**CODE)
    def refresh(memory):  # type: ignore[no-untyped-def]
        """Recompute the constants after inputs or patients changed."""
        constants(memory, q)

    @njit(**CODE)
    def accept_steps(memory):  # type: ignore[no-untyped-def]
        """Take over the new state of the lanes that are marked for it."""
        for i in range(0, size, width):
            accepted(memory, y + i, y_new + i, accept)

    return Seating(refresh, accept_steps)


@cache
def stepping(form: str, lanes: Lanes = DOUBLE) -> Stepping:
    """Return the functions of a form of the equations.

    Parameters
    ----------
    form : {"whole", "reduced"}
        All equations, or those of people whose numbers in `osteocast.engine.kernel.REDUCED_BY` are zero.
    lanes : Lanes
        Precision and number of the patients side by side.
    """
    at, width = layout(lanes).vectors, lanes.count
    at_y, at_y_new, at_where, at_q, at_factors = (at[n] for n in ("y", "y_new", "where", "q", "factors"))
    at_u1, at_u2, at_u3, at_u4, at_u5, at_u6 = (at[f"u{i}"] for i in range(1, 7))
    at_step, at_diagonal, at_per_step = at["step"], at["diagonal"], at["per_step"]
    at_tolerance, at_share, at_norm, at_root = (at[n] for n in ("tolerance", "share", "norm", "root"))
    size = N_STATE * width

    def compiled(source: Callable[..., None] | str) -> Any:
        return vector_function(source, lanes)

    prefix = {"whole": "", "reduced": "reduced_"}[form]
    _rates, _factor, _solve = (
        compiled(getattr(kernel, prefix + name)) for name in ("rates", "factor", "solve")
    )
    _begin = compiled(_BEGIN)
    _where2, _added2 = map(compiled, _stage_source((A21,), (C21,)))
    _where3, _added3 = map(compiled, _stage_source((A31, A32), (C31, C32)))
    _where4, _added4 = map(compiled, _stage_source((A41, A42, A43), (C41, C42, C43)))
    _where5, _added5 = map(compiled, _stage_source((A51, A52, A53, A54), (C51, C52, C53, C54)))
    _, _added6 = map(compiled, _stage_source((), (C61, C62, C63, C64, C65)))
    # The last stage looks where the one before looked, moved by what that found; so does the new state.
    _moved = compiled("def moved(where, u, out):\n    out[0] = where[0] + u[0]")
    _error = compiled(_error_source())

    # Functions of their own, so that their vector code exists once and not at every call. Their places are
    # called np.int64, because Numba compiles a function anew for every literal that it is called with.
    @njit(**CODE)
    def rates(memory, y, f):  # type: ignore[no-untyped-def]
        """Vector form of `kernel.rates` on the patients seated."""
        _rates(memory, y, at_q, f)

    @njit(**CODE)
    def factor(memory):  # type: ignore[no-untyped-def]
        """Vector form of `kernel.factor` at the present state."""
        _factor(memory, at_y, at_q, at_diagonal, at_factors)

    @njit(**CODE)
    def solve(memory, b):  # type: ignore[no-untyped-def]
        """Vector form of `kernel.solve`, in place."""
        _solve(memory, at_factors, b)

    # What is done to every state alike stands in loops: written out, it would crowd
    # the processor's cache for code.
    @njit(**CODE)
    def attempt(memory):  # type: ignore[no-untyped-def]
        """One step attempt of every lane: stages u1 to u6, the new state, its error over the tolerance."""
        _begin(memory, at_step, at_per_step, at_diagonal)
        factor(memory)
        rates(memory, np.int64(at_y), np.int64(at_u1))
        solve(memory, np.int64(at_u1))

        for i in range(0, size, width):
            _where2(memory, at_y + i, at_u1 + i, at_where + i)
        rates(memory, np.int64(at_where), np.int64(at_u2))
        for i in range(0, size, width):
            _added2(memory, at_u2 + i, at_u1 + i, at_per_step, at_u2 + i)
        solve(memory, np.int64(at_u2))

        for i in range(0, size, width):
            _where3(memory, at_y + i, at_u1 + i, at_u2 + i, at_where + i)
        rates(memory, np.int64(at_where), np.int64(at_u3))
        for i in range(0, size, width):
            _added3(memory, at_u3 + i, at_u1 + i, at_u2 + i, at_per_step, at_u3 + i)
        solve(memory, np.int64(at_u3))

        for i in range(0, size, width):
            _where4(memory, at_y + i, at_u1 + i, at_u2 + i, at_u3 + i, at_where + i)
        rates(memory, np.int64(at_where), np.int64(at_u4))
        for i in range(0, size, width):
            _added4(memory, at_u4 + i, at_u1 + i, at_u2 + i, at_u3 + i, at_per_step, at_u4 + i)
        solve(memory, np.int64(at_u4))

        for i in range(0, size, width):
            _where5(memory, at_y + i, at_u1 + i, at_u2 + i, at_u3 + i, at_u4 + i, at_where + i)
        rates(memory, np.int64(at_where), np.int64(at_u5))
        for i in range(0, size, width):
            _added5(memory, at_u5 + i, at_u1 + i, at_u2 + i, at_u3 + i, at_u4 + i, at_per_step, at_u5 + i)
        solve(memory, np.int64(at_u5))

        for i in range(0, size, width):
            _moved(memory, at_where + i, at_u5 + i, at_where + i)
        rates(memory, np.int64(at_where), np.int64(at_u6))
        for i in range(0, size, width):
            _added6(
                memory,
                at_u6 + i,
                at_u1 + i,
                at_u2 + i,
                at_u3 + i,
                at_u4 + i,
                at_u5 + i,
                at_per_step,
                at_u6 + i,
            )
        solve(memory, np.int64(at_u6))

        for i in range(0, size, width):
            _moved(memory, at_where + i, at_u6 + i, at_y_new + i)
        _error(memory, at_y, at_y_new, at_u6, at_tolerance, at_share, at_norm, at_root)

    return Stepping(rates, factor, solve, attempt)

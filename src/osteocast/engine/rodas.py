"""Rodas4 on lanes: each patient keeps its own time and step; only the arithmetic is shared.

Rodas4 is the stiffly accurate Rosenbrock method of order 4(3) with six stages and a dense output of order 3
by Hairer and Wanner (Solving Ordinary Differential Equations II, 2nd edition, section IV.7). The patients
of all lanes advance in one pass over the generated kernel. Here is one attempt of a step;
`osteocast.engine.integrator` makes an integration of it. All works on one block of memory
(`osteocast.engine.layout`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numba import njit

from osteocast.engine import kernel
from osteocast.engine.kernel import N_STATE
from osteocast.engine.lanes import Source, vector_function
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
# Of the dense output, y0 + x (dy + (1 - x) (d1 + x d2)) at the share x of a step.
DENSE1 = (10.12623508344586, -7.487995877610167, -34.80091861555747, -7.992771707568823, 1.025137723295662)
DENSE2 = (-0.6762803392801253, 6.087714651680015, 16.43084320892478, 24.76722511418386, -6.594389125716872)

# Without Numba's run-time library: the machine code has to run in a process that has not loaded Numba.
CODE = {"error_model": "numpy", "nogil": True, "_nrt": False}


def _stage_source(a: tuple[float, ...], c: tuple[float, ...]) -> str:
    """Write for one state where a stage looks (y + sum a u) and what is added to its rates (sum c u / h)."""
    stages = ", ".join(f"u{j + 1}" for j in range(len(c)))
    return (
        f"def stage(y, {stages}, per_step, out, added):\n"
        f"    out[0] = y[0] + {weighted(a)}\n"
        f"    added[0] = per_step[0] * ({weighted(c)})\n"
    )


# The last stage looks where the one before looked, moved by what that found; so does the new state.
_LAST_STAGE = """def stage(u1, u2, u3, u4, u5, per_step, out, added):
    out[0] = out[0] + u5[0]
    added[0] = per_step[0] * ({})
"""


def weighted(coefficients: tuple[float, ...]) -> str:
    """Write a sum over the stages of one state."""
    return " + ".join(f"{c!r} * u{j + 1}[0]" for j, c in enumerate(coefficients))


_BEGIN = f"""def begin(step, per_step, diagonal):
    per_step[0] = 1.0 / step[0]
    diagonal[0] = per_step[0] / {GAMMA!r}
"""


# What the next step should be of this one: norm**(-1/8) for an error of order 4, because `norm` is a square.
# Gustafsson: after an accepted step that follows another, extrapolate how the error changed. `last_step` is 0
# after a start or an event.
_CONTROL = [
    "root[0] = exp(-0.125 * log(mean + 1e-20))",
    "before = select(last_step[0], last_step[0], step[0])",
    "trend = max(0.5, -max(-2.0, -step[0] / before * (root[0] / last_root[0])))",
    "trend = select(last_step[0], select(mean - 1.0, 1.0, trend), 1.0)",
    "growth[0] = max(0.2, -max(-6.0, -0.8 * root[0] * trend))",
]


def _error_source(states: list[int]) -> str:
    """Write the mean square over states of the last stage in units of its tolerance.

    What does not move has no error, and counts as such.
    """
    lines = ["total = 0.0"]
    for i in states:
        size = f"max(abs(y[{i}]), abs(y_new[{i}]))"
        lines.append(f"d{i} = absolute[{i}] + relative[{i}] * {size}")
    # Two states share a division: a2/d2 + b2/e2 = (a2 e2 + b2 d2) / (d2 e2), all squares.
    for i, j in zip(states[::2], states[1::2], strict=False):
        lines.append(f"a = u6[{i}] * d{j}")
        lines.append(f"b = u6[{j}] * d{i}")
        lines.append(f"d = d{i} * d{j}")
        lines.append("total = total + (a * a + b * b) / (d * d)")
    if len(states) % 2:
        lines.append(f"a = u6[{states[-1]}] / d{states[-1]}")
        lines.append("total = total + a * a")
    lines.append(f"mean = total * {1.0 / N_STATE!r}")
    lines.append("norm[0] = mean")
    lines += _CONTROL
    arguments = "y, y_new, u6, absolute, relative, step, last_step, last_root, norm, root, growth"
    return f"def error({arguments}):\n" + "\n".join(f"    {line}" for line in lines)


#: Forms of the equations: all of them, and what is left of them for most people (`kernel.REDUCED_BY`).
FORMS = ("whole", "reduced")


@dataclass(frozen=True)
class Stepping:
    """Compiled functions of one form of the equations: three of the kernel, and the attempt made of them."""

    rates: Any
    start: Any
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
    constants = vector_function(kernel.constants, lanes=lanes)
    accepted = vector_function(
        "def accepted(y, y_new, accept):\n    y[0] = select(accept[0], y_new[0], y[0])", lanes=lanes
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
    at_absolute, at_relative, at_norm, at_root = (at[n] for n in ("absolute", "relative", "norm", "root"))
    at_last_step, at_last_root, at_growth = at["last_step"], at["last_root"], at["growth"]
    left_out = kernel.REDUCED_BY["states"] if form == "reduced" else ()
    moving = [i for i in range(N_STATE) if i not in left_out]
    states = np.array(moving) * width

    def compiled(*sources: Source) -> Any:
        return vector_function(*sources, lanes=lanes)

    prefix = {"whole": "", "reduced": "reduced_"}[form]
    of_rates, of_factor, of_solve = (getattr(kernel, prefix + name) for name in ("rates", "factor", "solve"))
    _rates = vector_function(of_rates, lanes=lanes, adding="f")
    # What the rates of the first stage and the factors share is computed once.
    _start = vector_function(_BEGIN, of_factor, of_rates, lanes=lanes)
    _solve = compiled(of_solve)
    _stage2 = compiled(_stage_source((A21,), (C21,)))
    _stage3 = compiled(_stage_source((A31, A32), (C31, C32)))
    _stage4 = compiled(_stage_source((A41, A42, A43), (C41, C42, C43)))
    _stage5 = compiled(_stage_source((A51, A52, A53, A54), (C51, C52, C53, C54)))
    _stage6 = compiled(_LAST_STAGE.format(weighted((C61, C62, C63, C64, C65))))
    _moved = compiled("def moved(where, u, out):\n    out[0] = where[0] + u[0]")
    _error = compiled(_error_source(moving))

    # Functions of their own, so that their vector code exists once and not at every call. Their places are
    # called np.int64, because Numba compiles a function anew for every literal that it is called with.
    @njit(**CODE)
    def rates(memory, y, f):  # type: ignore[no-untyped-def]
        """Vector form of `kernel.rates` on the patients seated, added to what stands there."""
        _rates(memory, y, at_q, f)

    @njit(**CODE)
    def start(memory):  # type: ignore[no-untyped-def]
        """Vector form of `kernel.factor` and, for the first stage, of `kernel.rates`."""
        _start(memory, at_step, at_per_step, at_diagonal, at_y, at_q, at_factors, at_u1)

    @njit(**CODE)
    def solve(memory, b):  # type: ignore[no-untyped-def]
        """Vector form of `kernel.solve`, in place."""
        _solve(memory, at_factors, b)

    # What is done to every state alike stands in loops: written out, it would crowd
    # the processor's cache for code.
    @njit(**CODE)
    def attempt(memory):  # type: ignore[no-untyped-def]
        """One step attempt of every lane: stages u1 to u6, the new state, its error over the tolerance."""
        start(memory)
        solve(memory, np.int64(at_u1))
        for i in states:
            _stage2(memory, at_y + i, at_u1 + i, at_per_step, at_where + i, at_u2 + i)
        rates(memory, np.int64(at_where), np.int64(at_u2))
        solve(memory, np.int64(at_u2))
        for i in states:
            _stage3(memory, at_y + i, at_u1 + i, at_u2 + i, at_per_step, at_where + i, at_u3 + i)
        rates(memory, np.int64(at_where), np.int64(at_u3))
        solve(memory, np.int64(at_u3))
        for i in states:
            _stage4(memory, at_y + i, at_u1 + i, at_u2 + i, at_u3 + i, at_per_step, at_where + i, at_u4 + i)
        rates(memory, np.int64(at_where), np.int64(at_u4))
        solve(memory, np.int64(at_u4))
        for i in states:
            _stage5(
                memory,
                at_y + i,
                at_u1 + i,
                at_u2 + i,
                at_u3 + i,
                at_u4 + i,
                at_per_step,
                at_where + i,
                at_u5 + i,
            )
        rates(memory, np.int64(at_where), np.int64(at_u5))
        solve(memory, np.int64(at_u5))
        for i in states:
            _stage6(
                memory,
                at_u1 + i,
                at_u2 + i,
                at_u3 + i,
                at_u4 + i,
                at_u5 + i,
                at_per_step,
                at_where + i,
                at_u6 + i,
            )
        rates(memory, np.int64(at_where), np.int64(at_u6))
        solve(memory, np.int64(at_u6))
        for i in states:
            _moved(memory, at_where + i, at_u6 + i, at_y_new + i)
        _error(
            memory,
            at_y,
            at_y_new,
            at_u6,
            at_absolute,
            at_relative,
            at_step,
            at_last_step,
            at_last_root,
            at_norm,
            at_root,
            at_growth,
        )

    return Stepping(rates, start, solve, attempt)

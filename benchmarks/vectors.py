"""What our own vector code gains over a loop that the compiler may vectorise.

    python benchmarks/vectors.py

Writes the right-hand side and the factorisation of the kernel as a loop over 8 and over 16 patients, with the
same rules of arithmetic, and times them beside the vectors of `osteocast.engine.lanes`. Prints nanoseconds
for one patient, and how many instructions do arithmetic on vectors and on single numbers.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

from osteocast.engine import kernel, rodas
from osteocast.engine.layout import DOUBLE, N_Q, layout

AT, LANES = layout(DOUBLE).vectors, DOUBLE.count
MEMORY = AT["end"]
RULES = {"nnan", "ninf", "nsz", "arcp", "contract", "afn"}
SIZES = {
    "y": kernel.N_STATE,
    "q": N_Q,
    "f": kernel.N_STATE,
    "diagonal": 1,
    "w": kernel.N_FACTOR,
}
REPEATS, BEST_OF = 100_000, 5


def looped(function: Callable[..., None], lanes: int) -> Any:
    """Write a function of the kernel as a loop over patients, element i of patient k at i * lanes + k."""

    class Widen(ast.NodeTransformer):
        def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
            assert isinstance(node.slice, ast.Constant)
            place = ast.parse(f"{node.slice.value * lanes} + k", mode="eval").body
            return ast.Subscript(node.value, place, node.ctx)

    definition = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(definition, ast.FunctionDef)
    statements = [Widen().visit(one) for one in definition.body if not isinstance(one, ast.Expr)]
    head = f"def loop({', '.join(SIZES)}):\n for k in range({lanes}):\n"
    body = "\n".join("  " + ast.unparse(ast.fix_missing_locations(one)) for one in statements)
    scope: dict[str, Any] = {"exp": np.exp, "log": np.log, "sqrt": np.sqrt}
    exec(head + body, scope)
    return njit(error_model="numpy", fastmath=RULES)(scope["loop"])


def nanoseconds(call: str, lanes: int, arrays: dict[str, np.ndarray], **names: Any) -> float:
    """Time a call; the best of several runs, for one patient."""
    scope = dict(names)
    exec(f"def run(n, {', '.join(arrays)}):\n for _ in range(n):\n  {call}\n", scope)
    run = njit(scope["run"])
    run(1, **arrays)
    best = np.inf
    for _ in range(BEST_OF):
        start = time.perf_counter()
        run(REPEATS, **arrays)
        best = min(best, time.perf_counter() - start)
    return best / REPEATS / lanes * 1e9


def main() -> None:
    """Print one line for each function and form."""
    numbers = np.random.default_rng(0)
    memory = np.abs(numbers.normal(1.0, 0.1, MEMORY))
    own = {
        "rates": ("function(memory, y, f)", {"y": AT["y"], "f": AT["u1"]}),
        "factor": ("function(memory)", {}),
    }
    vectors = {"rates": "rates", "factor": "start"}  # the factors are made together with the first rates
    for name, (call, places) in own.items():
        for lanes in (8, 16):
            loop = looped(getattr(kernel, name), lanes)
            arrays = {key: np.abs(numbers.normal(1.0, 0.1, size * lanes)) for key, size in SIZES.items()}
            took = nanoseconds(f"loop({', '.join(SIZES)})", lanes, arrays, loop=loop)
            code = next(iter(loop.inspect_asm().values()))
            several, single = (
                len(re.findall(rf"v?(?:add|sub|mul|div){kind}", code)) for kind in ("pd", "sd")
            )
            print(f"{name:7} loop over {lanes:2}: {took:6.1f} ns; {several} vector, {single} scalar")
        took = nanoseconds(
            call,
            LANES,
            {"memory": memory},
            function=getattr(rodas.stepping("whole"), vectors[name]),
            **places,
        )
        print(f"{name:7} own vectors, {LANES}: {took:6.1f} ns")


if __name__ == "__main__":
    main()

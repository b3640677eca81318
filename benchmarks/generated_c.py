"""What C of the same equations would gain over the engine's own vector code.

    python benchmarks/generated_c.py

Writes one attempt of a step, on eight patients side by side, as C with GCC's vectors, compiles it with
`cc -O3 -march=native`, and times it in turn with the engine's on the same memory. Prints the time that each
takes to compile, the largest difference of a result, and nanoseconds of an attempt of all eight, by processor
time.
"""

from __future__ import annotations

import ast
import ctypes
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numpy as np
from numba import cfunc, types

from osteocast.engine import compiled, kernel, lanes, rodas
from osteocast.engine.arithmetic import _FORMATS
from osteocast.engine.kernel import N_STATE
from osteocast.engine.lanes import array_at
from osteocast.engine.layout import DOUBLE, N_Q, layout
from osteocast.physiology import STATES
from osteocast.simulation import Subject, batch_of
from osteocast.therapies import Course

AT = layout(DOUBLE).vectors
CALLS, ROUNDS = 2_000, 40
_MOVING = [i for i in range(N_STATE) if i not in kernel.REDUCED_BY["states"]]
# The rules of `osteocast.engine.arithmetic.FLAGS`, and the schedule that was quickest of eight tried.
OPTIONS = (
    *("-O3", "-march=native", "-ffp-contract=fast", "-fno-math-errno", "-fno-trapping-math"),
    *("-freciprocal-math", "-fno-signed-zeros", "-ffinite-math-only", "-mprefer-vector-width=512"),
    *("-fschedule-insns", "-fsched-pressure", "-Wno-psabi", "-fPIC", "-shared"),
)
_HEAD = """
#include <math.h>
typedef double v __attribute__((vector_size(64)));
typedef long long w __attribute__((vector_size(64)));
#define F static inline __attribute__((always_inline)) v
F choose(w m, v a, v b) { return (v)((m & (w)a) | (~m & (w)b)); }
F clip(v x, double low, double high)
{
    x = choose(x < low, (v){} + low, x);
    return choose(x > high, (v){} + high, x);
}
F v_sqrt(v x) { for (int i = 0; i < 8; i++) x[i] = sqrt(x[i]); return x; }
F v_abs(v x) { return choose(x < 0.0, -x, x); }
F widest(v x, v y) { return choose(x > y, x, y); }
F picked(v c, v x, v y) { return choose(c > 0.0, x, y); }
#define v_max(x, y) widest((v){} + (x), (v){} + (y))
#define v_select(c, x, y) picked((v){} + (c), (v){} + (x), (v){} + (y))
F v_exp(v given)
{
    v x = clip(given, -EXPONENTS, EXPONENTS), shifted = x * 1.4426950408889634 + SHIFT, k = shifted - SHIFT;
    v rest = (x - k * HIGH) - k * LOW, total = (v){} + EXP[0];
    for (int i = 1; i < sizeof EXP / sizeof *EXP; i++) total = total * rest + EXP[i];
    return total * (v)(((w)shifted + (1023 - SHIFT_BITS)) << 52);
}
F v_log(v given)
{
    w bits = (w)clip(given, SMALLEST, LARGEST), exponent = (bits - ROOT_HALF) >> 52;
    v m = (v)(bits - (exponent << 52)), k = (v)(exponent + SHIFT_BITS) - SHIFT, s = (m - 1.0) / (m + 1.0);
    v square = s * s, total = (v){} + LOG[0];
    for (int i = 1; i < sizeof LOG / sizeof *LOG; i++) total = total * square + LOG[i];
    return k * HIGH + (k * LOW + s * total);
}
"""


def constants() -> str:
    """Write the numbers of the polynomials."""
    form = _FORMATS["double"]
    numbers = {
        "EXPONENTS": form.exponents,
        "SHIFT": form.shift,
        "SHIFT_BITS": f"{form.shift_bits}LL",
        "HIGH": form.ln2[0],
        "LOW": form.ln2[1],
        "SMALLEST": form.smallest,
        "LARGEST": form.largest,
        "ROOT_HALF": f"{form.root_half_bits}LL",
    }
    tables = {"EXP": form.exp, "LOG": form.log}
    lines = [f"#define {name} {number}" for name, number in numbers.items()]
    lines += [f"static const double {name}[] = {{{', '.join(map(repr, t))}}};" for name, t in tables.items()]
    return "\n".join(lines)


class _Names(ast.NodeTransformer):
    """Calls the functions on vectors, and keeps the names of the kernel apart from those of C."""

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(f"v_{node.id}", node.ctx)


def function(source: Callable[..., None] | str, name: str) -> str:
    """Write a function of the kernel on vectors."""
    known: set[str] = set()
    lines = []
    for statement in lanes.statements(source):
        assert isinstance(statement, ast.Assign)
        target, value = (ast.unparse(_Names().visit(one)) for one in (statement.targets[0], statement.value))
        new = "v " if "[" not in target and target not in known else ""
        known.add(target)
        # A constant alone has no lanes.
        lines.append(f"    {new}{target} = {value if 'v_' in value else f'(v){{}} + {value}'};")
    takes = ", ".join(f"v *restrict v_{one}" for one in _arguments(source))
    return f"static __attribute__((noinline)) void {name}({takes})\n{{\n" + "\n".join(lines) + "\n}\n"


def _arguments(source: Callable[..., None] | str) -> list[str]:
    if isinstance(source, str):
        return source[source.index("(") + 1 : source.index(")")].split(", ")
    return list(source.__code__.co_varnames[: source.__code__.co_argcount])


def attempt() -> str:
    """Write `osteocast.engine.rodas.Stepping.attempt` of the reduced form."""
    r = rodas
    looks = ((r.A21,), (r.A31, r.A32), (r.A41, r.A42, r.A43), (r.A51, r.A52, r.A53, r.A54))
    adds = (
        *((r.C21,), (r.C31, r.C32), (r.C41, r.C42, r.C43), (r.C51, r.C52, r.C53, r.C54)),
        (r.C61, r.C62, r.C63, r.C64, r.C65),
    )
    every = f"for (int i = 0; i < {N_STATE}; i++)"
    lines = [f"v *{name} = (v *)(memory + {place});" for name, place in AT.items() if name != "end"]
    lines += [
        f"*per_step = 1.0 / *step; *diagonal = *per_step / {r.GAMMA!r};",
        "factor(y, q, diagonal, factors); rates(y, q, u1); solve(factors, u1);",
    ]
    for stage, added in enumerate(adds, 2):
        moved = "where[i] + u5[i]" if stage == 6 else f"y[i] + {_weighted(looks[stage - 2])}"
        lines += [
            f"{every} where[i] = {moved};",
            f"rates(where, q, u{stage});",
            f"{every} u{stage}[i] += *per_step * ({_weighted(added)});",
            f"solve(factors, u{stage});",
        ]
    lines += [
        f"{every} y_new[i] = where[i] + u6[i];",
        "error(y, y_new, u6, absolute, relative, step, last_step, last_root, norm, root, growth);",
    ]
    return "void attempt(double *memory)\n{\n    " + "\n    ".join(lines) + "\n}\n"


def _weighted(numbers: tuple[float, ...]) -> str:
    return " + ".join(f"{number!r} * u{i}[i]" for i, number in enumerate(numbers, 1))


def in_c(folder: Path) -> Any:
    """Compile the attempt with the C compiler of this machine."""
    reduced = [(getattr(kernel, f"reduced_{name}"), name) for name in ("rates", "factor", "solve")]
    functions = [function(*one) for one in (*reduced, (rodas._error_source(_MOVING), "error"))]
    (folder / "attempt.c").write_text("\n".join([constants(), _HEAD, *functions, attempt()]))
    command = ["cc", *OPTIONS, "-o", "attempt.so", "attempt.c", "-lm"]
    subprocess.run(command, cwd=folder, check=True)
    made = ctypes.CDLL(str(folder / "attempt.so")).attempt
    made.argtypes, made.restype = [ctypes.c_void_p], None
    return made


def by_engine() -> Any:
    """Compile the attempt as the engine does."""
    own, size = rodas.stepping("reduced").attempt, AT["end"]

    @cfunc(types.void(types.CPointer(types.float64)), **rodas.CODE)  # type: ignore[untyped-decorator]
    def entry(at: Any) -> None:
        own(array_at(at, (size,)))

    code = compiled._object_code(entry.inspect_llvm(), entry.native_name)
    assert code is not None
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), compiled._machine())
    engine.add_object_file(llvm.object_file.ObjectFileRef.from_data(code))
    engine.finalize_object()
    compiled._alive.append(engine)
    return ctypes.CFUNCTYPE(None, ctypes.c_void_p)(engine.get_function_address(compiled._SYMBOL))


def memory() -> np.ndarray:
    """Seat eight women on anastrozole, with a step of three days before them."""
    women = [Subject(age=58.0 + i, menopause_age=50.0) for i in range(DOUBLE.count)]
    batch = batch_of(women, [[Course("anastrozole")]] * DOUBLE.count, np.array([0.0]))
    block = compiled._aligned(AT["end"])

    def fill(name: str, values: np.ndarray) -> None:
        block[AT[name] : AT[name] + values.size] = np.ascontiguousarray(values).ravel()

    q = np.zeros((N_Q, DOUBLE.count))
    for k in range(DOUBLE.count):
        own = [*batch.parameters[k], *batch.inputs[k], *([0.0] * kernel.N_CONSTANT)]
        kernel.constants(own)
        q[:, k] = own
    fill("y", batch.initial.T)
    fill("q", q)
    fill("absolute", np.repeat([state.scale * 1e-4 for state in STATES], DOUBLE.count))
    fill("relative", np.full(N_STATE * DOUBLE.count, 1e-4))
    for name in ("step", "last_step"):
        fill(name, np.full(DOUBLE.count, 3.0))
    fill("last_root", np.ones(DOUBLE.count))
    return block


def main() -> None:
    """Print what is told above."""
    with tempfile.TemporaryDirectory() as folder:
        forms = {}
        for name, make in (("engine", by_engine), ("C", lambda: in_c(Path(folder)))):
            start = time.perf_counter()
            forms[name] = make()
            print(f"{name:6} compiled in {time.perf_counter() - start:.1f} s")
    block, fresh = memory(), memory()
    address = block.__array_interface__["data"][0]
    news: dict[str, np.ndarray] = {}
    taken: dict[str, list[float]] = {name: [] for name in forms}
    for name, run in forms.items():
        block[:] = fresh
        run(address)
        news[name] = block[AT["y_new"] : AT["y_new"] + N_STATE * DOUBLE.count].copy()
    scales = np.repeat([state.scale for state in STATES], DOUBLE.count)
    furthest = np.max(np.abs(news["C"] - news["engine"]) / scales)
    print(f"largest difference of a state: {furthest:.1e} of its scale")
    for _ in range(ROUNDS):
        for name, run in forms.items():
            start = time.process_time()
            for _ in range(CALLS):
                run(address)
            taken[name].append((time.process_time() - start) / CALLS * 1e9)
    for name, times in taken.items():
        print(f"{name:6} {min(times):6.0f} ns at best, {np.median(times):6.0f} ns as a rule")
    ratios = np.array(taken["C"]) / np.array(taken["engine"])
    print(
        f"C takes {np.median(ratios):.2f} of the engine's time (80% of rounds: "
        f"{np.quantile(ratios, 0.1):.2f} to {np.quantile(ratios, 0.9):.2f})"
    )


if __name__ == "__main__":
    main()

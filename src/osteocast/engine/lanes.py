"""Compile the straight-line functions of the kernel to vector code, one patient a lane.

The kernel is written for one patient (`y[3]`, `q[17]`). Here each of its functions becomes an LLVM function
body in which every scalar is a vector of `LANES` doubles, so that the arithmetic of all lanes is one
instruction stream whatever the optimiser thinks of loops and aliases. Only what the kernel uses is
understood: assignments, + - * /, sqrt, exp, log, abs, max and select.

An array for lanes stores element i of lane k at ``i * LANES + k``.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import populate_array

from osteocast.engine.layout import LANES

__all__ = ["LANES", "array_at", "vector_function"]

_VECTOR = ir.VectorType(ir.DoubleType(), LANES)
_INTEGERS = ir.VectorType(ir.IntType(64), LANES)
# Reassociation would break the rounding trick in `_exp` and is left out; results stay the same from build to
# build.
_FLAGS = ("nnan", "ninf", "nsz", "arcp", "contract", "afn")


def vector_function(kernel_function: Callable[..., None] | str) -> Any:
    """Return an intrinsic that runs a function of the kernel on `LANES` patients.

    Parameters
    ----------
    kernel_function : callable or str
        A function that takes arrays only and is straight-line code on constant positions of them, or its
        source.

    Returns
    -------
    intrinsic
        Callable from compiled code as ``f(memory, at_1, at_2, ...)``: one array of doubles, and where in it
        each array argument of the function begins. One array, because compiled code counts references to
        every array that it passes, at a cost of the order of the arithmetic here.
    """
    if isinstance(kernel_function, str):
        names = kernel_function[kernel_function.index("(") + 1 : kernel_function.index(")")].split(", ")
    else:
        names = list(inspect.signature(kernel_function).parameters)

    def body() -> list[ast.stmt]:
        # Read when compiled: a process that finds the machine code cached never needs it.
        source = kernel_function if isinstance(kernel_function, str) else inspect.getsource(kernel_function)
        definition = ast.parse(textwrap.dedent(source)).body[0]
        assert isinstance(definition, ast.FunctionDef)
        return definition.body

    def typing(memory: Any, *places: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            data = context.make_array(memory)(context, builder, arguments[0]).data
            pointers = {
                name: builder.bitcast(builder.gep(data, [place]), _VECTOR.as_pointer())
                for name, place in zip(names, arguments[1:], strict=True)
            }
            _Emitter(builder, pointers).run(body())
            return context.get_dummy_value()

        return types.void(memory, *(types.intp for _ in places)), codegen

    # Numba wants a typing function of exactly the arguments.
    arguments = ", ".join(["memory", *(f"at_{name}" for name in names)])
    scope: dict[str, Any] = {"typing": typing}
    exec(
        f"def typing_function(typingctx, {arguments}):\n    return typing({arguments})\n", scope
    )  # the names come from our own kernel
    return intrinsic(scope["typing_function"])


@intrinsic
def array_at(_typing: Any, pointer: Any, shape: Any) -> Any:
    """Look at memory of the caller's as an array in C order; to be used in compiled code.

    `numba.carray` does the same in a function that returns the array, which takes Numba's run-time library.
    """
    array_type = types.Array(pointer.dtype, len(shape), "C")

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data, lengths = arguments
        array = context.make_array(array_type)(context, builder)
        size = context.get_abi_sizeof(context.get_data_type(array_type.dtype))
        shape = cgutils.unpack_tuple(builder, lengths)
        stride = ir.Constant(ir.IntType(64), size)
        strides = [stride]
        for length in shape[:0:-1]:
            stride = builder.mul(stride, length)
            strides.insert(0, stride)
        populate_array(array, builder.bitcast(data, array.data.type), lengths, strides, size, meminfo=None)
        return array._getvalue()

    return array_type(pointer, shape), codegen


class _Emitter:
    """Walks straight-line Python and writes it as vector instructions."""

    def __init__(self, builder: Any, pointers: dict[str, Any]) -> None:
        self.builder = builder
        self.pointers = pointers
        self.values: dict[str, Any] = {}

    def run(self, body: list[ast.stmt]) -> None:
        statements = [one for one in body if not isinstance(one, ast.Expr)]  # without the docstring
        for together in _grouped(statements):
            if len(together) == 1:
                self.assign(together[0].targets[0], self.expression(together[0].value))
                continue
            calls = [one.value for one in together]
            arguments = [self.expression(call.args[0]) for call in calls]
            for one, value in zip(
                together, _SIDE_BY_SIDE[calls[0].func.id](self.builder, arguments), strict=True
            ):
                self.assign(one.targets[0], value)

    def assign(self, target: ast.expr, value: Any) -> None:
        if isinstance(target, ast.Name):
            self.values[target.id] = value
        else:
            assert isinstance(target, ast.Subscript)
            self.builder.store(value, self.address(target), align=8)

    def address(self, node: ast.Subscript) -> Any:
        assert isinstance(node.value, ast.Name) and isinstance(node.slice, ast.Constant)
        return self.builder.gep(self.pointers[node.value.id], [ir.Constant(ir.IntType(64), node.slice.value)])

    def expression(self, node: ast.expr) -> Any:
        b = self.builder
        match node:
            case ast.Constant(value=float(number)):
                return splat(number)
            case ast.Name(id=name):
                return self.values[name]
            case ast.Subscript():
                return b.load(self.address(node), align=8)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return b.fsub(splat(-0.0), self.expression(operand), flags=_FLAGS)
            case ast.BinOp(left=left, op=op, right=right):
                x, y = self.expression(left), self.expression(right)
                match op:
                    case ast.Add():
                        return b.fadd(x, y, flags=_FLAGS)
                    case ast.Sub():
                        return b.fsub(x, y, flags=_FLAGS)
                    case ast.Mult():
                        return b.fmul(x, y, flags=_FLAGS)
                    case ast.Div():
                        return b.fdiv(x, y, flags=_FLAGS)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return _FUNCTIONS[name](b, *(self.expression(argument) for argument in arguments))
        raise NotImplementedError(f"the kernel uses something new: {ast.dump(node)}")


def _grouped(statements: list[ast.stmt]) -> list[list[Any]]:
    """Put assignments of exponentials, or of logarithms, that follow one another into one group."""
    groups: list[list[Any]] = []
    known: str | None = None
    made: set[str] = set()
    for one in statements:
        assert isinstance(one, ast.Assign) and len(one.targets) == 1, ast.dump(one)
        name = _called(one)
        taken = {node.id for node in ast.walk(one.value) if isinstance(node, ast.Name)}
        if name is not None and name == known and not taken & made and len(groups[-1]) < _MOST_SIDE_BY_SIDE:
            groups[-1].append(one)
        else:
            groups.append([one])
            known, made = name, set()
        if isinstance(one.targets[0], ast.Name):
            made.add(one.targets[0].id)
    return groups


def _called(one: ast.Assign) -> str | None:
    match one.value:
        case ast.Call(func=ast.Name(id=name)) if name in _SIDE_BY_SIDE:
            return name
    return None


def splat(number: float) -> ir.Constant:
    """Return a vector with the same number in every lane."""
    return ir.Constant(_VECTOR, [float(number)] * LANES)


def _splat_integer(number: int) -> ir.Constant:
    return ir.Constant(_INTEGERS, [number] * LANES)


def sqrt(b: Any, x: Any) -> Any:
    """Square root of every lane."""
    name = f"llvm.sqrt.v{LANES}f64"
    function = b.module.globals.get(name) or ir.Function(b.module, ir.FunctionType(_VECTOR, [_VECTOR]), name)
    return b.call(function, [x])


def absolute(b: Any, x: Any) -> Any:
    """Magnitude of every lane."""
    return b.select(b.fcmp_ordered("<", x, splat(0.0)), b.fsub(splat(-0.0), x), x)


def larger(b: Any, x: Any, y: Any) -> Any:
    """Pick the larger of two, lane by lane."""
    return b.select(b.fcmp_ordered(">", x, y), x, y)


def select(b: Any, choice: Any, x: Any, y: Any) -> Any:
    """Pick x where choice is above zero and y elsewhere, lane by lane."""
    return b.select(b.fcmp_ordered(">", choice, splat(0.0)), x, y)


def _polynomials(b: Any, coefficients: tuple[float, ...], xs: list[Any]) -> list[Any]:
    """Horner's scheme, highest coefficient first, for several arguments step by step together."""
    totals = [splat(coefficients[0])] * len(xs)
    for coefficient in coefficients[1:]:
        totals = [
            b.fadd(b.fmul(total, x, flags=_FLAGS), splat(coefficient), flags=_FLAGS)
            for total, x in zip(totals, xs, strict=True)
        ]
    return totals


_SHIFT = 6755399441055744.0  # 1.5 * 2**52: adding it rounds to an integer, held in the low bits
_SHIFT_BITS = 0x4338000000000000
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_EXP = (
    1 / 479001600,
    1 / 39916800,
    1 / 3628800,
    1 / 362880,
    1 / 40320,
    1 / 5040,
    1 / 720,
    1 / 120,
    1 / 24,
    1 / 6,
    1 / 2,
    1.0,
    1.0,
)
_LOG = (2 / 19, 2 / 17, 2 / 15, 2 / 13, 2 / 11, 2 / 9, 2 / 7, 2 / 5, 2 / 3, 2.0)


def _clip(b: Any, x: Any, low: float, high: float) -> Any:
    x = b.select(b.fcmp_ordered("<", x, splat(low)), splat(low), x)
    return b.select(b.fcmp_ordered(">", x, splat(high)), splat(high), x)


def exps(b: Any, xs: list[Any]) -> list[Any]:
    """e**x of every lane, relative error below 1e-13, clipped to where the result is a normal number.

    x = k ln 2 + r; a polynomial in r, and k written into the exponent bits.
    """
    rests, scales = [], []
    for given in xs:
        x = _clip(b, given, -700.0, 700.0)
        shifted = b.fadd(b.fmul(x, splat(1.4426950408889634)), splat(_SHIFT))
        k = b.fsub(shifted, splat(_SHIFT))
        rests.append(b.fsub(b.fsub(x, b.fmul(k, splat(_LN2_HIGH))), b.fmul(k, splat(_LN2_LOW))))
        bits = b.add(b.bitcast(shifted, _INTEGERS), _splat_integer(1023 - _SHIFT_BITS))
        scales.append(b.bitcast(b.shl(bits, _splat_integer(52)), _VECTOR))
    series = _polynomials(b, _EXP, rests)
    return [b.fmul(one, scale, flags=_FLAGS) for one, scale in zip(series, scales, strict=True)]


def logs(b: Any, xs: list[Any]) -> list[Any]:
    """Natural logarithm of every lane, error below 1e-13; anything below 1e-300 counts as 1e-300.

    x = m 2**k with m between sqrt(1/2) and sqrt(2); the series of log((1+s)/(1-s)) with s = (m-1)/(m+1).
    """
    ratios, powers = [], []
    for given in xs:
        x = _clip(b, given, 1e-300, 1e300)
        bits = b.bitcast(x, _INTEGERS)
        exponent = b.ashr(b.sub(bits, _splat_integer(0x3FE6A09E667F3BCD)), _splat_integer(52))
        m = b.bitcast(b.sub(bits, b.shl(exponent, _splat_integer(52))), _VECTOR)
        k = b.bitcast(b.add(exponent, _splat_integer(_SHIFT_BITS)), _VECTOR)
        powers.append(b.fsub(k, splat(_SHIFT)))
        ratios.append(b.fdiv(b.fsub(m, splat(1.0)), b.fadd(m, splat(1.0))))
    series = _polynomials(b, _LOG, [b.fmul(s, s) for s in ratios])
    made = []
    for s, k, one in zip(ratios, powers, series, strict=True):
        low = b.fadd(b.fmul(k, splat(_LN2_LOW)), b.fmul(s, one, flags=_FLAGS), flags=_FLAGS)
        made.append(b.fadd(b.fmul(k, splat(_LN2_HIGH)), low, flags=_FLAGS))
    return made


def exp(b: Any, x: Any) -> Any:
    """As `exps`, of one vector."""
    return exps(b, [x])[0]


def log(b: Any, x: Any) -> Any:
    """As `logs`, of one vector."""
    return logs(b, [x])[0]


# What is computed for several vectors step by step together, because each step waits for the one before.
_SIDE_BY_SIDE: dict[str, Callable[..., list[Any]]] = {"exp": exps, "log": logs}
_MOST_SIDE_BY_SIDE = 6  # more would not find room in the registers

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp": exp,
    "log": log,
    "sqrt": sqrt,
    "abs": absolute,
    "max": larger,
    "select": select,
}

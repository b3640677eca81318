"""Compile the straight-line functions of the kernel to vector code, one patient a lane.

The kernel is written for one patient (`y[3]`, `q[17]`). Here each of its functions becomes an LLVM function
body in which every scalar is a vector of numbers (`osteocast.engine.layout.Lanes` says of which precision and
how many), so that the arithmetic of all lanes is one instruction stream whatever the optimiser thinks of
loops and aliases. Only what the kernel uses is understood: assignments, + - * /, sqrt, exp, log, abs, max and
select.

An array for lanes stores element i of lane k at ``i * count + k``.
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

from osteocast.engine.arithmetic import FLAGS, MOST_SIDE_BY_SIDE, Arithmetic, arithmetic
from osteocast.engine.layout import DOUBLE, Lanes

__all__ = ["Emitter", "array_at", "flush_tiny", "restore_tiny", "statements", "vector_function"]


Source = Callable[..., None] | str


def vector_function(*functions: Source, lanes: Lanes = DOUBLE, adding: str = "") -> Any:
    """Return an intrinsic that runs functions of the kernel on several patients side by side.

    Parameters
    ----------
    functions : callable or str
        Functions that take arrays only and are straight-line code on constant positions of them, or their
        source. Several are written as one, so that what both compute is computed once; arguments of one name
        are the same array.
    lanes : Lanes
        How many patients, and in which precision.
    adding : str
        An array argument to whose elements is added what the functions assign to them.

    Returns
    -------
    intrinsic
        Callable from compiled code as ``f(memory, at_1, at_2, ...)``: one array of numbers, and where in it
        each array argument of the function begins. One array, because compiled code counts references to
        every array that it passes, at a cost of the order of the arithmetic here.
    """
    names = list(dict.fromkeys(name for one in functions for name in _arguments(one)))
    of_lanes = arithmetic(lanes)

    def typing(memory: Any, *places: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            data = context.make_array(memory)(context, builder, arguments[0]).data
            pointers = {
                name: builder.bitcast(builder.gep(data, [place]), of_lanes.type.as_pointer())
                for name, place in zip(names, arguments[1:], strict=True)
            }
            # Read when compiled: a process that finds the machine code cached never needs the source.
            emitter = Emitter(of_lanes, builder, pointers, adding)
            for one in functions:
                emitter.run(statements(one))
            return context.get_dummy_value()

        return types.void(memory, *(types.intp for _ in places)), codegen

    # Numba wants a typing function of exactly the arguments.
    arguments = ", ".join(["memory", *(f"at_{name}" for name in names)])
    scope: dict[str, Any] = {"typing": typing}
    exec(
        f"def typing_function(typingctx, {arguments}):\n    return typing({arguments})\n", scope
    )  # the names come from our own kernel
    return intrinsic(scope["typing_function"])


def _arguments(function: Source) -> list[str]:
    if isinstance(function, str):
        return function[function.index("(") + 1 : function.index(")")].split(", ")
    return list(inspect.signature(function).parameters)


def statements(kernel_function: Source) -> list[ast.stmt]:
    """Return what a function of the kernel does, given itself or its source, without its docstring."""
    source = kernel_function if isinstance(kernel_function, str) else inspect.getsource(kernel_function)
    definition = ast.parse(textwrap.dedent(source)).body[0]
    assert isinstance(definition, ast.FunctionDef)
    return [one for one in definition.body if not isinstance(one, ast.Expr)]


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


# Bits of the register that controls vector arithmetic on x86: results and operands too small for a normal
# number count as zero.
_FLUSH = 0x8040


@intrinsic
def flush_tiny(_typing: Any) -> Any:
    """Let numbers too small to be normal count as zero in this thread; return what was so before.

    Drug levels of single precision reach such numbers a few months after the last dose, and an x86 processor
    computes with them a hundred times more slowly. On other processors nothing is done.
    """

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        if not _is_x86(builder):
            return ir.Constant(ir.IntType(32), 0)
        place = cgutils.alloca_once(builder, ir.IntType(32))
        builder.call(_control(builder, "stmxcsr"), [builder.bitcast(place, ir.IntType(8).as_pointer())])
        before = builder.load(place)
        builder.store(builder.or_(before, ir.Constant(ir.IntType(32), _FLUSH)), place)
        builder.call(_control(builder, "ldmxcsr"), [builder.bitcast(place, ir.IntType(8).as_pointer())])
        return before

    return types.int32(), codegen


@intrinsic
def restore_tiny(_typing: Any, before: Any) -> Any:
    """Undo `flush_tiny`, whose answer is handed in."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        if _is_x86(builder):
            place = cgutils.alloca_once_value(builder, arguments[0])
            builder.call(_control(builder, "ldmxcsr"), [builder.bitcast(place, ir.IntType(8).as_pointer())])
        return context.get_dummy_value()

    return types.void(types.int32), codegen


def _is_x86(builder: Any) -> bool:
    triple: str = builder.module.triple
    return triple.startswith(("x86_64", "i386", "i686"))


def _control(builder: Any, instruction: str) -> Any:
    name = f"llvm.x86.sse.{instruction}"
    kind = ir.FunctionType(ir.VoidType(), [ir.IntType(8).as_pointer()])
    return builder.module.globals.get(name) or ir.Function(builder.module, kind, name)


class Emitter:
    """Walks straight-line Python and writes it as instructions for several patients.

    Parameters
    ----------
    of_lanes : Arithmetic
        What a number is.
    builder : llvmlite.ir.IRBuilder
        Where to write.
    pointers : dict of str to llvmlite value
        By the name of each array argument the address of its first vector.
    adding : str
        An array argument to whose elements is added what is assigned to them.
    """

    def __init__(
        self, of_lanes: Arithmetic, builder: Any, pointers: dict[str, Any], adding: str = ""
    ) -> None:
        self.adding = adding
        self.of_lanes = of_lanes
        self.builder = builder
        self.pointers = pointers
        self.values: dict[str, Any] = {}

    def run(self, body: list[ast.stmt]) -> None:
        """Write statements, the body of a function of the kernel."""
        for together in _grouped(body):
            if len(together) == 1:
                self.assign(together[0].targets[0], self.expression(together[0].value))
                continue
            calls = [one.value for one in together]
            arguments = [self.expression(call.args[0]) for call in calls]
            values = self.of_lanes.side_by_side[calls[0].func.id](self.builder, arguments)
            for one, value in zip(together, values, strict=True):
                self.assign(one.targets[0], value)

    def assign(self, target: ast.expr, value: Any) -> None:
        """Keep a value under a name, or write it to an array."""
        if isinstance(target, ast.Name):
            self.values[target.id] = value
        else:
            assert isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name)
            if target.value.id == self.adding:
                value = self.builder.fadd(self.expression(target), value, flags=FLAGS)
            self.builder.store(value, self.address(target), align=self.of_lanes.align)

    def address(self, node: ast.Subscript) -> Any:
        """Where an element of an array is."""
        assert isinstance(node.value, ast.Name) and isinstance(node.slice, ast.Constant)
        return self.builder.gep(self.pointers[node.value.id], [ir.Constant(ir.IntType(64), node.slice.value)])

    def expression(self, node: ast.expr) -> Any:
        """Write an expression and return its value."""
        b, splat = self.builder, self.of_lanes.splat
        match node:
            case ast.Constant(value=float(number)):
                return splat(number)
            case ast.Name(id=name):
                return self.values[name]
            case ast.Subscript():
                return b.load(self.address(node), align=self.of_lanes.align)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return b.fsub(splat(-0.0), self.expression(operand), flags=FLAGS)
            case ast.BinOp(left=left, op=op, right=right):
                x, y = self.expression(left), self.expression(right)
                match op:
                    case ast.Add():
                        return b.fadd(x, y, flags=FLAGS)
                    case ast.Sub():
                        return b.fsub(x, y, flags=FLAGS)
                    case ast.Mult():
                        return b.fmul(x, y, flags=FLAGS)
                    case ast.Div():
                        return b.fdiv(x, y, flags=FLAGS)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self.of_lanes.functions[name](
                    b, *(self.expression(argument) for argument in arguments)
                )
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
        if name is not None and name == known and not taken & made and len(groups[-1]) < MOST_SIDE_BY_SIDE:
            groups[-1].append(one)
        else:
            groups.append([one])
            known, made = name, set()
        if isinstance(one.targets[0], ast.Name):
            made.add(one.targets[0].id)
    return groups


def _called(one: ast.Assign) -> str | None:
    match one.value:
        case ast.Call(func=ast.Name(id=name)) if name in ("exp", "log"):
            return name
    return None

"""The compiled integrator: from the user's folder if it is there, from the compiler if not.

Numba needs a second to be loaded and half a minute to compile; machine code that was kept needs neither. It
is loaded by `llvmlite` alone, which is what Numba would do in the end. Both ways run the same code.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import re
import threading
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from osteocast.engine.kernel import INPUTS, N_STATE, PARAMETERS
from osteocast.engine.layout import ARGUMENTS, DOUBLE, SINGLE, Lanes, Precision, layout
from osteocast.files import storage
from osteocast.files.libraries import version

__all__ = ["LANES", "bind", "check", "is_kept", "key", "prepare", "strip"]

_SOURCES = (
    "arithmetic.py",
    "codes.py",
    "compiled.py",
    "integrator.py",
    "kernel.py",
    "lanes.py",
    "layout.py",
    "output.py",
    "rodas.py",
)
# Settings of Numba that change what it compiles.
_SETTINGS = ("NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES", "NUMBA_OPT", "NUMBA_ENABLE_AVX", "NUMBA_LOOP_VECTORIZE")
_SYMBOL = "osteocast_integrate"
#: What the code asks of the C library; anything else would need a library that is not there without Numba.
_LIBRARY = ("exp", "log", "memcpy", "memset", "sqrt")
_CACHE_LINE = 64  # bytes
# Where intermediate code begins a function. Vectors that find no register are kept on the stack; unless that
# begins at a cache line, most of them straddle two.
_BEGINS = re.compile(r"^(define .*) \{$", re.MULTILINE)

_C: dict[str, Any] = {"integer": ctypes.c_int64, "number": ctypes.c_double}
_DTYPE = {"integers": np.dtype(np.int64), "numbers": np.dtype(np.float64)}
_Entry = Callable[..., None]

#: What goes side by side in either precision.
LANES: dict[Precision, Lanes] = {"double": DOUBLE, "single": SINGLE}
# Files of machine code of their own, so that neither precision crowds out the other.
_KIND: dict[Precision, str] = {"double": "engine", "single": "engine_single"}
_ELEMENT = {"double": np.float64, "single": np.float32}

_lock = threading.Lock()
# The engine that holds the code may not be collected before it.
_alive: list[Any] = []


def prepare(precision: Precision = "double") -> None:
    """Load or compile the integrator, if that has not happened yet."""
    _entry(precision)


def is_kept(precision: Precision = "double") -> bool:
    """Whether this machine holds the compiled integrator, for this version of the equations."""
    return storage.load(key(precision), _KIND[precision]) is not None


def bind(arguments: Mapping[str, Any], precision: Precision = "double") -> Callable[[int, int], None]:
    """Lay out the arguments of a batch once, for any number of calls on parts of it.

    Parameters
    ----------
    arguments : mapping of str to int, float or ndarray
        By the names of `osteocast.engine.layout.ARGUMENTS`, without `first`, `last` and the working memory.
    precision : {"double", "single"}
        Of the numbers that are computed with; each has machine code of its own, which is made when first
        asked for.

    Returns
    -------
    callable
        Integrates the patients of `order` from the first number up to the second, exclusive. It lets other
        threads run and may be called from several at once, on different patients.

    Raises
    ------
    ValueError
        If an array has not the shape that the others ask for: compiled code would read what is not there.
    """
    given = dict(arguments)
    check(given)
    entry, places = _entry(precision), layout(LANES[precision])
    fixed = [_address(one) if isinstance(one, np.ndarray) else one for one in _in_order(given)]

    def integrate(first: int, last: int) -> None:
        # Working memory is this call's own. `given` keeps the arrays alive as long as this function is.
        vectors = _aligned(places.vectors["end"], _ELEMENT[precision])
        numbers = _aligned(places.numbers["end"])
        integers = np.zeros(places.integers["end"], dtype=np.int64)
        entry(first, last, *fixed, _address(vectors), _address(numbers), _address(integers))

    integrate.arguments = given  # type: ignore[attr-defined]
    return integrate


def check(arguments: Mapping[str, Any]) -> None:
    """Raise ValueError if an array has not the shape that the others ask for; one not given passes."""
    for name, shape in _shapes(arguments).items():
        if name not in arguments:
            continue
        array = arguments[name]
        if array.shape != shape:
            raise ValueError(f"{name} has shape {array.shape}; expected is {shape}")
        if array.dtype != _DTYPE[ARGUMENTS[name]] or not array.flags.c_contiguous:
            raise ValueError(f"{name} has to be a contiguous array of {_DTYPE[ARGUMENTS[name]]}")


def _in_order(given: Mapping[str, Any]) -> list[Any]:
    outside = ("first", "last", "vectors", "numbers", "integers")
    return [given[name] for name in ARGUMENTS if name not in outside]


def _shapes(given: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    n, events, times = given["n_patient"], given["n_event"], given["n_grid"]
    by_patient = ("start", "end", "status", "attempts", "failed_at", "failed_state")
    by_event = ("event_time", "event_kind", "event_index", "event_value")
    return {
        "parameters": (n, len(PARAMETERS)),
        "inputs": (n, len(INPUTS)),
        "initial": (n, N_STATE),
        "final": (n, N_STATE),
        "absolute": (N_STATE,),
        "relative": (N_STATE,),
        "grid": (times,),
        "selected": (given["n_selected"],),
        "out": (n, times, given["n_selected"]),
        "order": (given.get("n_ordered", n),),
        "event_offset": (n + 1,),
        **{name: (n,) for name in by_patient},
        **{name: (events,) for name in by_event},
    }


def _address(array: np.ndarray) -> int:
    address: int = array.__array_interface__["data"][0]
    return address


def _aligned(size: int, element: Any = np.float64) -> np.ndarray:
    """Zeros whose first element starts a cache line, so that no vector straddles two."""
    bytes_each = np.dtype(element).itemsize
    raw = np.zeros(size + _CACHE_LINE // bytes_each, dtype=element)
    skip = -(_address(raw) // bytes_each) % (_CACHE_LINE // bytes_each)
    return raw[skip : skip + size]


def _entry(precision: Precision = "double") -> _Entry:
    with _lock:  # of several threads one compiles, and the others wait for it
        return _found_or_made(precision)


@cache
def _found_or_made(precision: Precision) -> _Entry:
    name, kind = key(precision), _KIND[precision]
    code = storage.load(name, kind)
    if code is not None:
        found = _loaded(code)
        if found is not None:
            return found
    code, compiled = _compile(precision)
    if code is not None:
        found = _loaded(code)
        if found is not None:
            # What runs now is what later processes load.
            storage.store(name, code, kind)
            return found
    return compiled


@cache
def key(precision: Precision = "double") -> str:
    """Return a digest of all that the machine code depends on: sources, libraries, processor, settings."""
    import llvmlite.binding as llvm

    digest = hashlib.sha256()
    here = Path(__file__).parent
    for name in _SOURCES:
        digest.update((here / name).read_bytes())
    made_with = (version("numba"), version("llvmlite"), platform.python_version(), platform.machine())
    processor = (llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten())
    settings = [os.environ.get(name, "") for name in _SETTINGS]
    digest.update("\n".join((repr(LANES[precision]), *made_with, *processor, *settings)).encode())
    return digest.hexdigest()


def _loaded(code: bytes) -> _Entry | None:
    """Make machine code callable; None if this process lacks something that it calls."""
    import llvmlite.binding as llvm

    try:
        engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _machine())
        # A function that is missing would end the process, not raise.
        if any(llvm.address_of_symbol(name) is None for name in _LIBRARY):
            return None
        engine.add_object_file(llvm.object_file.ObjectFileRef.from_data(code))
        engine.finalize_object()
        address = engine.get_function_address(_SYMBOL)
    except (AttributeError, OSError, RuntimeError):
        return None
    if not address:
        return None
    _alive.append(engine)
    return _callable(address)


def _callable(address: int) -> _Entry:
    arguments = [_C.get(kind, ctypes.c_void_p) for kind in ARGUMENTS.values()]
    return ctypes.CFUNCTYPE(None, *arguments)(address)


def _machine() -> Any:
    """Return the processor of this machine, as Numba describes it to LLVM."""
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=3,
        reloc="static" if target.name.startswith("x86") else "default",
        codemodel="jitdefault",
        jit=True,
    )


def _compile(precision: Precision = "double") -> tuple[bytes | None, _Entry]:
    """Compile the integrator for a precision.

    Returns
    -------
    code : bytes or None
        Machine code that runs without Numba; None if it cannot be had.
    compiled : callable
        The same in this process, held by Numba.
    """
    from osteocast.engine import integrator

    made = integrator.compiled(LANES[precision])
    _alive.append(made)
    try:
        code = _object_code(made.inspect_llvm(), made.native_name)
    except (AttributeError, RuntimeError):  # an llvmlite without these passes
        code = None
    return code, _callable(made.address)


def strip(module: Any, name: str, builder: Any) -> None:
    """Take out of a module what Numba adds for errors that cannot occur, and leave one function to call.

    Numba writes into every function what is done if it raises. Ours raise nothing, which can be seen as soon
    as nobody else may replace them; what nobody calls then goes, and the interpreter with it.

    Parameters
    ----------
    module : llvmlite.binding.ModuleRef
        Is changed.
    name : str
        The function that stays callable.
    builder : llvmlite.binding.PassBuilder
        Of the processor that the code is for.
    """
    import llvmlite.binding as llvm

    for function in module.functions:
        if not function.is_declaration and function.name != name:
            function.linkage = "internal"
    passes = llvm.create_new_module_pass_manager()
    passes.add_ipsccp_pass()
    passes.add_simplify_cfg_pass()
    passes.add_global_dead_code_eliminate_pass()
    passes.run(module, builder)


def _object_code(text: str, name: str) -> bytes | None:
    """Turn Numba's intermediate code into an object that needs nothing of Numba."""
    import llvmlite.binding as llvm

    machine = _machine()
    module = llvm.parse_assembly(_BEGINS.sub(rf"\1 alignstack({_CACHE_LINE}) {{", text))
    module.get_function(name).name = _SYMBOL
    strip(module, _SYMBOL, llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options()))
    needed = {function.name for function in module.functions if function.is_declaration}
    if any(not one.startswith("llvm.") and one not in _LIBRARY for one in needed):
        return None
    code: bytes = machine.emit_object(module)
    return code

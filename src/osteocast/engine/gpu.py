"""The integrator for NVIDIA's graphics processors: the same code, one patient a thread, as PTX.

Nothing is written twice. What `osteocast.engine.integrator` compiles for one lane is retargeted by LLVM and
put behind an entry that finds its thread's patient and working memory. That memory is the thread's own stack,
which the hardware lays out so that the threads of a warp reach the same element of theirs at once.

Exponential, logarithm and every operation are ours or IEEE 754's, so the code needs no library of the device.
"""

from __future__ import annotations

import re
from typing import Any

from osteocast.engine import compiled
from osteocast.engine.layout import ARGUMENTS, Lanes, layout
from osteocast.errors import InputError, unknown_name
from osteocast.files import storage

__all__ = ["ARCHITECTURE", "ARCHITECTURES", "ENTRY", "ENTRY_ARGUMENTS", "ptx", "scalar"]

#: Architectures to choose from, as NVIDIA calls them, and the one that is taken if nobody chooses.
ARCHITECTURES = ("sm_70", "sm_75", "sm_80", "sm_86", "sm_89", "sm_90")
ARCHITECTURE = "sm_80"

#: Name of the kernel in the PTX.
ENTRY = "osteocast_integrate"

_MEMORY = ("vectors", "numbers", "integers")
#: Its arguments in order, and their kind; plural for an address in the memory of the device.
ENTRY_ARGUMENTS = {name: kind for name, kind in ARGUMENTS.items() if name not in _MEMORY}

_ONE = Lanes("double", 1)
_TRIPLE = "nvptx64-nvidia-cuda"
_PATIENTS = "osteocast_patients"
_TYPE = {"integer": "i64", "number": "double"}
# What the observables ask of a library, by either name.
_FUNCTIONS = ("exp", "log", "sqrt")
_LIBRARY = rf"@(?:llvm\.)?({'|'.join(_FUNCTIONS)})(?:\.f64)?\("

_ENTRY = f"""
declare i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare ptr @{_PATIENTS}({{types}})

define ptx_kernel void @{ENTRY}({{given}}) {{{{
{{memory}}
  %block = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %size = call i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
  %thread = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %block.wide = zext i32 %block to i64
  %size.wide = zext i32 %size to i64
  %thread.wide = zext i32 %thread to i64
  %before = mul i64 %block.wide, %size.wide
  %number = add i64 %before, %thread.wide
  %own = add i64 %first, %number
  %next = add i64 %own, 1
  %is.one = icmp slt i64 %own, %last
  br i1 %is.one, label %integrate, label %done
integrate:
  call ptr @{_PATIENTS}(i64 %own, i64 %next, {{passed}})
  br label %done
done:
  ret void
}}}}
"""


def ptx(architecture: str = ARCHITECTURE) -> str:
    """Return the integrator as PTX, the assembly that the driver of a graphics processor compiles.

    The kernel is `ENTRY`. Its thread number i, counted over all blocks of a grid in one dimension, integrates
    patient ``order[first + i]``, if ``first + i < last``. The arguments are `ENTRY_ARGUMENTS`, all of 8
    bytes, and mean what they mean to `osteocast.engine.compiled.bind`.

    Parameters
    ----------
    architecture : str
        One of `ARCHITECTURES`. The code runs on processors of this and of later ones.

    Returns
    -------
    str
        One module, with nothing left to link.

    Raises
    ------
    InputError
        If the architecture is none of `ARCHITECTURES`.
    """
    import llvmlite.binding as llvm

    if architecture not in ARCHITECTURES:
        raise InputError([unknown_name("architecture", architecture, ARCHITECTURES)])

    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    machine = llvm.Target.from_triple(_TRIPLE).create_target_machine(cpu=architecture, opt=3)
    text: str = machine.emit_assembly(scalar(machine, ENTRY, _entry()))
    return text


def scalar(machine: Any, name: str, around: str = "") -> Any:
    """Return the integrator for one patient at a time, for any processor.

    Parameters
    ----------
    machine : llvmlite.binding.TargetMachine
        The processor.
    name : str
        The function that others may call.
    around : str
        Intermediate code that defines that function and calls the integrator; without it, the integrator
        itself gets the name.

    Returns
    -------
    llvmlite.binding.ModuleRef
    """
    import llvmlite.binding as llvm

    module = llvm.parse_assembly(_intermediate())
    for text in filter(None, (_library(), around)):
        module.link_in(llvm.parse_assembly(text))
    if not around:
        module.get_function(_PATIENTS).name = name
    module.triple, module.data_layout = machine.triple, str(machine.target_data)
    compiled.strip(module, name, llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options()))
    return module


def _intermediate() -> str:
    """Return the intermediate code of one lane, for no processor in particular."""
    name, text = _compiled()
    text = re.sub(rf"^target .*\n|^declare double {_LIBRARY}.*\n", "", text, flags=re.MULTILINE)
    text = re.sub(_LIBRARY, r"@osteocast_\1(", text).replace(f"@{name}(", f"@{_PATIENTS}(")
    return text + "".join(f"declare double @osteocast_{one}(double)\n" for one in _FUNCTIONS)


def _compiled() -> tuple[str, str]:
    """Return the name and the code that Numba gives the integrator for one lane; kept, for it takes long."""
    key, kind = compiled.key(), "scalar"
    code = storage.load(key, kind)
    if code is None:
        from osteocast.engine import integrator

        made = integrator.compiled(_ONE)
        code = f"{made.native_name}\n{made.inspect_llvm()}".encode()
        storage.store(key, code, kind)
    name, _, text = code.decode().partition("\n")
    return name, text


def _library() -> str:
    """Write what the observables ask of a library: on doubles, by the arithmetic of the lanes."""
    from llvmlite import ir

    from osteocast.engine.arithmetic import arithmetic

    module, double = ir.Module(), ir.DoubleType()
    for name in _FUNCTIONS:
        function = ir.Function(module, ir.FunctionType(double, [double]), f"osteocast_{name}")
        builder = ir.IRBuilder(function.append_basic_block())
        builder.ret(arithmetic(_ONE).functions[name](builder, function.args[0]))
    return re.sub(r"^target .*\n", "", str(module), flags=re.MULTILINE)


def _entry() -> str:
    """Write the kernel around the integrator: whose patient is a thread's, and where its memory is."""
    sizes = {name: getattr(layout(_ONE), name)["end"] for name in _MEMORY}
    element = {"vectors": "double", "numbers": "double", "integers": "i64"}
    types = {name: _TYPE.get(kind, "ptr") for name, kind in ARGUMENTS.items()}
    return _ENTRY.format(
        types=", ".join(types.values()),
        given=", ".join(f"{types[name]} %{name}" for name in ENTRY_ARGUMENTS),
        memory="\n".join(f"  %{name} = alloca {element[name]}, i64 {sizes[name]}" for name in _MEMORY),
        passed=", ".join(f"{kind} %{name}" for name, kind in types.items() if name not in ("first", "last")),
    )

"""The form for graphics processors: whole, assembled, and with the engine's digits.

There is no such processor here. What runs in a thread is run on this one instead: the same code and the same
entry, with the number of the block and of the thread told by the test.
"""

from __future__ import annotations

import ctypes
import re
import shutil
import subprocess
from pathlib import Path

import llvmlite.binding as llvm
import numpy as np
import pytest

from osteocast.engine import compiled, gpu
from osteocast.engine.solver import Batch, Result, simulate
from osteocast.errors import InputError
from osteocast.physiology import OBSERVABLES, STATES
from osteocast.simulation import Subject, batch_of
from osteocast.therapies import Course

from .lives import DAYS, LIVES, only

ARCHITECTURES = ("sm_80", "sm_90")
BLOCK = 4  # threads
PAGE = Path(__file__).parents[2] / "docs" / "c-and-gpu.md"


@pytest.fixture(scope="session")
def assembly() -> dict[str, str]:
    return {architecture: gpu.ptx(architecture) for architecture in ARCHITECTURES}


class Grid:
    """Runs the entry on this processor, one thread after the other."""

    def __init__(self) -> None:
        around = gpu._entry().replace("ptx_kernel ", "")
        for register in ("ctaid", "ntid", "tid"):
            call = f"@llvm.nvvm.read.ptx.sreg.{register}.x()"
            assert f"declare i32 {call}" in around
            around = around.replace(f"declare i32 {call}", f"@{register} = global i32 0").replace(
                f"call i32 {call}", f"load volatile i32, ptr @{register}"
            )
        machine = compiled._machine()
        code = machine.emit_object(gpu.scalar(machine, gpu.ENTRY, around))
        self.engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), compiled._machine())
        self.engine.add_object_file(llvm.object_file.ObjectFileRef.from_data(code))
        self.engine.finalize_object()
        kinds = [compiled._C.get(kind, ctypes.c_void_p) for kind in gpu.ENTRY_ARGUMENTS.values()]
        self.entry = ctypes.CFUNCTYPE(None, *kinds)(self.engine.get_function_address(gpu.ENTRY))

    def register(self, name: str) -> ctypes.c_int32:
        return ctypes.c_int32.from_address(self.engine.get_global_value_address(name))

    def __call__(self, first: int, last: int, *arguments: object) -> None:
        without_memory = arguments[: len(gpu.ENTRY_ARGUMENTS) - 2]
        blocks = -(-(last - first) // BLOCK) + 1  # the last has no patient at all
        size, block, thread = (self.register(name) for name in ("ntid", "ctaid", "tid"))
        size.value = BLOCK
        for number in range(blocks * BLOCK):
            block.value, thread.value = divmod(number, BLOCK)
            self.entry(first, last, *without_memory)


@pytest.fixture(scope="session")
def grid() -> Grid:
    return Grid()


@pytest.fixture
def on_the_grid(grid: Grid, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_entry", lambda precision: grid)


def people() -> Batch:
    """Lives with every kind of event, and a man, who needs all of the equations."""
    man = Subject(age=65.0, menopause_age=None, sex="male", testosterone=310.0)
    courses = [Course("testosterone_cypionate", dose=100.0, interval_days=7.0, stop_day=300.0)]
    own = [*LIVES.values(), (man, [*courses, Course("anastrozole", start_day=90.0)])]
    return batch_of([subject for subject, _ in own], [drugs for _, drugs in own], DAYS)


@pytest.fixture(scope="module")
def expected() -> Result:
    return simulate(people(), threads=1).raise_on_failure()


def test_a_thread_integrates_its_patient_as_the_engine_does(expected: Result, on_the_grid: None) -> None:
    found = simulate(people(), threads=1, rescue=False).raise_on_failure()
    np.testing.assert_array_equal(found.attempts, expected.attempts)
    scales = np.array([state.scale for state in STATES])
    np.testing.assert_allclose(found.final / scales, expected.final / scales, rtol=1e-9, atol=1e-9)
    for item in OBSERVABLES:
        ours, theirs = found.values[item.name], expected.values[item.name]
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9 * np.nanmax(np.abs(theirs)))


def test_a_thread_says_where_its_patient_could_not_be_solved(on_the_grid: None) -> None:
    batch = only(people(), 4, 9)
    result = simulate(batch, ("ctx",), threads=1, rescue=False, max_steps=20)
    assert result.status.tolist() == [3, 3] and result.attempts.tolist() == [20, 20]
    assert np.isfinite(result.failed_day).all() and (result.failed_state >= 0).all()


def test_nobody_beyond_the_last_is_touched(grid: Grid, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_the_last(first: int, last: int, *arguments: object) -> None:
        grid(first, last - 1, *arguments)

    monkeypatch.setattr(compiled, "_entry", lambda precision: without_the_last)
    final = simulate(only(people(), 0, 1, 2), ("ctx",), threads=1, rescue=False).final
    assert np.isfinite(final[:2]).all() and np.isnan(final[2]).all()


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_assembly_is_one_kernel_with_nothing_left_to_link(
    assembly: dict[str, str], architecture: str
) -> None:
    text = assembly[architecture]
    assert re.findall(r"^\.target (.*)$", text, re.MULTILINE) == [architecture]
    assert ".address_size 64" in text
    assert re.findall(r"^\.visible \.entry (\w+)\(", text, re.MULTILINE) == [gpu.ENTRY]
    assert ".extern" not in text
    defined = set(re.findall(r"^\.func\s+(?:\([^)]*\)\s*)?([\w$]+)\s*\([^)]*\)[^;{]*\{", text, re.MULTILINE))
    called = set(re.findall(r"call\.uni\s+(?:\(\w+\),\s*)?([\w$]+)", text))
    assert called and called <= defined


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_it_computes_with_64_bits_and_approximates_nothing(
    assembly: dict[str, str], architecture: str
) -> None:
    text = assembly[architecture]
    assert "fma.rn.f64" in text and "div.rn.f64" in text and "sqrt.rn.f64" in text
    assert ".f32" not in text and ".approx" not in text and ".ftz" not in text


def test_the_kernel_takes_the_arguments_that_are_documented(assembly: dict[str, str]) -> None:
    head = re.search(rf"\.entry {gpu.ENTRY}\((.*?)\)", assembly["sm_80"], re.DOTALL)
    assert head is not None
    kinds = re.findall(r"\.param \.(\w+)", head[1])
    wanted = {"number": {"f64", "b64"}}
    assert len(kinds) == len(gpu.ENTRY_ARGUMENTS)
    for kind, name in zip(kinds, gpu.ENTRY_ARGUMENTS.values(), strict=True):
        assert kind in wanted.get(name, {"u64", "b64"})


def test_the_page_lists_the_arguments_in_their_order() -> None:
    table = PAGE.read_text(encoding="utf-8").partition("| arguments, in order |")[2].partition("\n\n")[0]
    cells = [line.split("|")[1] for line in table.splitlines()[2:]]
    assert re.findall(r"`(\w+)`", " ".join(cells)) == list(gpu.ENTRY_ARGUMENTS)


@pytest.mark.skipif(shutil.which("ptxas") is None, reason="NVIDIA's assembler is not here")
def test_nvidias_assembler_takes_it(assembly: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "kernel.ptx").write_text(assembly["sm_90"], encoding="utf-8")
    command = ["ptxas", "-O1", "-arch=sm_90", "kernel.ptx", "-o", "kernel.cubin"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "kernel.cubin").stat().st_size > 100_000


def test_an_architecture_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="sm_80"):
        gpu.ptx("sm_8")

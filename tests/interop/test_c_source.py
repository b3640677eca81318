"""The equations in C are those of the engine, and so are the numbers and events beside them."""

from __future__ import annotations

import ast
import ctypes
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from osteocast import physiology
from osteocast.engine import kernel
from osteocast.engine.solver import Batch, simulate
from osteocast.interop import c_source
from osteocast.interop.c_source import to_c
from osteocast.interop.sbml import Scenario
from osteocast.lifestyle import Exposure
from osteocast.simulation import Subject, batch_of
from osteocast.therapies import Course

YEAR = 365.25
PAGE = Path(__file__).parents[2] / "docs" / "c-and-gpu.md"
# No term of the equations is zero for him.
MAN = Scenario(
    Subject(age=58.0, sex="male", testosterone=310.0, weight_kg=88.0),
    [Course("testosterone_cypionate", dose=100.0, interval_days=7.0), Course("anastrozole", start_day=90.0)],
    YEAR,
    [Exposure("training", {"loading_lumbar_spine": 1.0}, 30.0, 300.0, "A")],
)
WOMAN = Scenario(
    Subject(age=61.0, menopause_age=50.0), [Course("anastrozole"), Course("denosumab", n_doses=3)], 2 * YEAR
)
compiler = shutil.which("cc")
needs_compiler = pytest.mark.skipif(compiler is None, reason="no C compiler")
# Whatever a compiler warns of shall fail, except that `constants` reads more than it takes.
STRICT = ("-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-Wno-unused-variable", "-O1")


def compile_c(source: Path, target: Path, *options: str) -> Path:
    assert compiler is not None
    command = [compiler, *STRICT, *options, "-o", str(target), str(source), "-lm"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return target


def batch(scenario: Scenario) -> Batch:
    days = np.array([0.0, scenario.until])
    return batch_of([scenario.subject], [scenario.courses], days, exposures=[scenario.exposures])


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("c")
    (folder / "man.c").write_text(to_c(MAN), encoding="utf-8")
    return ctypes.CDLL(str(compile_c(folder / "man.c", folder / "man.so", "-fPIC", "-shared")))


def called(library: Any, name: str, *arrays: Sequence[float]) -> list[list[float]]:
    """Call a function on copies and return what they hold afterwards."""
    copies = [(ctypes.c_double * len(one))(*one) for one in arrays]
    getattr(library, f"osteocast_{name}")(*copies)
    return [list(one) for one in copies]


@needs_compiler
@pytest.mark.parametrize("seed", range(3))
def test_every_function_says_what_the_kernel_says(library: Any, seed: int) -> None:
    random = np.random.default_rng(seed)
    one = batch(MAN)
    y = (one.initial[0] * random.uniform(0.8, 1.2, kernel.N_STATE) + 0.05).tolist()
    q = [*one.parameters[0].tolist(), *one.inputs[0].tolist(), *([0.0] * kernel.N_CONSTANT)]
    (in_c,) = called(library, "constants", q)
    kernel.constants(q)
    np.testing.assert_allclose(in_c, q, rtol=1e-12)
    for name, n in (("rates", kernel.N_STATE), ("observe", kernel.N_OBSERVABLE)):
        expected = [0.0] * n
        getattr(kernel, name)(y, q, expected)
        found = called(library, name, y, q, [0.0] * n)[2]
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-15)
    diagonal, right = [0.3], random.normal(size=kernel.N_STATE).tolist()
    factors = called(library, "factor", y, q, diagonal, [0.0] * kernel.N_FACTOR)[3]
    solution = called(library, "solve", factors, right)[1]
    w = [0.0] * kernel.N_FACTOR
    kernel.factor(y, q, diagonal, w)
    kernel.solve(w, right)
    np.testing.assert_allclose(solution, right, rtol=1e-9, atol=1e-12)


@needs_compiler
def test_numbers_and_events_are_those_of_the_person(library: Any) -> None:
    one = batch(MAN)

    class Event(ctypes.Structure):
        _fields_ = [
            ("day", ctypes.c_double),
            ("adds", ctypes.c_int),
            ("index", ctypes.c_int),
            ("value", ctypes.c_double),
        ]

    n_given = len(kernel.PARAMETERS) + len(kernel.INPUTS)
    initial = list((ctypes.c_double * kernel.N_STATE).in_dll(library, "osteocast_initial"))
    assert initial == one.initial[0].tolist()
    given = list((ctypes.c_double * n_given).in_dll(library, "osteocast_given"))
    assert given == [*one.parameters[0], *one.inputs[0]]
    assert ctypes.c_double.in_dll(library, "osteocast_start").value == one.start[0]
    assert ctypes.c_double.in_dll(library, "osteocast_end").value == one.end[0]
    schedule = one.schedule
    names = np.array(physiology.INPUT_NAMES)
    known = (schedule.kind == 1) | np.isin(names[np.minimum(schedule.index, len(names) - 1)], kernel.INPUTS)
    events = (Event * int(known.sum())).in_dll(library, "osteocast_events")
    assert len(events) > 50 and [event.day for event in events] == schedule.day[known].tolist()
    assert [event.value for event in events] == schedule.value[known].tolist()
    # What an event does to the person: the same place as in the engine.
    for event, kind, index in zip(events, schedule.kind[known], schedule.index[known], strict=True):
        y, q = [0.0] * kernel.N_STATE, given + [0.0] * kernel.N_CONSTANT
        y_at, q_at = (ctypes.c_double * len(y))(*y), (ctypes.c_double * len(q))(*q)
        library.osteocast_apply(ctypes.byref(event), y_at, q_at)
        if kind == 1:
            y[index] = event.value
            assert list(y_at) == y and list(q_at) == q
        else:
            place = len(kernel.PARAMETERS) + kernel.INPUTS.index(names[index])
            q[place] = event.value
            assert list(y_at) == y and list(q_at)[:n_given] == q[:n_given]
            assert any(list(q_at)[n_given:])  # the constants are those of the new input


@needs_compiler
def test_the_program_of_the_documentation_ends_where_the_engine_ends(tmp_path: Path) -> None:
    (program,) = re.findall(r"```c\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "bone.c").write_text(to_c(WOMAN), encoding="utf-8")
    (tmp_path / "main.c").write_text(program, encoding="utf-8")
    run = subprocess.run(
        [compile_c(tmp_path / "main.c", tmp_path / "main")], capture_output=True, text=True, check=True
    )
    density = simulate(batch(WOMAN), ["bmd_total_hip"]).values["bmd_total_hip"][0, -1]
    assert float(run.stdout) == pytest.approx(density, rel=1e-3)


@needs_compiler
def test_without_a_person_it_compiles_too_and_nothing_happens(tmp_path: Path) -> None:
    text = to_c()
    assert "osteocast_n_event = 0" in text
    (tmp_path / "bone.c").write_text(text, encoding="utf-8")
    compile_c(tmp_path / "bone.c", tmp_path / "bone.so", "-fPIC", "-shared")


def test_every_state_and_observable_has_its_place() -> None:
    text = to_c()
    for i, state in enumerate(physiology.STATES):
        assert f"osteocast_state_{state.name} = {i}, /* {state.unit}: {state.meaning} */" in text
    for i, item in enumerate(physiology.OBSERVABLES):
        assert f"osteocast_observable_{item.name} = {i}, " in text
    for i, name in enumerate((*kernel.PARAMETERS, *kernel.INPUTS)):
        assert re.search(rf"osteocast_(parameter|input)_{name} = {i}, ", text)


@pytest.mark.parametrize(
    "line", ["x = y ** 2.0", "x = y // 2.0", "x = y * (1 / 3)", "x = max(y, z)", "x = 1.0 if y else 2.0"]
)
def test_what_c_would_read_otherwise_is_refused(line: str) -> None:
    with pytest.raises(NotImplementedError, match="something new"):
        c_source._statement(ast.parse(line).body[0], set())

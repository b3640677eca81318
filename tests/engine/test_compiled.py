"""Machine code that is kept is the code that was compiled, and needs neither Numba nor trust."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from osteocast.engine import compiled
from osteocast.engine.layout import ARGUMENTS
from osteocast.engine.solver import simulate
from osteocast.files import storage

from .lives import crowd

CODE = bytes(range(256)) * 500
IN_A_NEW_PROCESS = """
import sys
import numpy as np
from osteocast.simulation import Subject, run
made = run([Subject(61.0, 50.0)], [[]], np.array([0.0, 365.25]), observables=("ctx", "bmd_total_hip"))
print({"numba": "numba" in sys.modules, "bits": made.values["ctx"].tobytes().hex()})
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(storage.VARIABLE, str(tmp_path / "kept"))
    return tmp_path / "kept"


@pytest.fixture
def forgotten() -> Iterator[None]:
    """Let the integrator be looked for anew, and after the test once more."""
    compiled._found_or_made.cache_clear()
    yield
    compiled._found_or_made.cache_clear()


def only_file(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def test_a_process_that_finds_the_code_never_loads_numba() -> None:
    compiled.prepare()
    assert compiled.is_kept()
    answers = {
        subprocess.run(
            [sys.executable, "-c", IN_A_NEW_PROCESS], check=True, capture_output=True, text=True
        ).stdout
        for _ in range(2)
    }
    (answer,) = answers
    made = ast.literal_eval(answer)
    assert not made["numba"]
    assert len(made["bits"]) == 2 * 2 * 8


def test_kept_and_compiled_code_agree_to_the_last_bit(
    forgotten: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = crowd(11)
    kept = simulate(batch)
    code, by_numba = compiled._compile()
    assert code is not None
    folder = tmp_path / "kept"
    monkeypatch.setenv(storage.VARIABLE, str(folder))
    compiled._found_or_made.cache_clear()
    # No code to be kept, as if llvmlite were another: Numba's own is used, and nothing is written.
    monkeypatch.setattr(compiled, "_compile", lambda precision: (None, by_numba))
    without = simulate(batch)
    assert not folder.exists()
    compiled._found_or_made.cache_clear()
    monkeypatch.setattr(compiled, "_compile", lambda precision: (code, by_numba))
    anew = simulate(batch)
    assert storage.load(compiled.key()) == code
    for other in (without, anew):
        np.testing.assert_array_equal(kept.final, other.final)
        np.testing.assert_array_equal(kept.attempts, other.attempts)
        for name in kept.values:
            np.testing.assert_array_equal(kept.values[name], other.values[name])


def test_a_damaged_file_is_compiled_anew(
    folder: Path, forgotten: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.store(compiled.key(), CODE)
    path = only_file(folder)
    path.write_bytes(path.read_bytes()[:-1])
    monkeypatch.setattr(compiled, "_compile", lambda precision: (None, "by Numba"))
    assert compiled._entry() == "by Numba"


def test_a_library_that_lacks_a_function_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    code = storage.load(compiled.key())
    assert code is not None
    assert compiled._loaded(code) is not None
    monkeypatch.setattr(compiled, "_LIBRARY", ("no_such_function_anywhere",))
    assert compiled._loaded(code) is None


def test_the_key_changes_with_what_the_code_was_made_from(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {compiled.key.__wrapped__()}
    monkeypatch.setenv("NUMBA_CPU_NAME", "generic")
    keys.add(compiled.key.__wrapped__())
    monkeypatch.setattr(compiled, "version", lambda name: "0.0")
    keys.add(compiled.key.__wrapped__())
    monkeypatch.setattr(compiled, "_SOURCES", ("kernel.py",))
    keys.add(compiled.key.__wrapped__())
    assert len(keys) == 4


def test_every_source_of_the_code_is_part_of_its_key() -> None:
    from osteocast.engine import arithmetic, integrator, lanes, layout, rodas

    here = Path(compiled.__file__).parent
    for module in (arithmetic, integrator, lanes, layout, rodas):
        for name in vars(module).values():
            path = inspect.getsourcefile(name) if inspect.ismodule(name) else None
            assert path is None or Path(path).parent != here or Path(path).name in compiled._SOURCES
    assert all((here / name).is_file() for name in compiled._SOURCES)


def test_both_sides_agree_on_the_arguments() -> None:
    source = (Path(compiled.__file__).parent / "integrator.py").read_text(encoding="utf-8")
    (entry,) = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef) and node.name == "entry"
    ]
    names = [
        argument.arg.removesuffix("_at") if argument.arg != "failed_at" else argument.arg
        for argument in entry.args.args
    ]
    assert names == list(ARGUMENTS)


def test_arrays_of_another_shape_never_reach_the_code() -> None:
    batch = crowd(3)
    for name, wrong in (
        ("parameters", batch.parameters[:, :-1]),
        ("inputs", batch.inputs[:2]),
        ("initial", batch.initial[:, :3]),
        ("end", batch.end[:1]),
    ):
        with pytest.raises(ValueError, match=f"{name} has shape"):
            simulate(type(batch)(**{**vars(batch), name: wrong}))

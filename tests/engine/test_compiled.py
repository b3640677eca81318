"""Machine code that is kept is the code that was compiled, and needs neither Numba nor trust."""

from __future__ import annotations

import ast
import inspect
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from osteocast.engine import compiled, storage
from osteocast.engine.layout import ARGUMENTS
from osteocast.engine.solver import simulate

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


def test_what_was_stored_comes_back(folder: Path) -> None:
    assert storage.load("ab" * 32) is None
    assert storage.store("ab" * 32, CODE)
    assert storage.load("ab" * 32) == CODE
    assert storage.load("cd" * 32) is None
    assert only_file(folder).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: b"",
        lambda text: text[:-1],
        lambda text: text[:-1] + b"!",
        lambda text: text.replace(b"machine code 1", b"machine code 0"),
        lambda text: b"[" + text,
        lambda text: CODE,
        lambda text: b"\xff\xfe" + text,
    ],
    ids=["empty", "cut", "flipped", "another format", "no JSON", "no head", "no text"],
)
def test_a_spoilt_file_counts_as_absent(folder: Path, spoil: object) -> None:
    storage.store("ab" * 32, CODE)
    path = only_file(folder)
    path.write_bytes(spoil(path.read_bytes()))  # type: ignore[operator]
    assert storage.load("ab" * 32) is None
    assert storage.store("ab" * 32, CODE)
    assert storage.load("ab" * 32) == CODE


def test_code_made_from_something_else_is_not_taken(folder: Path) -> None:
    storage.store("ab" * 32, CODE)
    path = only_file(folder)
    path.rename(path.with_name(path.name.replace("ab", "cd")))
    assert storage.load("cd" * 32) is None


@pytest.mark.skipif(sys.platform == "win32", reason="rights are kept otherwise there")
def test_code_that_others_may_write_is_not_run(folder: Path) -> None:
    storage.store("ab" * 32, CODE)
    only_file(folder).chmod(0o666)
    assert storage.load("ab" * 32) is None


def test_a_folder_that_cannot_be_written_is_no_failure(folder: Path) -> None:
    folder.write_text("a file")
    assert not storage.store("ab" * 32, CODE)
    assert storage.load("ab" * 32) is None


def test_many_writers_leave_one_whole_file(folder: Path) -> None:
    def write(i: int) -> bool:
        return storage.store("ab" * 32, CODE) and storage.load("ab" * 32) == CODE

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(write, range(60)))
    assert storage.load("ab" * 32) == CODE
    assert only_file(folder).name.startswith("engine-")


def test_the_oldest_are_forgotten(folder: Path) -> None:
    keys = [f"{i:02d}" * 32 for i in range(12)]
    for age, key in enumerate(keys):
        storage.store(key, CODE)
        path = folder / f"engine-{key[:32]}.bin"
        if path.exists():
            os.utime(path, (1_000_000 + age, 1_000_000 + age))
    kept = [key for key in keys if storage.load(key) is not None]
    assert kept == keys[-len(kept) :] and len(kept) == storage._KEPT


def test_the_folder_is_the_users_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(storage.VARIABLE, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert storage.folder() == tmp_path / "osteocast"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert storage.folder() == Path.home() / "Library" / "Caches" / "osteocast"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert storage.folder() == tmp_path / "local" / "osteocast"


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
    monkeypatch.setattr(compiled, "_compile", lambda: (None, by_numba))
    without = simulate(batch)
    assert not folder.exists()
    compiled._found_or_made.cache_clear()
    monkeypatch.setattr(compiled, "_compile", lambda: (code, by_numba))
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
    monkeypatch.setattr(compiled, "_compile", lambda: (None, "by Numba"))
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


def test_the_head_of_a_file_says_what_it_is(folder: Path) -> None:
    storage.store("ab" * 32, CODE)
    head = json.loads(only_file(folder).read_bytes().split(b"\n")[0])
    assert head["key"] == "ab" * 32 and "osteocast" in head["format"]

"""What is kept is what was stored, and nobody else's."""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from osteocast.files import storage

CODE = bytes(range(256)) * 500


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(storage.VARIABLE, str(tmp_path / "kept"))
    return tmp_path / "kept"


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


def test_the_head_of_a_file_says_what_it_is(folder: Path) -> None:
    storage.store("ab" * 32, CODE)
    head = json.loads(only_file(folder).read_bytes().split(b"\n")[0])
    assert head["key"] == "ab" * 32 and "osteocast" in head["format"]

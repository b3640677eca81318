"""Data files come back as they are, from YAML the first time and from what was kept after that."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import osteocast
from osteocast.files import data, read_data, storage

FILES = sorted(Path(osteocast.__file__).parent.rglob("*.yaml"))
SOME = [path for path in FILES if path.parent.name in ("physiology", "lifestyle", "rules")]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(storage.VARIABLE, str(tmp_path / "kept"))
    return tmp_path / "kept"


def parsed(path: Path) -> object:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@pytest.mark.parametrize("path", SOME, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_is_kept_is_what_the_file_holds(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = read_data(path)
    monkeypatch.delattr(data, "_parsed")
    # As they are written: 1 is not 1.0, and the order is that of the file.
    assert repr(first) == repr(read_data(path)) == repr(parsed(path))


def test_a_file_that_changed_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("value: 1.0\n")
    assert read_data(path) == {"value": 1.0}
    path.write_text("value: 2.0\n")
    assert read_data(path) == {"value": 2.0}


@pytest.mark.parametrize("text", ["day: 2025-03-10\n", "1: one\n", "value: .nan\n"])
def test_what_json_cannot_hold_is_read_as_yaml_each_time(tmp_path: Path, folder: Path, text: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text)
    assert repr(read_data(path)) == repr(read_data(path)) == repr(yaml.safe_load(text))
    assert not folder.exists()


def test_content_belongs_to_who_asked(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("values: [1]\n")
    for _ in range(2):
        read_data(path)["values"].append(2)
    assert read_data(path) == {"values": [1]}


def test_wrong_yaml_is_an_error_each_time(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("values: [1\n")
    for _ in range(2):
        with pytest.raises(yaml.YAMLError):
            read_data(path)

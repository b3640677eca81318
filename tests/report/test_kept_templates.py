"""Compiled templates are kept for the next process; one that cannot be trusted is compiled anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment

from osteocast.files import storage
from osteocast.report.page import template

NAME = "macros.html.jinja"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv(storage.VARIABLE, str(tmp_path))
    template.cache_clear()
    yield tmp_path
    template.cache_clear()


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the templates that were compiled."""
    names: list[str] = []
    compile_ = Environment.compile

    def noted(self: Environment, source: Any, name: Any = None, *more: Any, **options: Any) -> Any:
        names.append(str(name))
        return compile_(self, source, name, *more, **options)

    monkeypatch.setattr(Environment, "compile", noted)
    return names


def test_the_next_process_compiles_nothing(folder: Path, compiled: list[str]) -> None:
    first = template(NAME)
    assert compiled == [NAME]
    template.cache_clear()
    second = template(NAME)
    assert compiled == [NAME]
    assert set(first.module.__dict__) == set(second.module.__dict__)


def test_a_spoilt_or_foreign_file_is_not_run(folder: Path, compiled: list[str]) -> None:
    template(NAME)
    (path,) = folder.glob("template-*.bin")
    whole = path.read_bytes()
    for spoilt in (whole[:-1], whole.replace(b"osteocast", b"ostrocast", 1), b""):
        path.write_bytes(spoilt)
        template.cache_clear()
        template(NAME)
        assert path.read_bytes() == whole
    assert len(compiled) == 4
    path.chmod(0o666)
    template.cache_clear()
    template(NAME)
    assert len(compiled) == 5


def test_a_folder_that_cannot_be_written_is_no_failure(
    folder: Path, compiled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "file").write_text("")
    monkeypatch.setenv(storage.VARIABLE, str(folder / "file"))
    assert template(NAME) is not None

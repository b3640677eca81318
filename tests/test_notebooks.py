"""The notebooks of the documentation run, each in a kernel of its own, and are shown as they ran."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.md"))


@pytest.fixture(scope="module")
def pages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("executed", ROOT / "docs" / "executed.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_its_page_shows_what_came_of_it(
    path: Path, pages: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Always run here; the build of the documentation takes what this kept.
    notebook = pages.execute(path)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    kinds = {kind for output in outputs for kind in output.get("data", ())}
    assert "image/svg+xml" in kinds or path.stem == "parameter"
    assert {output["output_type"] for output in outputs} <= {"stream", "execute_result", "display_data"}
    assert not [output for output in outputs if output.get("name") == "stderr"]
    monkeypatch.setattr(pages, "execute", None)
    monkeypatch.setattr(pages, "DRAWINGS", tmp_path)
    page = pages.to_markdown(path)
    drawn = re.findall(r"!\[(.+)\]\(\.\./figures/(.+)\)", page)
    assert {name for _, name in drawn} == {file.name for file in tmp_path.iterdir()}
    assert all("@font-face" in file.read_text() for file in tmp_path.iterdir())
    assert page.count("```python") == sum(cell.cell_type == "code" for cell in notebook.cells)
    printed = [
        cell for cell in notebook.cells if "stream" in {one["output_type"] for one in cell.get("outputs", ())}
    ]
    assert page.count("```none") == len(printed)


def test_there_is_a_notebook_for_every_way_to_begin() -> None:
    expected = {"forecast", "update", "virtual-trial", "own-trial", "parameter", "pathway"}
    assert {path.stem for path in NOTEBOOKS} == expected


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_output_is_kept_with_a_notebook(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text) < 10_000 and "<svg" not in text and "base64" not in text
    assert text.startswith("---\njupytext:\n")


def test_what_is_kept_is_not_shown_once_the_notebook_changes(
    pages: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pages, "KEPT", tmp_path)
    source = tmp_path / "some.md"
    source.write_text("---\njupytext: {}\n---\n\n# One\n")
    kept = pages._kept(source)
    kept.write_text(json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    assert pages.executed(source).cells == []
    source.write_text("---\njupytext: {}\n---\n\n# Two\n")
    monkeypatch.setattr(pages, "execute", lambda path: "run again")
    assert pages.executed(source) == "run again"

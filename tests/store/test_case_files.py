"""One file holds a case with everything behind its numbers, and shows whether it is what was written."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from osteocast import load_case, store
from osteocast.errors import InputError
from osteocast.person.documents import parse_document
from osteocast.person.portable import document_text
from osteocast.store import Store, User

from .conftest import CASE

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))


def test_an_exported_case_is_imported_as_it_was(db: Store, me: User) -> None:
    saved = store.create_case(db, me, EXAMPLES[0], title="Mrs A")
    text = store.export_case(db, me, saved.case_id)
    imported = store.import_case(db, me, text)
    assert imported.differences == ()
    assert imported.version.case_id != saved.case_id
    assert (imported.version.title, imported.version.text) == (saved.title, saved.text)
    assert json.loads(text)["saved"]["case"] == saved.case_id


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_exported_case_stands_wherever_a_case_file_does(path: Path, tmp_path: Path) -> None:
    exported = tmp_path / "case.json"
    exported.write_text(store.write_case_file(path, title=path.stem), encoding="utf-8")
    assert replace(load_case(exported), name=None) == replace(load_case(path), name=None)


# Texts as people and programs write them, with what YAML and JSON take for something else.
TEXTS = st.text(st.characters(exclude_categories=()), max_size=12) | st.sampled_from(
    ["yes", "null", "1e3", "007", "2025-03-10", "~", "- a", "a: b", "#", "\u2028", "\x85", "\ufeff", "\x00"]
)
NUMBERS = st.integers(-(10**18), 10**18) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(content=st.dictionaries(TEXTS.filter(lambda key: key not in ("format", "")), VALUES, min_size=1))
@settings(max_examples=80)
def test_whatever_a_document_holds_comes_back_exactly(content: dict[str, Any]) -> None:
    assert parse_document(document_text(content)).content == content
    assert parse_document(document_text(content, indent=1)).content == content
    read = store.read_case_file(store.write_case_file(content, title="a draft", draft=True))
    assert json.loads(read.text) == content
    assert read.differences == ()


BMD = st.floats(0.5, 1.4).map(lambda value: round(value, 3))


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    born = draw(st.dates(date(1925, 1, 1), date(1957, 1, 1)))
    seen = draw(st.dates(date(2015, 1, 1), date(2025, 1, 1)))
    sites = draw(st.dictionaries(st.sampled_from(["lumbar_spine", "total_hip"]), BMD, min_size=1))
    scan = {
        "date": seen.isoformat(),
        "device": {"vendor": draw(st.sampled_from(["hologic", "lunar"]))},
        "sites": {site: {"bmd": bmd} for site, bmd in sites.items()},
    }
    started = seen + timedelta(days=draw(st.integers(0, 300)))
    return {
        "person": {
            "sex": "female",
            "birth_date": born.isoformat(),
            "menopause": {"age": draw(st.integers(40, 55)), "type": "natural"},
            "weight": f"{draw(st.integers(45, 110))} kg",
        },
        "scans": [scan],
        "treatments": [{"drug": draw(st.sampled_from(["anastrozole", "letrozole"])), "start": str(started)}],
        "notes": draw(TEXTS),
    }


@given(document=documents())
@settings(max_examples=30)
def test_a_case_survives_export_and_import_to_the_last_digit(document: dict[str, Any]) -> None:
    text = store.write_case_file(document, title="a")
    assert load_case(text) == load_case(yaml.safe_dump(document))
    assert load_case(store.read_case_file(text).text) == load_case(text)


def edited(change: str) -> str:
    text = store.write_case_file(CASE, title="a")
    content = json.loads(text)
    if change == "a value":
        content["case"]["person"]["birth_date"] = "1964-05-14"
    elif change == "the versions":
        content["made_with"]["engine"] = "another"
    elif change == "no checksum":
        del content["checksum"]
    elif change == "a later format":
        content["format"] = "osteocast-case-2"
    elif change == "no case":
        del content["case"]
    return json.dumps(content)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("a value", "checksum: .*changed or damaged"),
        ("the versions", "checksum: .*changed or damaged"),
        ("no checksum", "checksum: got nothing"),
        ("a later format", "format: .*update osteocast"),
        ("no case", "case: got nothing"),
    ],
)
def test_a_file_that_is_not_what_was_written_is_refused(change: str, told: str) -> None:
    for read in (store.read_case_file, load_case):
        with pytest.raises(InputError, match=told):
            read(edited(change))


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    text = store.write_case_file(CASE, title="a")
    cut = tmp_path / "case.json"
    cut.write_text(text[: len(text) // 2])
    with pytest.raises(InputError, match=r"case\.json"):
        store.read_case_file(cut)


def test_an_ordinary_case_file_is_not_imported_but_saved() -> None:
    with pytest.raises(InputError, match="osteocast cases save"):
        store.read_case_file(EXAMPLES[0])


def test_what_differs_here_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    text = store.write_case_file(CASE, title="a")
    from osteocast.store import case_files

    here = case_files.running_versions() | {"version": "9.9", "engine": "other"}
    monkeypatch.setattr(case_files, "running_versions", lambda: here)
    first, second = store.read_case_file(text).differences
    assert (
        first == f"osteocast: {json.loads(text)['made_with']['version']} when the file was written, 9.9 here"
    )
    assert second.startswith("the engine: ")


def test_every_version_that_runs_has_a_word() -> None:
    from osteocast.store import case_files

    assert set(case_files._WORDS) == set(case_files.running_versions())


def test_a_draft_stays_a_draft(db: Store, me: User) -> None:
    draft = store.create_case(db, me, {"person": {}}, title="begun", draft=True)
    imported = store.import_case(db, me, store.export_case(db, me, draft.case_id)).version
    assert (imported.draft, imported.content) == (True, {"person": {}})


def test_the_longest_case_can_be_exported_and_read_back() -> None:
    long = CASE | {"notes": "x" * 198_000}
    assert json.loads(store.read_case_file(store.write_case_file(long, title="a")).text) == long


def test_a_case_that_could_not_be_read_back_is_not_saved() -> None:
    with pytest.raises(InputError, match=r"0\.2 MB"):
        store.write_case_file(CASE | {"notes": "x" * 199_900}, title="a")

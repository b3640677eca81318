"""Cases and users from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from osteocast import load_case, store
from osteocast.cli import app
from osteocast.errors import Conflict, InputError, NotFound, StoreError

EXAMPLE = Path(__file__).parents[2] / "examples" / "postmenopausal-anastrozole.yaml"
PASSWORD = "sieben lange Wörter"


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "data" / "cases.sqlite"
    monkeypatch.setenv("OSTEOCAST_DATABASE", str(path))
    return path


def run(*arguments: object, typed: str = "") -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments], input=typed)


def done(*arguments: object, typed: str = "") -> str:
    result = run(*arguments, typed=typed)
    assert result.exit_code == 0, result.output
    return result.stdout


def failed(error: type[Exception], *arguments: object, typed: str = "") -> str:
    result = run(*arguments, typed=typed)
    assert isinstance(result.exception, error), result.output
    return str(result.exception)


@pytest.fixture
def saved() -> str:
    return done("cases", "save", EXAMPLE, "--title", "Ward 7").strip()


def test_a_case_is_saved_listed_and_shown_as_a_case_file(saved: str, tmp_path: Path) -> None:
    (listed,) = json.loads(done("cases", "list", "ward", "--json"))["cases"]
    assert (listed["id"], listed["title"], listed["version"], listed["owner"]) == (
        saved,
        "Ward 7",
        1,
        "local",
    )
    assert "Ward 7" in done("cases", "list")
    shown = tmp_path / EXAMPLE.name
    shown.write_text(done("cases", "show", saved[:5]), encoding="utf-8")
    assert load_case(shown) == load_case(EXAMPLE)


def test_the_file_names_a_case_without_a_title() -> None:
    made = json.loads(done("cases", "save", EXAMPLE, "--json"))
    assert (made["title"], made["number"], made["draft"]) == (EXAMPLE.stem, 1, False)


def test_versions_are_saved_on_top_of_one_another(saved: str, tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    content = yaml.safe_load(done("cases", "show", saved)) | {"notes": "second scan"}
    file.write_text(yaml.safe_dump(content))
    done("cases", "save", file, "--case", saved[:4], "--on", 1, "--note", "scan")
    assert "version 2" in failed(Conflict, "cases", "save", file, "--case", saved, "--on", 1)
    done("cases", "save", file, "--case", saved, "--title", "Ward 8")
    rows = json.loads(done("cases", "versions", saved, "--json"))
    assert [(row["number"], row["title"], row["note"]) for row in rows] == [
        (3, "Ward 8", ""),
        (2, "Ward 7", "scan"),
        (1, "Ward 7", ""),
    ]
    assert "second scan" in done("cases", "show", saved)
    assert "second scan" not in json.loads(done("cases", "show", saved, "--version", 1, "--json"))["content"]


def test_a_wrong_file_is_told_with_every_problem_and_nothing_is_saved(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text("person: {sex: femal}\nscan: []\n")
    told = failed(InputError, "cases", "save", file)
    assert "case.yaml" in told and "person.sex" in told and "scan:" in told
    assert json.loads(done("cases", "list", "--json"))["total"] == 0
    file.write_text("person: {sex: female}\n")
    assert json.loads(done("cases", "save", file, "--draft", "--json"))["draft"] is True
    assert "(draft)" in done("cases", "list")


def test_a_case_goes_out_as_a_file_and_comes_back(saved: str, tmp_path: Path) -> None:
    file = tmp_path / "ward.json"
    done("cases", "export", saved, "--output", file)
    assert file.read_text() == done("cases", "export", saved)
    # It stands wherever a case file does.
    assert done("safety", file, "--json") == done("safety", EXAMPLE, "--json")
    imported = json.loads(done("cases", "import", file, "--title", "Back", "--json"))
    assert (imported["title"], imported["differences"]) == ("Back", [])
    content = json.loads(file.read_text())
    content["made_with"]["engine"] = "another"
    file.write_text(json.dumps(content))
    assert "checksum" in failed(InputError, "cases", "import", file)


def test_what_differs_here_is_told(saved: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from osteocast.store import case_files

    file = tmp_path / "ward.json"
    done("cases", "export", saved, "--output", file)
    here = case_files.running_versions() | {"engine": "another"}
    monkeypatch.setattr(case_files, "running_versions", lambda: here)
    told = run("cases", "import", file).stderr
    assert "differs: the engine: " in told and "may come out differently" in told


def test_an_export_that_cannot_be_written_is_told(saved: str, tmp_path: Path) -> None:
    assert "--output" in failed(InputError, "cases", "export", saved, "--output", tmp_path / "no" / "file")


def test_a_copy_is_a_case_of_its_own(saved: str) -> None:
    copy = done("cases", "duplicate", saved, "--title", "What if").strip()
    titles = {row["title"] for row in json.loads(done("cases", "list", "--json"))["cases"]}
    assert copy != saved and titles == {"Ward 7", "What if"}


def test_a_case_is_archived_restored_and_deleted_after_a_question(saved: str) -> None:
    done("cases", "delete", saved)
    assert json.loads(done("cases", "list", "--json"))["total"] == 0
    assert json.loads(done("cases", "list", "--archived", "--json"))["total"] == 1
    done("cases", "delete", saved, "--restore")
    refused = run("cases", "delete", saved, "--for-good", typed="n\n")
    assert refused.exit_code == 1 and "Ward 7" in refused.stderr
    assert json.loads(done("cases", "list", "--json"))["total"] == 1
    done("cases", "delete", saved, "--for-good", typed="y\n")
    assert "there is no case" in failed(NotFound, "cases", "show", saved)
    assert "one of the two" in failed(InputError, "cases", "delete", saved, "--for-good", "--restore")


def test_the_trail_is_verified_and_a_hand_put_to_it_ends_with_1(saved: str, database: Path) -> None:
    import sqlite3

    report = json.loads(done("cases", "verify", "--json"))
    assert (report["entries"], report["intact"]) == (1, True)
    done("cases", "duplicate", saved)
    assert "2 entries, nothing missing" in done("cases", "verify", "--head", report["head"])
    assert run("cases", "verify", "--head", "f" * 64).exit_code == 1
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE versions SET title = 'Ward 6'")
    connection.close()
    result = run("cases", "verify")
    assert result.exit_code == 1 and "changed after it was saved" in result.stdout


def test_users_are_looked_after(saved: str) -> None:
    done("users", "add", "anna", "--role", "viewer", typed=PASSWORD + "\n")
    assert json.loads(done("users", "role", "anna", "clinician", "--json"))["role"] == "clinician"
    assert "12 to" in failed(InputError, "users", "password", "anna", typed="short\n")
    done("users", "password", "anna", typed="eight long words\n")
    with store.open_store() as db:
        assert store.log_in(db, "anna", "eight long words", client="x").user.role == "clinician"
    (share,) = json.loads(done("cases", "share", saved, "anna", "--access", "write", "--json"))
    assert (share["name"], share["access"]) == ("anna", "write")
    assert json.loads(done("cases", "share", saved, "anna", "--access", "none", "--json")) == []
    assert "anna" in done("cases", "share", saved, "anna")
    done("users", "disable", "anna")
    rows = {row["name"]: row for row in json.loads(done("users", "list", "--json"))}
    assert rows["anna"]["disabled"] and not rows["local"]["disabled"]
    assert "disabled" in done("users", "list")
    done("users", "disable", "anna", "--undo")
    assert not json.loads(done("users", "list", "--json"))[0]["disabled"]
    assert "password" not in done("users", "list", "--json").replace("has_password", "")


def test_an_address_that_cannot_be_is_told_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OSTEOCAST_DATABASE", "mysql://ward:geheim@host/cases")
    told = failed(InputError, "cases", "list")
    assert "OSTEOCAST_DATABASE" in told and "geheim" not in told
    monkeypatch.setenv("OSTEOCAST_DATABASE", "/dev/null/cases.sqlite")
    assert "cannot be kept" in failed(StoreError, "cases", "list")

"""``osteocast report``: one file for one reader, and nothing else touched."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import osteocast as oc
from osteocast.cli import app

EXAMPLE = str(Path(__file__).parents[2] / "examples" / "postmenopausal-anastrozole.yaml")


def test_a_report_is_written_under_a_name_that_says_for_whom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["report", EXAMPLE, "--for", "patient", "--people", "16"])
    assert result.exit_code == 0, result.output
    (written,) = (tmp_path / "osteocast-output").iterdir()
    assert written.name == "postmenopausal-anastrozole-patient.html"
    assert "Your bones" in written.read_text(encoding="utf-8")
    assert str(written.relative_to(tmp_path)) in result.output


def test_the_name_of_the_file_says_the_format(tmp_path: Path) -> None:
    target = tmp_path / "visit.pdf"
    result = CliRunner().invoke(app, ["report", EXAMPLE, "--output", str(target), "--people", "16"])
    assert result.exit_code == 0, result.output
    assert target.read_bytes().startswith(b"%PDF")


def test_what_cannot_be_written_is_said_before_anything_is_simulated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("simulated in vain")

    monkeypatch.setattr("osteocast.planning.assess", never)
    foreign = tmp_path / "letter.pdf"
    foreign.write_text("mine")
    result = CliRunner().invoke(app, ["report", EXAMPLE, "--output", str(foreign)])
    assert isinstance(result.exception, oc.InputError)
    assert foreign.read_text() == "mine"
    monkeypatch.setitem(sys.modules, "typst", None)
    result = CliRunner().invoke(app, ["report", EXAMPLE, "--output", str(tmp_path / "new.pdf")])
    assert isinstance(result.exception, oc.OsteocastError)
    assert "osteocast[report]" in str(result.exception)


def test_who_is_not_covered_gets_reasons_and_no_report(tmp_path: Path) -> None:
    case = tmp_path / "ill.yaml"
    case.write_text(
        "person: {sex: female, birth_date: 1950-01-01, menopause: {age: 50}, conditions: [paget_disease]}\n"
    )
    target = tmp_path / "visit.html"
    result = CliRunner().invoke(app, ["report", str(case), "--output", str(target)])
    assert isinstance(result.exception, oc.NotCovered)
    assert not target.exists()


def test_a_report_and_a_search_look_at_as_many_people() -> None:
    from osteocast.cli.planning import plan
    from osteocast.cli.report import report
    from osteocast.planning import PEOPLE

    usual = [inspect.signature(command).parameters["people"].default for command in (plan, report)]
    assert usual == [PEOPLE, PEOPLE]

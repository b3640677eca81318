"""``osteocast verdict`` as somebody at a terminal meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from osteocast.cli import app
from osteocast.errors import InputError, NotCovered

EXAMPLE = str(Path(__file__).parents[2] / "examples" / "postmenopausal-anastrozole.yaml")
FEW = ["--people", "96"]


def test_the_answer_comes_first_and_the_notice_beside_it() -> None:
    result = CliRunner().invoke(app, ["verdict", EXAMPLE, *FEW])
    assert result.exit_code == 0
    assert result.stdout.startswith("Lifestyle alone ")
    assert "not a medical device" in " ".join(result.stdout.split())
    for text in ("Zoledronate every 6", "What lifestyle alone hangs on", "When a scan would settle it"):
        assert text in result.stdout


def test_json_holds_everything_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["verdict", EXAMPLE, *FEW, "--json"])
    content = json.loads(result.stdout)
    assert content["format"] == "osteocast-verdict-1"
    assert {plan["kind"] for plan in content["plans"]} == {"nothing", "lifestyle", "drug", "combined"}
    for plan in content["plans"]:
        assert 0 <= plan["probability"] <= 1
        assert plan["settling"]["words"]
    assert content["virtual_people"]["simulated"] == 96
    assert list(tmp_path.iterdir()) == []


def test_page_chart_and_data_are_written_and_a_strange_folder_is_left_alone(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["verdict", EXAMPLE, *FEW, "--output", str(tmp_path / "visit")])
    assert result.exit_code == 0
    names = sorted(path.name for path in (tmp_path / "visit").iterdir())
    assert names == ["verdict.html", "verdict.json", "verdict.svg"]
    # A second verdict may take its place.
    again = CliRunner().invoke(app, ["verdict", EXAMPLE, *FEW, "--output", str(tmp_path / "visit")])
    assert again.exit_code == 0
    (tmp_path / "thesis.txt").write_text("mine")
    refused = CliRunner().invoke(app, ["verdict", EXAMPLE, *FEW, "--output", str(tmp_path)])
    assert isinstance(refused.exception, InputError)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_who_is_not_covered_gets_the_reason(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    case.write_text(
        "person: {sex: female, birth_date: 1981-05-14, menopause: premenopausal}\n"
        "treatments: [{drug: letrozole, start: 2025-03-10}]\noptions: {as_of: 2025-03-10}\n"
    )
    result = CliRunner().invoke(app, ["verdict", str(case), *FEW])
    assert isinstance(result.exception, NotCovered)
    assert "ovarian suppression" in str(result.exception)

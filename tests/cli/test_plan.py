"""``osteocast plan`` as somebody at a terminal meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from osteocast.cli import app
from osteocast.errors import InputError, NotCovered

EXAMPLES = Path(__file__).parents[2] / "examples"
EXAMPLE = str(EXAMPLES / "postmenopausal-anastrozole.yaml")
FEW = ["--people", "32", "--without", "exercise"]


def test_the_answer_comes_first_then_safety_and_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    result = CliRunner().invoke(app, ["plan", EXAMPLE, *FEW])
    assert result.exit_code == 0
    out = result.stdout
    assert "comes first of" in " ".join(out.split())
    assert out.index("comes first") < out.index("Know first") < out.index("Plans within ten years")
    assert "not a medical device" in " ".join(out.split())
    assert max(len(line.rstrip()) for line in out.splitlines()) <= 80
    for title in ("What would change the order", "Left out by constraints", "Behind the fractures"):
        assert title in out
    assert "Looking at plans" in result.stderr


def test_goal_and_constraints_are_read_and_everything_wrong_is_told_at_once() -> None:
    wrong = ["--goal", "cheapest", "--route", "nose", "--without", "aspirin", "--not-before", "soon"]
    refused = CliRunner().invoke(app, ["plan", EXAMPLE, *wrong])
    assert isinstance(refused.exception, InputError)
    fields = [problem.field for problem in refused.exception.problems]
    assert sorted(fields) == ["--goal", "--not-before", "--route", "--without[0]"]


def test_json_holds_everything_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    case = str(EXAMPLES / "letrozole-denosumab-exit.yaml")
    wanted = [
        "--goal",
        "fewest fractures",
        "--route",
        "injection",
        "--not-before",
        "3 months",
        "--max-visits",
        "9",
    ]
    result = CliRunner().invoke(app, ["plan", case, *FEW, *wanted, "--route", "infusion", "--json"])
    content = json.loads(result.stdout)
    assert content["format"] == "osteocast-plan-1"
    assert content["goal"]["name"] == "fewest_fractures"
    assert content["constraints"]["routes"] == ["infusion", "injection"]
    assert content["constraints"]["start_not_before_day"] == pytest.approx(91.3, abs=0.1)
    assert [plan["rank"] for plan in content["plans"]] == list(range(1, len(content["plans"]) + 1))
    for plan in content["plans"]:
        assert next(iter(plan)) == "rank"
        assert not plan["safety"]["refused"]
        assert plan["on_front"] == (plan["outdone_by"] == [])
        assert len(plan["fracture"]["probabilities"]) >= 10
    assert all(one["safety"]["refused"] for one in content["refused"])
    assert all(one["reason"] for one in content["left_out"])
    assert content["sources"]
    assert list(tmp_path.iterdir()) == []


def test_page_chart_and_data_are_written_and_a_strange_folder_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "visit"
    command = ["plan", EXAMPLE, *FEW, "--without", "denosumab", "--output"]
    assert CliRunner().invoke(app, [*command, str(folder)]).exit_code == 0
    assert sorted(path.name for path in folder.iterdir()) == ["plan.html", "plan.json", "plans.svg"]
    # A second search may take its place.
    assert CliRunner().invoke(app, [*command, str(folder)]).exit_code == 0
    (tmp_path / "thesis.txt").write_text("mine")
    refused = CliRunner().invoke(app, [*command, str(tmp_path)])
    assert isinstance(refused.exception, InputError)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_who_is_not_covered_gets_the_reason(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    case.write_text(
        "person: {sex: female, birth_date: 1981-05-14, menopause: premenopausal}\n"
        "treatments: [{drug: letrozole, start: 2025-03-10}]\noptions: {as_of: 2025-03-10}\n"
    )
    result = CliRunner().invoke(app, ["plan", str(case), *FEW])
    assert isinstance(result.exception, NotCovered)
    assert "ovarian suppression" in str(result.exception)

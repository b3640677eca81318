"""``osteocast lifestyle`` lists what a case can name, and shows what it rests on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from osteocast.cli import app
from osteocast.errors import InputError
from osteocast.lifestyle import EXERCISES, FOODS, PROGRAMMES

CASE = """
person: {sex: female, birth_date: 1963-05-14, menopause: {age: 50}}
lifestyle: {habits: {smoking: current}}
plans: [{name: train, lifestyle: {exercise: high-intensity-resistance-and-impact}}]
options: {as_of: 2025-03-10}
"""


def answer(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["lifestyle", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_list_names_everything_that_a_case_can_name() -> None:
    printed = answer("list")
    assert [name for name in (*PROGRAMMES, *EXERCISES, *FOODS) if name not in printed] == []
    content = json.loads(answer("list", "--json"))
    assert {len(content[key]) for key in content} == {len(PROGRAMMES), len(EXERCISES), len(FOODS)}


def test_list_can_be_searched() -> None:
    content = json.loads(answer("list", "jump", "--json"))
    assert "walking" not in [each["name"] for each in content["programmes"]]
    assert "drop-jump" in [each["name"] for each in content["exercises"]]
    assert content["foods"] == []


def test_show_gives_the_loading_of_a_programme_with_its_range() -> None:
    printed = answer("show", "Sample week")
    assert "90% range" in printed
    assert "squat 3 x 8 at 75 %1RM" in printed
    content = json.loads(answer("show", "sample_week", "--json"))
    low, high = content["loading_90"]["lumbar_spine"]
    assert low < content["loading"]["lumbar_spine"] < high


def test_show_gives_the_forces_of_an_exercise() -> None:
    assert "spine-half-squat-1985" in answer("show", "squat")
    assert json.loads(answer("show", "chest press", "--json"))["name"] == "bench-press"


def test_an_unknown_name_is_a_problem_with_a_near_one() -> None:
    with pytest.raises(InputError, match="did you mean squat"):
        answer("show", "squad")


def test_effects_shows_today_and_every_plan(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(CASE)
    printed = answer("effects", str(path))
    assert "smoking" in printed
    content = json.loads(answer("effects", str(path), "--json"))
    assert list(content) == ["today", "train"]
    (row,) = content["train"]
    assert row["inputs"]["loading_lumbar_spine"] == 1.0
    path.write_text(CASE.partition("lifestyle")[0])
    assert "says nothing" in answer("effects", str(path))

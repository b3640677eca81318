from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from osteocast.cli import app
from osteocast.errors import InputError

EXAMPLES = Path(__file__).parents[2] / "examples"
EXIT = str(EXAMPLES / "letrozole-denosumab-exit.yaml")
WOMAN = str(EXAMPLES / "postmenopausal-anastrozole.yaml")
MAN = str(EXAMPLES / "man-testosterone-anastrozole.yaml")


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments), env={"COLUMNS": "110"})
    assert result.exit_code == 0, result.output
    return result.stdout


def test_safety_refuses_a_plan_with_its_reason() -> None:
    text = run("safety", EXIT)
    assert "denosumab 3 years, then zoledronate: not refused" in text
    assert "no exit: REFUSED" in text
    assert "nothing follows" in text
    assert "per 10,000 person-years" in text
    assert "not a medical device" in text.casefold()


def test_safety_as_json_says_the_same() -> None:
    plans = json.loads(run("safety", EXIT, "--json"))["plans"]
    assert [plan["refused"] for plan in plans] == [False, False, True, True]
    one = json.loads(run("safety", EXIT, "--plan", "no exit", "--json"))["plans"]
    assert [plan["plan"] for plan in one] == ["denosumab 3 years, fourth dose missed, no exit"]
    (rates,) = [
        finding["rates_per_10000_person_years"]
        for finding in one[0]["findings"]
        if finding["id"] == "numbers"
    ]
    assert {rate["kind"] for rate in rates} == {"benefit", "harm"}


def test_a_case_without_plans_is_checked_under_the_standard_ones() -> None:
    plans = json.loads(run("safety", WOMAN, "--json"))["plans"]
    refused = {plan["plan"]: plan["refused"] for plan in plans}
    assert refused["Denosumab, stopped without a plan"] is True
    assert refused["Denosumab, then zoledronate"] is False
    assert len(plans) == 4


def test_guidelines_stand_side_by_side_with_their_reading() -> None:
    text = run("guidelines", EXIT)
    assert "the bodies differ" in text or "cannot tell" in text
    assert "American Society of Clinical Oncology (2019)" in text
    assert "read: secondary" in text
    assert "missing: " in text
    assert len(run("guidelines", EXIT, "--all")) > len(text)


def test_guidelines_as_json_hold_every_clause() -> None:
    content = json.loads(run("guidelines", EXIT, "--plan", "then zoledronate", "--json"))
    assert {each["outcome"] for each in content["verdicts"]} == {"applies", "does not apply", "cannot tell"}
    for each in content["verdicts"]:
        assert each["doi"] or each["url"]
        assert each["read"] and each["clause"] and each["published"]


def test_of_a_man_it_says_that_no_guideline_exists() -> None:
    assert "No guideline exists" in run("guidelines", MAN)
    assert json.loads(run("guidelines", MAN, "--json"))["no_guideline"]


def test_surveillance_writes_a_calendar(tmp_path: Path) -> None:
    path = tmp_path / "visits.ics"
    text = run("surveillance", WOMAN, "--plan", "then zoledronate", "--years", "2", "--ics", str(path))
    assert "DXA" in text
    assert "denosumab is due" in text
    written = path.read_bytes()
    assert written.startswith(b"BEGIN:VCALENDAR\r\n")
    content = json.loads(run("surveillance", WOMAN, "--plan", "then zoledronate", "--years", "2", "--json"))
    assert written.count(b"BEGIN:VEVENT") == len(content["visits"])


@pytest.mark.parametrize("command", ["safety", "guidelines", "surveillance"])
def test_an_unknown_plan_lists_the_known_ones(command: str) -> None:
    result = CliRunner().invoke(app, [command, EXIT, "--plan", "teriparatide"])
    assert isinstance(result.exception, InputError)
    assert "no bone drug" in str(result.exception)

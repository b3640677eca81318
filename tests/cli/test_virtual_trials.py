"""`osteocast trial`, `policy` and `replicates` at the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from osteocast.cli import app
from osteocast.errors import InputError

RUN = CliRunner()
EXAMPLE = str(Path(__file__).parents[2] / "examples" / "trials" / "denosumab-vs-placebo-on-ai.yaml")
SMALL = ["--replicates", "4", "--draws", "2", "--people", "32"]


def ran(*words: str) -> str:
    """Run a command that has to succeed, and return what it printed."""
    answer = RUN.invoke(app, words)
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def test_a_trial_is_run_told_and_written(tmp_path: Path) -> None:
    folder = tmp_path / "trial"
    text = ran("trial", EXAMPLE, *SMALL, "--power", "12,24", "--output", str(folder))
    assert "Power with 24 people" in text
    assert "intention to treat" in text
    assert {path.name for path in folder.iterdir()} == {
        "replicates.jsonl",
        "trial.html",
        "trial.json",
        "arms.svg",
        "power.svg",
    }
    page = (folder / "trial.html").read_text()
    assert 'role="img"' in page
    assert "http" not in page.replace("http://www.w3.org", "")
    data = json.loads((folder / "trial.json").read_text())
    assert [point["size"] for point in data["power"]] == [12, 24]
    # The same command goes on there, finds everything done, and writes the same.
    assert ran("trial", EXAMPLE, *SMALL, "--power", "12,24", "--output", str(folder)) == text
    assert (folder / "trial.html").read_text() == page


def test_a_published_trial_is_run_by_its_name_as_json() -> None:
    data: dict[str, Any] = json.loads(ran("trial", "trials/atac", *SMALL, "--json"))
    assert data["trial"] == "atac"
    assert data["replicates"] == 4
    assert {one["people"] for one in data["effects"]} == {"intention_to_treat", "as_observed"}
    assert "dropout" in data["assumed"]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["trial", EXAMPLE, "--power", "50,many"], "--power"),
        (["trial", "no-such-trial"], "SPEC"),
        (["trial", EXAMPLE, "--analysis", "bayes", *SMALL], "analysis"),
        (["policy", "no-such-study"], "NAMES"),
        (["policy", "--write", "policy.pdf"], "--write"),
        (["replicates", "no-such-trial"], "SPEC"),
    ],
)
def test_what_is_wrong_is_named(words: list[str], named: str) -> None:
    answer = RUN.invoke(app, words)
    assert isinstance(answer.exception, InputError)
    assert [problem.field for problem in answer.exception.problems] == [named]


def test_policies_are_told_and_written(tmp_path: Path) -> None:
    page = tmp_path / "policy.md"
    words = ["policy", "inhibitor-for-ten-years", "--women", "4", "--worlds", "3"]
    text = ran(*words, "--write", str(page))
    assert "inhibitor for 5 more years" in " ".join(text.split())
    written = page.read_text()
    assert written.startswith("# Policies\n")
    assert "osteocast policy inhibitor-for-ten-years --women 4 --worlds 3" in written
    data = json.loads(ran(*words, "--json"))
    policies = data["studies"]["inhibitor-for-ten-years"]["policies"]
    assert policies["inhibitor stopped"]["averted_per_1000"]["hip"]["10"]["mean"] == 0


def test_replicates_are_told_and_written(tmp_path: Path) -> None:
    page = tmp_path / "replicates.md"
    words = ["replicates", "atac", "--replicates", "20", "--draws", "3", "--people", "16"]
    assert "anastrozole-lumbar-spine-24" in ran(*words, "--write", str(page))
    rows = [line for line in page.read_text().splitlines() if line.startswith("| atac |")]
    data = json.loads(ran(*words, "--json"))
    assert len(rows) == len(data["rows"]) == 8
    assert {row["level"] for row in data["coverage"]} == {0.5, 0.8, 0.95}

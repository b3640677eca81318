"""``osteocast cohort``: a file in, Parquet out, and what can be asked of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from osteocast.cli.app import app
from osteocast.errors import InputError

SPEC = """
cohort: doors
population: us-men
n: 1000000
years: 1
draws: 0
arms:
  none: {courses: []}
  alendronate: {courses: [{drug: alendronate}]}
"""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cohort")
    (folder / "doors.yaml").write_text(SPEC)
    out = folder / "out"
    done = ask(
        "cohort", str(folder / "doors.yaml"), "--n", "40", "--out", str(out), "--workers", "1", "--json"
    )
    content = json.loads(done)
    assert (content["people"], content["found"], content["arms"]) == (40, 0, ["none", "alendronate"])
    assert len(content["chunks"][0]["tables"]) == 5
    return out


def ask(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_second_run_finds_everything_done(kept: Path) -> None:
    spec = str(kept.parent / "doors.yaml")
    again = CliRunner().invoke(app, ["cohort", "run", spec, "--n", "40", "--out", str(kept)])
    assert again.exit_code == 0
    assert "40 of them had been finished before" in again.output


def test_the_summary_shows_arms_years_and_fractures(kept: Path) -> None:
    text = ask("cohort", "summary", str(kept))
    assert "doors: 40 people" in text
    for word in ("none", "alendronate", "T ≤ -2.5", "vertebra"):
        assert word in text
    content = json.loads(ask("cohort", "summary", str(kept), "--json"))
    assert [visit["month"] for visit in content["visits"]] == [0, 12, 0, 12]
    assert content["made_with"]["version"]


def test_the_summary_writes_charts_and_numbers(kept: Path, tmp_path: Path) -> None:
    ask("cohort", "summary", str(kept), "--output", str(tmp_path / "charts"))
    written = {path.name for path in (tmp_path / "charts").iterdir()}
    assert {"cohort-summary.json", "cohort-total_hip.svg", "cohort-hip.svg"} <= written


def test_a_population_stands_beside_its_sources(tmp_path: Path) -> None:
    text = ask("cohort", "population", "us-women", "--n", "500", "--output", str(tmp_path / "charts"))
    assert "nchs-2011-vitamin-d" in text
    assert (tmp_path / "charts" / "population-total_hip-by-age.svg").read_text().startswith("<svg")
    found = json.loads(ask("cohort", "population", "us-women", "--n", "500", "--json"))
    assert found["population-menopause-age"]["rows"][0][3] == "appiah-2021-menopause"
    with pytest.raises(InputError, match="us-women"):
        ask("cohort", "population", "us-woman")


def test_checksums_are_printed_and_damage_is_told(kept: Path) -> None:
    lines = ask("cohort", "verify", str(kept)).splitlines()
    assert [line.split()[1] for line in lines] == [
        *("people", "course/none", "course/alendronate", "outcomes/none", "outcomes/alendronate")
    ]
    assert json.loads(ask("cohort", "verify", str(kept), "--json"))["people"] == lines[0].split()[0]


@pytest.mark.parametrize(
    ("more", "told"),
    [(("--cluster", "nearby"), "tcp://"), (("--n", "41"), "began with"), (("--no-resume",), "empty folder")],
)
def test_what_cannot_be_done_is_told(kept: Path, more: tuple[str, ...], told: str) -> None:
    arguments = ["cohort", str(kept.parent / "doors.yaml"), "--n", "40", "--out", str(kept), *more]
    result = CliRunner().invoke(app, arguments)
    assert isinstance(result.exception, InputError)
    assert told in str(result.exception)


def test_a_summary_in_a_process_of_its_own_leaves_nothing_but_the_summary(kept: Path) -> None:
    # DuckDB tells of what is left at the end of a process as leaked.
    command = [sys.executable, "-c", "from osteocast.cli.app import main; main()", "cohort", "summary"]
    done = subprocess.run([*command, str(kept)], capture_output=True, text=True, timeout=120, check=True)
    assert "doors: 40 people" in done.stdout
    assert done.stderr == ""

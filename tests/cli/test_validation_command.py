"""``osteocast validate`` with intervals and nulls, as a person or a program gets it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from .test_cli import osteocast

PUBLISHED = Path(__file__).parents[2] / "src/osteocast/trials/published"


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a trial that was published and one that found nothing."""
    folder = tmp_path_factory.mktemp("trials")
    for name in ("liftmor", "walking"):
        (folder / f"{name}.yaml").write_text((PUBLISHED / f"{name}.yaml").read_text())
    return folder


def test_intervals_are_printed_with_their_coverage_and_the_nulls(trials: Path, tmp_path: Path) -> None:
    done = osteocast("validate", trials, "--intervals", "--draws", 8, "--write", tmp_path / "rows.csv")
    assert done.returncode == 0, done.stderr
    assert "90%" in done.stdout.splitlines()[1]
    assert "intervals of 90% (8 draws): bone density, used in the fit:" in done.stdout
    assert "published nulls: 2 of 2 simulated effects lie in the published 95% interval" in done.stdout
    with (tmp_path / "rows.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6
    assert all(float(row["low_90"]) < float(row["high_90"]) for row in rows)


def test_programs_get_intervals_coverage_reliability_and_nulls(trials: Path) -> None:
    plain = json.loads(osteocast("validate", trials, "--json").stdout)
    assert "coverage" not in plain and "low_90" not in plain["rows"][0]
    content = json.loads(osteocast("validate", trials, "--intervals", "--draws", 8, "--json").stdout)
    assert content["draws"] == 8
    (coverage,) = content["coverage"]
    within = [row["within_90"] for row in content["rows"] if row["counted"]]
    assert (coverage["n"], coverage["share"]) == (len(within), sum(within) / len(within))
    (reliability,) = content["reliability"]
    assert [level for level, _ in reliability["levels"]][-1] == 0.95
    assert [null["trial"] for null in content["nulls"]] == ["walking", "walking"]
    assert content["nulls"] == plain["nulls"]


def test_fractures_stand_beside_the_trials_that_come_with_it_only(trials: Path, tmp_path: Path) -> None:
    own = osteocast("validate", trials)
    assert "fractures" not in own.stdout
    assert "fractures" not in json.loads(osteocast("validate", trials, "--json").stdout)
    done = osteocast("validate", "--json", "--write", tmp_path / "table.md")
    content = json.loads(done.stdout)
    hip = next(row for row in content["fractures"] if row["name"].startswith("FREEDOM, placebo, neck"))
    assert hip["error"] == pytest.approx(hip["computed"] - hip["published"])
    assert hip["role"] == "predicted"
    assert hip["assumed"]
    text = (tmp_path / "table.md").read_text()
    assert "| FREEDOM, placebo, neck at most -2.5: hip, 36 months | 2.80 % |" in text
    assert "- fractures, fitted: " in text


def test_draws_without_intervals_are_refused(trials: Path) -> None:
    done = osteocast("validate", trials, "--draws", 40)
    assert done.returncode == 2
    assert "add --intervals" in done.stderr

"""Results as Parquet: what is read back is the result to the last digit, with what made it beside it."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from osteocast.cli import app
from osteocast.errors import InputError
from osteocast.forecast import Forecast, run_forecast, verdict
from osteocast.forecast.scenarios import planned
from osteocast.interop import tables
from osteocast.person import Case, load_case
from osteocast.trials import load_trials, validate

EXAMPLE = Path(__file__).parents[2] / "examples" / "postmenopausal-anastrozole.yaml"


@pytest.fixture(scope="module")
def case() -> Case:
    """The example with its first two plans, of which one is shorter than the other."""
    planned_case, _ = planned(load_case(EXAMPLE))
    first, second = planned_case.plans[:2]
    return replace(planned_case, plans=(first, replace(second, horizon_days=1000.0)), forecast_years=5.0)


@pytest.fixture(scope="module")
def forecast(case: Case) -> Forecast:
    return run_forecast(case, draws=64)


@pytest.fixture(scope="module")
def read(forecast: Forecast, tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("tables") / "forecast.parquet"
    tables.write_parquet(path, tables.forecast_table(forecast))
    return tables.read_parquet(path)


def test_a_forecast_comes_back_to_the_last_digit(forecast: Forecast, read: Any) -> None:
    frame = read.to_pandas().fillna({"site": ""})
    found = 0
    for plan in forecast.plans:
        own = frame[frame["plan_key"] == plan.key]
        for name, curve in plan.curves.items():
            named = (own["observable"] + "_" + own["site"]).str.rstrip("_")
            rows = own[(named == name) & (own["observable"] != "fracture")]
            exists = np.isfinite(curve.value)
            assert set(rows["unit"]) == {curve.unit}
            np.testing.assert_array_equal(rows["day"], forecast.days[exists])
            np.testing.assert_array_equal(rows["value"], curve.value[exists])
            for band in curve.bands:
                np.testing.assert_array_equal(rows[f"low_{band.level}"], band.low[exists])
                np.testing.assert_array_equal(rows[f"high_{band.level}"], band.high[exists])
            found += len(rows)
    assert found == len(frame[frame["observable"] != "fracture"])
    assert set(frame[frame["observable"] == "change"]["site"]) == set(forecast.sites)


def test_probabilities_of_fracture_stand_beside_the_curves(forecast: Forecast, read: Any) -> None:
    rows = [row for row in read.to_pylist() if row["observable"] == "fracture"]
    expected = {
        (plan.key, one.kind, one.years * 365.25): (one.value, *one.intervals[80])
        for plan in forecast.plans
        if plan.fracture is not None
        for one in plan.fracture.probabilities
    }
    assert (
        {
            (row["plan_key"], row["site"], row["day"]): (row["value"], row["low_80"], row["high_80"])
            for row in rows
        }
        == expected
        != {}
    )
    assert {row["statistic"] for row in rows} == {"mean"}


def test_what_lies_beyond_a_plan_has_no_row_and_dates_follow_days(forecast: Forecast, read: Any) -> None:
    short = [row for row in read.to_pylist() if row["plan"] == forecast.plans[1].name]
    assert max(row["day"] for row in short if row["observable"] != "fracture") <= 1000.0 < forecast.horizon
    assert all(row["date"] == forecast.case.as_of + timedelta(days=row["day"] // 1) for row in short)


def test_the_metadata_tell_what_made_it(forecast: Forecast, read: Any) -> None:
    about = tables.about(read)
    assert about["versions"] == asdict(forecast.provenance)
    assert (about["result"], about["people"]) == ("forecast", 64)
    assert about["case"]["name"] == forecast.case.name
    assert set(about["safety"]) == {plan.name for plan in forecast.plans}
    assert "not a medical device" in about["notice"]


def test_a_plan_that_is_refused_says_so(case: Case) -> None:
    low = [replace(lab, value=0.7 * lab.value) if lab.analyte == "calcium" else lab for lab in case.labs]
    made = tables.forecast_table(run_forecast(replace(case, labs=tuple(low)), draws=0))
    refused = {row["plan"] for row in made.to_pylist() if row["refused"]}
    findings = tables.about(made)["safety"]
    said = {name for name, found in findings.items() if found["refused"]}
    assert refused == said != set()
    curves = {row["statistic"] for row in made.to_pylist() if row["observable"] != "fracture"}
    assert curves == {"average person"}


def test_a_verdict_is_a_row_for_every_plan(case: Case) -> None:
    found = verdict(case, people=64)
    rows = tables.verdict_table(found).to_pylist()
    for row, plan in zip(rows, found.plans, strict=True):
        assert row["plan"] == plan.name and row["probability"] == plan.probability
        assert row["barred"] == plan.barred and row["reason"] == plan.reason
        assert row["settling_day"] == plan.settling.day
        for site, values in plan.change.items():
            ends = ("", "_low_80", "_high_80")
            assert tuple(row[f"change_{site}{end}"] for end in ends) == tuple(values)
        assert plan.fracture is not None
        assert row["fracture_hip_5_years"] == plan.fracture.at("hip", 5.0).value


def test_validation_is_a_row_for_every_published_result() -> None:
    trials = [trial for trial in load_trials() if trial.name in ("atac", "z-fast")]
    found = validate(trials=trials)
    made = tables.validation_table(found)
    for row, expected in zip(made.to_pylist(), found.rows, strict=True):
        for name, value in asdict(expected).items():
            if name != "interval":
                assert row[name] == value, name
        assert (row["interval_low"], row["interval_high"]) == (expected.interval or (None, None))
    assert tables.about(made)["summary"] == found.summary()


def test_without_pyarrow_the_message_names_the_extra(
    forecast: Forecast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError, match=r"osteocast\[cohort\]"):
        tables.forecast_table(forecast)


def test_what_is_no_table_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 and nothing else")
    with pytest.raises(InputError, match="whole Parquet file"):
        tables.read_parquet(broken)
    pyarrow = pytest.importorskip("pyarrow")
    with pytest.raises(InputError, match="a table that osteocast wrote"):
        tables.about(pyarrow.table({"one": [1]}))


def test_the_command_writes_the_table(tmp_path: Path) -> None:
    target = tmp_path / "results.parquet"
    command = ["export", str(target), "--format", "parquet", "--case", str(EXAMPLE), "--people", "64"]
    answer = CliRunner().invoke(app, [*command, "--plan", "zoledronate", "--years", "2"])
    assert answer.exit_code == 0, answer.output
    made = tables.read_parquet(target)
    assert set(made.column("plan").to_pylist()) == {"Zoledronate every 6 months"}
    assert 700 < max(made.filter(made["observable"].to_numpy() == "bmd")["day"].to_pylist()) <= 731


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (["--format", "parquet"], "--case"),
        (["--format", "parquet", "--result", "validation", "--case", str(EXAMPLE)], "--case"),
        (["--format", "parquet", "--result", "verdict", "--case", str(EXAMPLE), "--plan", "x"], "--plan"),
        (["--result", "verdict"], "--result"),
        (["--people", "64"], "--people"),
    ],
)
def test_options_that_do_not_fit_are_refused(tmp_path: Path, arguments: list[str], field: str) -> None:
    target = tmp_path / "out"
    with pytest.raises(InputError) as caught:
        CliRunner().invoke(app, ["export", str(target), *arguments], catch_exceptions=False)
    assert [problem.field for problem in caught.value.problems] == [field]
    assert not target.exists()

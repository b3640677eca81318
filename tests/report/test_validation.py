"""The page of validation: every row, every figure, and points where they belong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from osteocast.charts.chart import Chart
from osteocast.charts.trials import agreement
from osteocast.fracture import checks
from osteocast.inference.prediction import predict
from osteocast.report import validation as pages
from osteocast.trials import load_trials, validate

VALIDATION = validate()
INTERVALS = predict(n_draw=8)


@pytest.fixture(scope="module")
def charts() -> list[Chart]:
    return pages.charts(VALIDATION, INTERVALS)


@pytest.fixture(scope="module")
def page(charts: list[Chart]) -> str:
    return pages.to_markdown(VALIDATION, charts, INTERVALS)


def test_every_observation_has_its_row(page: str) -> None:
    table = page.split("## Every observation")[1]
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) == len(VALIDATION.rows)
    assert {row.split("|")[1].strip() for row in rows} == {trial.name for trial in load_trials()}
    assert {line.count("|") for line in rows} == {10}


def test_an_interval_that_does_not_hold_its_number_is_bold(page: str) -> None:
    rows = [line for line in page.split("## Every observation")[1].splitlines() if line.startswith("| ")][1:]
    bold = [index for index, line in enumerate(rows) if line.split("|")[7].strip().startswith("**")]
    assert bold == [index for index, one in enumerate(INTERVALS.predictions) if not one.within]


def test_coverage_stands_on_the_page_for_every_group(page: str) -> None:
    section = page.split("## Prediction intervals")[1].split("\n## ")[0]
    for one in INTERVALS.coverage():
        assert f"| {one.n} | {one.n_trial} | {one.share:.0%}" in section


def test_every_null_is_listed_with_whether_the_model_agrees(page: str) -> None:
    section = page.split("## Published nulls")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
    nulls = VALIDATION.nulls()
    assert len(rows) == len(nulls) > 30
    for line, row in zip(rows, nulls, strict=True):
        assert line.startswith(f"| {row.trial} |")
        assert ("agrees" in line) == row.within


def test_fractures_stand_on_the_page_with_error_and_role(page: str) -> None:
    section = page.split("## Fractures")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
    compared = checks()
    assert len(rows) == len(compared) > 45
    for line, check in zip(rows, compared, strict=True):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert cells[0] == check.name
        assert cells[4] == ("fitted" if check.fitted else "predicted")
        published, computed = (float(cell.split()[0]) for cell in cells[1:3])
        assert computed - published == pytest.approx(check.error, abs=0.011)
        assert float(cells[3].split(",")[0].replace("−", "-")) == pytest.approx(check.error, abs=0.0051)
    predicted = [check for check in compared if not check.fitted]
    assert f"fractures, predicted: {len(predicted)} comparisons" in section


def test_an_interval_of_a_fracture_check_holds_or_not() -> None:
    found = {check.name: check for check in checks()}
    pooled = found["All trials: any, inhibitor against tamoxifen"]
    assert pooled.ci is not None
    assert pooled.within is (pooled.ci[0] <= pooled.computed <= pooled.ci[1])
    assert found["ATAC: any clinical, anastrozole against tamoxifen"].within is True
    assert found["HORIZON, placebo: hip, 36 months"].within is None


def test_the_chart_of_calibration_has_a_line_for_each_group(charts: list[Chart]) -> None:
    (chart,) = [chart for chart in charts if chart.key == "calibration"]
    points = chart.spec["layer"][2]["data"]["values"]
    assert len(points) == len(chart.table.rows) == 20
    predicted = dict(INTERVALS.reliability("predicted"))
    shown = {point["level"]: point["share"] for point in points if point["group"].startswith("predicted")}
    assert shown[90.0] == pytest.approx(100 * predicted[0.9], abs=0.1)
    assert f"{100 * predicted[0.9]:.0f}% in intervals of 90%" in chart.summary


def test_the_errors_stand_at_the_top(page: str) -> None:
    for errors in VALIDATION.summary().values():
        assert f"| {errors['n']:.0f} | {errors['rmse']:.2f} |" in page


def test_what_is_only_shown_says_why(page: str) -> None:
    assert "shown: 13 women per arm" in page


def test_every_counted_mean_is_on_the_scatter_and_nothing_else() -> None:
    chart = agreement(VALIDATION.rows)
    points = chart.spec["layer"][1]["data"]["values"]
    assert len(points) == sum(row.counted for row in VALIDATION.rows) == len(chart.table.rows)
    assert {point["group"] for point in points} == {
        "used in the fit",
        "predicted",
        "predicted, reported apart",
    }


def test_the_lines_pass_near_most_published_points(charts: list[Chart]) -> None:
    errors = [abs(float(row[2]) - float(row[3])) for chart in charts[2:-1] for row in chart.table.rows]
    assert len(errors) >= 20
    assert sorted(errors)[len(errors) // 2] < 0.6


def test_changes_from_a_later_month_start_on_the_line(charts: list[Chart]) -> None:
    """The spine gains 4% in two years after the inhibitor: its point stands above that of month 60."""
    (chart,) = [chart for chart in charts if chart.key == "inhibitor"]
    spine = {row[1]: float(row[2]) for row in chart.table.rows if row[0] == "lumbar spine"}
    assert spine["60"] == pytest.approx(-6.1)
    assert -2.5 < spine["84"] < 0


def test_page_and_figures_are_written_once(tmp_path: Path) -> None:
    pages.write(tmp_path, VALIDATION, INTERVALS)
    figures = re.findall(r"\]\((figures/[\w-]+\.svg)\)", (tmp_path / "validation.md").read_text())
    assert len(figures) == len(set(figures)) == 9
    for name in figures:
        assert (tmp_path / name).read_text().startswith("<svg")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*")}
    pages.write(tmp_path, VALIDATION, INTERVALS)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*")} == before

"""Single people in place of bands."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import osteocast as oc
from osteocast import charts
from osteocast.charts.paths import Entry, legend
from osteocast.charts.theme import MUTED, style
from osteocast.forecast import PlanForecast

from .test_charts import forecast, layers, unscanned

SITE = "lumbar_spine"


@cache
def never_scanned() -> oc.Forecast:
    text = "person: {sex: female, birth_date: 1963-05-14, menopause: {age: 50}}"
    return oc.run_forecast(oc.load_case(text), years=3, draws=3)


def strands(chart: charts.Chart) -> list[dict[str, Any]]:
    """Layers with a line for each person."""
    return [one for one in layers(chart.spec) if one["encoding"].get("detail", {}).get("field") == "person"]


def losing(made: oc.Forecast, plan: PlanForecast) -> str:
    paths = plan.curves[f"change_{SITE}"].paths
    assert paths is not None
    return f"{int((paths[:, -1] < 0).sum())} of {len(paths)}"


def test_every_person_has_a_line_and_the_middle_stands_out() -> None:
    made = forecast()
    chart = charts.bone(made, people=True)
    past, ahead = strands(chart)
    assert (past["mark"]["color"], ahead["mark"]["color"]) == (MUTED, style(0).colour)
    curve = made.plans[0].curves[f"bmd_{SITE}"]
    assert curve.paths is not None
    assert len(curve.paths) == 4
    for k, path in enumerate(curve.paths):
        rows = [row for row in ahead["data"]["values"] if row["person"] == k]
        drawn = np.interp([row["year"] for row in rows], made.years, path)
        assert [row["value"] for row in rows] == pytest.approx(drawn, abs=1e-4)
        assert rows[-1]["year"] == pytest.approx(made.years[-1], abs=1e-3)
    (middle,) = [
        one for one in layers(chart.spec) if "strokeDash" in one["encoding"] and "x2" not in one["encoding"]
    ]
    assert middle["mark"]["strokeWidth"] > 2 * ahead["mark"]["strokeWidth"]
    assert {row["plan"] for row in middle["data"]["values"]} == {0, 1, 2, 3}


def test_there_are_no_bands_for_patients_and_no_people_for_clinicians() -> None:
    for_patients, for_clinicians = charts.bone(forecast(), people=True), charts.bone(forecast())
    kinds = {one["mark"]["type"] for one in layers(for_patients.spec)}
    assert "area" not in kinds
    assert "area" in {one["mark"]["type"] for one in layers(for_clinicians.spec)}
    assert strands(for_clinicians) == []
    assert for_patients.key != for_clinicians.key


def test_it_says_in_words_and_numbers_what_becomes_of_them() -> None:
    made = forecast()
    chart = charts.bone(made, people=True)
    assert f"{losing(made, made.plans[0])}".replace(" of ", " of the ") in chart.summary
    assert [row[0] for row in chart.table.rows] == [plan.name for plan in made.plans]
    for row, plan in zip(chart.table.rows, made.plans, strict=True):
        assert row[-1].endswith(f"; {losing(made, plan)}")
    for plan in made.plans:
        alone = charts.bone(made, people=True, focus=plan.key)
        assert alone.title == plan.name
        assert alone.table.rows[-1][-1] == losing(made, plan)
        assert losing(made, plan).replace(" of ", " of the ") in alone.summary
        assert all(len(row) == len(alone.table.head) for row in alone.table.rows)


def test_its_legend_is_in_plain_words() -> None:
    words = charts.bone(forecast(), people=True).svg()
    for text in (
        "4 people like you with anastrozole alone: each line is one of them, grey up to today",
        "thick lines: the middle of many people like you, one for each plan",
        "your own scans; a change within the whisker may be error alone",
    ):
        assert text in words
    # Beside the chart of all plans, that of one needs none.
    assert (
        "people like you"
        not in charts.bone(forecast(), focus="anastrozole-alone", people=True, labels=False).svg()
    )


def test_plans_are_drawn_on_one_scale() -> None:
    def scale(key: str) -> Any:
        chart = charts.bone(forecast(), people=True, focus=key)
        return strands(chart)[0]["encoding"]["y"]["scale"]["domain"]

    first, *others = (scale(plan.key) for plan in forecast().plans)
    assert all(one == first for one in others)
    for plan in forecast().plans:
        paths = plan.curves[f"bmd_{SITE}"].paths
        assert paths is not None
        assert first[0] < paths.min() < paths.max() < first[1]


def test_who_was_never_scanned_sees_people_in_percent() -> None:
    chart = charts.bone(never_scanned(), people=True)
    (ahead,) = strands(chart)
    assert {row["value"] for row in ahead["data"]["values"] if row["year"] == 0.0} == {0.0}
    words = chart.svg()
    assert "grey up to today" not in words
    assert "your own scan" not in words


def test_without_virtual_people_there_is_nobody_to_draw() -> None:
    assert charts.bone(unscanned(), people=True).spec == charts.bone(unscanned()).spec


def test_lines_of_a_legend_do_not_overlap() -> None:
    entries = [Entry("people", "a b c " * 20), Entry("middle", "short"), Entry("scan", "also short")]
    *_, words = legend(entries, -10.0, 150.0)
    rows = words["data"]["values"]
    for above, below in pairwise(rows):
        assert below["top"] - above["top"] == pytest.approx(words["mark"]["lineHeight"] * len(above["words"]))
    assert rows[-1]["top"] < -15.0
    assert len(rows[0]["words"]) > 1

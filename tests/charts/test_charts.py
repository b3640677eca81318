from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import altair
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import osteocast as oc
from osteocast import charts
from osteocast.charts import rendering
from osteocast.charts.lanes import dose_lanes
from osteocast.charts.layout import free_place, spread, wrapped
from osteocast.errors import InputError

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ("postmenopausal-anastrozole", "letrozole-denosumab-exit")


@cache
def forecast(name: str = NAMES[0]) -> oc.Forecast:
    return oc.run_forecast(oc.load_case(EXAMPLES / f"{name}.yaml", today=date(2026, 6, 1)), draws=4)


@cache
def unscanned() -> oc.Forecast:
    text = "person: {sex: female, birth_date: 1963-05-14, menopause: {age: 50}}"
    return oc.run_forecast(oc.load_case(text), years=5, draws=0)


@cache
def every_chart() -> tuple[charts.Chart, ...]:
    made = [charts.bone(forecast(name), site) for name in NAMES for site in forecast().sites]
    made += [charts.bone(unscanned()), charts.bone(forecast(), width=270, labels=False)]
    made += [
        charts.bone(forecast(), people=True),
        charts.bone(forecast(), width=270, labels=False, people=True),
    ]
    made += [charts.bone(forecast(NAMES[1]), focus="no-bone-drug", people=True, width=300, doses=False)]
    return (*made, *(charts.course(forecast(), one.name) for one in (*charts.MARKERS, *charts.MECHANISM)))


def with_few_rows(spec: Any) -> Any:
    """A chart with a few rows of its data: the schema takes any row, and seconds to say so of thousands."""
    if isinstance(spec, list):
        return [with_few_rows(one) for one in spec]
    if not isinstance(spec, dict):
        return spec
    return {key: value[:3] if key == "values" else with_few_rows(value) for key, value in spec.items()}


@pytest.mark.parametrize("index", range(len(NAMES) * 3 + 5 + 8))
def test_every_chart_is_valid_vega_lite_and_draws(index: int) -> None:
    chart = every_chart()[index]
    altair.Chart.from_dict(with_few_rows(chart.spec), validate=True)
    svg = ElementTree.fromstring(chart.svg())
    assert svg.tag.endswith("svg")
    assert "Inter" in chart.svg()


def test_a_chart_has_its_words_and_its_numbers() -> None:
    chart = charts.bone(forecast())
    for plan in forecast().plans:
        assert plan.name in chart.summary
        assert plan.name in {row[0] for row in chart.table.rows}
    assert all(len(row) == len(chart.table.head) for row in chart.table.rows)


def test_every_plan_is_named_at_its_line() -> None:
    svg = charts.bone(forecast()).svg()
    for plan in forecast().plans:
        assert plan.name.split(",")[0] in svg


def test_plans_differ_in_more_than_colour() -> None:
    assert len({style.dash for style in charts.STYLES}) == len(charts.STYLES)
    assert len({style.symbol for style in charts.STYLES}) == len(charts.STYLES)


def test_colours_can_be_read_on_paper() -> None:
    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for style in charts.STYLES:
        assert 1.05 / (luminance(style.colour) + 0.05) >= 4.5, style.colour


def layers(spec: dict[str, Any]) -> list[dict[str, Any]]:
    inner = [*spec.get("layer", []), *spec.get("vconcat", [])]
    return [spec] if not inner else [found for one in inner for found in layers(one)]


def test_t_scores_stand_beside_the_density_they_belong_to() -> None:
    made = forecast()
    scale = made.sites["total_hip"].scale
    assert scale is not None
    encodings = [
        layer["encoding"]["y"]
        for layer in layers(charts.bone(made, "total_hip").spec)
        if "y" in layer["encoding"]
    ]
    bmd = next(y["scale"]["domain"] for y in encodings if str(y.get("title", "")).startswith("BMD"))
    score = next(y["scale"]["domain"] for y in encodings if y.get("title") == "T-score")
    assert [scale.bmd(t) for t in score] == pytest.approx(bmd)


def test_own_scans_are_points_with_their_error() -> None:
    made = forecast()
    spec = charts.bone(made, "total_hip").spec
    (rows,) = [
        layer["data"]["values"]
        for layer in layers(spec)
        if layer["mark"]["type"] == "point"
        and len(layer["data"]["values"]) == 2
        and "low" in layer["data"]["values"][0]
    ]
    for row, scan in zip(rows, made.sites["total_hip"].scans, strict=True):
        assert row["value"] == pytest.approx(scan.bmd, abs=1e-4)
        assert row["high"] - row["value"] == pytest.approx(scan.least_significant_change, abs=1e-4)


def test_doses_stand_on_their_days() -> None:
    made = forecast()
    lanes = dose_lanes(made, 600, (-2.5, 10.2), labels=False)
    assert lanes is not None
    points = lanes["layer"][1]["data"]["values"]
    denosumab = [one["year"] for one in points if one["lane"] == made.plans[3].key]
    assert denosumab == pytest.approx([half / 2 for half in range(10)], abs=0.01)


def test_doses_that_would_touch_are_a_bar() -> None:
    text = (
        "person: {sex: male, birth_date: 1973-05-14}\noptions: {as_of: 2025-01-01}\n"
        "treatments: [{drug: testosterone_cypionate, dose: 50 mg, every: 1 week, start: 2025-01-01}]\n"
        "plans: [{name: alone}, {name: more, courses: [{drug: denosumab}]}]"
    )
    made = oc.run_forecast(oc.load_case(text), years=2, draws=0)
    # A week is 2 pixels wide, and 9 where a year is as wide as four.
    for domain, single in (((0.0, 5.0), False), ((0.0, 1.2), True)):
        lanes = dose_lanes(made, 560, domain, labels=True)
        assert lanes is not None
        bars, points, names = (one["data"]["values"] for one in lanes["layer"])
        assert [one["start"] for one in bars] == ([] if single else [0.0])
        assert {one["lane"] for one in points} == {"more"} | ({"shared"} if single else set())
        assert [one["text"] for one in names] == [
            "▲ testosterone cypionate" if single else "testosterone cypionate",
            "● denosumab",
        ]


def test_t_scores_keep_their_distance() -> None:
    def ticks(height: int) -> list[float]:
        (axis,) = [
            layer["encoding"]["y"]["axis"]["values"]
            for layer in layers(charts.bone(forecast(), height=height).spec)
            if layer["encoding"].get("y", {}).get("title") == "T-score"
        ]
        return list(axis)

    assert set(np.diff(ticks(360))) == {0.5}
    assert set(np.diff(ticks(40))) <= {1.0, 2.0}


def test_nothing_taken_means_no_lanes() -> None:
    text = (
        "person: {sex: female, birth_date: 1963-05-14, menopause: {age: 50}}\n"
        "plans: [{name: nothing}]\noptions: {as_of: 2025-01-01}"
    )
    made = oc.run_forecast(oc.load_case(text), years=2, draws=0)
    assert dose_lanes(made, 600, (0, 2), labels=True) is None
    assert "vconcat" not in charts.bone(made).spec


def test_what_no_plan_changes_is_drawn_once() -> None:
    assert len(re.findall(r'role-mark|class="mark-line', charts.course(forecast(), "estradiol").svg())) < len(
        re.findall(r'role-mark|class="mark-line', charts.course(forecast(), "ctx").svg())
    )


def test_an_unknown_quantity_lists_the_known() -> None:
    with pytest.raises(InputError, match=r"did you mean ctx\?"):
        charts.course(forecast(), "ctxx")


def test_a_chart_is_saved_as_its_suffix_says(tmp_path: Path) -> None:
    chart = charts.course(forecast(), "ctx")
    assert chart.save(tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert chart.save(tmp_path / "a.svg").read_text().startswith("<svg")
    assert json.loads(chart.save(tmp_path / "a.json").read_text())["$schema"].startswith(
        "https://vega.github.io"
    )
    with pytest.raises(InputError, match=r"\.svg, \.png, \.json"):
        chart.save(tmp_path / "a.bmp")


def test_a_notebook_shows_it_without_extensions() -> None:
    bundle = charts.course(forecast(), "ctx")._repr_mimebundle_()
    assert bundle["image/svg+xml"].startswith("<svg")


sizes = st.lists(st.tuples(st.floats(0, 300), st.floats(5, 40)), min_size=1, max_size=6)


@given(sizes)
def test_labels_never_overlap_and_keep_their_order(labels: list[tuple[float, float]]) -> None:
    wanted, room = [label[0] for label in labels], [label[1] for label in labels]
    places = spread(wanted, room, 0.0, 300.0)
    order = sorted(range(len(labels)), key=lambda i: wanted[i])
    for above, below in pairwise(order):
        assert places[below] - places[above] >= (room[above] + room[below]) / 2 - 1e-6


@given(sizes)
def test_labels_stay_inside_when_there_is_room(labels: list[tuple[float, float]]) -> None:
    places = spread([label[0] for label in labels], [label[1] for label in labels], 0.0, 300.0)
    for place, (_, room) in zip(places, labels, strict=True):
        assert room / 2 - 1e-6 <= place <= 300 - room / 2 + 1e-6


def test_a_label_with_room_stays_where_it_belongs() -> None:
    assert spread([20.0, 200.0], [10.0, 10.0], 0.0, 300.0) == [20.0, 200.0]


def test_words_stand_where_the_lines_leave_room() -> None:
    points = np.array([[x, 50.0] for x in range(0, 300, 5)])
    left, _ = free_place(points, 55.0, (80.0, 15.0), 600.0)
    assert left > 300


def test_long_names_are_cut_into_lines() -> None:
    assert all(len(line) <= 20 for line in wrapped("denosumab for three years and then zoledronate", 20))
    assert wrapped("a " * 100, 10, 2)[-1].endswith("…")


#: A chart that is not drawn here: it has a legend.
WITH_LEGEND: dict[str, Any] = {
    "data": {"values": [{"x": i, "y": i, "k": str(i % 2)} for i in range(4)]},
    "mark": "point",
    "encoding": {"x": {"field": "x", "type": "quantitative"}, "color": {"field": "k", "type": "nominal"}},
}


def test_drawing_elsewhere_gives_the_same_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "_drawn", {})
    here = charts.as_svgs([WITH_LEGEND])
    monkeypatch.setattr(rendering, "_drawn", {})
    # Nothing may be drawn in this process.
    monkeypatch.setattr(rendering, "_engine", None)
    with charts.drawing():
        assert charts.as_svgs([WITH_LEGEND, WITH_LEGEND]) == here * 2
        assert rendering._workers
    assert rendering._workers == []


def test_a_process_that_dies_is_replaced_by_drawing_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "_drawn", {})
    with charts.drawing():
        charts.as_svgs([{**WITH_LEGEND, "width": 90}])
        for worker in rendering._workers:
            worker.process.kill()
        assert charts.as_svgs([WITH_LEGEND])[0].startswith("<svg")


def test_the_charts_of_a_forecast_need_no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "_drawn", {})
    monkeypatch.setattr(rendering, "_engine", None)
    with charts.drawing():
        assert all(drawn.startswith("<svg") for drawn in charts.as_svgs([one.spec for one in every_chart()]))
        assert rendering._workers == []


def test_charts_are_remembered_for_a_while_only(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = {str(i): "<svg/>" for i in range(rendering._REMEMBERED)}
    monkeypatch.setattr(rendering, "_drawn", drawn)
    charts.course(forecast(), "ctx").svg()
    assert len(drawn) == 1

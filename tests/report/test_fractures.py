"""Fractures and safety beside every plan: in tables, on pages, and as data."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path

import altair
import pytest

import osteocast as oc
from osteocast import charts, report
from osteocast.forecast import headline, verdict_headline
from osteocast.fracture import FractureRisk
from osteocast.report.fractures import fracture_rows, fracture_years, multiple_words
from osteocast.report.safety import checked, refused, told
from osteocast.report.sources import source_ids
from osteocast.report.verdict_page import verdict_page
from osteocast.units.writing import signed

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ("postmenopausal-anastrozole", "man-testosterone-anastrozole", "letrozole-denosumab-exit")
STOPPED = "Denosumab, stopped without a plan"
KIDNEYS = """
person: {sex: female, birth_date: 1950-05-14, menopause: {age: 50}, weight: 60 kg}
labs: [{date: 2025-03-03, analyte: creatinine, value: 1.6 mg/dL}]
treatments: [{drug: letrozole, start: 2025-03-10, stop: 2030-03-10}]
options: {as_of: 2025-03-10}
"""


@cache
def forecast(name: str = NAMES[0]) -> oc.Forecast:
    return oc.run_forecast(oc.load_case(EXAMPLES / f"{name}.yaml", today=date(2026, 6, 1)), draws=4)


@cache
def judged() -> oc.Verdict:
    """A verdict on a woman whose kidneys forbid zoledronate."""
    return oc.verdict(oc.load_case(KIDNEYS, today=date(2026, 6, 1)), people=64)


def counted(made: oc.Forecast) -> list[tuple[str, FractureRisk]]:
    return [(plan.name, plan.fracture) for plan in made.plans if plan.fracture is not None]


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [58, 80, 100])
def test_no_figure_is_cut_at_any_width(name: str, width: int) -> None:
    text = report.table(forecast(name), width=width)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    shown = words(text)
    years = fracture_years(counted(forecast(name)))
    for _, cells in fracture_rows(counted(forecast(name)), years if width >= 80 else years[-1:]):
        for number, ends in cells:
            assert number in shown
            assert ends in shown
    for plan in forecast(name).plans:
        for year in forecast(name).milestones():
            low, high = plan.curves["change_lumbar_spine"].band_at(forecast(name).days, year * 365.25) or (
                0,
                0,
            )
            for end in (low, high):
                assert signed(end) in shown


def test_the_data_hold_probabilities_and_safety_of_every_plan() -> None:
    content = json.loads(json.dumps(report.as_data(forecast()), allow_nan=False))
    for plan, made in zip(content["plans"], forecast().plans, strict=True):
        assert made.fracture is not None
        hips = {one["years"]: one for one in plan["fracture"]["probabilities"] if one["kind"] == "hip"}
        assert hips[10.0]["probability"] == pytest.approx(made.fracture.at("hip", 10.0).value, rel=1e-3)
        low, high = hips[10.0]["intervals"]["80"]
        assert 0 < low < hips[10.0]["probability"] < high < 1
        assert plan["fracture"]["notes"]
    safety = {plan["name"]: plan["safety"] for plan in content["plans"]}
    assert {name for name, one in safety.items() if one["refused"]} == {STOPPED}
    assert safety[STOPPED]["findings"][0]["id"] == "denosumab-stopped"


def test_sources_of_fractures_and_of_dangers_are_cited() -> None:
    ids = source_ids(forecast())
    assert {"ettinger-2009-us-incidence", "johnell-2005-density", "ects-2020-denosumab-stop"} <= set(ids)
    assert len(ids) == len(set(ids))


def test_safety_stands_before_every_number() -> None:
    text = words(report.table(forecast()))
    first = text.index(f"Refused: {STOPPED}.")
    assert first < text.index("Know first: Zoledronate every 6 months;") < text.index("change of BMD")
    assert f"{STOPPED} (refused)" in report.table(forecast(), width=140)
    page = report.page(forecast())
    assert page.index(f"Refused: {STOPPED}.") < page.index("<figure")
    # In both tables and on the card of the plan.
    assert page.count('<span class="warn">refused</span>') == 3
    assert "osteonecrosis of the jaw" in page
    assert "osteonecrosis" not in text


def test_a_refused_plan_is_never_praised() -> None:
    case = oc.load_case(KIDNEYS, today=date(2026, 6, 1))
    made = oc.run_forecast(case, draws=0)
    unsafe = refused(checked(made.case))
    assert "Zoledronate every 6 months" in unsafe
    assert "with zoledronate every 6 months" in headline(made)
    text = words(report.table(made))
    assert "with zoledronate every 6 months" not in text
    assert "Refused: Zoledronate every 6 months" in text
    assert "contraindicated at a creatinine clearance below 35" in text


def test_a_verdict_refuses_too() -> None:
    found = judged()
    unsafe = refused(checked(found.case))
    assert {"Zoledronate every 6 months", "Zoledronate every 6 months and lifestyle"} <= unsafe
    text = words(report.verdict_table(found))
    assert text.index("Refused: ") < text.index("enough?")
    assert "Zoledronate every 6 months and lifestyle (refused)" in text
    best = verdict_headline(found, refused=unsafe)
    assert "zoledronate every 6 months" not in best
    assert "Fractures of 100 people within 10 years" in text
    page = verdict_page(found)
    assert page.index("Refused: ") < page.index("<figure")
    content = json.loads(json.dumps(report.verdict_as_data(found), allow_nan=False))
    said = {plan["name"]: plan for plan in content["plans"]}
    assert said["Zoledronate every 6 months"]["safety"]["refused"] is True
    assert said["Lifestyle alone"]["safety"]["refused"] is False
    assert all(plan["fracture"]["probabilities"] for plan in said.values())
    assert "zoledronate every 6 months" not in content["headline"]


def test_the_same_warning_of_several_plans_is_told_once() -> None:
    plans = checked(forecast(NAMES[1]).case)
    said = told(plans)
    assert len({(one.level, one.words) for one in said}) == len(said)
    assert [one.level for one in said] == sorted((one.level for one in said), key=["refuse", "warn"].index)
    assert any(one.head == "Know first: every plan." and "oestradiol" in one.words for one in said)


def test_several_vertebrae_are_told_where_denosumab_just_ends() -> None:
    (text,) = multiple_words(counted(forecast()))
    assert text.startswith(f"{STOPPED}: of 100 people ")


def test_the_chart_shows_every_plan_in_numbers_and_words() -> None:
    for kind in ("hip", "major_osteoporotic"):
        chart = charts.fractures(counted(forecast()), kind, 10.0)
        altair.Chart.from_dict(chart.spec, validate=True)
        assert chart.svg().startswith("<svg")
        assert [row[0] for row in chart.table.rows] == [plan.name for plan in forecast().plans]
        assert all(row[1] in chart.summary for row in chart.table.rows)
    with pytest.raises(ValueError, match="no plan reaches 20 years"):
        charts.fractures(counted(forecast()), "hip", 20.0)


def test_a_forecast_too_short_for_fractures_shows_none() -> None:
    short = oc.run_forecast(forecast().case, years=3, draws=0)
    assert "Fractures of 100" not in report.table(short)
    assert 'id="fractures"' not in report.page(short)

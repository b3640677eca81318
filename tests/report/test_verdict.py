"""The verdict as table and page: complete, well formed, and told in more than colour."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import altair
import pytest

import osteocast as oc
from osteocast import charts, report
from osteocast.charts import Chart
from osteocast.forecast.verdict_words import answer, chance
from osteocast.report.verdict_page import verdict_page
from osteocast.report.verdict_sources import verdict_citations, verdict_sources

from .pages import Page

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ("postmenopausal-anastrozole", "man-testosterone-anastrozole", "letrozole-denosumab-exit")


@cache
def found(name: str = NAMES[0]) -> oc.Verdict:
    return oc.verdict(oc.load_case(EXAMPLES / f"{name}.yaml", today=date(2026, 6, 1)), people=128)


@pytest.mark.parametrize("name", NAMES)
def test_the_page_is_well_formed_and_complete(name: str) -> None:
    html = verdict_page(found(name))
    page = Page(html)
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.seen if attributes.get("id")]
    assert len(ids) == len(set(ids))
    labels = {attributes["aria-labelledby"] for _, attributes in page.seen if "aria-labelledby" in attributes}
    assert labels <= set(ids)
    text = " ".join(page.text.split())
    assert "not a medical device" in text
    for plan in found(name).plans:
        assert plan.name in text
        assert plan.reason in text
        assert f"grade {plan.grade}" in text
    # Nothing that Python says about itself.
    assert not re.search(r"built-in|object at 0x|None\b", text)


def test_the_page_loads_nothing_from_anywhere() -> None:
    page = Page(verdict_page(found()))
    assert {tag for tag, _ in page.seen} & {"script", "link", "img", "iframe"} == set()
    for tag, attributes in page.seen:
        for name, value in attributes.items():
            if name in ("src", "href", "xlink:href") and value and "://" in value:
                assert tag == "a", (tag, value)


def drawn() -> list[Chart]:
    made = [charts.verdict(found(name)) for name in NAMES]
    made += [charts.moves(found(), site) for site in ("lumbar_spine", "total_hip")]
    return [*made, charts.verdict(found(), width=150, labels=False)]


@pytest.mark.parametrize("index", range(6))
def test_every_chart_is_valid_and_has_its_numbers(index: int) -> None:
    chart = drawn()[index]
    altair.Chart.from_dict(chart.spec, validate=True)
    assert chart.svg().startswith("<svg")
    assert len(chart.table.rows) == 6
    assert all(len(row) == len(chart.table.head) for row in chart.table.rows)
    assert all(row[0] in chart.summary for row in chart.table.rows)


def test_the_answer_is_told_by_symbol_and_word_besides_colour() -> None:
    spec = charts.verdict(found()).spec
    (points,) = [layer for layer in spec["layer"] if layer["mark"]["type"] == "point"]
    rows = points["data"]["values"]
    assert len({row["shape"] for row in rows}) == len({row["colour"] for row in rows}) > 1
    for row, plan in zip(rows, found().plans, strict=True):
        assert answer(plan) in row["text"]


def test_the_table_fits_its_width() -> None:
    for name in NAMES:
        text = report.verdict_table(found(name), width=90)
        assert max(map(len, text.splitlines())) <= 90
        assert "…" not in text
        words = " ".join(text.split())
        assert "± " in words
    assert "Nobody has studied" in report.verdict_table(found(NAMES[1]))
    assert "after a fragility fracture" in " ".join(report.verdict_table(found(NAMES[2])).split())


def test_sources_are_in_the_registry_and_counted_once() -> None:
    assert "traverse-fractures" in verdict_sources(found("man-testosterone-anastrozole"))
    ids = verdict_sources(found())
    assert len(ids) == len(set(ids)) > 6
    assert "eastell-2022-surrogate-threshold" in ids
    assert len(verdict_citations(found())) == len(ids)


def test_what_is_all_but_certain_has_no_error_beside_it() -> None:
    plan = found().plans[0]
    assert chance(replace(plan, probability=0.425, error=0.021)) == "42% ± 2.1"
    assert chance(replace(plan, probability=0.999)) == "over 99%"
    assert chance(replace(plan, probability=0.001)) == "under 1%"


def test_a_plan_that_a_rule_forbids_says_so() -> None:
    alone = found(NAMES[2]).plan("lifestyle")
    assert answer(alone) == "no, by rule"
    assert answer(found().plan("lifestyle")) != "no, by rule"
    assert "Lifestyle alone is not enough by rule: after a fragility fracture" in " ".join(
        report.verdict_table(found(NAMES[2])).split()
    )
    assert "at some yearly check on the way" in found().plan("nothing").reason


def test_how_far_trials_went_is_told_once_by_the_plan_that_goes_furthest() -> None:
    text = " ".join(report.verdict_table(found(NAMES[1])).split())
    assert text.count("Anastrozole was followed in men for 12 months at most") == 1
    assert "here it is taken for 144" in text
    assert text.count("as patients take them. The nearest") == 1
    assert "no trial in men in the registry reports bone density on it" not in text

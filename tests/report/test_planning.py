"""Page and chart of a search: safety first, nothing told by colour alone, every chart with its words."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from osteocast.charts.planning import differences, tradeoffs
from osteocast.charts.svg import draw
from osteocast.person import Constraints, load_case
from osteocast.planning import PlanSearch, search
from osteocast.report.data import NOT_A_DEVICE
from osteocast.report.planning_page import search_page
from osteocast.report.planning_table import search_table

EXAMPLES = Path(__file__).parents[2] / "examples"


@cache
def found() -> PlanSearch:
    case = load_case(EXAMPLES / "letrozole-denosumab-exit.yaml")
    return search(case, constraints=Constraints(routes=("infusion", "injection")), people=32)


@cache
def page() -> str:
    return search_page(found())


def test_the_page_stands_alone_and_says_what_it_is_not() -> None:
    text = page()
    assert text.lstrip().startswith("<!doctype html>")
    assert "<script" not in text
    assert not re.search(r'(?:src|href)="(?!https?://|#|data:)', text)
    assert text.count(NOT_A_DEVICE) == 2
    assert text.index(NOT_A_DEVICE) < text.index("<svg")


def test_what_is_refused_and_what_to_know_come_before_any_number() -> None:
    text = page()
    head = text[: text.index("<svg")]
    for one in found().refused:
        assert one.name in head
    assert "Refused" in head
    assert "Know first" in head
    table = text[text.index('<h2 id="plans">') :]
    assert all(one.name not in table.split("</section>")[0] for one in found().refused)


def test_every_plan_is_on_the_page_with_its_place_in_words() -> None:
    text = page()
    for option in found().options:
        assert option.name in text
    assert text.count("not outdone</span>") == len(found().front)
    assert "outdone by:" in text


def test_both_charts_have_a_summary_and_a_table() -> None:
    for chart in (tradeoffs(found()), differences(found(), found().front)):
        assert chart.svg().startswith("<svg")
        assert chart.summary
        assert chart.table.rows
    assert draw(tradeoffs(found()).spec).startswith("<svg")
    assert len(tradeoffs(found()).table.rows) == len(found().options)
    points, labels = tradeoffs(found()).spec["layer"][:2], tradeoffs(found()).spec["layer"][2]
    symbols = {row["shape"] for layer in points for row in layer["data"]["values"]}
    assert symbols == {"circle", "triangle-up"}
    # Symbols that touch share a label, and no rank is lost.
    ranks = [rank for row in labels["data"]["values"] for rank in row["rank"].split(", ")]
    assert sorted(map(int, ranks)) == [option.rank for option in found().front]
    assert page().count("<details>") >= 3


def test_a_chart_of_differences_needs_a_difference() -> None:
    reference = found().option(found().reference)
    with pytest.raises(ValueError, match="no plan differs"):
        differences(found(), [reference])


def test_the_table_shows_the_front_and_all_on_request() -> None:
    short, whole = search_table(found(), width=80), search_table(found(), width=80, everything=True)
    assert max(map(len, short.splitlines())) <= 80
    assert "more plans, which others outdo" in " ".join(short.split())
    rows = re.findall(r"^ (\d+)[* ][= ] ", whole, flags=re.MULTILINE)
    assert rows == [str(option.rank) for option in found().options]

"""An assessment: one person, one set of virtual people, the same numbers wherever they come from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

import osteocast as oc
from osteocast.person import Constraints
from osteocast.planning import Assessment, assess

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ("postmenopausal-anastrozole", "man-testosterone-anastrozole", "letrozole-denosumab-exit")
PEOPLE = 24


@cache
def found(name: str = NAMES[0]) -> Assessment:
    return assess(oc.load_case(EXAMPLES / f"{name}.yaml", today=date(2026, 6, 1)), people=PEOPLE)


@pytest.mark.parametrize("name", NAMES)
def test_search_verdict_and_forecast_say_the_same(name: str) -> None:
    visit = found(name)
    assert visit.lifestyle is not None
    alone = visit.verdict.plan("lifestyle")
    assert visit.lifestyle.option.adequate == pytest.approx(alone.probability, abs=1e-9)
    assert visit.lifestyle.option.barred == alone.barred
    days = visit.forecast.days
    for plan in visit.plans:
        assert plan.forecast.name == plan.name
        for site, (median, low, high) in plan.option.change.items():
            curve = plan.forecast.curves[f"change_{site}"]
            assert curve.at(days, 3652.5) == pytest.approx(median, abs=1e-6)
            assert curve.band_at(days, 3652.5) == pytest.approx((low, high), abs=1e-6)
        risk = plan.forecast.fracture
        assert risk is not None
        assert risk.at("major_osteoporotic", 10.0).value == pytest.approx(plan.option.major, abs=5e-4)


@pytest.mark.parametrize("name", NAMES)
def test_the_plans_shown_are_compared_with_something_and_differ(name: str) -> None:
    visit = found(name)
    assert visit.plans[0] is visit.nothing
    assert visit.plans[1] is visit.lifestyle
    ranks = [plan.option.rank for plan in visit.plans[2:]]
    assert ranks == sorted(ranks)
    assert visit.leading is not None
    first = min(option.rank for option in visit.search.options if option.kind != "watch")
    assert visit.leading.option.rank == first
    assert len(visit.plans) <= 6
    assert len({plan.option.key for plan in visit.plans}) == len(visit.plans)


def test_nothing_is_forecast_of_a_plan_that_is_refused() -> None:
    visit = found("letrozole-denosumab-exit")
    refused = {plan.name for plan in visit.refused}
    assert "denosumab 3 years, fourth dose missed, no exit" in refused
    assert not refused & {plan.name for plan in visit.forecast.plans}
    assert all(finding.level == "refuse" for plan in visit.refused for finding in plan.findings)
    own = visit.plan("denosumab-3-years-then-zoledronate")
    assert own.option.kind == "own"
    assert own.bone_drugs == ("denosumab", "zoledronate")


def test_who_names_no_plans_is_warned_of_the_standard_one_that_is_unsafe() -> None:
    assert [plan.name for plan in found().refused] == ["Denosumab, stopped without a plan"]


def test_dates_are_those_of_the_leading_plan() -> None:
    visit = found()
    assert visit.leading is not None
    assert visit.schedule is not None
    assert visit.schedule.plan == visit.leading.name


def test_looking_farther_moves_no_number_of_the_first_ten_years() -> None:
    case = oc.load_case(EXAMPLES / f"{NAMES[0]}.yaml", today=date(2026, 6, 1))
    near, far = found(), assess(case, people=PEOPLE, years=12)
    assert far.forecast.horizon > near.forecast.horizon
    assert [plan.name for plan in far.plans] == [plan.name for plan in near.plans]
    for one, other in zip(near.plans, far.plans, strict=True):
        assert one.option.major == other.option.major
        assert one.forecast.curves["change_total_hip"].at(near.forecast.days, 1826.25) == pytest.approx(
            other.forecast.curves["change_total_hip"].at(far.forecast.days, 1826.25), abs=1e-6
        )


def test_a_wish_leaves_plans_out() -> None:
    case = oc.load_case(EXAMPLES / f"{NAMES[0]}.yaml", today=date(2026, 6, 1))
    wish = Constraints(without=("denosumab", "zoledronate", "exercise"))
    visit = assess(case, people=16, constraints=wish)
    assert not any({"denosumab", "zoledronate"} & set(plan.bone_drugs) for plan in visit.plans)
    # The verdict still answers for the programme that nobody wants; no plan holds it.
    assert visit.lifestyle is None
    assert visit.nothing is not None


def test_where_every_plan_is_refused_there_is_no_plan_to_talk_about() -> None:
    case = oc.load_case(EXAMPLES / "man-testosterone-anastrozole.yaml", today=date(2026, 6, 1))
    ill = replace(case, person=replace(case.person, conditions=("prostate_cancer",)))
    visit = assess(ill, people=16)
    assert visit.plans == ()
    assert visit.leading is visit.schedule is None
    assert visit.refused


def test_who_is_not_covered_gets_reasons() -> None:
    case = oc.load_case(EXAMPLES / f"{NAMES[0]}.yaml", today=date(2026, 6, 1))
    ill = replace(case, person=replace(case.person, conditions=("paget_disease",)))
    with pytest.raises(oc.NotCovered, match="turnover"):
        assess(ill, people=16)


def test_an_unknown_plan_lists_those_shown() -> None:
    with pytest.raises(KeyError, match="Nothing more"):
        found().plan("homoeopathy")

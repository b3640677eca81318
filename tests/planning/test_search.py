"""A search for a plan: safe, paired, ranked for a goal, and open about what it does not know."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from osteocast.errors import NotCovered
from osteocast.guidance import check, is_refused
from osteocast.person import GOALS, Constraints, Goal, load_case
from osteocast.planning import PlanOption, search, search_headline
from osteocast.planning.front import dominators
from osteocast.planning.ranking import net_events
from osteocast.planning.results import MAJOR
from osteocast.planning.waiting import mixed_risk
from osteocast.report.planning_table import search_table

from .searches import EXAMPLES, FEW, NAMES, TODAY, example, woman

# --- What is unsafe


def test_refused_plans_have_a_reason_and_are_never_ranked() -> None:
    found = example(NAMES[1])
    ranked = {one.key for one in found.options}
    assert len(found.refused) == 2
    for one in found.refused:
        assert one.key not in ranked
        assert one.findings
        assert all(finding.level == "refuse" for finding in one.findings)
    for option in found.options:
        assert not is_refused(check(found.case, option.plan)), option.name


def test_weak_kidneys_refuse_what_they_do_not_bear() -> None:
    # A clearance of about 33 mL/min: below the limit of zoledronate and alendronate alone.
    found = search(woman(creatinine="1.65 mg/dL"), people=FEW)
    taken = {course.drug for option in found.options for course in option.plan.courses}
    refused = {finding.id for one in found.refused for finding in one.findings}
    assert taken & {"zoledronate", "alendronate"} == set()
    assert {"kidney-zoledronate", "kidney-alendronate"} <= refused
    assert "risedronate" in taken


def test_kidneys_that_fail_are_not_covered_and_the_reason_is_told() -> None:
    with pytest.raises(NotCovered, match="severe kidney disease"):
        search(woman(creatinine="3.9 mg/dL"), people=FEW)


def test_a_man_who_doses_by_himself_is_left_only_plans_without_the_inhibitor() -> None:
    text = (EXAMPLES / f"{NAMES[3]}.yaml").read_text()
    text = text.replace("conditions: [hypogonadism]", "precautions: {self_directed: [anastrozole]}")
    found = search(load_case(text, today=TODAY), people=FEW)
    assert {"man-inhibitor-self-directed"} == {one.id for each in found.refused for one in each.findings}
    assert found.options
    assert all("anastrozole" in option.plan.stop_days for option in found.options)
    assert found.option(found.reference).kind == "without inhibitor"


def test_where_everything_is_refused_nothing_is_simulated() -> None:
    case = woman(more=", conditions: [jaw_osteonecrosis]", options=", constraints: {without: [exercise]}")
    found = search(case, people=FEW)
    assert {option.kind for option in found.options} == {"nothing", "lifestyle"}
    denosumab = woman(
        more=", conditions: [jaw_osteonecrosis]", drugs=", {drug: denosumab, start: 2023-03-10}"
    )
    nothing = search(denosumab, people=FEW)
    assert nothing.options == ()
    assert nothing.refused
    assert "No plan is left" in search_headline(nothing)
    assert "Refused" in search_table(nothing)


# --- What stands against what


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_are_ranked_with_a_front_and_alternatives(name: str) -> None:
    found = example(name)
    assert [option.rank for option in found.options] == list(range(1, len(found.options) + 1))
    assert 3 <= len(found.front) < len(found.options)
    assert set(found.firsts) == set(GOALS)
    assert found.firsts[found.goal] == found.options[0].key
    for option in found.options:
        risk = option.fracture
        assert 0 < risk.at(MAJOR, 5.0).value < risk.at(MAJOR, 10.0).value < 1
        low, high = risk.at(MAJOR, 10.0).intervals[80]
        assert low < high
        assert 0 <= option.adequate <= 1
        assert option.grade in "ABCD"
        assert option.burden.per_year >= 0
        assert option.harm.per_10000 >= 0
        assert option.on_front == (option.dominated_by == ())


def test_nothing_on_the_front_is_outdone_by_the_numbers_that_are_shown() -> None:
    found = example()
    values = np.array(
        [(100 * one.major, -one.kept, one.harm.per_10000, one.burden.per_year) for one in found.options]
    )
    outdo = dominators(values, np.array([found.tolerance[k] for k in ("fracture", "kept", "harm", "burden")]))
    assert [not column.any() for column in outdo.T] == [one.on_front for one in found.options]


def test_the_order_follows_the_goal() -> None:
    # Few plans, so that four searches take no time.
    case = load_case(EXAMPLES / f"{NAMES[0]}.yaml", today=TODAY)
    few = Constraints(without=("exercise", "denosumab", "alendronate"))
    found = {goal: search(case, goal=goal, constraints=few, people=FEW) for goal in GOALS}
    by_goal: dict[Goal, tuple[PlanOption, ...]] = {goal: one.options for goal, one in found.items()}
    fewest = [one.major for one in by_goal["fewest_fractures"]]
    assert fewest == sorted(fewest)
    kept = [one.kept for one in by_goal["hold_bone"]]
    assert kept == sorted(kept, reverse=True)
    lightest = by_goal["least_burden"][0]
    enough = [one for one in by_goal["balanced"] if one.adequate >= 0.5 and one.barred is None]
    assert lightest.burden.per_year <= min(one.burden.per_year for one in enough) + 0.5
    best = min(net_events(one) for one in by_goal["balanced"])
    assert net_events(by_goal["balanced"][0]) - best <= 100
    firsts = {goal: options[0].key for goal, options in by_goal.items()}
    assert all(firsts == dict(one.firsts) for one in found.values())
    assert len(set(firsts.values())) > 1


def test_after_a_fragility_fracture_nothing_without_a_drug_is_enough_or_put_off() -> None:
    found = example(NAMES[1])
    for option in found.options:
        bare = not any(course.drug in ("zoledronate", "denosumab") for course in option.plan.courses)
        assert (option.barred is not None) <= bare
        assert not option.name.startswith("In ")
    assert found.option("nothing-more").barred
    assert found.option(found.firsts["least_burden"]).barred is None


def test_differences_are_those_of_persons() -> None:
    found = example()
    first, reference = found.options[0], found.option(found.reference)
    one = first.difference(reference.key)
    assert one is not None
    mine, other = (each.fracture.samples[MAJOR, 10.0] for each in (first, reference))
    paired = 100 * (mine - other)
    assert one.mean == pytest.approx(float(found.weights @ paired), rel=1e-6)
    assert one.mean == pytest.approx(100 * (first.major - reference.major), abs=1e-6)
    # Two groups of other people would differ by chance much more.
    apart = np.sqrt(sum(np.average((x - x.mean()) ** 2, weights=found.weights) for x in (mine, other)))
    assert one.error < 100 * apart / np.sqrt(found.effective)
    assert one.told_apart
    assert reference.difference(reference.key) is None


def test_a_plan_is_not_told_from_one_that_hardly_differs() -> None:
    found = example()
    assert found.options[0].tied
    assert any(option.tied for option in found.options[1:])
    assert not found.option(found.reference).tied


def test_an_added_constraint_only_removes_and_changes_no_number() -> None:
    case = load_case(EXAMPLES / f"{NAMES[0]}.yaml", today=TODAY)
    found = search(case, constraints=Constraints(without=("bisphosphonates",)), people=FEW)
    whole = {one.key: one for one in example().options}
    assert {one.key for one in found.options} < set(whole)
    for option in found.options:
        assert option.major == pytest.approx(whole[option.key].major, rel=1e-9)
        assert option.kept == pytest.approx(whole[option.key].kept, rel=1e-9)


def test_the_same_search_gives_the_same_answer() -> None:
    case = woman(options=", constraints: {without: [denosumab, exercise], routes: [infusion]}")
    first, second = (search(case, people=FEW) for _ in range(2))
    assert [(one.key, one.major) for one in first.options] == [(one.key, one.major) for one in second.options]


def test_goal_and_constraints_of_the_case_hold_until_others_are_given() -> None:
    case = woman(options=", goal: hold_bone, constraints: {without: [drugs]}")
    found = search(case, people=FEW)
    assert (found.goal, found.constraints.without[-1]) == ("hold_bone", "denosumab")
    assert {one.kind for one in found.options} <= {"nothing", "lifestyle"}
    assert search(case, goal="least_burden", people=FEW).goal == "least_burden"


# --- What stopping and waiting do


def test_what_stopping_does_is_told_and_denosumab_loses_more_than_zoledronate() -> None:
    found = example()
    denosumab = found.option("denosumab-for-5-years-then-alendronate")
    stops = {one.drug: one for one in denosumab.stopping}
    assert not stops["denosumab"].rebound
    assert "alendronate follows" in stops["denosumab"].words
    zoledronate = found.option("zoledronate-once-a-year-for-3-years")
    (one,) = zoledronate.stopping
    assert one.day == pytest.approx(3 * 365.25, abs=1)
    assert found.option(found.reference).stopping == ()


def test_a_running_drug_wears_off_with_its_last_dose() -> None:
    case = woman(
        drugs=", {drug: denosumab, start: 2024-03-10}",
        options=", constraints: {without: [exercise, alendronate, risedronate, ibandronate]}",
    )
    found = search(case, people=FEW)
    assert [one.name for one in found.refused] == ["Denosumab stopped now, nothing after it"]
    assert found.option(found.reference).kind == "as it is"
    assert any("looks better than it is" in text for text in found.cautions)
    stopped = found.option("denosumab-stopped-now-then-zoledronate")
    worn_off = next(one for one in stopped.stopping if one.drug == "denosumab")
    # Doses every half year since a year ago: the next one would be due on day 0.
    assert worn_off.day == pytest.approx(0.0, abs=2.0)
    assert not worn_off.rebound


def test_plans_are_judged_for_ten_years_where_the_inhibitor_is_nearly_over() -> None:
    text = (EXAMPLES / f"{NAMES[0]}.yaml").read_text().replace("stop: 2030-03-10", "stop: 2025-06-10")
    case = load_case(text, today=TODAY)
    found = search(case, constraints=Constraints(without=("drugs", "exercise")), people=FEW)
    assert found.criteria is not None
    assert found.criteria.last_day == pytest.approx(3652.5)


def test_a_group_that_waits_is_a_mixture_of_its_plans() -> None:
    found = example()
    (waiting,) = [one for one in found.options if one.kind == "watch" and one.plan.lifestyle is None]
    nothing = found.option("nothing-more")
    assert 0 < waiting.share_treated < 0.6
    assert waiting.major <= nothing.major
    assert waiting.burden.visits > nothing.burden.visits
    assert 0 < waiting.harm.per_10000 < 65
    risk = nothing.fracture
    same = mixed_risk([risk, risk], np.zeros(len(found.weights), dtype=int), found.weights)
    assert same.at(MAJOR, 10.0).value == pytest.approx(risk.at(MAJOR, 10.0).value, rel=1e-9)


# --- What is said


def test_a_man_on_testosterone_and_an_inhibitor_hears_that_no_guideline_exists() -> None:
    found = example(NAMES[3])
    said = " ".join(found.cautions)
    assert "No guideline exists" in said
    assert "1.5 times as wide" in said
    assert "titrate" in said
    assert found.option("nothing-more").grade == "D"


def test_it_says_what_would_change_the_order() -> None:
    found = example()
    assert any(text.startswith("Asked for ") for text in found.changes)
    assert any("dentist" in text for text in found.changes)
    unscanned = search(woman(options=", constraints: {without: [drugs]}"), people=FEW)
    assert any("bone scan" in text for text in unscanned.changes)
    assert not any(one.kind == "watch" for one in unscanned.options)


def test_a_person_outside_the_model_gets_the_reason() -> None:
    case = load_case(
        "person: {sex: female, birth_date: 1958-05-14, menopause: {age: 50}, conditions: [paget_disease]}",
        today=TODAY,
    )
    with pytest.raises(NotCovered, match="paget"):
        search(case, people=FEW)


def test_ten_years_are_looked_at_whatever_the_case_says() -> None:
    case = replace(load_case(EXAMPLES / f"{NAMES[0]}.yaml", today=TODAY), forecast_years=3.0)
    found = search(case, constraints=Constraints(without=("drugs", "exercise")), people=FEW)
    assert found.options[0].fracture.at(MAJOR, 10.0).value == pytest.approx(
        example().option(found.options[0].key).major, rel=1e-9
    )

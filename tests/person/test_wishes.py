"""Goal and constraints of a case file: read, or refused with everything that is wrong."""

from __future__ import annotations

import pytest

from osteocast.errors import InputError
from osteocast.person import Case, Constraints, load_case
from osteocast.person.wishes import meant_by
from osteocast.therapies import DRUGS

WOMAN = "person: {sex: female, birth_date: 1963-05-14, menopause: {age: 50}}\n"


def case_with(options: str) -> Case:
    return load_case(f"{WOMAN}options: {{as_of: 2025-03-10, {options}}}\n")


def test_a_case_that_wants_nothing_constrains_nothing() -> None:
    case = load_case(WOMAN)
    assert case.goal is None
    assert case.constraints == Constraints()
    assert case.constraints.is_empty


def test_goal_and_constraints_are_read() -> None:
    case = case_with(
        "goal: least burden, constraints: {routes: [Infusion, oral], without: [Prolia, supervised training], "
        "max_visits_per_year: 4, start_not_before: 6 months, keep_inhibitor: yes}"
    )
    assert case.goal == "least_burden"
    assert case.constraints == Constraints(
        ("oral", "infusion"), ("denosumab", "supervised_training"), 4.0, 182.625, True
    )


def test_a_start_is_a_date_or_a_duration_and_never_before_today() -> None:
    assert case_with("constraints: {start_not_before: 2025-09-06}").constraints.start_not_before == 180
    assert case_with("constraints: {start_not_before: 2020-01-01}").constraints.start_not_before == 0


def test_everything_wrong_is_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        case_with(
            "goal: cheapest, constraints: {routes: [nose], without: [aspirin], max_visits_per_year: many, "
            "start_not_before: later, keep_inhibitor: perhaps, colour: red}"
        )
    fields = [problem.field for problem in caught.value.problems]
    assert sorted(fields) == [
        "options.constraints.colour",
        "options.constraints.keep_inhibitor",
        "options.constraints.max_visits_per_year",
        "options.constraints.routes[0]",
        "options.constraints.start_not_before",
        "options.constraints.without[0]",
        "options.goal",
    ]
    assert all(problem.remedy for problem in caught.value.problems)


def test_constraints_of_ones_own_are_read_in_the_same_way() -> None:
    assert Constraints(without=("Prolia", "exercise")).without == ("denosumab", "exercise")
    assert "alendronate" in Constraints(without=("bisphosphonates",)).without
    with pytest.raises(InputError, match=r"2 problems"):
        Constraints(routes=("nose",), without=("aspirin",))  # type: ignore[arg-type]


def test_a_name_stands_for_a_drug_a_class_or_a_habit() -> None:
    assert meant_by("Zometa") == ("zoledronate",)
    assert meant_by("ibandronate") == ("ibandronate", "ibandronate_iv")
    classes = meant_by("bisphosphonates")
    assert classes == meant_by("bisphosphonate")
    assert {DRUGS[name].drug_class for name in classes} == {"bisphosphonate"}
    assert set(meant_by("drugs")) == {*classes, "denosumab"}
    with pytest.raises(InputError, match="known drug for bone"):
        meant_by("anastrozole")

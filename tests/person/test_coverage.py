from __future__ import annotations

from typing import Any

import pytest

from osteocast.person import CONDITIONS, coverage
from osteocast.person.conditions import CONDITION_SYNONYMS

from .cases import CASE, REMOVE, changed, load

YOUNG: list[tuple[str, Any]] = [
    ("person.birth_date", "1980-05-14"),
    ("person.menopause", "premenopausal"),
    ("labs", []),
]
GOSERELIN = {"drug": "goserelin", "start": "2025-03-10"}
MAN: list[tuple[str, Any]] = [("person.sex", "male"), ("person.menopause", REMOVE), ("labs", [])]


def reasons(*changes: tuple[str, Any]) -> list[str]:
    return coverage(load(changed(*changes)))


def test_a_postmenopausal_woman_on_an_inhibitor_is_covered() -> None:
    assert coverage(load(CASE)) == []


@pytest.mark.parametrize(("birth", "covered"), [("1990-01-01", False), ("1984-01-01", True)])
def test_women_under_40_are_not_covered(birth: str, covered: bool) -> None:
    early = {"age": 30, "type": "surgical"}
    found = reasons(("person.birth_date", birth), ("person.menopause", early))
    assert any("age of" in reason for reason in found) is not covered


def test_women_over_95_are_not_covered() -> None:
    assert "age of 96" in reasons(("person.birth_date", "1929-01-01"))[0]


@pytest.mark.parametrize("condition", [name for name, reason in CONDITIONS.items() if reason])
def test_a_condition_outside_the_model_gives_its_reason(condition: str) -> None:
    # A pregnancy and an orchiectomy belong to persons who can have them.
    who = {"pregnancy": [*YOUNG, ("treatments.1", GOSERELIN)], "orchiectomy": MAN}.get(condition, [])
    (reason,) = reasons(*who, ("person.conditions", [condition]))
    assert reason.startswith(condition.replace("_", " "))
    assert str(CONDITIONS[condition]) in reason


def test_a_condition_by_another_name_is_the_same_condition() -> None:
    assert set(CONDITION_SYNONYMS.values()) <= set(CONDITIONS)
    assert "paget disease" in reasons(("person.conditions", ["Paget's disease"]))[0]


def test_an_inhibitor_before_menopause_needs_ovarian_suppression() -> None:
    (reason,) = reasons(*YOUNG)
    assert "anastrozole before menopause" in reason
    assert reasons(*YOUNG, ("treatments.1", GOSERELIN)) == []


def test_suppression_that_ends_before_the_inhibitor_is_not_enough() -> None:
    short = {**GOSERELIN, "stop": "2027-03-10"}
    assert reasons(*YOUNG, ("treatments.1", short)) != []
    both = [("treatments.1", short), ("treatments.0.stop", "2027-03-10")]
    assert reasons(*YOUNG, *both) == []


def test_suppression_that_starts_late_is_not_enough() -> None:
    assert reasons(*YOUNG, ("treatments.1", {**GOSERELIN, "start": "2025-05-10"})) != []


def test_suppression_in_two_parts_is_enough_when_they_meet() -> None:
    parts = [
        ("treatments.1", {**GOSERELIN, "stop": "2025-09-10"}),
        ("treatments.2", {"drug": "goserelin", "start": "2025-09-10"}),
    ]
    assert reasons(*YOUNG, *parts) == []


def test_an_inhibitor_that_only_a_plan_starts_is_looked_at_too() -> None:
    plan = {"name": "letrozole", "courses": [{"drug": "letrozole"}]}
    found = reasons(*YOUNG, ("treatments", []), ("plans", [plan]))
    assert len(found) == 1 and "(plan letrozole)" in found[0]


def test_an_inhibitor_taken_before_a_menopause_that_came_since_is_not_covered() -> None:
    found = reasons(("treatments.0.start", "2012-01-10"))
    assert len(found) == 1


@pytest.mark.parametrize(
    ("condition", "habit"),
    [
        ("glucocorticoid_therapy", {"glucocorticoid": "7.5 mg/d"}),
        ("rheumatoid_arthritis", {"rheumatoid_arthritis": "yes"}),
    ],
)
def test_a_condition_that_a_habit_sizes_is_covered_once_the_habit_is_given(
    condition: str, habit: dict[str, str]
) -> None:
    named = ("person.conditions", ["breast_cancer", condition])
    (reason,) = reasons(named)
    assert f"lifestyle.habits.{next(iter(habit))}" in reason
    assert reasons(named, ("lifestyle", {"habits": habit})) == []
    other = {"smoking": "never"}
    assert len(reasons(named, ("lifestyle", {"habits": other}))) == 1


def test_creatinine_of_severe_kidney_disease_is_not_covered() -> None:
    def creatinine(value: str) -> tuple[str, Any]:
        return ("labs.1", {"date": "2025-03-03", "analyte": "creatinine", "value": value})

    (reason,) = reasons(creatinine("3.9 mg/dL"))
    assert reason.startswith("severe kidney disease")
    assert "12 mL/min/1.73 m2" in reason
    assert reasons(creatinine("1.4 mg/dL")) == []


def test_reasons_add_up() -> None:
    assert (
        len(reasons(("person.birth_date", "1929-01-01"), ("person.conditions", ["dialysis", "osteomalacia"])))
        == 3
    )


def test_a_man_on_an_inhibitor_is_covered() -> None:
    assert reasons(*MAN) == []


def test_men_are_covered_from_30_on() -> None:
    assert reasons(*MAN, ("person.birth_date", "1990-01-01")) == []
    assert "men of 30 to 95" in reasons(*MAN, ("person.birth_date", "1999-01-01"))[0]


def test_goserelin_in_a_man_is_for_prostate_cancer() -> None:
    taken = ("treatments.1", GOSERELIN)
    (reason,) = reasons(*MAN, taken)
    assert "prostate cancer" in reason
    assert reasons(*MAN, taken, ("person.conditions", ["prostate_cancer"])) == []


@pytest.mark.parametrize("drug", ["tamoxifen", "estradiol"])
def test_what_acts_through_a_mans_axis_without_data_is_not_covered(drug: str) -> None:
    (reason,) = reasons(*MAN, ("treatments.1", {"drug": drug, "start": "2025-03-10"}))
    assert reason.startswith(f"{drug} in a man")


@pytest.mark.parametrize("condition", ["orchiectomy", "hypopituitarism"])
def test_a_castration_that_no_drug_stands_for_is_not_covered(condition: str) -> None:
    (reason,) = reasons(*MAN, ("person.conditions", [condition]))
    assert reason.startswith(condition)


@pytest.mark.parametrize("drug", ["testosterone_gel", "hcg", "gonadorelin"])
def test_a_mans_drugs_in_a_woman_are_not_covered(drug: str) -> None:
    (reason,) = reasons(("treatments.1", {"drug": drug, "start": "2025-03-10"}))
    assert reason.startswith(f"{drug.replace('_', ' ')} in a woman")

"""What nobody has studied is said, and widens."""

from __future__ import annotations

import pytest

from osteocast import evidence
from osteocast.forecast.reach import beyond_the_trials
from osteocast.forecast.unstudied import gaps, known_gaps, unstudied, widening
from osteocast.person import Case
from osteocast.therapies import DRUGS, Course
from osteocast.units import DAYS_PER_YEAR

from .example_cases import ON_ANASTROZOLE, case_of

MAN = "person: {sex: male, birth_date: 1973-05-14}\noptions: {as_of: 2025-03-10}\n"
BOTH = "{drug: testosterone_cypionate, start: 2024-03-10}, {drug: anastrozole, start: 2024-06-10}"


def man(treatments: str) -> Case:
    return case_of(f"{MAN}treatments: [{treatments}]")


def test_testosterone_with_an_inhibitor_was_never_followed() -> None:
    case = man(BOTH)
    (text,) = unstudied(case)
    assert text.startswith("Nobody has studied bone density on testosterone with an aromatase inhibitor")
    assert widening(case) == 1.5
    extrapolated = beyond_the_trials(case, [case.treatments], 2 * DAYS_PER_YEAR)
    assert text in extrapolated
    assert any("followed in men for 12 months at most (burnett-bowie)" in one for one in extrapolated)


@pytest.mark.parametrize(
    ("treatments", "found"),
    [
        ("{drug: testosterone_gel, start: 2024-03-10}", []),
        ("{drug: anastrozole, start: 2024-03-10}", []),
        ("{drug: letrozole, start: 2024-03-10}", ["inhibitor-never-followed-in-men"]),
        ("{drug: hcg, start: 2024-03-10}", ["gonadotropins"]),
        (
            "{drug: anastrozole, start: 2024-03-10}, {drug: denosumab, start: 2024-03-10}",
            ["bone-drug-beside-an-inhibitor-in-men"],
        ),
        # One after the other, or both over, is not together.
        (
            "{drug: testosterone_gel, start: 2024-03-10}, "
            "{drug: anastrozole, start: 2022-03-10, stop: 2023-03-10}",
            [],
        ),
        (BOTH.replace("}", ", stop: 2025-01-10}"), []),
    ],
)
def test_a_gap_is_what_is_taken_from_today_on(treatments: str, found: list[str]) -> None:
    case = man(treatments)
    assert [gap.id for gap in gaps(case)] == found
    assert (widening(case) > 1) is bool(found)


def test_a_plan_can_open_a_gap_and_close_it() -> None:
    case = man(BOTH)
    assert unstudied(case, case.treatments[:1]) == ()
    after = [*case.treatments, Course("zoledronate", 30.0, n_doses=1)]
    assert [gap.id for gap in gaps(case, after)] == [
        "testosterone-and-inhibitor",
        "bone-drug-beside-an-inhibitor-in-men",
    ]
    assert widening(case, after) == 1.5


def test_women_in_trials_have_no_gap() -> None:
    case = case_of(ON_ANASTROZOLE)
    assert unstudied(case) == ()
    assert widening(case) == 1.0


def test_every_gap_names_drugs_and_sources_that_exist() -> None:
    registry = evidence.load()
    for gap in known_gaps():
        assert all(drug in DRUGS for names in gap.together for drug in names)
        assert gap.sources
        assert all(source in registry for source in gap.sources)
        assert gap.widening > 1
        assert gap.basis == "estimate"

from __future__ import annotations

from dataclasses import replace

import pytest

from osteocast.errors import InputError, NotCovered
from osteocast.forecast.plans import standard_plans, with_inhibitor
from osteocast.forecast.scenarios import planned, scenario
from osteocast.forecast.subjects import subject_of
from osteocast.units import DAYS_PER_YEAR

from .example_cases import ON_ANASTROZOLE, WOMAN, case_of


def test_without_plans_four_are_compared_and_doses_end_with_the_inhibitor() -> None:
    alone, zoledronate, exit_planned, unplanned = standard_plans(case_of(ON_ANASTROZOLE))
    assert alone.courses == ()
    assert zoledronate.courses[0].n_doses == 10
    denosumab, follow_on = exit_planned.courses
    assert unplanned.courses == (denosumab,)
    # Six months after the last dose, and once more a year later.
    last = list(denosumab.dose_days(denosumab.interval_days or 0, 5 * DAYS_PER_YEAR))[-1]
    assert follow_on.start_day - last == pytest.approx(182.625)
    assert (follow_on.n_doses, follow_on.dose) == (2, 5.0)


def test_a_forecast_that_ends_with_the_last_dose_does_not_show_stopping_as_if_it_cost_nothing() -> None:
    short = replace(case_of(ON_ANASTROZOLE), forecast_years=5.0)
    assert [plan.name for plan in standard_plans(short)][-1] == "Denosumab, then zoledronate"


def test_beside_an_inhibitor_without_an_end_denosumab_stops_within_the_forecast() -> None:
    man = case_of(
        "person: {sex: male, birth_date: 1973-05-14}\n"
        "treatments: [{drug: testosterone_gel, start: 2024-03-10}, {drug: anastrozole, start: 2024-06-10}]\n"
        "options: {as_of: 2025-03-10, forecast_years: 10}"
    )
    nothing, zoledronate, exit_planned, unplanned = standard_plans(man)
    assert nothing.name == "Testosterone and anastrozole"
    assert zoledronate.courses[0].n_doses == 5
    assert exit_planned.courses[1].start_day == pytest.approx(5 * DAYS_PER_YEAR)
    assert unplanned.courses[0].n_doses == 10


@pytest.mark.parametrize(
    ("treatments", "stop_years", "said"),
    [
        ("[]", 5.0, "names no inhibitor"),
        ("[{drug: letrozole, start: 2024-03-10}]", 4.0, "5 years in all"),
        ("[{drug: letrozole, start: 2018-03-10}]", 3.0, "10 years in all"),
    ],
)
def test_what_a_case_leaves_open_about_the_inhibitor_is_filled_in_and_told(
    treatments: str, stop_years: float, said: str
) -> None:
    case, (assumption,) = with_inhibitor(
        case_of(f"{WOMAN}\ntreatments: {treatments}\noptions: {{as_of: 2025-03-10}}")
    )
    stop = case.treatments[0].stop_day
    assert stop is not None
    assert stop / DAYS_PER_YEAR == pytest.approx(stop_years, abs=0.01)
    assert said in assumption


@pytest.mark.parametrize(
    ("person", "kilograms"), [("sex: female, menopause: {age: 50}", 66.0), ("sex: male", 80.0)]
)
def test_who_gives_no_weight_has_that_of_the_trials_in_that_sex(person: str, kilograms: float) -> None:
    subject, inputs = subject_of(case_of(f"person: {{{person}, birth_date: 1960-01-01}}"))
    assert subject.weight_kg == kilograms
    assert f"{kilograms:g} kg" in {one.value for one in inputs}


def test_an_inhibitor_that_ended_is_not_started_again() -> None:
    text = f"{WOMAN}\ntreatments: [{{drug: letrozole, start: 2018-03-10, stop: 2023-03-10}}]\n"
    case, assumptions = with_inhibitor(case_of(f"{text}options: {{as_of: 2025-03-10}}"))
    assert assumptions == []
    assert len(case.treatments) == 1


def test_on_denosumab_the_question_is_how_to_go_on() -> None:
    text = (
        f"{WOMAN}\ntreatments:\n  - {{drug: anastrozole, start: 2023-03-10}}\n"
        "  - {drug: denosumab, start: 2023-03-10}\noptions: {as_of: 2025-01-10}"
    )
    names = [plan.name for plan in planned(case_of(text))[0].plans]
    assert names == [
        "Denosumab goes on",
        "Denosumab stopped, then zoledronate",
        "Denosumab stopped without a plan",
    ]
    _, courses, _, _ = scenario(case_of(text), "then zoledronate")
    (follow_on,) = [course for course in courses if course.drug == "zoledronate"]
    # The last dose was given in September 2024; the infusion is due half a year later.
    assert 30 < follow_on.start_day < 90


def test_whom_the_model_does_not_cover_has_no_plans() -> None:
    with pytest.raises(NotCovered, match="dialysis is not covered"):
        planned(case_of("person: {sex: male, birth_date: 1960-01-01, conditions: [dialysis]}"))


def test_the_inhibitor_that_would_be_assumed_needs_the_menopause_too() -> None:
    with pytest.raises(NotCovered, match="ovarian suppression"):
        planned(case_of("person: {sex: female, birth_date: 1980-01-01, menopause: premenopausal}"))


def test_a_plan_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(InputError, match=r"Zoledronate every 6 months"):
        scenario(case_of(ON_ANASTROZOLE), "teriparatide")

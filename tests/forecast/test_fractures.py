"""Fractures under the plans of a forecast and of a verdict."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from osteocast.forecast import run_forecast, verdict
from osteocast.forecast.fractures import OBSERVED, PEOPLE, fracture_risk
from osteocast.forecast.subjects import subject_of
from osteocast.forecast.twins import twins
from osteocast.fracture import KINDS, FractureRisk
from osteocast.person import Case, load_case
from osteocast.units import DAYS_PER_MONTH, DAYS_PER_YEAR

from .example_cases import EXAMPLES, ON_ANASTROZOLE, TODAY, WOMAN, case_of

MAIN = [kind for kind in KINDS if kind != "multiple_vertebral"]
EXIT = "letrozole-denosumab-exit"
AFTER_MENOPAUSE = "postmenopausal-anastrozole"


@cache
def risks(name: str = AFTER_MENOPAUSE, draws: int = 64) -> dict[str, FractureRisk]:
    """Fractures by plan of the forecast of an example."""
    forecast = run_forecast(load_case(EXAMPLES / f"{name}.yaml", today=TODAY), draws=draws)
    found = {plan.name: plan.fracture for plan in forecast.plans}
    return {plan: risk for plan, risk in found.items() if risk is not None}


def of(case: Case, draws: int = 0) -> list[FractureRisk]:
    found = [plan.fracture for plan in run_forecast(case, draws=draws).plans]
    return [risk for risk in found if risk is not None]


def in_ten_years(risk: FractureRisk, kind: str) -> float:
    return risk.at(kind, 10.0).value


def test_a_plan_with_more_density_has_fewer_fractures_of_every_kind() -> None:
    alone, zoledronate, exits, stops = risks().values()
    for kind in MAIN:
        assert in_ten_years(zoledronate, kind) < in_ten_years(alone, kind)
        assert in_ten_years(exits, kind) < in_ten_years(stops, kind) < in_ten_years(alone, kind)
    # It holds for each virtual person, because all plans share their draws.
    assert (exits.samples["hip", 10.0] < alone.samples["hip", 10.0]).all()


def test_an_exit_takes_away_several_vertebral_fractures_at_once() -> None:
    found = risks()
    stops = found["Denosumab, stopped without a plan"]
    exits = found["Denosumab, then zoledronate"]
    assert in_ten_years(stops, "multiple_vertebral") > 0.002
    assert "multiple_vertebral" not in exits.curves
    assert in_ten_years(exits, "clinical_vertebral") < 0.7 * in_ten_years(stops, "clinical_vertebral")
    assert any("denosumab" in note for note in stops.notes)


def test_a_dose_missed_costs_vertebrae_and_one_that_is_late_costs_less() -> None:
    none, on_time, late, missed = risks(EXIT).values()
    found = [risk.at("clinical_vertebral", 5.0).value for risk in (on_time, late, missed, none)]
    assert found == sorted(found)
    assert missed.at("multiple_vertebral", 5.0).value > late.at("multiple_vertebral", 5.0).value


def test_the_numbers_of_a_forecast_are_those_of_a_direct_call() -> None:
    case = run_forecast(load_case(EXAMPLES / f"{AFTER_MENOPAUSE}.yaml", today=TODAY), draws=0).case
    subject, _ = subject_of(case)
    days = np.union1d(np.arange(121) * DAYS_PER_MONTH, [10 * DAYS_PER_YEAR])
    regimens = [case.regimen(plan) for plan in case.plans]
    added: list[tuple[()]] = [() for _ in regimens]
    _, found = twins(case, subject, regimens, added, 64, days, observables=OBSERVED)
    for i, (plan, shown) in enumerate(zip(case.plans, risks().values(), strict=True)):
        direct = fracture_risk(case, plan, found, i)
        for kind in MAIN:
            assert direct.at(kind, 10.0).value == pytest.approx(shown.at(kind, 10.0).value, rel=1e-4)


def test_the_average_person_lies_near_the_mean_of_virtual_people() -> None:
    for name in (AFTER_MENOPAUSE, "man-testosterone-anastrozole", EXIT):
        for own, average in zip(risks(name, 64).values(), risks(name, 0).values(), strict=True):
            major, same = own.at("major_osteoporotic", 5.0), average.at("major_osteoporotic", 5.0)
            assert same.value == pytest.approx(major.value, rel=0.2)
            low, high = major.intervals[80]
            assert low < same.value < high
            assert same.intervals == {}


def test_the_verdict_counts_the_same_fractures() -> None:
    case = load_case(EXAMPLES / f"{AFTER_MENOPAUSE}.yaml", today=TODAY)
    judged = {plan.name: plan.fracture for plan in verdict(case, people=300).plans}
    shown = risks()
    for name, other in (
        ("No drug for bone, no programme", "Anastrozole alone"),
        ("Zoledronate every 6 months", "Zoledronate every 6 months"),
        ("Denosumab, then zoledronate", "Denosumab, then zoledronate"),
    ):
        found = judged[name]
        assert found is not None
        assert len(found.weights) == PEOPLE
        for kind in ("hip", "major_osteoporotic"):
            assert in_ten_years(found, kind) == pytest.approx(in_ten_years(shown[other], kind), rel=0.15)


def test_a_plan_counts_up_to_its_own_horizon() -> None:
    text = f"{ON_ANASTROZOLE}\nplans: [{{name: short, horizon: 6 years}}, {{name: long, horizon: 10 years}}]"
    short, long = of(case_of(text))
    assert {found.years for found in short.probabilities} == {5.0}
    assert {found.years for found in long.probabilities} == {5.0, 10.0}
    assert short.at("hip", 5.0).value == pytest.approx(long.at("hip", 5.0).value, rel=1e-6)
    assert all(np.isfinite(curve).all() for curve in short.curves.values())


def test_who_was_never_scanned_has_any_density_of_the_population() -> None:
    unknown = case_of(ON_ANASTROZOLE)
    alone, zoledronate, *_ = of(unknown)
    assert any("Never scanned" in note for note in alone.notes)
    assert not any("Density counts" in note for note in alone.notes)
    # What a drug does counts all the same.
    assert in_ten_years(zoledronate, "hip") < 0.8 * in_ten_years(alone, "hip")
    drawn = of(unknown, draws=64)[0]
    assert drawn.at("hip", 10.0).value == pytest.approx(alone.at("hip", 10.0).value, rel=0.25)
    low, high = drawn.at("hip", 10.0).intervals[80]
    assert high > 4 * low


def test_risk_factors_and_habits_of_the_person_count() -> None:
    risky = WOMAN.replace("}}", "}, parental_hip_fracture: true, falls: 2}")
    more = case_of(ON_ANASTROZOLE.replace(WOMAN, risky))
    plain, raised = of(case_of(ON_ANASTROZOLE))[0], of(more)[0]
    assert in_ten_years(raised, "hip") > 1.3 * in_ten_years(plain, "hip")
    assert {driver.name for driver in raised.drivers} == {"parental_hip_fracture", "falls"}


def test_a_scale_of_another_reference_does_not_move_the_rates() -> None:
    """A T-score of the device's own reference is one number, the density another; rates follow density."""
    scan = """
scans:
  - date: 2025-03-01
    device: hologic
    reference: {reference}
    sites: {{total_hip: {{bmd: 0.75, t_score: {score}}}}}
"""
    usual, other = (
        of(case_of(ON_ANASTROZOLE + scan.format(reference=reference, score=score)))[0]
        for reference, score in (("NHANES III", -1.6), ("Men of the clinic", -2.1))
    )
    assert in_ten_years(other, "hip") == pytest.approx(in_ten_years(usual, "hip"))

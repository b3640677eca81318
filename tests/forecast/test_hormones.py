"""A man's hormones measured on treatment are met by the simulation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from osteocast import physiology
from osteocast.forecast import run_forecast
from osteocast.forecast.hormones import anchors, find, spread
from osteocast.forecast.subjects import subject_of
from osteocast.person import Case
from osteocast.simulation import Subject, run

from .example_cases import case_of

MAN = "person: {sex: male, birth_date: 1972-05-14}\noptions: {as_of: 2025-03-10}\n"
TESTOSTERONE = "{drug: testosterone_cypionate, dose: 100 mg, every: 7 days, start: 2023-03-06}"
GEL = "{drug: testosterone_gel, start: 2023-03-06}"
ANASTROZOLE = "{drug: anastrozole, dose: 0.5 mg, every: 3.5 days, start: 2024-01-08}"
DAILY = "{drug: anastrozole, start: 2024-01-08}"


def man(treatments: tuple[str, ...] = (), *labs: str) -> Case:
    text = f"{MAN}treatments: [{', '.join(treatments)}]\nlabs:\n"
    return case_of(text + "".join(f"  - {{date: {lab}}}\n" for lab in labs) if labs else text[:-6])


def simulated(case: Case, subject: Subject, day: float) -> dict[str, float]:
    days = np.array([day])
    result = run([subject], [case.treatments], days, observables=("testosterone", "estradiol"))
    place = int(np.searchsorted(result.days, day))
    return {name: float(series[0, place]) for name, series in result.values.items()}


@pytest.mark.parametrize(
    ("treatments", "testosterone", "estradiol"),
    [
        ((TESTOSTERONE,), 620, 38),
        ((TESTOSTERONE, ANASTROZOLE), 780, 9),
        ((TESTOSTERONE, DAILY), 450, 12),
        ((GEL,), 520, 24),
        ((DAILY,), 560, 15),
        (("{drug: letrozole, start: 2024-01-08}",), 800, 9),
        (("{drug: exemestane, start: 2024-01-08}",), 600, 14),
    ],
)
def test_the_simulation_meets_what_was_measured_on_treatment(
    treatments: tuple[str, ...], testosterone: float, estradiol: float
) -> None:
    case = man(
        treatments,
        f"2025-03-03, analyte: testosterone, value: {testosterone} ng/dL",
        f"2025-03-03, analyte: estradiol, value: {estradiol} pg/mL, method: lc-ms",
    )
    subject, inputs = subject_of(case)
    met = simulated(case, subject, -7.0)
    assert met["testosterone"] == pytest.approx(testosterone, rel=0.02)
    assert met["estradiol"] == pytest.approx(estradiol, rel=0.02)
    measured = {one.name for one in inputs if one.origin == "measured"}
    assert measured == {"testosterone on treatment", "oestradiol on treatment"}
    assert not any(one.warning for one in inputs)


def test_hours_since_the_dose_say_when_the_sample_was_drawn() -> None:
    value = "2025-03-05, analyte: testosterone, value: 900 ng/dL"
    (unknown,) = anchors(man((TESTOSTERONE,), value))
    (known,) = anchors(man((TESTOSTERONE,), f"{value}, hours_since_dose: 60"))
    assert unknown.day == -5.0
    # The injections come on Mondays, day -7 is one.
    assert known.day == pytest.approx(-7 + 2.5)
    (wrong,) = anchors(man((TESTOSTERONE,), f"{value}, hours_since_dose: 2000"))
    assert wrong.day == -5.0


def test_what_is_implausible_goes_to_the_edge_and_is_said() -> None:
    case = man((TESTOSTERONE,), "2025-03-03, analyte: testosterone, value: 2900 ng/dL")
    subject, inputs = subject_of(case)
    (warning,) = [one.warning for one in inputs if one.warning]
    assert "cannot be met" in warning
    usual = physiology.values()["testosterone_clearance"]
    fastest = np.exp(-3 * spread("testosterone_clearance"))
    assert subject.parameters["testosterone_clearance"] == pytest.approx(usual * fastest, rel=1e-6)
    unmeasured = subject_of(replace(case, labs=()))[0].own_parameters(physiology.values())
    highest = unmeasured["testosterone_own"] * np.exp(3 * spread("testosterone_own"))
    assert subject.parameters["testosterone_own"] == pytest.approx(highest, rel=1e-6)


def test_untreated_values_are_his_own_and_are_left_alone() -> None:
    case = man(
        (DAILY,),
        "2023-11-03, analyte: testosterone, value: 350 ng/dL",
        "2023-11-03, analyte: estradiol, value: 26 pg/mL",
        "2025-03-03, analyte: testosterone, value: 900 ng/dL",
        "2025-03-03, analyte: estradiol, value: 17 pg/mL",
    )
    subject, _ = subject_of(case)
    assert (subject.testosterone, subject.estradiol) == (350, 26)
    (anchor,) = anchors(case)
    assert set(anchor.moves) == {"male_residual", "anastrozole_ki"}
    assert set(subject.parameters) == set(anchor.moves)


def test_oestradiol_before_the_inhibitor_leaves_less_open_to_the_one_on_it() -> None:
    before = "2023-11-06, analyte: estradiol, value: 42 pg/mL"
    on_it = "2025-03-03, analyte: estradiol, value: 9 pg/mL"
    both = anchors(man((TESTOSTERONE, ANASTROZOLE), before, on_it))
    assert [sorted(anchor.moves) for anchor in both] == [
        ["male_e2_own"],
        ["anastrozole_ki", "male_residual"],
    ]
    (alone,) = anchors(man((TESTOSTERONE, ANASTROZOLE), on_it))
    assert "male_e2_own" in alone.moves


def test_castration_and_washout_say_nothing_about_him() -> None:
    prostate = MAN.replace("1972-05-14}", "1952-05-14, conditions: [prostate_cancer]}")
    castrated = case_of(
        f"{prostate}treatments: [{{drug: goserelin, start: 2024-01-08}}]\n"
        "labs: [{date: 2025-03-03, analyte: testosterone, value: 18 ng/dL}]"
    )
    assert anchors(castrated) == ()
    stopped = TESTOSTERONE.replace("}", ", stop: 2025-01-06}")
    assert anchors(man((stopped,), "2025-03-03, analyte: testosterone, value: 220 ng/dL")) == ()


def test_nobody_else_has_anchors() -> None:
    woman = case_of(
        "person: {sex: female, birth_date: 1963-05-14, menopause: {age: 50}}\n"
        "treatments: [{drug: anastrozole, start: 2024-03-10}]\n"
        "labs: [{date: 2025-03-03, analyte: estradiol, value: 2 pg/mL}]"
    )
    assert anchors(woman) == ()
    subject, _ = subject_of(woman)
    assert subject.sex == "female"
    assert subject.parameters == {}


def test_every_draw_meets_its_own_measurement() -> None:
    case = man((TESTOSTERONE, ANASTROZOLE), "2025-03-03, analyte: estradiol, value: 12 pg/mL")
    subject = Subject(age=case.age, sex="male")
    ((_, central),) = find(case, subject, anchors(case))
    draws = [physiology.values({"anastrozole_ki": ki}) for ki in (0.5, 0.9)]
    wanted = np.array([[11.0], [13.0]])
    found = find(case, subject, anchors(case), population=draws, measured=wanted, start=central)
    for (drawn, _), value, draw in zip(found, wanted[:, 0], draws, strict=True):
        assert simulated(case, drawn, -7.0)["estradiol"] == pytest.approx(value, rel=0.03)
        # Whatever is not his own is that of the draw.
        assert drawn.parameters["turnover_total_hip"] == draw["turnover_total_hip"]


def test_a_forecast_says_what_cannot_be_met() -> None:
    case = man((TESTOSTERONE,), "2025-03-03, analyte: testosterone, value: 2900 ng/dL")
    forecast = run_forecast(case, years=1, draws=0)
    assert any("cannot be met" in alert.text for alert in forecast.alerts)

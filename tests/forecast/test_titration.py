"""Oestradiol and bone density of a man on testosterone against his dose of anastrozole."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from osteocast import evidence
from osteocast.charts.titration import titration as chart_of
from osteocast.errors import NotCovered
from osteocast.forecast.titration import run_titration, thresholds
from osteocast.forecast.titration_results import Titration, Uncertain
from osteocast.forecast.titration_words import PRESCRIBER, dose_words, headline, sentences
from osteocast.person import load_case
from osteocast.report import titration as report

from .example_cases import EXAMPLES, ON_ANASTROZOLE, TODAY, case_of

MAN = "person: {sex: male, birth_date: 1973-05-14}\noptions: {as_of: 2025-03-10}\n"
INJECTED = "{drug: testosterone_cypionate, dose: 100 mg, every: 7 days, start: 2024-03-11}"


@cache
def example(draws: int = 0) -> Titration:
    case = load_case(EXAMPLES / "man-testosterone-anastrozole.yaml", today=TODAY)
    return run_titration(case, draws=draws)


def test_more_anastrozole_leaves_less_oestradiol_and_less_bone() -> None:
    made = example()
    assert made.weekly[0] == 0 and made.weekly[-1] == 7
    assert (np.diff(made.estradiol.value) < 0).all()
    # His own axis is nearly silent, so that testosterone hardly gives way.
    assert made.testosterone_level.value.max() < 1.3 * made.testosterone_level.value.min()
    for curve in made.spine.values():
        assert (np.diff(curve.value) < 0.05).all()
        assert curve.value[0] > curve.value[-1]


def test_the_dose_response_is_flat_as_in_the_trial_of_two_schedules() -> None:
    # 1 mg twice a week and 1 mg daily did the same (Leder 2004).
    found = {pattern.words: pattern for pattern in example().patterns}
    twice, daily = found["1 mg twice a week"].estradiol.value, found["1 mg daily"].estradiol.value
    assert twice == pytest.approx(daily, rel=0.15)
    assert found["none"].estradiol.value > 2 * daily


def test_todays_pattern_meets_the_measured_oestradiol() -> None:
    current = example().current
    assert current.words == "0.5 mg twice a week"
    assert current.weekly == 1.0
    low, high = current.swing
    assert low <= current.estradiol.value <= high
    assert low - 0.2 <= 9 <= high + 0.2


def test_rarer_doses_swing_more() -> None:
    found = {pattern.words: pattern for pattern in example().patterns}
    once, twice = found["1 mg once a week"], found["0.5 mg twice a week"]
    assert once.weekly == twice.weekly
    assert once.swing[1] - once.swing[0] > twice.swing[1] - twice.swing[0]


def test_patterns_lie_by_the_curve() -> None:
    made = example()
    for pattern in made.patterns:
        near = made.estradiol.at(made.weekly, pattern.weekly).value
        assert pattern.estradiol.value == pytest.approx(near, rel=0.2)


def test_thresholds_are_read_in_the_registry() -> None:
    registry = evidence.load()
    by_id = {one.id: one for one in thresholds()}
    assert set(by_id) == {"resorption", "fracture"}
    for one in by_id.values():
        assert one.low == registry.value(one.evidence[0]).number
        assert all(registry.value(reference) for reference in one.evidence)
    # The bound between the groups of Framingham, which names its groups by it.
    assert str(by_id["fracture"].high) in str(registry.value(by_id["fracture"].evidence[1]).arm)


def test_crossings_are_where_the_curve_meets_the_level() -> None:
    made = example()
    assert {one.threshold for one in made.crossings} == {"resorption", "fracture"}
    for one in made.crossings:
        if 0 < one.dose.value < math.inf:
            level = made.estradiol.at(made.weekly, one.dose.value).value
            assert level == pytest.approx(one.level, rel=1e-3)
    doses = [one.dose.value for one in sorted(made.crossings, key=lambda one: -one.level)]
    assert doses == sorted(doses)


def test_it_says_what_matters_in_plain_words() -> None:
    made = example()
    assert headline(made).startswith("On anastrozole 0.5 mg twice a week his oestradiol is about 9 pg/mL")
    assert "where resorption rose" in headline(made)
    text = " ".join(sentences(made))
    assert "Nobody has studied bone density on testosterone with an aromatase inhibitor" in text
    assert "TRAVERSE" in text
    assert "MrOS Sweden" in text
    assert text.endswith(PRESCRIBER)
    assert "with the prescriber only" in PRESCRIBER


@pytest.mark.parametrize(
    ("dose", "words"), [(0.0, "none"), (0.01, "less than 0.05 mg"), (1.25, "1.2 mg"), (math.inf, "never")]
)
def test_doses_in_words(dose: float, words: str) -> None:
    assert dose_words(dose) == words


def test_without_an_inhibitor_today_is_none_and_hormones_are_an_average_mans() -> None:
    made = run_titration(case_of(f"{MAN}treatments: [{INJECTED}]"), draws=0)
    assert made.current is made.without
    assert headline(made).startswith("Without anastrozole his oestradiol is about")
    assert not any(one.origin == "measured" for one in made.inputs)


def test_another_inhibitor_is_replaced_and_an_odd_pattern_is_shown() -> None:
    letrozole = "{drug: letrozole, dose: 2.5 mg, every: 7 days, start: 2024-06-10}"
    made = run_titration(case_of(f"{MAN}treatments: [{INJECTED}, {letrozole}]"), draws=0)
    assert not any(pattern.is_current for pattern in made.patterns[1:])
    odd = "{drug: anastrozole, dose: 1 mg, every: 10 days, start: 2024-06-10}"
    made = run_titration(case_of(f"{MAN}treatments: [{INJECTED}, {odd}]"), draws=0)
    assert made.current.words == "1 mg every 10 days"
    weekly = [pattern.weekly for pattern in made.patterns]
    assert weekly == sorted(weekly)


def test_who_has_no_titration_gets_the_reason() -> None:
    with pytest.raises(NotCovered, match="titration is for men on testosterone: in a woman"):
        run_titration(case_of(ON_ANASTROZOLE))
    with pytest.raises(NotCovered, match="none that goes on today"):
        run_titration(case_of(f"{MAN}treatments: [{{drug: anastrozole, start: 2024-03-11}}]"))
    with pytest.raises(NotCovered, match="dialysis"):
        run_titration(case_of(f"{MAN.replace('14}', '14, conditions: [dialysis]}')}treatments: [{INJECTED}]"))


def test_bands_hold_the_point_and_open_with_dose_unless_measured() -> None:
    made = example(draws=12)
    assert made.provenance.calibrated
    assert made.n_draws == 12
    for curve in (made.estradiol, made.testosterone_level, *made.spine.values()):
        assert curve.low is not None and curve.high is not None
        assert (curve.low <= curve.value + 1e-9).all() and (curve.value <= curve.high + 1e-9).all()
    current = made.current.estradiol
    assert current.low is not None and current.high is not None
    # His own value on today's dose narrows what is open there to little more than the error of a measurement.
    assert current.high / current.low < 3
    for one in made.crossings:
        assert one.dose.low is not None and one.dose.high is not None
        assert one.dose.low <= one.dose.value <= one.dose.high


def test_data_are_complete_and_without_infinities() -> None:
    import json

    content = report.as_data(example())
    text = json.dumps(content, allow_nan=False)
    assert text.startswith('{"format": "osteocast-titration-1"')
    assert len(content["patterns"]) == len(example().patterns)
    assert {
        "finkelstein-2016",
        "mros-sweden-fractures",
        "framingham-hip-fracture",
        "traverse-fractures",
    } <= set(content["sources"])
    assert content["widening"] == 1.5


def test_the_chart_says_it_in_words_and_numbers() -> None:
    chart = chart_of(example())
    assert chart.summary == headline(example())
    assert chart.table.rows[0][0] == "none"
    assert any("(today)" in row[0] for row in chart.table.rows)
    svg = chart.svg()
    assert "resorption rises below 10 pg/mL" in svg
    assert "BMD of the lumbar spine" in svg


def test_an_uncertain_number_may_have_no_band() -> None:
    assert Uncertain(1.0).low is None

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from osteocast.forecast import Forecast, headline, run_forecast
from osteocast.forecast.programme_reach import PROGRAMMES_FOLLOWED, beyond_the_programmes
from osteocast.forecast.reach import FOLLOWED, FOLLOWED_MEN
from osteocast.forecast.results import LEVELS
from osteocast.forecast.summary import confidence, contents, signed
from osteocast.forecast.warnings import lapses
from osteocast.lifestyle import PROGRAMMES, Lifestyle
from osteocast.person import AROMATASE_INHIBITORS, SITES, TESTOSTERONE, Case, load_case
from osteocast.therapies import Course
from osteocast.trials import load_trials
from osteocast.units import DAYS_PER_MONTH, DAYS_PER_YEAR

from .example_cases import EXAMPLES, ON_ANASTROZOLE, TODAY, WOMAN, case_of, example, unscanned

HALF_YEAR = 6 * DAYS_PER_MONTH


def test_it_starts_from_her_own_scans() -> None:
    forecast = example()
    for site, basis in forecast.sites.items():
        last = basis.scans[-1]
        assert last.least_significant_change is not None
        today = forecast.plans[0].curves[f"bmd_{site}"].at(forecast.days, 0.0)
        assert abs(today - last.bmd) < last.least_significant_change
        # The T-score today is on the report's own scale.
        score = forecast.plans[0].curves[f"t_{site}"].at(forecast.days, last.day)
        assert score == pytest.approx(last.t_score, abs=0.25)


def test_every_plan_has_the_same_past() -> None:
    forecast = example()
    past = forecast.days <= 0
    first, *others = (plan.curves["bmd_lumbar_spine"].value[past] for plan in forecast.plans)
    for other in others:
        np.testing.assert_array_equal(other, first)


def test_plans_order_as_biology_does() -> None:
    forecast = example()
    alone, zoledronate, exit_planned, unplanned = forecast.plans
    change = "change_lumbar_spine"
    assert forecast.at(alone, change, 2) < -1
    assert forecast.at(alone, change, 5) < forecast.at(zoledronate, change, 5)
    assert forecast.at(zoledronate, change, 5) < forecast.at(exit_planned, change, 5)
    assert forecast.at(unplanned, change, 6.5) < forecast.at(exit_planned, change, 6.5) - 1
    assert forecast.at(alone, "ctx", 1) > forecast.at(alone, "ctx", 0)
    assert forecast.at(alone, "estradiol", 1) < 0.2 * forecast.at(alone, "estradiol", 0)


def test_stopping_denosumab_without_a_plan_is_an_alert_and_an_exit_is_not() -> None:
    *_, exit_planned, unplanned = example().plans
    assert [alert.kind for alert in exit_planned.alerts if alert.kind == "rebound"] == []
    (alert,) = [alert for alert in unplanned.alerts if alert.kind == "rebound"]
    assert "March 2030" in alert.text
    assert "nothing follows" in alert.text


@pytest.mark.parametrize(
    ("courses", "ends"),
    [
        ([Course("denosumab", n_doses=2)], [2]),
        ([Course("denosumab", n_doses=2), Course("zoledronate", 2 * HALF_YEAR, n_doses=1)], []),
        ([Course("denosumab", n_doses=2), Course("zoledronate", 2.5 * HALF_YEAR, n_doses=1)], [2]),
        ([Course("denosumab", n_doses=2), Course("alendronate", HALF_YEAR)], []),
        ([Course("denosumab", n_doses=3, missed=(2,))], [1, 3]),
        ([Course("denosumab", n_doses=3, late={2: 20.0})], [3.1]),
        ([Course("denosumab")], []),
    ],
)
def test_a_lapse_is_a_dose_of_denosumab_with_nothing_to_follow(
    courses: list[Course], ends: list[float]
) -> None:
    found = [day / HALF_YEAR for day, _ in lapses(courses, 5 * DAYS_PER_YEAR)]
    assert found == pytest.approx(ends, abs=0.05)


def test_bands_hold_the_forecast_and_begin_at_today() -> None:
    forecast = example()
    assert forecast.n_draws == 8
    curve = forecast.plans[0].curves["change_total_hip"]
    assert tuple(band.level for band in curve.bands) == LEVELS
    for inner, outer in pairwise(curve.bands):
        assert (outer.low <= inner.low).all()
        assert (inner.high <= outer.high).all()
    for band in curve.bands:
        assert (band.low <= curve.value).all()
        assert (curve.value <= band.high).all()
        assert curve.band_at(forecast.days, 0.0, band.level) == pytest.approx((0, 0), abs=1e-9)
    widest = curve.bands[-1]
    assert widest.high[-1] - widest.low[-1] > 2
    assert "95% by" in confidence(forecast)
    assert "least significant change" in contents(forecast)


def test_without_draws_there_is_no_band_and_that_is_said() -> None:
    forecast = unscanned()
    assert forecast.plans[0].curves["change_total_hip"].bands == ()
    assert forecast.learnt is None
    assert "No uncertainty is given" in confidence(forecast)


def test_the_median_of_virtual_people_is_near_the_average_person() -> None:
    people, average = example(draws=200), example(draws=0)
    for plan, same in zip(people.plans[:2], average.plans, strict=False):
        for site in SITES:
            years = [people.at(plan, f"change_{site}", year) for year in (2, 5)]
            assert years == pytest.approx(
                [average.at(same, f"change_{site}", year) for year in (2, 5)], abs=1.5
            )


def test_the_same_case_gives_the_same_bands() -> None:
    case = load_case(EXAMPLES / "postmenopausal-anastrozole.yaml", today=TODAY)
    one, other = run_forecast(case, years=2, draws=16), run_forecast(case, years=2, draws=16, threads=1)
    for plan, same in zip(one.plans, other.plans, strict=True):
        for name, curve in plan.curves.items():
            for band, again in zip(curve.bands, same.curves[name].bands, strict=True):
                np.testing.assert_array_equal(band.low, again.low)


def test_own_scans_are_learnt_from_and_that_is_told() -> None:
    learnt = example(draws=200).learnt
    assert learnt is not None
    assert learnt.method in ("reweighted", "moved")
    assert learnt.sentences
    assert learnt.before is not None
    assert learnt.after is not None
    median, low, high = learnt.after
    assert low < median < high


def test_a_person_who_loses_fast_is_forecast_to_lose_more() -> None:
    def case(first: float) -> Case:
        scans = "".join(
            f"  - {{date: {day}, device: hologic, "
            f"sites: {{lumbar_spine: {{bmd: {bmd}}}, total_hip: {{bmd: {bmd}}}}}}}\n"
            for day, bmd in (("2022-03-10", first), ("2023-09-10", first / 2 + 0.4), ("2025-03-10", 0.8))
        )
        treated = "treatments: [{drug: anastrozole, start: 2022-03-10, stop: 2027-03-10}]"
        return case_of(f"{WOMAN}\n{treated}\nscans:\n{scans}options: {{as_of: 2025-03-10}}")

    fast, slow = (run_forecast(case(first), years=2, draws=200) for first in (0.92, 0.81))
    assert fast.learnt is not None
    assert slow.learnt is not None
    assert fast.learnt.after is not None
    assert slow.learnt.after is not None
    assert fast.learnt.after[0] < slow.learnt.after[0]


def test_a_site_never_scanned_is_forecast_in_percent_only() -> None:
    forecast = unscanned()
    for plan in forecast.plans:
        for site in SITES:
            assert f"change_{site}" in plan.curves
            assert f"bmd_{site}" not in plan.curves
            assert f"t_{site}" not in plan.curves
        assert plan.crossings == ()
    assert "T-score" not in headline(forecast)


def test_every_input_says_where_it_came_from() -> None:
    origin = {one.name: one.origin for one in example().inputs}
    assert origin["oestradiol without treatment"] == "measured"
    assert origin["calcium intake"] == "given"
    origin = {one.name: one.origin for one in unscanned().inputs}
    for name in ("oestradiol without treatment", "calcium intake", "weight", "25-hydroxyvitamin D"):
        assert origin[name] == "assumed"


def test_own_values_move_the_forecast() -> None:
    case = case_of(ON_ANASTROZOLE)
    low = replace(case, person=replace(case.person, calcium_diet=150.0))
    enough = replace(case, person=replace(case.person, calcium_diet=1000.0))
    pth = [
        forecast.at(forecast.plans[0], "pth", 1.0)
        for forecast in (run_forecast(one, years=2, draws=0) for one in (low, enough))
    ]
    assert pth[0] > pth[1]


def test_thresholds_are_crossed_when_the_curve_does() -> None:
    forecast = example()
    for plan in forecast.plans:
        for crossing in plan.crossings:
            curve = plan.curves[f"t_{crossing.site}"]
            ahead = curve.value[forecast.days >= 0]
            if crossing.day is None:
                assert (ahead >= crossing.threshold).all()
            elif crossing.day > 0:
                assert curve.at(forecast.days, crossing.day) == pytest.approx(crossing.threshold, abs=1e-6)
            else:
                assert ahead[0] <= crossing.threshold


def test_the_horizon_is_as_asked() -> None:
    forecast = run_forecast(case_of(ON_ANASTROZOLE), years=3, draws=0)
    assert forecast.days[-1] == pytest.approx(3 * DAYS_PER_YEAR)
    assert forecast.milestones() == (1.0, 2.0, 3.0)


def test_beyond_its_own_horizon_a_plan_has_no_numbers() -> None:
    text = f"{ON_ANASTROZOLE}\nplans: [{{name: short, horizon: 2 years}}, {{name: long, horizon: 4 years}}]"
    forecast = run_forecast(case_of(text), draws=0)
    short = forecast.plan("short").curves["change_total_hip"].value
    assert np.isnan(short[forecast.days > 2 * DAYS_PER_YEAR + 1]).all()
    assert np.isfinite(short[forecast.days <= 2 * DAYS_PER_YEAR]).all()
    with pytest.raises(KeyError, match="there are short, long"):
        forecast.plan("middle")


def test_a_woman_before_menopause_on_goserelin_is_covered() -> None:
    text = (
        "person: {sex: female, birth_date: 1981-05-14, menopause: premenopausal}\n"
        "treatments:\n  - {drug: goserelin, start: 2025-03-10, stop: 2030-03-10}\n"
        "  - {drug: letrozole, start: 2025-03-10, stop: 2030-03-10}\noptions: {as_of: 2025-03-10}"
    )
    forecast = run_forecast(case_of(text), years=3, draws=0)
    assert forecast.at(forecast.plans[0], "change_lumbar_spine", 2) < -3


def test_the_headline_is_one_sentence_with_the_decision() -> None:
    for forecast in (example(), unscanned(), example("letrozole-denosumab-exit")):
        text = headline(forecast)
        assert text.endswith(".")
        assert text.count(". ") == 0
        assert "lumbar spine" in text
    assert "when anastrozole ends" in headline(example())


def test_what_no_trial_followed_is_said() -> None:
    assert any("abcsg-18" in text for text in example().extrapolated)


def test_the_reach_of_the_trials_is_what_the_trial_files_say() -> None:
    reach: dict[str, dict[tuple[str, bool], float]] = {"female": {}, "male": {}}
    for trial in load_trials():
        for observation in trial.observations:
            if not observation.is_bmd:
                continue
            arm = trial.arms[observation.arm]
            drugs = {course.drug for course in (*arm.population.history, *arm.courses)}
            inhibitor = bool(drugs & set(AROMATASE_INHIBITORS))
            for drug in drugs:
                name = "testosterone" if drug in TESTOSTERONE else drug
                key = (name, inhibitor and drug not in AROMATASE_INHIBITORS)
                people = reach[arm.population.sex]
                people[key] = max(people.get(key, 0.0), observation.month)
    for sex, followed in (("female", FOLLOWED), ("male", FOLLOWED_MEN)):
        assert {key: months for key, (months, _) in followed.items()} == reach[sex]


def test_the_reach_of_the_programmes_is_what_the_trial_files_say() -> None:
    reach: dict[tuple[str, bool], float] = {}
    for trial in load_trials():
        for observation in trial.observations:
            arm = trial.arms[observation.arm]
            if not observation.is_bmd or arm.lifestyle is None:
                continue
            drugs = {course.drug for course in (*arm.population.history, *arm.courses)}
            for programme in arm.lifestyle.exercise:
                if programme.name in PROGRAMMES:
                    key = (programme.name, bool(drugs & set(AROMATASE_INHIBITORS)))
                    reach[key] = max(reach.get(key, 0.0), observation.month)
    assert {key: months for key, (months, _) in PROGRAMMES_FOLLOWED.items()} == reach


def test_a_programme_that_no_trial_followed_is_said() -> None:
    life = Lifestyle(exercise=(PROGRAMMES["high-intensity-resistance-and-impact"],))
    on_inhibitor, longer = beyond_the_programmes(life, True, 5 * DAYS_PER_YEAR)
    assert "no trial" in on_inhibitor
    assert "46 months at most" in longer
    assert list(beyond_the_programmes(life, False, 3 * DAYS_PER_YEAR)) == []
    assert list(beyond_the_programmes(None, True, 3 * DAYS_PER_YEAR)) == []


def test_lifestyle_of_person_and_plan_moves_the_forecast_and_shows_its_grade() -> None:
    case = case_of(
        """person: {sex: female, birth_date: 1963-05-14, menopause: {age: 50}}
lifestyle: {habits: {smoking: current}}
treatments: [{drug: anastrozole, start: 2025-03-10, stop: 2030-03-10}]
plans:
  - {name: as it is}
  - {name: trains, lifestyle: {exercise: {programme: high-intensity-resistance-and-impact}}}
options: {as_of: 2025-03-10}
"""
    )
    forecast = run_forecast(case, years=2, draws=32)
    quiet, trains = forecast.plans
    assert forecast.at(trains, "change_lumbar_spine", 1) > forecast.at(quiet, "change_lumbar_spine", 1) + 0.5
    assert [effect.group for effect in quiet.effects] == ["habits"]
    assert [effect.group for effect in trains.effects] == ["habits", "exercise"]
    # LIFTMOR was done in women without an inhibitor.
    assert [effect.grade for effect in trains.effects if effect.group == "exercise"] == ["B"]
    assert all(effect.sentence for effect in trains.effects)
    assert any("no trial" in text and "LIFTMOR" in text for text in forecast.extrapolated)


def test_the_grid_is_monthly_and_reaches_back_to_the_first_scan() -> None:
    forecast = example()
    steps = [b - a for a, b in pairwise(forecast.days)]
    assert max(steps) <= DAYS_PER_MONTH + 1e-6
    assert forecast.days[0] < min(scan.day for scan in forecast.sites["total_hip"].scans)
    assert 0.0 in forecast.days


def test_without_a_known_inhibitor_years_count_from_its_assumed_start() -> None:
    forecast = run_forecast(case_of(WOMAN), years=2, draws=0)
    assert forecast.origin == 0.0
    assert "anastrozole" in forecast.origin_label
    assert len(forecast.assumptions) == 1


@pytest.mark.parametrize(
    ("value", "text"), [(-0.04, "0.0"), (0.0, "0.0"), (1.25, "+1.2"), (-3.06, "−3.1"), (12.0, "+12.0")]
)
def test_numbers_are_signed_with_a_true_minus(value: float, text: str) -> None:
    assert signed(value) == text


def test_a_forecast_is_frozen() -> None:
    forecast: Forecast = example()
    with pytest.raises(AttributeError):
        forecast.origin = 1.0  # type: ignore[misc]
    assert math.isfinite(forecast.horizon)

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osteocast.physiology import OBSERVABLE_NAMES, SITES
from osteocast.simulation import Simulation, Subject, events_of, run
from osteocast.therapies import DRUGS, Course

YEAR = 365.25
DAYS = np.arange(0.0, 3 * YEAR, 61.0)
WOMAN = Subject(age=62.0, menopause_age=50.0)


def live(*courses: Course, woman: Subject = WOMAN, days: np.ndarray = DAYS) -> Simulation:
    return run([woman], [courses], days)


def assert_close(one: Simulation, other: Simulation, rel: float = 1e-3) -> None:
    """Compare two lives; events in one that do nothing still cost it other steps."""
    for name in OBSERVABLE_NAMES:
        floor = rel * np.nanmax(np.abs(other.values[name]))
        assert one.values[name] == pytest.approx(other.values[name], rel=rel, abs=max(floor, 1e-9)), name


@pytest.mark.parametrize("name", DRUGS)
def test_a_dose_of_nothing_is_no_drug(name: str) -> None:
    assert_close(live(Course(name, dose=0.0)), live())


@pytest.mark.parametrize("name", DRUGS)
def test_a_drug_not_taken_is_no_drug(name: str) -> None:
    assert_close(live(Course(name, adherence=0.0)), live())


def test_a_course_of_missed_doses_is_no_drug() -> None:
    missed = live(Course("denosumab", n_doses=3, missed=(1, 2, 3)))
    for name in OBSERVABLE_NAMES:
        np.testing.assert_array_equal(missed.values[name], live().values[name])


#: Before and after the menopause, and a man: each drug acts in one of them.
WHO = (WOMAN, Subject(age=40.0, menopause_age=None), Subject(age=40.0, sex="male"))


@pytest.mark.parametrize("name", DRUGS)
def test_a_drug_does_something(name: str) -> None:
    taken, none = (run(WHO, [courses] * 3, DAYS).values["ctx"] for courses in ((Course(name),), ()))
    assert np.abs(taken / none - 1.0).max() > 0.02


def test_half_of_the_tablets_do_less_than_all() -> None:
    none, half, all_of_them = (
        live(Course("anastrozole", adherence=share)).values["bmd_lumbar_spine"][0, -1]
        for share in (0.0, 0.5, 1.0)
    )
    assert all_of_them < half < none


def test_a_late_dose_of_denosumab_lets_turnover_rise() -> None:
    days = np.array([0.0, 180.0, 240.0])
    in_time = live(Course("denosumab"), days=days).values["ctx"][0]
    late = live(Course("denosumab", late={2: 90.0}), days=days).values["ctx"][0]
    np.testing.assert_allclose(late[:2], in_time[:2], rtol=1e-3)
    assert late[2] > 1.5 * in_time[2]


def test_a_dose_on_the_day_that_is_asked_for_comes_after_it() -> None:
    result = live(Course("denosumab", interval_days=100.0), days=np.array([0.0, 0.5, 100.0, 100.5]))
    before, after, trough, again = result.values["denosumab_free"][0]
    assert before == pytest.approx(0.0, abs=1e-9)
    assert after > 100.0
    assert trough < again
    assert (
        result.values["rankl_opg_ratio"][0, 0] == live(days=np.array([0.0])).values["rankl_opg_ratio"][0, 0]
    )


def test_two_courses_of_one_drug_are_one() -> None:
    once = live(Course("letrozole", stop_day=2 * YEAR))
    twice = live(Course("letrozole", stop_day=YEAR), Course("letrozole", start_day=YEAR, stop_day=2 * YEAR))
    assert_close(twice, once)


def test_a_drug_stopped_before_the_start_of_life_leaves_no_trace() -> None:
    long_ago = Course("anastrozole", start_day=-60 * YEAR, stop_day=-50 * YEAR)
    assert_close(live(long_ago), live(), rel=1e-4)


def test_history_counts() -> None:
    treated = live(Course("letrozole", start_day=-5 * YEAR, stop_day=0.0))
    assert treated.values["ctx"][0, 0] > live().values["ctx"][0, 0]
    assert treated.values["ctx"][0, -1] == pytest.approx(live().values["ctx"][0, -1], rel=0.1)


def test_density_starts_at_the_scan_or_at_one() -> None:
    scanned = live(woman=replace(WOMAN, bmd={"total_hip": 0.812}))
    assert scanned.values["bmd_total_hip"][0, 0] == pytest.approx(0.812)
    assert scanned.values["bmd_femoral_neck"][0, 0] == 1.0
    np.testing.assert_allclose(scanned.change("bmd_total_hip"), live().change("bmd_total_hip"), atol=1e-10)


def test_day_0_is_seen_even_if_it_is_not_asked_for() -> None:
    result = live(Course("anastrozole"), days=np.array([-YEAR, YEAR]))
    assert result.days.tolist() == [-YEAR, 0.0, YEAR]
    assert result.change("bmd_lumbar_spine")[0].tolist()[1] == 0.0
    assert result.change("bmd_lumbar_spine")[0, 0] > 0.0 > result.change("bmd_lumbar_spine")[0, 2]


def test_ovaries_removed_stop_at_once_and_cost_more_than_a_natural_menopause_then() -> None:
    days = np.array([-90.0, 0.0, 2 * YEAR])
    surgical = live(woman=Subject(age=45.0, menopause_age=45.0, surgical=True), days=days)
    before, at_surgery, _ = surgical.values["estradiol"][0]
    assert before > 90.0
    assert at_surgery > 90.0
    soon = live(woman=Subject(age=45.0, menopause_age=45.0, surgical=True), days=np.array([0.0, 1.0]))
    assert soon.values["estradiol"][0, 1] < 10.0
    natural = live(woman=Subject(age=45.0, menopause_age=50.0), days=days)
    assert surgical.change("bmd_lumbar_spine")[0, 2] < natural.change("bmd_lumbar_spine")[0, 2] - 2.0


def test_goserelin_gives_the_ovaries_back() -> None:
    woman = Subject(age=40.0, menopause_age=None)
    result = live(Course("goserelin", stop_day=YEAR), woman=woman, days=np.array([0.0, 0.5 * YEAR, 2 * YEAR]))
    before, on_drug, after = result.values["estradiol"][0]
    assert before == pytest.approx(100.0, rel=0.01)
    assert on_drug < 10.0
    assert after == pytest.approx(before, rel=0.01)


def test_what_a_woman_eats_can_change_on_day_0() -> None:
    days = np.array([0.0, 60.0])
    result = live(woman=replace(WOMAN, calcium_intake=400.0, calcium_intake_after=1200.0), days=days)
    same = live(woman=replace(WOMAN, calcium_intake=400.0), days=days)
    assert result.values["pth"][0, 0] == pytest.approx(same.values["pth"][0, 0], rel=1e-6)
    assert result.values["pth"][0, 1] < same.values["pth"][0, 1]
    sun = live(woman=replace(WOMAN, vitamin_d=8.0, vitamin_d_after=30.0), days=days).values["pth"][0]
    assert sun[1] < sun[0]


def test_her_own_oestradiol_and_weight_are_hers() -> None:
    days = np.array([0.0, 30.0])
    rich = live(woman=replace(WOMAN, estradiol=12.0), days=days)
    assert rich.values["estradiol"][0, 0] == pytest.approx(12.0, rel=0.01)
    light, heavy = (
        live(Course("denosumab"), woman=replace(WOMAN, weight_kg=kg), days=days).values["denosumab_free"][
            0, 1
        ]
        for kg in (45.0, 100.0)
    )
    assert light > heavy


@given(st.floats(31.0, 85.0), st.floats(38.0, 58.0))
@settings(max_examples=10)
def test_life_before_day_0_is_the_same_however_it_is_cut(age: float, menopause: float) -> None:
    older = run([Subject(age=age + 1.0, menopause_age=menopause)], [[]], np.array([-YEAR]))
    younger = run([Subject(age=age, menopause_age=menopause)], [[]], np.array([0.0]))
    assert older.values["ctx"][0, 0] == pytest.approx(younger.values["ctx"][0, 0], rel=1e-3)


def test_a_woman_younger_than_peak_bone_mass_starts_at_her_own_age() -> None:
    result = live(woman=Subject(age=22.0, menopause_age=None), days=np.array([-YEAR, 0.0, YEAR]))
    assert np.isnan(result.values["ctx"][0, 0])
    assert np.isfinite(result.values["ctx"][0, 1:]).all()


def test_no_woman_knows_of_another() -> None:
    women = [WOMAN, replace(WOMAN, age=70.0), Subject(age=45.0, menopause_age=None)]
    plans = [[Course("denosumab")], [], [Course("goserelin")]]
    together = run(women, plans, DAYS)
    for i, (woman, plan) in enumerate(zip(women, plans, strict=True)):
        alone = run([woman], [plan], DAYS)
        for name in OBSERVABLE_NAMES:
            np.testing.assert_array_equal(alone.values[name][0], together.values[name][i])


def test_who_is_followed_for_less_long_has_no_values_after() -> None:
    result = run([WOMAN, WOMAN], [[], []], DAYS, until=[400.0, 1000.0])
    for row, last in zip(result.values["ctx"], (400.0, 1000.0), strict=True):
        assert np.isfinite(row[result.days <= last]).all()
        assert np.isnan(row[result.days > last]).all()


def test_a_life_that_cannot_be_solved_is_named() -> None:
    broken = replace(WOMAN, parameters={"modelling": float("nan")})
    result = run([WOMAN, broken], [[], []], DAYS)
    assert result.status.tolist()[0] == 0
    (failure,) = result.failures
    assert failure.startswith("patient 1: ")
    assert np.isnan(result.values["ctx"][1]).all()


def test_the_sum_of_rates_leaves_no_trace_of_a_drug_that_was_stopped() -> None:
    own = WOMAN.own_parameters(
        {name: 1.0 for name in ("denosumab_volume", "denosumab_tissue_volume")}
        | {
            "denosumab_clearance": 1.0,
            "denosumab_exchange": 1.0,
        }
    )
    courses = [Course("anastrozole", dose=0.1, stop_day=10.0), Course("anastrozole", dose=0.2, stop_day=10.0)]
    events = events_of(WOMAN, courses, own, -1000.0, 100.0)
    assert [event.value for event in events if event.day == 10.0][-1] == 0.0


def test_sites_differ() -> None:
    losses = [live(Course("letrozole")).change(f"bmd_{site}")[0, -1] for site in SITES]
    assert len(set(losses)) == len(SITES)
    assert max(losses) < 0.0

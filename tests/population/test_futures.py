from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from osteocast import physiology
from osteocast.lifestyle.exposure import Exposure
from osteocast.population import futures, pasts, people, variability
from osteocast.population.wandering import wandering
from osteocast.simulation import Subject, run
from osteocast.therapies import Course

WOMAN = Subject(age=63, menopause_age=51, surgical=True, calcium_intake=600.0)
AVERAGE = physiology.values()
DRAWS = [AVERAGE, {**AVERAGE, "zoledronate_deep_share": 0.8 * AVERAGE["zoledronate_deep_share"]}]
HISTORY = (
    Course("letrozole", start_day=-500.0, stop_day=900.0),
    Course("zoledronate", start_day=-300.0, n_doses=1),
)
PLANS = [
    HISTORY,
    (*HISTORY, Course("denosumab", n_doses=4)),
    (*HISTORY, Course("zoledronate", start_day=100.0, n_doses=3)),
    (*HISTORY, Course("risedronate", stop_day=700.0)),
]
DAYS = np.array([0.0, 200.0, 730.5, 1461.0])


@pytest.fixture(scope="module")
def few() -> object:
    return people(WOMAN, 6, DRAWS, study="futures")


def test_the_fast_path_is_the_simulation_person_by_person(few) -> None:  # type: ignore[no-untyped-def]
    found = futures(
        few, PLANS, DAYS, observables=("bmd_total_hip", "ctx"), wander=False, relative_tolerance=1e-6
    )
    for i in range(len(few)):
        own = dict(zip(physiology.PARAMETER_NAMES, map(float, few.table[i]), strict=True))
        alike = replace(WOMAN, parameters=own)
        slow = run([alike] * len(PLANS), PLANS, DAYS, parameters=DRAWS[few.draw[i]], relative_tolerance=1e-6)
        for name in ("bmd_total_hip", "ctx"):
            assert found.values[name][:, i] == pytest.approx(slow.values[name], rel=2e-5)


def test_the_past_is_that_of_every_plan(few) -> None:  # type: ignore[no-untyped-def]
    found = futures(
        few, PLANS, DAYS, past_days=[-700.0, -100.0], past_observables=["bmd_lumbar_spine", "ctx"]
    )
    assert found.past_days.tolist() == [-700.0, -100.0, 0.0]
    assert found.past["bmd_lumbar_spine"][:, -1] == pytest.approx(1.0)
    alone, usable = pasts(few, HISTORY, [-700.0, -100.0], ["bmd_lumbar_spine", "ctx"])
    assert usable.all()
    assert alone["ctx"] == pytest.approx(found.past["ctx"])
    assert (found.values["bmd_lumbar_spine"][:, :, 0] == 1.0).all()


def test_plans_that_differ_in_the_past_are_refused(few) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="differ in what happened before day 0"):
        futures(few, [HISTORY, HISTORY[:1]], DAYS)
    with pytest.raises(ValueError, match="day 0"):
        futures(few, PLANS, np.array([-10.0, 0.0]))


def test_an_exposure_of_a_plan_begins_on_day_0(few) -> None:  # type: ignore[no-untyped-def]
    habit = Exposure("training", {"loading_lumbar_spine": 1.0})
    found = futures(few, [HISTORY, HISTORY], DAYS, exposures=[(), (habit,)], wander=False)
    alone, trained = found.values["bmd_lumbar_spine"]
    assert (trained[:, 2:] > alone[:, 2:]).all()


def test_adding_people_moves_nobody() -> None:
    small, large = (
        futures(people(WOMAN, n, DRAWS, study="add"), PLANS[:2], DAYS).values["bmd_femoral_neck"]
        for n in (3, 11)
    )
    assert (large[:, :3] == small).all()


def test_people_simulated_again_are_the_same(few) -> None:  # type: ignore[no-untyped-def]
    found = futures(few, PLANS, DAYS, past_days=[-300.0])
    again = found.again(few)
    assert (again.values["bmd_total_hip"] == found.values["bmd_total_hip"]).all()
    past, usable = found.past_of(few)
    assert usable.all() and (past["bmd_total_hip"] == found.past["bmd_total_hip"]).all()


def test_lives_wander_by_the_square_root_of_time_and_alike_under_every_plan() -> None:
    many = people(WOMAN, 4000, [AVERAGE], study="wander")
    days = np.array([0.0, 365.25, 4 * 365.25, 4.25 * 365.25])
    strayed = wandering(many, days)
    for site, spread in variability().wander.items():
        assert strayed[site][:, 0] == pytest.approx(0.0)
        assert strayed[site][:, 1:3].std(axis=0) == pytest.approx([spread.sd, 2 * spread.sd], rel=0.05)
    pair = np.corrcoef(strayed["total_hip"][:, 2], strayed["femoral_neck"][:, 2])[0, 1]
    assert pair == pytest.approx(variability().wander_correlation[1, 2], abs=0.05)
    small = people(WOMAN, 20, [AVERAGE], study="wander")
    with_it, without = (
        futures(small, PLANS[:2], DAYS, wander=on).values["bmd_total_hip"] for on in (True, False)
    )
    ratio = with_it / without
    assert ratio[0] == pytest.approx(ratio[1], rel=1e-5)
    assert ratio[0, :, -1].std() > 0.005


def test_coarse_steps_cost_nothing_that_a_band_could_show() -> None:
    many = people(WOMAN, 60, DRAWS, study="tolerance")
    coarse, fine = (
        futures(many, PLANS, DAYS, wander=False, relative_tolerance=one).values["bmd_lumbar_spine"]
        for one in (1e-3, 1e-6)
    )
    assert np.abs(coarse - fine).max() < 1e-3


def test_weekly_injections_act_as_their_mean_and_bone_hardly_sees_it() -> None:
    man = Subject(age=55, sex="male", testosterone=250.0, estradiol=18.0)
    course = [Course("testosterone_cypionate", dose=100.0, interval_days=7.0)]
    few = people(man, 3, [AVERAGE], study="man")
    found = futures(few, [course], DAYS, observables=("bmd_lumbar_spine", "estradiol"), wander=False)
    own = [dict(zip(physiology.PARAMETER_NAMES, map(float, row), strict=True)) for row in few.table]
    exact = run([replace(man, parameters=one) for one in own], [course] * 3, DAYS)
    assert found.values["bmd_lumbar_spine"][0] == pytest.approx(exact.values["bmd_lumbar_spine"], abs=5e-3)
    # The mean between two injections, against the level before one.
    assert (found.values["estradiol"][0][:, 1:] > 0.8 * exact.values["estradiol"][:, 1:]).all()


def test_a_missed_or_late_injection_keeps_its_day() -> None:
    man = Subject(age=55, sex="male", testosterone=250.0, estradiol=18.0)
    few = people(man, 2, [AVERAGE], study="man")
    late = [Course("testosterone_cypionate", interval_days=14.0, missed=(3,))]
    found = futures(few, [late], np.array([0.0, 18.0, 32.0]), observables=("testosterone",), wander=False)
    assert (found.values["testosterone"][0][:, 2] < 0.8 * found.values["testosterone"][0][:, 1]).all()

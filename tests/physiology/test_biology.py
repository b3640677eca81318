"""Where biology goes one way, the model goes that way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osteocast.engine.kernel import INPUTS as KERNEL_INPUTS
from osteocast.engine.solver import simulate
from osteocast.physiology import SITES
from osteocast.simulation import Simulation, Subject, batch_of, run
from osteocast.therapies import Course

YEAR = 365.25
WOMAN = Subject(age=60.0, menopause_age=50.0)
MONTHS = np.arange(0.0, 5 * YEAR, YEAR / 12)


def live(*courses: Course, woman: Subject = WOMAN, days: np.ndarray = MONTHS) -> Simulation:
    return run([woman], [courses], days)


def with_input(name: str, level: float) -> dict[str, np.ndarray]:
    """Let a woman live from 30 to 65 with another level of an input."""
    batch = batch_of([replace(WOMAN, age=65.0)], [[]], np.array([0.0]))
    inputs = batch.inputs.copy()
    inputs[0, KERNEL_INPUTS.index(name)] = level
    return {key: series[0] for key, series in simulate(replace(batch, inputs=inputs)).values.items()}


@pytest.mark.parametrize("drug", ["anastrozole", "letrozole", "exemestane"])
def test_without_oestradiol_rankl_and_ctx_rise_and_density_falls(drug: str) -> None:
    treated, untreated = live(Course(drug)), live()
    for observable in ("rankl_opg_ratio", "ctx", "ntx", "p1np", "bsap", "sclerostin"):
        assert np.all(treated.values[observable][0, 6:] > untreated.values[observable][0, 6:]), observable
    assert np.all(treated.values["estradiol"][0, 1:] < 0.5 * untreated.values["estradiol"][0, 1:])
    for site in SITES:
        assert np.all(treated.values[f"bmd_{site}"][0, 6:] < untreated.values[f"bmd_{site}"][0, 6:]), site


def test_oestradiol_given_does_the_opposite() -> None:
    treated, untreated = live(Course("estradiol", dose=30.0)), live()
    assert np.all(treated.values["ctx"][0, 6:] < untreated.values["ctx"][0, 6:])
    assert np.all(treated.values["bmd_lumbar_spine"][0, 12:] > untreated.values["bmd_lumbar_spine"][0, 12:])


def test_menopause_costs_bone_and_more_the_earlier_it_comes() -> None:
    ages = [42.0, 46.0, 50.0, 54.0]
    women = [Subject(age=60.0, menopause_age=age) for age in ages]
    batch = batch_of(women, [[]] * len(women), np.array([0.0]))
    result = simulate(batch).raise_on_failure()
    for site in SITES:
        now = result.values[f"bmd_{site}"][:, 0]
        assert np.all(np.diff(now) > 0.0), site
        assert now[-1] < 1.0


def test_denosumab_empties_free_rankl_and_stops_resorption() -> None:
    result = live(Course("denosumab", n_doses=1), days=np.array([0.0, 3.0, 30.0]))
    before, soon, month = result.values["rankl_opg_ratio"][0]
    assert soon < 0.1 * before
    assert month < 0.1 * before
    assert result.change("ctx")[0, 2] < -70.0


def test_when_denosumab_is_stopped_turnover_overshoots_and_the_gain_is_lost() -> None:
    treated, untreated = live(Course("denosumab", n_doses=4)), live()
    ctx, usual = treated.values["ctx"][0], untreated.values["ctx"][0]
    assert ctx[24:].max() > 1.1 * usual[24:].max()
    spine = treated.change("bmd_lumbar_spine")[0]
    assert spine[24] > 3.0
    assert spine[-1] < spine[24] - 2.0


@pytest.mark.parametrize(
    "drug", ["zoledronate", "alendronate", "risedronate", "ibandronate", "ibandronate_iv"]
)
def test_a_bisphosphonate_lowers_resorption_and_keeps_bone(drug: str) -> None:
    treated, untreated = live(Course(drug)), live()
    assert np.all(treated.values["ctx"][0, 2:] < untreated.values["ctx"][0, 2:])
    for site in SITES:
        assert np.all(treated.values[f"bmd_{site}"][0, 2:] > untreated.values[f"bmd_{site}"][0, 2:]), site


def test_zoledronate_lasts_longer_than_risedronate() -> None:
    after = {
        drug: live(Course(drug, stop_day=YEAR)).values["ctx"][0] / live().values["ctx"][0]
        for drug in ("zoledronate", "risedronate")
    }
    year_off = 24
    assert after["zoledronate"][year_off] < after["risedronate"][year_off]


def test_tamoxifen_spares_bone_after_the_menopause_and_takes_it_before() -> None:
    young = Subject(age=42.0, menopause_age=None)
    last = -1
    for woman, spares in ((WOMAN, True), (young, False)):
        treated = live(Course("tamoxifen"), woman=woman).change("bmd_lumbar_spine")[0, last]
        untreated = live(woman=woman).change("bmd_lumbar_spine")[0, last]
        assert bool(treated > untreated) is spares


@given(st.lists(st.floats(200.0, 2500.0), min_size=2, max_size=2, unique=True).map(sorted))
@settings(max_examples=8)
def test_more_calcium_means_less_pth(intakes: list[float]) -> None:
    little, much = (live(woman=replace(WOMAN, calcium_intake=intake)).values["pth"][0] for intake in intakes)
    assert np.all(much < little)


@given(st.lists(st.floats(5.0, 60.0), min_size=2, max_size=2, unique=True).map(sorted))
@settings(max_examples=8)
def test_more_vitamin_d_means_less_pth(levels: list[float]) -> None:
    little, much = (live(woman=replace(WOMAN, vitamin_d=level)).values["pth"][0] for level in levels)
    assert np.all(much < little)


@given(st.lists(st.floats(0.6, 1.6), min_size=2, max_size=2, unique=True).map(sorted))
@settings(max_examples=8)
def test_load_lowers_sclerostin_and_builds_the_loaded_site(loads: list[float]) -> None:
    little, much = (with_input("loading_total_hip", load) for load in loads)
    assert much["bmd_total_hip"] > little["bmd_total_hip"]
    # In the end bone has grown to its load; sclerostin falls while it has not.
    batch = batch_of([WOMAN], [[]], np.array([0.0, 30.0]))
    soon = []
    for load in loads:
        inputs = batch.inputs.copy()
        inputs[0, KERNEL_INPUTS.index("loading_total_hip")] = load
        at_once = replace(batch, inputs=inputs, start=np.array([0.0]))
        soon.append(simulate(at_once, ("sclerostin",)).values["sclerostin"][0, 1])
    assert soon[1] < soon[0]


def test_the_doors_for_later_biology_open_the_right_way() -> None:
    plain = with_input("rankl_drive", 0.0)
    inflamed, driven = with_input("rankl_drive", 0.5), with_input("formation_drive", 0.3)
    assert inflamed["ctx"] > plain["ctx"]
    assert inflamed["bmd_lumbar_spine"] < plain["bmd_lumbar_spine"]
    assert driven["p1np"] > plain["p1np"]
    assert driven["bmd_lumbar_spine"] > plain["bmd_lumbar_spine"]

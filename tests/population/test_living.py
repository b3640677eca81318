"""Lives of a cohort: the same digits in any company, from any day on, and as single subjects have them."""

from __future__ import annotations

import numpy as np
import pytest

from osteocast import physiology
from osteocast.engine.kernel import INPUTS
from osteocast.inference.posterior import draws
from osteocast.lifestyle.exposure import Exposure
from osteocast.person.reference import young_reference
from osteocast.physiology import SITES
from osteocast.population import (
    Cohort,
    Eligibility,
    Standing,
    draw,
    follow,
    live,
    lives,
    population,
    variability,
)
from osteocast.simulation import run
from osteocast.therapies import Course

YEAR = 365.25
DAYS = np.array([0.0, 0.5, 1.0, 2.0, 3.0]) * YEAR
OBSERVED = (*(f"bmd_{site}" for site in SITES), "ctx", "estradiol")
PLAN = (Course("letrozole"), Course("denosumab"))


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    return draw(population("inhibitor-women"), 40, "test of lives")


@pytest.fixture(scope="module")
def standing(cohort: Cohort) -> Standing:
    return live(lives(cohort, draws(4)))


def test_nobody_is_moved_by_company(cohort: Cohort, standing: Standing) -> None:
    whole = follow(standing, PLAN, DAYS, observables=OBSERVED, adherence=cohort.table["adherence"])
    assert whole.usable.all()
    for chosen in (np.arange(3, 4), np.arange(11, 28), np.arange(40)[::3]):
        part = cohort.rows(chosen)
        alone = follow(
            live(lives(part, draws(4))), PLAN, DAYS, observables=OBSERVED, adherence=part.table["adherence"]
        )
        from_here = follow(
            standing.rows(chosen), PLAN, DAYS, observables=OBSERVED, adherence=part.table["adherence"]
        )
        for name in OBSERVED:
            assert np.array_equal(alone.values[name], whole.values[name][chosen])
            assert np.array_equal(from_here.values[name], whole.values[name][chosen])


def test_a_life_can_be_followed_in_parts(standing: Standing) -> None:
    whole = follow(standing, PLAN, DAYS, observables=OBSERVED)
    first = follow(standing, PLAN, DAYS[:3], until=1.5 * YEAR, observables=OBSERVED)
    then = follow(first.end, PLAN, DAYS[3:], observables=OBSERVED)
    for name in OBSERVED:
        assert np.array_equal(first.values[name], whole.values[name][:, :3])
        # The integrator restarts where the parts meet.
        assert then.values[name] == pytest.approx(whole.values[name][:, 3:], rel=2e-3)


def test_cohorts_agree_with_single_subjects(cohort: Cohort) -> None:
    few = cohort.rows(np.arange(6))
    single = run(few.subjects(), [PLAN] * 6, DAYS, observables=OBSERVED)
    together = follow(live(lives(few, [physiology.values()])), PLAN, DAYS, observables=OBSERVED, wander=False)
    for site in SITES:
        assert together.bmd(site) == pytest.approx(single.values[f"bmd_{site}"], rel=2e-3)
        t_score = together.t_score(site)[:, 0]
        assert t_score == pytest.approx(few.table[f"t_score_{site}"])
    assert together.values["ctx"] == pytest.approx(single.values["ctx"], rel=5e-3)


def test_who_takes_half_the_tablets_has_half_the_drug_and_every_injection(standing: Standing) -> None:
    n = len(standing)
    half = follow(standing, PLAN, DAYS, observables=OBSERVED, adherence=np.full(n, 0.5))
    told = follow(standing, (Course("letrozole", adherence=0.5), PLAN[1]), DAYS, observables=OBSERVED)
    full = follow(standing, PLAN, DAYS, observables=OBSERVED)
    for name in OBSERVED:
        assert half.values[name] == pytest.approx(told.values[name], rel=1e-9)
    assert (half.values["estradiol"][:, 2] > full.values["estradiol"][:, 2]).all()


def test_a_supplement_is_added_to_what_each_one_eats(standing: Standing) -> None:
    supplement = Exposure("calcium", {"calcium_intake": 500.0}, 0.0)
    with_it = follow(standing, [], DAYS, exposures=[supplement], wander=False)
    without = follow(standing, [], DAYS, wander=False)
    change = with_it.values["bmd_lumbar_spine"][:, -1] - without.values["bmd_lumbar_spine"][:, -1]
    assert (change > 0).all()
    intake = standing.lives.cohort.table["calcium_intake"]
    assert with_it.end.inputs[:, INPUTS.index("calcium_intake")] == pytest.approx(intake + 500.0)


def test_what_was_taken_before_day_0_has_left_its_mark(cohort: Cohort, standing: Standing) -> None:
    history = [Course("letrozole", start_day=-2 * YEAR, stop_day=0.0)]
    treated = live(lives(cohort, draws(4)), history)
    assert (treated.reference[:, 0] < standing.reference[:, 0]).all()
    after = follow(treated, history, DAYS, observables=OBSERVED, wander=False)
    untreated = follow(standing, [], DAYS, observables=OBSERVED, wander=False)
    gained = after.values["bmd_lumbar_spine"][:, -1] - untreated.values["bmd_lumbar_spine"][:, -1]
    assert (gained > 0).mean() > 0.9
    with pytest.raises(ValueError, match="before somebody"):
        live(lives(cohort, draws(4)), [Course("letrozole", start_day=-60 * YEAR, stop_day=0.0)])


def test_the_peak_bone_that_follows_is_that_of_young_adults_and_knows_no_speed_of_loss() -> None:
    cohort = draw(population("us-women", Eligibility(age=(60, 70))), 2000, "peak")
    kept = live(lives(cohort, [physiology.values()])).reference
    for i, site in enumerate(SITES):
        lived = np.log(kept[:, i])
        left = np.log(np.maximum(cohort.table[f"bmd_{site}"], 0.2)) - lived
        strayed = variability().wander[site].sd ** 2 * (65 - 30)
        young = young_reference(site)
        assert np.exp(left).mean() == pytest.approx(young.mean, rel=0.06)
        assert np.sqrt(left.var() - strayed) == pytest.approx(young.sd / young.mean, rel=0.25)
        assert abs(np.corrcoef(left, lived)[0, 1]) < 0.13
        assert np.corrcoef(lived, cohort.table[f"bmd_{site}"])[0, 1] > 0.13


def test_days_have_to_lie_ahead(standing: Standing) -> None:
    with pytest.raises(ValueError, match="days lie"):
        follow(standing, [], np.array([-1.0, 10.0]))
    with pytest.raises(ValueError, match="days lie"):
        follow(standing, [], np.array([0.0, 10.0]), until=5.0)

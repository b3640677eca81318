"""People of a trial: who enters, what is measured, who is lost and who is rescued."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from osteocast.errors import NotCovered
from osteocast.therapies import Course
from osteocast.trials.schema import Arm
from osteocast.virtual_trials import (
    Adherence,
    Eligibility,
    Measurement,
    Pool,
    TrialDesign,
    build_pool,
    conduct,
)
from osteocast.virtual_trials.measuring import error_of

EXACT = Measurement(
    scan=dict.fromkeys(("lumbar_spine", "total_hip", "femoral_neck"), 1e-9), assay={"ctx": 1e-9}
)


def test_a_replicate_is_the_same_whatever_was_run_before(design: TrialDesign, pool: Pool) -> None:
    alone = conduct(design, pool, 3)
    conduct(design, pool, 1)
    again = conduct(design, pool, 3)
    assert (alone.member == again.member).all()
    np.testing.assert_array_equal(alone.measured["ctx"], again.measured["ctx"])


def test_a_larger_trial_begins_with_the_people_of_a_smaller_one(design: TrialDesign, pool: Pool) -> None:
    small, large = conduct(design, pool, 0, size=20), conduct(design, pool, 0, size=50)
    first = large.first(20)
    assert (first.member == small.member).all()
    assert (first.arm == small.arm).all()
    np.testing.assert_array_equal(first.measured["bmd_total_hip"], small.measured["bmd_total_hip"])


def test_whoever_enters_was_eligible_at_screening(design: TrialDesign, pool: Pool) -> None:
    strict = replace(
        design, eligibility=Eligibility(t_score={"lumbar_spine": (-1.5, -1.0)}), measurement=EXACT
    )
    data = conduct(strict, pool, 0)
    from osteocast.person import young_reference

    young = young_reference("lumbar_spine")
    scores = (pool.screening["lumbar_spine"][data.member] - young.mean) / young.sd
    assert ((scores > -1.5001) & (scores < -0.9999)).all()
    assert data.screened == len(data) + data.not_eligible["T-score lumbar spine"]


def test_a_trial_that_nobody_fits_says_so(design: TrialDesign, pool: Pool) -> None:
    with pytest.raises(NotCovered, match="eligible"):
        conduct(replace(design, eligibility=Eligibility(age=(109, None))), pool, 0)


def test_dropout_is_as_frequent_as_the_design_says(design: TrialDesign, pool: Pool) -> None:
    data = conduct(replace(design, dropout={"denosumab": 0.3, "placebo": 0.0}), pool, 0, size=4000)
    lost = ~np.isfinite(data.measured["bmd_total_hip"])
    left = lost[data.in_arm("denosumab")][:, -1].mean()
    assert left == pytest.approx(1 - 0.7**2, abs=0.03)
    assert not lost[data.in_arm("placebo")].any()
    assert (lost[:, 1:] >= lost[:, :-1]).all()  # nobody comes back


def test_tablets_left_in_the_box_do_less_and_a_syringe_is_given(design: TrialDesign) -> None:
    tablets = (Course("letrozole"), Course("alendronate"))
    arms = {
        "denosumab": design.arms["denosumab"],
        "alendronate": replace(design.arms["placebo"], name="alendronate", courses=tablets, rules=()),
    }
    all_in = dict.fromkeys(arms, 1)
    few = replace(
        design,
        arms=arms,
        randomisation=replace(design.randomisation, allocation=all_in, blocks=(2,)),
        endpoints=(replace(design.primary, arm="alendronate", versus="denosumab"),),
        dropout={},
        people=16,
        draws=1,
    )
    hip = {}
    for mean in (1.0, 0.3):
        changed = replace(few, adherence={arm: Adherence(mean) for arm in arms})
        hip[mean] = build_pool(changed).values["bmd_total_hip"][:, :, -1].mean(axis=1)
    injected, swallowed = (hip[1.0] - hip[0.3])[:2]
    # Letrozole is a tablet in both arms: less of it is less lost, which alendronate more than makes up for.
    assert swallowed > injected
    assert swallowed > 0.01


def test_measurement_error_widens_changes_as_its_size_says(design: TrialDesign, pool: Pool) -> None:
    with_error = replace(design, measurement=replace(EXACT, scan={**EXACT.scan, "total_hip": 3.0}))
    spreads = []
    for one in (replace(design, measurement=EXACT), with_error):
        # Eligibility off: the same people enter both.
        data = conduct(replace(one, eligibility=Eligibility(), dropout={}), pool, 0, size=3000)
        values = np.log(data.measured["bmd_total_hip"][data.in_arm("denosumab")])
        spreads.append(np.var(values[:, 2] - values[:, 0]))
    assert spreads[1] - spreads[0] == pytest.approx(2 * 0.03**2, rel=0.12)


def test_the_error_of_a_scan_follows_the_precision_of_the_centre() -> None:
    one, two = (error_of(Measurement(precision={"total_hip": cv}), "bmd_total_hip") for cv in (1.0, 2.0))
    assert two == pytest.approx(2 * one)
    assert error_of(Measurement(vendor="lunar"), "bmd_lumbar_spine") != error_of(
        Measurement(), "bmd_lumbar_spine"
    )
    assert error_of(Measurement(), "rankl_opg_ratio") == 0.0


def test_a_rescue_comes_to_those_measured_below_and_turns_their_course(
    design: TrialDesign, pool: Pool
) -> None:
    data = conduct(replace(design, measurement=EXACT, dropout={}), pool, 0, size=400)
    placebo = data.in_arm("placebo")
    rescued = data.rescued >= 1
    assert rescued[placebo].any()
    assert not rescued[~placebo].any()
    arms = dict(design.arms)
    arms["placebo"] = Arm("placebo", arms["placebo"].courses, arms["placebo"].population)
    without = conduct(replace(design, arms=arms, measurement=EXACT, dropout={}), pool, 0, size=400)
    early = placebo & (data.rescued == 1)
    gain = data.measured["bmd_lumbar_spine"] / without.measured["bmd_lumbar_spine"]
    assert gain[early][:, :2] == pytest.approx(1.0, abs=1e-6)
    assert (gain[early][:, -1] > 1.01).all()
    never = placebo & ~rescued
    assert gain[never] == pytest.approx(1.0, abs=1e-6)


def test_visits_lie_within_their_windows(design: TrialDesign, pool: Pool) -> None:
    exact = replace(design, measurement=EXACT, dropout={})
    moved, still = (conduct(replace(exact, window_days=days), pool, 0) for days in (14.0, 0.0))
    ctx = [data.measured["ctx"][data.in_arm("denosumab")] for data in (moved, still)]
    assert (ctx[0][:, 0] == ctx[1][:, 0]).all()
    assert (ctx[0][:, 1] != ctx[1][:, 1]).all()

"""Policies: paired differences that add up, rules that start treatment, harms per thousand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from osteocast.errors import InputError
from osteocast.planning.harms import harm_of
from osteocast.virtual_trials import PolicyResult, load_policies, run_policy
from osteocast.virtual_trials.policy_results import HORIZONS, KINDS, Estimate
from osteocast.virtual_trials.sensitivity import COEFFICIENTS, sensitivity

STUDIES = load_policies()


@pytest.fixture(scope="module")
def exits() -> PolicyResult:
    return run_policy(STUDIES["denosumab-exits"], women=8, worlds=6)


@pytest.fixture(scope="module")
def delayed() -> PolicyResult:
    return run_policy(STUDIES["upfront-or-delayed-zoledronate"], women=16, worlds=4)


def test_what_is_averted_is_the_difference_of_the_two_rows(exits: PolicyResult) -> None:
    reference = exits.outcome(exits.study.reference)
    for outcome in exits.outcomes:
        for kind in KINDS:
            for years in HORIZONS:
                apart = reference.fractures[kind, years].mean - outcome.fractures[kind, years].mean
                assert outcome.averted[kind, years].mean == pytest.approx(apart, abs=1e-9)
    assert all(one.mean == 0 for one in reference.averted.values())


def test_kinds_and_horizons_contain_each_other(exits: PolicyResult) -> None:
    for outcome in exits.outcomes:
        for kind in KINDS:
            assert outcome.fractures[kind, 5.0].mean <= outcome.fractures[kind, 10.0].mean
        for years in HORIZONS:
            counted = {kind: outcome.fractures[kind, years].mean for kind in KINDS}
            assert counted["hip"] <= counted["major_osteoporotic"] <= counted["any_clinical"]


def test_exits_are_one_until_denosumab_ends(exits: PolicyResult) -> None:
    five = {one.name: one.fractures["any_clinical", 5.0].mean for one in exits.outcomes}
    followed = ("nothing to follow", "zoledronate once", "zoledronate twice", "alendronate for two years")
    assert len({round(five[name], 6) for name in followed}) == 1
    assert five["no drug for bone"] > five["nothing to follow"]


def test_only_nothing_to_follow_has_several_vertebral_fractures_at_once(exits: PolicyResult) -> None:
    several = {one.name: one.fractures["multiple_vertebral", 10.0].mean for one in exits.outcomes}
    assert several.pop("nothing to follow") > 1.0
    assert set(several.values()) == {0.0}
    vertebral = {one.name: one.fractures["clinical_vertebral", 10.0].mean for one in exits.outcomes}
    assert vertebral["zoledronate twice"] < vertebral["zoledronate once"] < vertebral["nothing to follow"]


def test_harms_are_those_of_the_courses(exits: PolicyResult) -> None:
    for arm, outcome in zip(exits.study.arms, exits.outcomes, strict=True):
        whole = harm_of(arm.courses, HORIZONS[-1] * 365.25)
        assert outcome.harm(HORIZONS[-1]) == pytest.approx(whole.per_10000 / 10.0)
        assert outcome.harm(HORIZONS[0]) <= outcome.harm(HORIZONS[-1])
        for horizon, (low, high) in outcome.harms_between.items():
            assert low < outcome.harm(horizon) < high or low == high == outcome.harm(horizon) == 0.0
            # Harms are drawn apart, so that their sum is less open than they are together.
            assert high <= sum(one.between[horizon][1] for one in outcome.harms)


def test_a_rule_treats_some_and_helps_less_than_treating_all(delayed: PolicyResult) -> None:
    some = delayed.outcome("zoledronate when below -2")
    everybody = delayed.outcome("zoledronate at once")
    assert 0.0 < some.treated < everybody.treated == 1.0
    key = "any_clinical", 10.0
    assert 0.0 < some.averted[key].mean < everybody.averted[key].mean
    assert 0.0 < some.harm(10.0) < everybody.harm(10.0)
    assert some.bmd_change["lumbar_spine", 5.0] < everybody.bmd_change["lumbar_spine", 5.0]


def test_the_same_women_give_the_same_numbers(delayed: PolicyResult) -> None:
    again = run_policy(STUDIES["upfront-or-delayed-zoledronate"], women=16, worlds=4, threads=1)
    assert again.outcomes == delayed.outcomes


def test_women_are_those_whom_the_study_admits(exits: PolicyResult) -> None:
    assert exits.baseline["lowest_t_score"][0] < -1.0
    assert exits.women == 8


def test_five_more_years_of_an_inhibitor_cost_fractures_that_zoledronate_spares() -> None:
    found = run_policy(STUDIES["inhibitor-for-ten-years"], women=8, worlds=4)
    key = "any_clinical", 10.0
    more, spared = (one.averted[key].mean for one in found.outcomes[1:])
    assert more < 0 < spared


def test_an_estimate_counts_per_thousand_and_pairs_women() -> None:
    values = np.array([[0.1, 0.3], [0.2, 0.4]])
    one = Estimate.of(values)
    assert one.mean == pytest.approx(250.0)
    assert 150.0 <= one.low < one.high <= 350.0
    assert one.monte_carlo == pytest.approx(np.std([200.0, 300.0], ddof=1) / np.sqrt(2))


def test_a_parameter_without_influence_is_not_named() -> None:
    from osteocast.inference.posterior import scaled_draws

    scaled = scaled_draws(200)
    noise = np.random.default_rng(5).standard_normal(200)
    found = sensitivity(scaled, noise, noise)
    assert [one.name for one in found if one.name != COEFFICIENTS] == []
    assert sensitivity(scaled, np.ones(200), noise) == ()


def test_every_problem_of_a_file_of_policies_is_listed(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "mine:\n"
        "  population: martians\n"
        "  reference: nobody\n"
        "  eligibility: {age: [80, 60], shoe_size: [1, 2]}\n"
        "  arms:\n"
        "    a: {courses: [{drug: denosumob}]}\n"
        "    b: {}\n"
    )
    with pytest.raises(InputError) as caught:
        load_policies(file)
    fields = {problem.field for problem in caught.value.problems}
    assert fields >= {
        "mine.population",
        "mine.reference",
        "mine.eligibility.age",
        "mine.eligibility.shoe_size",
        "mine.arms.a.courses[0].drug",
        "mine.arms.b.courses",
    }

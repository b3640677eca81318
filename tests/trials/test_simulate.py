"""Re-simulated trials: changes, differences, and arms that a rule splits."""

from __future__ import annotations

import importlib
from dataclasses import replace

import numpy as np
import pytest

from osteocast.errors import EngineError, TrialError
from osteocast.physiology import values
from osteocast.trials import Arm, Observation, Trial, load_trials, parse_trial, validate
from osteocast.trials.rescue import rescue_visits, rescued_courses
from osteocast.trials.schema import Population
from osteocast.trials.simulate import simulate_course, simulate_rescues, simulate_trials, subject_of

TRIALS = {trial.name: trial for trial in load_trials()}
Z_FAST = TRIALS["z-fast"]
RULE = Z_FAST.arms["delayed"].rules[0]


def observed(*observations: Observation, arms: dict[str, Arm] | None = None) -> np.ndarray:
    """Simulate observations in Z-FAST, with other arms if given."""
    return simulate_trials([replace(Z_FAST, observations=observations, arms=arms or Z_FAST.arms)])[0]


def seen(arm: str, month: float, **changes: object) -> Observation:
    plain = Observation(f"{arm}-{month:g}", arm, "bmd_lumbar_spine", month, 0.0, "pct")
    return replace(plain, **changes)  # type: ignore[arg-type]


def with_rule(**changes: object) -> dict[str, Arm]:
    """Return the arms of Z-FAST with another rule for the delayed one."""
    delayed = replace(Z_FAST.arms["delayed"], rules=(replace(RULE, **changes),))  # type: ignore[arg-type]
    return {**Z_FAST.arms, "delayed": delayed}


def test_versus_is_the_difference_of_the_arms() -> None:
    both = observed(seen("upfront", 36), seen("delayed", 36), seen("upfront", 36, versus="delayed"))
    assert both[2] == pytest.approx(both[0] - both[1], abs=1e-12)


def test_units_of_a_change_agree_with_each_other() -> None:
    pct, per_year, change, early, late = observed(
        seen("upfront", 36, from_month=12),
        seen("upfront", 36, from_month=12, unit="pct_per_year"),
        seen("upfront", 36, from_month=12, unit="change"),
        seen("upfront", 12, unit="absolute"),
        seen("upfront", 36, unit="absolute"),
    )
    assert pct == pytest.approx(100 * (late / early - 1))
    assert per_year == pytest.approx(pct / 2)
    assert change == pytest.approx(late - early)


def test_an_arm_with_a_rule_lies_between_never_and_always_rescued() -> None:
    when = [seen("delayed", month) for month in (12, 36, 61)]
    never = observed(*when, arms=with_rule(below=-20.0))
    ruled = observed(*when)
    # Nobody is below a T-score of 20: all start at the first visit.
    always = observed(*when, arms=with_rule(below=20.0))
    assert (never < ruled).all()
    assert (ruled < always).all()
    shares = simulate_rescues(Z_FAST, "delayed")
    assert ruled[2] - never[2] < shares.sum() * (always[2] - never[2]) * 1.05


def test_everybody_rescued_at_once_is_an_arm_of_its_own() -> None:
    month = Z_FAST.visits[0]
    treated = Arm("treated", rescued_courses(Z_FAST.arms["delayed"], month), Z_FAST.population)
    arms = {**with_rule(below=20.0), "treated": treated}
    ruled, plain = observed(seen("delayed", 36), seen("treated", 36), arms=arms)
    assert ruled == pytest.approx(plain, abs=1e-9)


def test_the_share_rescued_is_of_the_size_that_was_published() -> None:
    """About a quarter of the delayed arm of Z-FAST; the model, whose people all lose alike, has fewer."""
    shares = simulate_rescues(Z_FAST, "delayed")
    assert shares.shape == (len(Z_FAST.visits),)
    assert (shares >= 0).all()
    assert 0.10 <= shares.sum() <= 0.35


def test_a_stricter_rule_rescues_more_and_a_later_one_not_before_its_time() -> None:
    def shares(**changes: object) -> np.ndarray:
        return simulate_rescues(replace(Z_FAST, arms=with_rule(**changes)), "delayed")

    assert shares(below=-1.5).sum() > shares().sum() > shares(below=-2.5).sum()
    late = shares(from_month=36.0)
    assert late[:3].sum() == 0 and late[3] > 0
    assert shares(sites=("lumbar_spine",)).sum() < shares().sum()


def test_an_arm_without_a_rule_rescues_nobody() -> None:
    assert simulate_rescues(Z_FAST, "upfront").sum() == 0
    assert rescue_visits(Z_FAST, Z_FAST.arms["upfront"]) == []


def test_several_parameter_sets_are_simulated_as_each_alone() -> None:
    sets = [values(), values({"e2_half_effect": 20.0})]
    both = simulate_trials([Z_FAST], sets)
    assert both.shape == (2, len(Z_FAST.observations))
    for own, row in zip(sets, both, strict=True):
        np.testing.assert_array_equal(simulate_trials([Z_FAST], [own])[0], row)
    assert not np.allclose(both[0], both[1])


def test_a_trial_gives_the_same_alone_and_among_others() -> None:
    together = simulate_trials([TRIALS["atac"], Z_FAST, TRIALS["zo-fast"]])[0]
    n = len(TRIALS["atac"].observations)
    alone = simulate_trials([Z_FAST])[0]
    np.testing.assert_allclose(together[n : n + alone.size], alone, rtol=1e-12)


def test_a_course_passes_through_the_observation_it_is_like() -> None:
    like = Z_FAST.observation("upfront-lumbar-spine-difference-36")
    course = simulate_course(Z_FAST, like, [12.0, 36.0])[0]
    both = {
        one.id: value for one, value in zip(Z_FAST.observations, simulate_trials([Z_FAST])[0], strict=True)
    }
    # Within the error of the engine: a life that ends sooner takes its last steps elsewhere.
    assert course[1] == pytest.approx(both["upfront-lumbar-spine-difference-36"], abs=0.01)
    assert course[0] == pytest.approx(both["upfront-lumbar-spine-difference-12"], abs=0.01)


def test_a_population_becomes_its_average_woman() -> None:
    population = replace(
        Z_FAST.population, calcium_intake=700.0, calcium_supplement=500.0, estradiol=6.0, weight_kg=72.0
    )
    woman = subject_of(population)
    assert (woman.calcium_intake, woman.calcium_intake_after) == (700.0, 1200.0)
    assert (woman.estradiol, woman.weight_kg) == (6.0, 72.0)
    assert subject_of(replace(population, calcium_supplement=0.0)).calcium_intake_after is None


def test_a_population_of_men_becomes_their_average_man() -> None:
    population = Population(sex="male", age=70, testosterone=343.0, estradiol=26.0)
    man = subject_of(population)
    assert (man.sex, man.testosterone, man.estradiol) == ("male", 343.0, 26.0)
    assert man.weight_kg > subject_of(Z_FAST.population).weight_kg
    assert subject_of(replace(population, weight_kg=95.0)).weight_kg == 95.0


def test_hormones_of_untreated_men_are_their_own() -> None:
    trial = parse_trial(
        "trial: men\n"
        "population: {sex: male, age: 70, testosterone: 343, estradiol: 26}\n"
        "arms: {none: {courses: []}}\n"
        "observations:\n"
        "  - {arm: none, observable: testosterone, month: 6, unit: absolute, value: 343, source: this test}\n"
        "  - {arm: none, observable: estradiol, month: 6, unit: absolute, value: 26, source: this test}\n"
    )
    assert simulate_trials([trial])[0] == pytest.approx([343.0, 26.0], rel=0.02)


def test_a_second_rule_is_refused() -> None:
    rule = "{check: visits, if: {t_score: {sites: [total_hip], below: -2}}, give: [{drug: zoledronate}]}"
    with pytest.raises(TrialError, match="one rule"):
        parse_trial(
            "trial: two\n"
            "population: {sex: female, age: 60, years_since_menopause: 10}\n"
            "visits: [6]\n"
            f"arms: {{a: {{courses: [], rules: [{rule}, {rule}]}}}}\n"
            "observations:\n"
            "  - {arm: a, observable: bmd_total_hip, month: 12, value: 2, source: made for this test}\n"
        )


def test_a_trial_that_cannot_be_simulated_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = np.full((1, len(Z_FAST.observations)), np.nan)
    module = importlib.import_module(
        "osteocast.trials.validate"
    )  # the package shows the function of that name
    monkeypatch.setattr(module, "simulate_trials", lambda *_: failed)
    with pytest.raises(EngineError, match="z-fast, upfront-lumbar-spine-difference-12"):
        validate(trials=[Z_FAST])


def test_the_population_of_an_arm_decides_not_the_trial() -> None:
    younger = replace(Z_FAST.population, age=52.0, menopause_age=50.0)
    arms = {**Z_FAST.arms, "early": replace(Z_FAST.arms["upfront"], name="early", population=younger)}
    trial: Trial = replace(Z_FAST, arms=arms, observations=(seen("upfront", 36), seen("early", 36)))
    late, early = simulate_trials([trial])[0]
    # Two years after the menopause the skeleton is still losing what the menopause takes.
    assert early < late - 1.0

"""Lifestyle in trials: it reaches the simulation, and the published files use it soundly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from osteocast.evidence import load
from osteocast.person.reference import young_reference
from osteocast.trials import Trial, load_trials
from osteocast.trials.people import exposures_of, usual_density
from osteocast.trials.simulate import simulate_trials

TRIALS = {trial.name: trial for trial in load_trials()}
TAUGHT = [trial for trial in TRIALS.values() if any(arm.lifestyle for arm in trial.arms.values())]
LIFTMOR = TRIALS["liftmor"]


def simulated(trial: Trial) -> dict[str, float]:
    values = simulate_trials([trial])[0]
    return {one.id: float(value) for one, value in zip(trial.observations, values, strict=True)}


def test_training_reaches_the_skeleton_and_only_in_its_arm() -> None:
    with_it = simulated(LIFTMOR)
    idle = {**LIFTMOR.arms, "training": replace(LIFTMOR.arms["training"], lifestyle=None)}
    without = simulated(replace(LIFTMOR, arms=idle))
    for site in ("lumbar-spine", "femoral-neck"):
        assert with_it[f"training-{site}-8"] > without[f"training-{site}-8"] + 0.3
        assert with_it[f"control-{site}-8"] == pytest.approx(without[f"control-{site}-8"])
        assert without[f"training-{site}-8"] == pytest.approx(without[f"control-{site}-8"])


def test_what_is_added_to_the_inputs_is_what_the_lifestyle_says_of_that_body() -> None:
    training, control = LIFTMOR.arms["training"], LIFTMOR.arms["control"]
    (exposure,) = exposures_of(training)
    assert exposure.start_day == 0.0 and exposure.stop_day == 35 * 7
    assert 0.9 < exposure.inputs["loading_lumbar_spine"] <= 1.0
    assert exposures_of(control) == ()


def test_calcium_in_the_diet_of_an_arm_lowers_parathyroid_hormone() -> None:
    trial = TRIALS["reid-calcium"]
    like = trial.observations[0]
    pth = replace(like, id="pth", observable="pth", month=12.0, unit="pct")
    assert simulated(replace(trial, observations=(pth,)))["pth"] < 0


def test_a_change_in_grams_is_the_share_of_the_density_on_day_0() -> None:
    trial = TRIALS["exercise-by-intensity"]
    (one,) = [one for one in trial.observations if one.id == "high-lumbar-spine-difference-12"]
    both = replace(trial, observations=(one, replace(one, id="percent", unit="pct")))
    grams, percent = simulate_trials([both])[0]
    density = usual_density(trial.population, "lumbar_spine")
    assert 0.7 < density < young_reference("lumbar_spine").mean
    assert grams == pytest.approx(percent / 100 * density, rel=1e-6)


def test_the_density_of_a_population_follows_its_t_score_where_one_is_known() -> None:
    young = young_reference("total_hip")
    population = replace(LIFTMOR.population, t_score={"total_hip": (-1.5, 0.8)})
    assert usual_density(population, "total_hip") == pytest.approx(young.mean - 1.5 * young.sd)
    old, middle = (
        usual_density(replace(population, age=age, t_score={}), "total_hip") for age in (78.0, 45.0)
    )
    assert old < middle


@pytest.mark.parametrize("trial", TAUGHT, ids=lambda trial: trial.name)
def test_the_numbers_of_lifestyle_trials_are_used_and_those_said_in_words_only_nulls(trial: Trial) -> None:
    registry = load()
    for one in trial.observations:
        for reference in (one.evidence, one.versus_evidence):
            assert reference is None or registry.value(reference).status == "used"
        assert one.evidence is not None
        if "said in words" in (registry.value(one.evidence).note or ""):
            assert one.null_result and one.value == 0 and one.note
        if one.null_result:
            low, high = one.interval or (np.nan, np.nan)
            assert low <= one.value <= high
            # It found nothing: no effect at all lies within what was found.
            assert low <= 0 <= high


def test_many_lifestyle_trials_are_there_and_each_arm_starts_its_lifestyle_at_randomisation() -> None:
    assert len(TAUGHT) >= 40
    for trial in TAUGHT:
        for arm in trial.arms.values():
            if arm.lifestyle is not None:
                assert all(programme.start_day >= 0 for programme in arm.lifestyle.exercise)
                assert arm.lifestyle.nutrition is None or arm.lifestyle.nutrition.start_day >= 0

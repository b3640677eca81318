"""Published trials as designs: sizes, eligibility, and that every kind of them runs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from osteocast.trials import load_trials
from osteocast.virtual_trials import run_trial
from osteocast.virtual_trials.published import published_design

TRIALS = {trial.name: trial for trial in load_trials()}


@pytest.mark.parametrize(
    # One arm; levels of hormones in men; lifestyle; rates per year; g/cm2; arms with people of their own.
    "name",
    ["camos", "bhasin-2001", "liftmor", "swan", "exercise-by-intensity", "ibis-2", "n03cc"],
)
def test_every_kind_of_published_trial_runs(name: str) -> None:
    design = replace(published_design(TRIALS[name]), replicates=2, draws=1, people=16, size=40)
    result = run_trial(design)
    assert [one.endpoint.name for one in result.typical() if one.people == "as_observed"] == [
        one.id for one in TRIALS[name].observations
    ]


def test_sizes_are_those_behind_the_numbers() -> None:
    design = published_design(TRIALS["zo-fast"])
    assert 1000 < design.size < 2001
    large = published_design(TRIALS["freedom"])
    assert "1000 instead of" in large.assumed["size"]
    assert large.size == 1000 * len(large.arms)


def test_windows_of_visits_close_together_do_not_overlap() -> None:
    design = published_design(TRIALS["z-fast"])
    assert design.window_days <= (61 - 60) * 30.4375 / 2

"""Small versions of what `scripts/check-personal-update` does at length."""

from __future__ import annotations

import numpy as np
import pytest

from osteocast.inference.personal import PersonalLikelihood, measured, update
from osteocast.inference.personal.__main__ import main
from osteocast.inference.personal.calibration import calibrate, flag_rates, uniformity
from osteocast.inference.personal.reference import reference_sample, split_r_hat
from osteocast.person import Case
from osteocast.population import Futures, quantiles


def test_ranks_of_the_truth_are_uniform(case: Case, stored: Futures, simulate) -> None:  # type: ignore[no-untyped-def]
    found = calibrate(stored, simulate("truth", 300), measured(case))
    assert set(found.values) == {"rate so far", "density today", "change to come"}
    for ranks in found.values.values():
        assert ranks.size == 300
        assert uniformity(ranks)[1] > 0.005
    assert found.ess.min() > 50


def test_ranks_betray_an_update_that_is_too_sure_of_itself(case: Case, stored: Futures, simulate) -> None:  # type: ignore[no-untyped-def]
    own = measured(case)
    found = calibrate(stored, simulate("truth", 300), own)
    # Ranks pushed outwards, as they are when bands are too narrow.
    outward = (
        0.5
        + 0.5
        * np.sign(found.values["rate so far"] - 0.5)
        * np.abs(2 * found.values["rate so far"] - 1) ** 0.5
    )
    assert uniformity(outward)[1] < 0.01


def test_sound_series_are_rarely_flagged_and_a_wrong_scan_is_mostly_found(
    case: Case,
    stored: Futures,
    simulate,  # type: ignore[no-untyped-def]
) -> None:
    sound, found = flag_rates(stored, simulate("flags", 120), measured(case), wrong=6, by=0.12)
    assert sound < 0.08
    assert found > 0.8


def test_reweighting_new_people_and_the_reference_agree(case: Case, stored: Futures) -> None:
    likelihood = PersonalLikelihood(measured(case), stored.people.traits)
    reference = reference_sample(stored, likelihood, chains=48, warm_up=50, steps=120)
    past, _ = stored.past_of(reference.people)
    slow = -100.0 * np.log(past["bmd_total_hip"][:, 0])
    assert split_r_hat(reference.by_chain(slow)) < 1.1
    expected = quantiles(slow, np.ones(slow.size), (0.05, 0.5, 0.95))
    for found in (update(case, stored), update(case, stored, least_ess=1e9)):
        first = -100.0 * np.log(found.futures.past["bmd_total_hip"][:, 0])
        assert quantiles(first, found.weights, (0.05, 0.5, 0.95)) == pytest.approx(
            expected, abs=0.4 * slow.std()
        )


def test_the_script_says_that_nothing_is_off(capsys) -> None:  # type: ignore[no-untyped-def]
    sizes = ["--people", "500", "--truths", "60", "--chains", "24", "--steps", "40"]
    code = main(sizes)
    text = capsys.readouterr().out
    assert "Simulation-based calibration: 60 made-up persons" in text
    assert "reweighting" in text and "inhibitor alone" in text
    assert (code == 0) == ("nothing is off" in text)

"""Prediction intervals: their parts, their rank, and whether they hold what was published."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from osteocast.inference.likelihood import spread as fitted_with
from osteocast.inference.prediction import Coverage, Intervals, mixture, predict, sampling_error, spread
from osteocast.trials import Trial, load_trials, parse_trial

TRIALS = {trial.name: trial for trial in load_trials()}
#: Few draws: what is tested here is the arithmetic, not the tails.
HELD: Intervals = predict(n_draw=16)


def test_a_mixture_of_equal_draws_is_the_normal_distribution() -> None:
    low, median, high, rank = mixture(np.full(5, 2.0), 1.0, 3.0)
    assert (low, high) == pytest.approx((2 - 1.645, 2 + 1.645), abs=0.03)
    assert median == pytest.approx(2.0, abs=0.01)
    assert rank == pytest.approx(0.8413, abs=1e-3)


def test_draws_that_differ_widen_the_interval_and_order_the_ranks() -> None:
    narrow = mixture(np.array([0.0, 0.0]), 1.0, 0.0)
    wide = mixture(np.array([-2.0, 2.0]), 1.0, 0.0)
    assert wide[0] < narrow[0] - 1 and wide[2] > narrow[2] + 1
    ranks = [mixture(np.array([-2.0, 2.0]), 1.0, x)[3] for x in (-4.0, -1.0, 0.0, 1.0, 4.0)]
    assert ranks == sorted(ranks)
    assert ranks[2] == pytest.approx(0.5)


def test_without_any_spread_the_rank_counts_draws() -> None:
    assert mixture(np.array([1.0, 2.0, 3.0, 4.0]), 0.0, 2.5)[3] == 0.5


def trial_of(observation: str) -> Trial:
    return parse_trial(
        "trial: own\n"
        "population: {sex: female, age: 60, years_since_menopause: 10}\n"
        "arms: {a: {courses: []}, b: {courses: []}}\n"
        f"observations:\n  - {{arm: a, observable: bmd_total_hip, value: 0.5, source: own, {observation}}}\n"
    )


def error_of(observation: str) -> tuple[float, bool]:
    trial = trial_of(observation)
    return sampling_error(trial, trial.observations[0])


def test_the_sampling_error_is_the_printed_one_where_there_is_one() -> None:
    assert error_of("month: 12, se: 0.3") == (0.3, True)
    for printed in ("ci: [-0.48, 1.48]", "sd: 3, n: 36"):
        error, known = error_of(f"month: 12, {printed}")
        assert known and error == pytest.approx(0.5)


def test_a_usual_sampling_error_stands_in_and_falls_with_the_number_of_people() -> None:
    few, known = error_of("month: 12, n: 25")
    many, _ = error_of("month: 12, n: 100")
    difference, _ = error_of("month: 12, n: 100, versus: b")
    yearly, _ = error_of("month: 48, n: 100, unit: pct_per_year")
    assert not known
    assert few == pytest.approx(2 * many)
    assert difference == pytest.approx(many * math.sqrt(2))
    assert yearly == pytest.approx(many / 4)
    # People's changes of density in a year or two differ by some percent.
    assert 2 < few * 5 < 5


def test_study_and_remainder_are_in_the_unit_of_the_observation() -> None:
    percent, yearly, grams, level = (
        trial_of(f"month: 24, unit: {unit}") for unit in ("pct", "pct_per_year", "g_per_cm2", "absolute")
    )
    study, remainder = spread(percent, percent.observations[0], -1.0)
    assert spread(yearly, yearly.observations[0], -1.0) == pytest.approx((study / 2, remainder / 2))
    in_grams = spread(grams, grams.observations[0], 0.01)
    assert 0.006 * study < in_grams[0] < 0.011 * study
    assert spread(level, level.observations[0], 50.0) == pytest.approx((study / 2, remainder / 2))


def test_a_mean_is_predicted_with_the_spread_that_it_was_fitted_with() -> None:
    known = {trial.kind: trial for trial in TRIALS.values() if trial.observations[0].is_bmd}
    for kind, trial in known.items():
        one = replace(trial.observations[0], unit="pct")
        assert spread(trial, one, -1.0) == fitted_with(trial, one), kind
    assert len({fitted_with(trial, trial.observations[0]) for trial in known.values()}) > 1


def test_every_observation_has_an_interval_around_the_simulation() -> None:
    names = [(trial.name, one.id) for trial in TRIALS.values() for one in trial.observations]
    assert [(one.trial, one.id) for one in HELD.predictions] == names
    for one in HELD.predictions:
        assert one.low < one.median < one.high
        assert 0 <= one.rank <= 1
        assert one.high - one.low >= 3.2 * one.other_sd
        # The rank says on which side of the interval a number lies that it does not hold.
        assert one.within == (0.05 <= one.rank <= 0.95) or min(one.rank, 1 - one.rank) == pytest.approx(
            0.05, abs=0.01
        )


def test_intervals_hold_about_as_many_numbers_as_they_say() -> None:
    shares = {(one.kind, one.group): one for one in HELD.coverage()}
    fitted, predicted = shares["bone density", "fitted"], shares["bone density", "predicted"]
    assert fitted.n > 90 and predicted.n > 60
    assert 0.80 <= predicted.share <= 0.98
    assert 0.80 <= fitted.share <= 1.0


def test_coverage_counts_what_validation_counts() -> None:
    from osteocast.trials import validate

    counted = [(row.trial, row.id) for row in validate().rows if row.counted]
    density = [one for one in HELD.predictions if one.counted and one.kind == "bone density"]
    assert [(one.trial, one.id) for one in density] == counted
    assert sum(one.n for one in HELD.coverage() if one.kind == "bone density") == len(counted)


def test_numbers_of_one_trial_count_together_in_the_error_of_a_share() -> None:
    (one, *_) = HELD.predictions
    inside, outside = (replace(one, published=value) for value in (one.median, one.high + 5))
    alone = Coverage.of("new", "x", [replace(inside, trial=f"t{i}") for i in range(8)] + [outside] * 1)
    assert alone.share == pytest.approx(8 / 9)
    # Eight of sixteen: as sixteen trials, or as two that each hold all or nothing.
    apart = [replace(which, trial=f"{which.published}-{i}") for which in (inside, outside) for i in range(8)]
    together = [replace(which, trial=str(which.published)) for which in (inside, outside) for _ in range(8)]
    many, few = Coverage.of("new", "x", apart), Coverage.of("new", "x", together)
    assert (many.share, many.n_trial, few.share, few.n_trial) == (0.5, 16, 0.5, 2)
    assert many.error == pytest.approx(0.5 / math.sqrt(15))
    assert few.error == pytest.approx(0.5)
    assert math.isnan(Coverage.of("new", "x", [inside, inside]).error)
    assert str(few) == "50% ± 50"


def test_reliability_rises_with_the_level_and_meets_the_coverage() -> None:
    pairs = HELD.reliability("predicted")
    assert [level for level, _ in pairs] == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]
    shares = [share for _, share in pairs]
    assert shares == sorted(shares)
    (coverage,) = [one for one in HELD.coverage() if (one.kind, one.group) == ("bone density", "predicted")]
    assert dict(pairs)[0.9] == pytest.approx(coverage.share, abs=0.03)
    assert HELD.reliability("predicted", levels=(1.0,)) == [(1.0, 1.0)]


def test_more_draws_are_told_as_they_come_and_a_number_far_off_is_outside() -> None:
    swan = TRIALS["swan"]
    told: list[tuple[int, int]] = []
    far = replace(swan, observations=(replace(swan.observations[0], value=25.0),))
    (one,) = predict([far], n_draw=10, report=lambda done, of: told.append((done, of))).predictions
    assert told == [(8, 10), (10, 10)]
    assert not one.within and one.rank > 0.99

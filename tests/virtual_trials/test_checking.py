"""Published trials among their replicates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from osteocast.trials import Trial, load_trials
from osteocast.virtual_trials import CheckRow, ReplicateCheck, replicate_check


@pytest.fixture(scope="module")
def atac() -> Trial:
    return next(trial for trial in load_trials() if trial.name == "atac")


@pytest.fixture(scope="module")
def check(atac: Trial) -> ReplicateCheck:
    return replicate_check([atac], replicates=40, draws=8, people=48)


def test_every_published_number_has_its_place(atac: Trial, check: ReplicateCheck) -> None:
    assert [row.id for row in check.rows] == [one.id for one in atac.observations]
    for row in check.rows:
        assert row.low < row.middle < row.high
        assert row.wide_high - row.wide_low > row.high - row.low
        assert 0 < row.rank < 1


def test_numbers_that_are_far_off_are_outside(atac: Trial) -> None:
    observations = tuple(replace(one, value=one.value + 30.0) for one in atac.observations)
    check = replicate_check([replace(atac, observations=observations)], replicates=20, draws=4, people=16)
    assert not any(row.within(0.95, wide=True) for row in check.rows)
    # A trial of that name is split as the one that was read.
    assert {row.found for row in check.coverage()} == {0.0}


def test_numbers_drawn_from_the_replicates_are_covered_as_often_as_they_should_be(
    check: ReplicateCheck,
) -> None:
    rng = np.random.default_rng(3)
    rows = [
        replace(check.rows[0], rank=float(rank), wide_rank=float(rank), trial=str(k))
        for k, rank in enumerate(rng.random(2000))
    ]
    found = ReplicateCheck(tuple(rows), 40, 8, 48).coverage()
    for row in found:
        assert row.found == pytest.approx(row.level, abs=4 * np.sqrt(0.25 / 2000))
        assert row.wide_found == row.found


def test_standard_errors_are_compared_where_both_are_known(check: ReplicateCheck) -> None:
    def told(row: CheckRow, published: float | None) -> CheckRow:
        return replace(row, published_error=published)

    rows = (told(check.rows[0], check.rows[0].error / 2), told(check.rows[1], None))
    ratio, n = ReplicateCheck(rows, 1, 1, 1).error_ratios()
    assert (ratio, n) == (pytest.approx(2.0), 1)

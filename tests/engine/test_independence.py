"""A patient's numbers are her own: not those of her neighbours, the threads, or the times asked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osteocast.engine import solver
from osteocast.engine.solver import Batch, Result, simulate
from osteocast.physiology import OBSERVABLE_NAMES

from .lives import YEAR, crowd, lives, only

CROWD = crowd(41)


def assert_same(one: Result, other: Result) -> None:
    """Compare two results to the last bit."""
    for name in one.values:
        np.testing.assert_array_equal(one.values[name], other.values[name])
    np.testing.assert_array_equal(one.final, other.final)
    np.testing.assert_array_equal(one.status, other.status)
    np.testing.assert_array_equal(one.attempts, other.attempts)


def rows(result: Result, patients: list[int]) -> Result:
    """Take some patients out of a result."""
    return replace(
        result,
        values={name: table[patients] for name, table in result.values.items()},
        final=result.final[patients],
        status=result.status[patients],
        attempts=result.attempts[patients],
    )


@pytest.fixture(scope="module")
def together() -> Result:
    return simulate(CROWD, threads=1).raise_on_failure()


@given(st.lists(st.integers(0, 40), min_size=1, max_size=20))
@settings(max_examples=6)
def test_alone_or_in_any_company_a_patient_is_the_same_to_the_last_bit(patients: list[int]) -> None:
    everybody = simulate(CROWD, ("bmd_total_hip", "ctx"), threads=1)
    assert_same(simulate(only(CROWD, *patients), ("bmd_total_hip", "ctx")), rows(everybody, patients))


def test_each_patient_alone_is_the_same_to_the_last_bit(together: Result) -> None:
    for i in range(0, 41, 5):
        assert_same(simulate(only(CROWD, i)), rows(together, [i]))


@pytest.mark.parametrize("block", [1, 7, 16, 40])
def test_blocks_and_threads_change_no_bit(
    together: Result, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(solver, "BLOCK", block)
    for threads in (1, 2, 3, 8, None):
        assert_same(simulate(CROWD, threads=threads), together)


def test_the_times_asked_for_change_no_bit() -> None:
    sparse = np.array([0.0, 365.25, 700.0])
    batch = lives(days=sparse)
    dense = replace(batch, days=np.union1d(np.arange(-2000.0, 700.0, 3.7), sparse))
    few, many = simulate(batch), simulate(dense)
    where = np.searchsorted(dense.days, sparse)
    for name in OBSERVABLE_NAMES:
        np.testing.assert_array_equal(few.values[name], many.values[name][:, where])
    np.testing.assert_array_equal(few.final, many.final)
    np.testing.assert_array_equal(few.attempts, many.attempts)


def test_the_observables_asked_for_change_no_bit(together: Result) -> None:
    alone = simulate(CROWD, ("pth",))
    np.testing.assert_array_equal(alone.values["pth"], together.values["pth"])
    assert set(alone.values) == {"pth"}


def test_a_later_end_changes_nothing_that_matters_before() -> None:
    short, long = lives(days=np.array([0.0, 2 * YEAR])), lives(days=np.array([0.0, 2 * YEAR, 10 * YEAR]))
    early, late = simulate(short, ("bmd_lumbar_spine",)), simulate(long, ("bmd_lumbar_spine",))
    before, after = early.values["bmd_lumbar_spine"], late.values["bmd_lumbar_spine"][:, :2]
    assert before == pytest.approx(after, rel=1e-5)


def test_nobody_is_a_batch_too() -> None:
    nobody = Batch(
        parameters=np.empty((0, CROWD.parameters.shape[1])),
        inputs=np.empty((0, CROWD.inputs.shape[1])),
        initial=np.empty((0, CROWD.initial.shape[1])),
        start=np.empty(0),
        end=np.empty(0),
        schedule=solver.Schedule.of([]),
        days=CROWD.days,
    )
    assert simulate(nobody).values["ctx"].shape == (0, CROWD.days.size)

"""The front: what outdoes what, whatever the numbers are."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from osteocast.planning.front import dominators, front

VALUES = arrays(
    np.float64,
    st.tuples(st.integers(1, 12), st.just(4)),
    elements=st.floats(-50, 50, allow_nan=False).map(lambda value: round(value, 2)),
)
TOLERANCE = arrays(np.float64, 4, elements=st.floats(0.01, 20))


@given(VALUES, TOLERANCE)
def test_some_plan_is_always_on_the_front_and_none_of_it_is_outdone(
    values: np.ndarray, tolerance: np.ndarray
) -> None:
    on_front, outdone = front(values, tolerance)
    outdo = dominators(values, tolerance)
    assert on_front.any()
    assert not outdo[:, on_front].any()
    for j in range(len(values)):
        assert bool(outdone[j]) == (not on_front[j])
        assert all(outdo[i, j] for i in outdone[j])


@given(VALUES, TOLERANCE)
def test_no_plan_outdoes_itself_or_one_that_outdoes_it(values: np.ndarray, tolerance: np.ndarray) -> None:
    outdo = dominators(values, tolerance)
    assert not np.diag(outdo).any()
    assert not (outdo & outdo.T).any()


@given(VALUES)
def test_with_hardly_any_tolerance_the_front_is_that_of_pareto(values: np.ndarray) -> None:
    on_front, _ = front(values, np.full(4, 1e-9))
    for j, value in enumerate(values):
        beaten = ((values <= value).all(axis=1) & (values < value).any(axis=1)).any()
        assert on_front[j] != beaten


def test_what_lies_within_the_tolerance_outdoes_nothing() -> None:
    values = np.array([[10.0, 0.0, 0.0, 1.0], [10.1, 0.1, 0.5, 1.2]])
    assert front(values, np.array([0.2, 0.5, 1.0, 0.5]))[0].tolist() == [True, True]
    assert front(values, np.array([0.05, 0.5, 1.0, 0.5]))[0].tolist() == [True, False]

"""Rounding many numbers at once gives what rounding them one by one does."""

from __future__ import annotations

import numpy as np
import pytest

from osteocast.units.rounding import significant

RNG = np.random.default_rng(3)
VALUES = np.concatenate(
    [
        RNG.normal(size=20_000) * 10.0 ** RNG.integers(-6, 8, 20_000),
        np.arange(-200, 400) * 30.4375,
        [0.0, 999_999.5, 9.999995, 1000.0, 0.001, 1e-30, 1e300, np.nan, np.inf, -np.inf],
    ]
)


@pytest.mark.parametrize("digits", [4, 5, 6])
def test_they_are_the_floats_that_the_text_stands_for(digits: int) -> None:
    one_by_one = [float(f"{value:.{digits}g}") for value in VALUES.tolist()]
    np.testing.assert_array_equal(significant(VALUES, digits), one_by_one)


@pytest.mark.parametrize("digits", [4, 5, 6])
def test_what_is_written_half_way_between_two_numbers_is_rounded_as_its_float_lies(digits: int) -> None:
    halves = np.array([float(f"{number}5e-{digits}") for number in RNG.integers(10, 10**digits, 2_000)])
    one_by_one = [float(f"{value:.{digits}g}") for value in halves.tolist()]
    np.testing.assert_array_equal(significant(halves, digits), one_by_one)


def test_any_shape_goes() -> None:
    assert significant(np.array([[1.23456, np.nan]]), 3).shape == (1, 2)
    assert significant(np.array([]), 3).size == 0

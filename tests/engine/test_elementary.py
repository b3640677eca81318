from __future__ import annotations

import numpy as np
import pytest
from numba import njit

from osteocast.engine.elementary import exp, log


@njit
def exp_of(x: np.ndarray) -> np.ndarray:
    out = np.empty_like(x)
    for i in range(x.size):
        out[i] = exp(x[i])
    return out


@njit
def log_of(x: np.ndarray) -> np.ndarray:
    out = np.empty_like(x)
    for i in range(x.size):
        out[i] = log(x[i])
    return out


def test_the_exponential_is_that_of_the_library() -> None:
    x = np.concatenate([np.linspace(-690.0, 690.0, 100_001), np.linspace(-2.0, 2.0, 100_001)])
    assert np.max(np.abs(exp_of(x) / np.exp(x) - 1.0)) < 1e-13


def test_the_exponential_stays_a_number_outside_its_range() -> None:
    far = exp_of(np.array([-1e4, -691.0, 691.0, 1e4]))
    assert far == pytest.approx(np.exp([-690.0, -690.0, 690.0, 690.0]), rel=1e-13)


def test_the_logarithm_is_that_of_the_library() -> None:
    x = np.concatenate([np.logspace(-299, 299, 100_001), np.linspace(0.2, 5.0, 100_000)])
    assert np.max(np.abs(log_of(x) - np.log(x)) / np.maximum(np.abs(np.log(x)), 1e-3)) < 1e-12


def test_the_logarithm_keeps_its_digits_near_one() -> None:
    nearly = np.array([1e-3, -1e-3, 1e-6, -1e-6, 1e-9])
    assert log_of(1.0 + nearly) == pytest.approx(np.log1p((1.0 + nearly) - 1.0), rel=1e-13)
    assert log_of(np.array([1.0]))[0] == 0.0


def test_the_logarithm_of_what_has_none_is_far_below_any_other() -> None:
    assert np.all(log_of(np.array([0.0, -1.0, -1e300])) < -600.0)


def test_one_undoes_the_other() -> None:
    x = np.linspace(-600.0, 600.0, 10_001)
    assert log_of(exp_of(x)) == pytest.approx(x, rel=1e-13, abs=1e-13)

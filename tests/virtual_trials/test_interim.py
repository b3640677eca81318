"""Boundaries against those that were published, and the error that they keep."""

from __future__ import annotations

import numpy as np
import pytest

from osteocast.virtual_trials.interim import boundary, spent


@pytest.mark.parametrize(
    ("spending", "published"),
    [
        # Lan and DeMets 1983; five equal looks, two-sided 0.05, as printed in textbooks and by their program.
        ("obrien_fleming", (4.877, 3.357, 2.680, 2.290, 2.031)),
        ("pocock", (2.438, 2.427, 2.410, 2.397, 2.386)),
    ],
)
def test_five_looks_have_the_published_boundaries(spending: str, published: tuple[float, ...]) -> None:
    assert boundary(np.arange(1, 6) / 5, 0.05, spending).z == pytest.approx(published, abs=6e-4)


@pytest.mark.parametrize("spending", ["obrien_fleming", "pocock"])
def test_what_is_spent_adds_up_to_alpha(spending: str) -> None:
    found = boundary([0.3, 0.7, 1.0], 0.01, spending)
    assert found.spent[-1] == pytest.approx(0.01)
    assert list(found.spent) == sorted(found.spent)
    assert spent(spending, 0.01, 0.3) == pytest.approx(found.spent[0])


def test_trials_without_effect_cross_as_often_as_alpha_says() -> None:
    looks = np.array([0.4, 0.7, 1.0])
    limits = np.array(boundary(looks, 0.05, "pocock").z)
    steps = np.random.default_rng(4).standard_normal((200_000, 3)) * np.sqrt(np.diff(looks, prepend=0.0))
    z = np.cumsum(steps, axis=1) / np.sqrt(looks)
    assert np.mean((np.abs(z) >= limits).any(axis=1)) == pytest.approx(0.05, abs=0.002)


@pytest.mark.parametrize("looks", [[], [0.5], [0.7, 0.5, 1.0], [0.0, 1.0]])
def test_looks_have_to_rise_to_the_end(looks: list[float]) -> None:
    with pytest.raises(ValueError, match="rise"):
        boundary(looks)


def test_a_spending_that_is_not_known_is_named() -> None:
    with pytest.raises(ValueError, match="linear"):
        boundary([1.0], spending="linear")

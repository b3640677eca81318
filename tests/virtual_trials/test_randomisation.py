"""Arms are balanced where blocks promise it, by stratum, and by chance alone otherwise."""

from __future__ import annotations

import numpy as np

from osteocast.virtual_trials.design import Randomisation
from osteocast.virtual_trials.randomisation import randomise


def test_blocks_keep_each_stratum_balanced_at_every_moment() -> None:
    plan = Randomisation("blocks", (4, 6), {"a": 1, "b": 1})
    strata = np.random.default_rng(1).integers(0, 3, 300)
    arms = randomise(plan, strata, "balance")
    for stratum in range(3):
        apart = np.cumsum(np.where(arms[strata == stratum] == 0, 1, -1))
        assert np.abs(apart).max() <= 3  # half the largest block
    assert len(set(arms[:20].tolist())) == 2


def test_allocation_is_kept_in_whole_blocks() -> None:
    arms = randomise(
        Randomisation("blocks", (6,), {"drug": 2, "placebo": 1}), np.zeros(60, dtype=int), "two to one"
    )
    assert (arms.reshape(-1, 6) == 0).sum(axis=1).tolist() == [4] * 10


def test_simple_randomisation_is_balanced_on_average_only() -> None:
    plan = Randomisation("simple", (2,), {"a": 1, "b": 3})
    shares = [np.mean(randomise(plan, np.zeros(100, dtype=int), f"study {k}")) for k in range(60)]
    assert np.mean(shares) == 0.75 or abs(np.mean(shares) - 0.75) < 4 * np.sqrt(0.75 * 0.25 / 6000)
    assert np.std(shares) > 0.02


def test_the_order_is_a_function_of_the_study() -> None:
    plan = Randomisation("blocks", (4, 6), {"a": 1, "b": 1})
    strata = np.zeros(40, dtype=int)
    once, again, other = (randomise(plan, strata, key) for key in ("s", "s", "t"))
    assert (once == again).all()
    assert (once != other).any()

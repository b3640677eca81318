"""The fast integrator against SciPy on the declaration itself, at a tolerance of 1e-10."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from osteocast.engine.reference import declared, integrate_one
from osteocast.engine.solver import Batch, simulate
from osteocast.physiology import OBSERVABLE_NAMES, SITES, STATES

from .lives import LIVES, lives

SCALE = np.array([item.scale for item in STATES])
SMALL = {"denosumab_free": 10.0}  # ng/mL; a thirteenth of what halves the RANKL that is free


@functools.cache
def case(name: str) -> tuple[Batch, dict[str, np.ndarray], np.ndarray]:
    """Return a life, and what SciPy makes of it."""
    batch = lives(name)
    return batch, *integrate_one(batch, 0, OBSERVABLE_NAMES, 1e-10, equations=declared)


def difference(found: np.ndarray, true: np.ndarray, floor: float | np.ndarray) -> float:
    """Return the largest difference relative to the true value, or to a floor where that is larger."""
    return float(np.max(np.abs(found - true) / np.maximum(np.abs(true), floor)))


@pytest.mark.parametrize("name", LIVES)
def test_density_is_right_to_a_ten_thousandth_at_the_usual_tolerance(name: str) -> None:
    batch, true, _ = case(name)
    result = simulate(batch, rescue=False).raise_on_failure()
    for site in SITES:
        assert difference(result.values[f"bmd_{site}"][0], true[f"bmd_{site}"], 1e-3) < 1e-4


@pytest.mark.parametrize("name", LIVES)
def test_every_observable_is_right_to_the_digits_that_a_laboratory_gives(name: str) -> None:
    batch, true, _ = case(name)
    result = simulate(batch, rescue=False).raise_on_failure()
    for observable in OBSERVABLE_NAMES:
        worst = difference(result.values[observable][0], true[observable], SMALL.get(observable, 0.1))
        assert worst < 1e-2, observable


@pytest.mark.parametrize("name", LIVES)
def test_every_state_is_right_at_a_tight_tolerance(name: str) -> None:
    batch, true, final = case(name)
    result = simulate(batch, relative_tolerance=1e-8, rescue=False).raise_on_failure()
    errors = np.abs(result.final[0] - final) / np.maximum(np.abs(final), SCALE)
    assert {STATES[i].name: errors[i] for i in np.flatnonzero(errors > 1e-6)} == {}
    for observable in OBSERVABLE_NAMES:
        worst = difference(result.values[observable][0], true[observable], SMALL.get(observable, 1e-2))
        assert worst < 1e-5, observable


def test_a_tighter_tolerance_costs_steps_and_buys_digits() -> None:
    batch, true, _ = case("denosumab stopped, then zoledronate")
    errors, attempts = [], []
    for tolerance in (1e-3, 1e-5, 1e-7):
        result = simulate(batch, ("p1np",), relative_tolerance=tolerance)
        errors.append(difference(result.values["p1np"][0], true["p1np"], 1e-3))
        attempts.append(int(result.attempts[0]))
    assert attempts == sorted(attempts)
    assert errors[1] < errors[0] / 10
    assert errors[2] < errors[1] / 10

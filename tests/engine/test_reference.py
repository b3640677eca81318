from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from osteocast.engine import reference
from osteocast.engine.kernel import INPUTS, PARAMETERS
from osteocast.engine.reference import declared, generated, integrate_one, trajectory
from osteocast.engine.schedule import Event
from osteocast.errors import EngineError
from osteocast.physiology import OBSERVABLE_NAMES, STATE_NAMES, STATES

from .lives import lives, stretch, with_parameter

YEAR_OF_DENOSUMAB = lives("denosumab stopped, then zoledronate", days=np.array([0.0, 50.0, 183.0, 365.0]))


def random_patient(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return parameters, inputs and a state somewhere near life."""
    random = np.random.default_rng(seed)
    batch = YEAR_OF_DENOSUMAB
    parameters = batch.parameters[0] * random.uniform(0.8, 1.2, len(PARAMETERS))
    inputs = batch.inputs[0] * random.uniform(0.5, 1.5, len(INPUTS))
    scale = np.array([item.scale for item in STATES])
    y = batch.initial[0] * random.uniform(0.7, 1.1) + scale * random.uniform(0.0, 3.0, len(scale))
    return parameters, inputs, y


@pytest.mark.parametrize("seed", range(20))
def test_the_generated_kernel_says_what_the_declaration_says(seed: int) -> None:
    parameters, inputs, y = random_patient(seed)
    for fast, true in zip(generated(parameters, inputs), declared(parameters, inputs), strict=True):
        np.testing.assert_allclose(fast(y), true(y), rtol=1e-9, atol=1e-12)


def test_three_methods_agree() -> None:
    batch = stretch([Event(30.0, "dose", "denosumab_depot", 60.0)], np.array([0.0, 50.0, 300.0, 365.0]))
    values = [
        integrate_one(batch, 0, ("ctx",), tolerance, method=method)[0]["ctx"]
        for method, tolerance in (("LSODA", 1e-10), ("BDF", 1e-9), ("Radau", 1e-8))
    ]
    assert values[1] == pytest.approx(values[0], rel=1e-6)
    assert values[2] == pytest.approx(values[0], rel=1e-6)


def test_a_trajectory_is_seen_through_the_same_observables() -> None:
    batch = YEAR_OF_DENOSUMAB
    states = trajectory(batch, 0, 1e-8)
    values, _ = integrate_one(batch, 0, ("ctx",), 1e-8)
    _, observe = generated(batch.parameters[0], batch.inputs[0])
    ctx = OBSERVABLE_NAMES.index("ctx")
    assert [observe(y)[ctx] for y in states] == pytest.approx(values["ctx"], rel=1e-12)
    assert states.shape == (4, len(STATE_NAMES))


def test_what_is_not_a_number_is_refused_before_it_starts() -> None:
    batch = with_parameter(YEAR_OF_DENOSUMAB, 0, "modelling", np.nan)
    with pytest.raises(EngineError, match=r"patient 0: .* not finite"):
        integrate_one(batch, 0, ("ctx",))


def test_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "MAX_EVALUATIONS", 50)
    with pytest.raises(EngineError, match=r"patient 0: .* at day -?\d.* in state '\w+': too many"):
        integrate_one(YEAR_OF_DENOSUMAB, 0, ("ctx",))


@pytest.mark.parametrize("equations", [generated, declared])
def test_where_the_equations_end_the_state_is_named(equations: reference.Equations) -> None:
    batch = stretch([], np.array([0.0, 10.0]))
    initial = batch.initial.copy()
    initial[0, STATE_NAMES.index("denosumab")] = -1e200  # the square root of the binding overflows
    with pytest.raises(EngineError, match=r"patient 0: .* in state"):
        integrate_one(replace(batch, initial=initial), 0, ("ctx",), equations=equations)

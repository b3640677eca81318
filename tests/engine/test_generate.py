from __future__ import annotations

import os

import numpy as np
import pytest
import sympy as sp
from numpy.testing import assert_allclose

from osteocast.engine import kernel
from osteocast.engine.generate import _PRINTER, TARGET, elimination, generate
from osteocast.engine.reference import declared
from osteocast.physiology import INPUT_NAMES, OBSERVABLE_NAMES, PARAMETER_NAMES, STATE_NAMES

from .lives import lives


@pytest.mark.skipif("CI" not in os.environ, reason="takes a minute: SymPy differentiates the whole model")
def test_the_committed_kernel_is_what_the_declaration_gives() -> None:
    assert TARGET.read_text(encoding="utf-8") == generate()


def test_the_committed_kernel_has_the_models_names() -> None:
    assert len(STATE_NAMES) == kernel.N_STATE
    assert len(OBSERVABLE_NAMES) == kernel.N_OBSERVABLE
    assert [name for name in PARAMETER_NAMES if name in kernel.PARAMETERS] == list(kernel.PARAMETERS)
    assert [name for name in INPUT_NAMES if name in kernel.INPUTS] == list(kernel.INPUTS)


def test_the_generated_factors_solve_with_the_jacobian_of_the_declaration() -> None:
    batch = lives("denosumab stopped, then zoledronate")
    parameters, inputs = batch.parameters[0], batch.inputs[0]
    y = batch.initial[0] + 0.05 + np.linspace(0.0, 0.1, len(STATE_NAMES))
    rates, _ = declared(parameters, inputs)
    n = len(STATE_NAMES)
    jacobian = np.empty((n, n))
    for j in range(n):
        step = np.zeros(n)
        step[j] = 1e-5 * max(abs(y[j]), 0.1)
        jacobian[:, j] = (rates(y + step) - rates(y - step)) / (2 * step[j])
    q = [*parameters.tolist(), *inputs.tolist(), *([0.0] * kernel.N_CONSTANT)]
    kernel.constants(q)
    factors, diagonal = [0.0] * kernel.N_FACTOR, 0.37
    kernel.factor(y.tolist(), q, [diagonal], factors)
    right = np.random.default_rng(3).normal(size=n)
    x = right.tolist()
    kernel.solve(factors, x)
    assert_allclose((diagonal * np.eye(n) - jacobian) @ np.array(x), right, rtol=1e-5, atol=1e-5)


def test_elimination_makes_no_entry_that_a_good_order_avoids() -> None:
    n = 6
    arrow = {(0, j) for j in range(n)} | {(i, 0) for i in range(n)}
    order, filled = elimination(arrow, range(n))
    assert sorted(order) == list(range(n))
    assert order.index(0) >= n - 2  # the hub last, or level with the last spoke
    assert set(filled) == arrow | {(i, i) for i in range(n)}


def test_elimination_reports_the_fill_that_cannot_be_avoided() -> None:
    ring = {(0, 1), (1, 2), (2, 3), (3, 0)}
    _, filled = elimination(ring, range(4))
    assert ring < set(filled)
    assert len(filled) > len(ring) + 4


@pytest.mark.parametrize("power", [2, 3, -1, -3, sp.Rational(1, 2), -sp.Rational(3, 2), sp.Rational(3, 2)])
def test_powers_are_written_as_products_and_roots(power: sp.Expr) -> None:
    x = sp.Symbol("x", positive=True)
    text = _PRINTER.doprint(x**power)
    assert "**" not in text
    assert eval(text, {"x": 1.7, "sqrt": np.sqrt}) == pytest.approx(1.7 ** float(power))


def test_a_power_that_would_be_slow_is_refused() -> None:
    x = sp.Symbol("x", positive=True)
    with pytest.raises(ValueError, match="exp and log"):
        _PRINTER.doprint(x ** sp.Rational(7, 3))

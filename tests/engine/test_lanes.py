"""Vector code says in every lane what the same function says of one patient."""

from __future__ import annotations

from math import exp, log, sqrt
from typing import Any

import numpy as np
import pytest
from numba import njit

from osteocast.engine import kernel, rodas
from osteocast.engine.lanes import vector_function
from osteocast.engine.layout import DOUBLE, SINGLE, Lanes, layout

from .lives import crowd

LANES = DOUBLE.count
AT = layout(DOUBLE).vectors
MEMORY = AT["end"]


def exponential(x: Any, out: Any) -> None:
    out[0] = exp(x[0])


def logarithm(x: Any, out: Any) -> None:
    out[0] = log(x[0])


def arithmetic(x: Any, out: Any) -> None:
    """Everything that the kernel may do."""
    a = x[0]
    b = -x[1]
    c = a * b + 2.0 / a - b
    out[0] = sqrt(c * c) - a
    out[1] = exp(log(a)) / b


_exponential, _logarithm, _arithmetic = map(vector_function, (exponential, logarithm, arithmetic))


# The vector functions work on one block of memory, here the argument first and the result behind it.
@njit
def run_exponential(memory: np.ndarray) -> None:
    _exponential(memory, 0, LANES)


@njit
def run_logarithm(memory: np.ndarray) -> None:
    _logarithm(memory, 0, LANES)


@njit
def run_arithmetic(memory: np.ndarray) -> None:
    _arithmetic(memory, 0, 2 * LANES)


def of_each(function: Any, x: np.ndarray) -> np.ndarray:
    """Apply a vector function of one number to an array of any length."""
    out = np.empty(-(-x.size // LANES) * LANES)
    padded = np.resize(x, out.size)
    memory = np.empty(2 * LANES)
    for first in range(0, out.size, LANES):
        memory[:LANES] = padded[first : first + LANES]
        function(memory)
        out[first : first + LANES] = memory[LANES:]
    return out[: x.size]


def test_the_exponential_is_that_of_the_library() -> None:
    x = np.concatenate([np.linspace(-700.0, 700.0, 20_001), np.linspace(-2.0, 2.0, 20_001)])
    assert np.max(np.abs(of_each(run_exponential, x) / np.exp(x) - 1.0)) < 1e-13


def test_the_exponential_stays_a_number_outside_its_range() -> None:
    far = of_each(run_exponential, np.array([-1e4, -701.0, 701.0, 1e4]))
    assert far == pytest.approx(np.exp([-700.0, -700.0, 700.0, 700.0]), rel=1e-13)


def test_the_logarithm_is_that_of_the_library() -> None:
    x = np.concatenate([np.logspace(-299, 299, 20_001), np.linspace(0.2, 5.0, 20_001)])
    error = np.abs(of_each(run_logarithm, x) - np.log(x)) / np.maximum(np.abs(np.log(x)), 1e-3)
    assert np.max(error) < 1e-12


def test_the_logarithm_keeps_its_digits_near_one() -> None:
    nearly = 1.0 + np.array([1e-3, -1e-3, 1e-6, -1e-6, 1e-9, 0.0])
    assert of_each(run_logarithm, nearly) == pytest.approx(np.log1p(nearly - 1.0), rel=1e-13)


def test_the_logarithm_of_what_has_none_is_far_below_any_other() -> None:
    assert np.all(of_each(run_logarithm, np.array([0.0, -1.0, -1e300])) < -600.0)


def test_one_undoes_the_other() -> None:
    x = np.linspace(-600.0, 600.0, 5001)
    back = of_each(run_logarithm, of_each(run_exponential, x))
    assert back == pytest.approx(x, rel=1e-13, abs=1e-13)


def test_arithmetic_is_that_of_python() -> None:
    random = np.random.default_rng(5)
    x = random.uniform(0.5, 3.0, (2, LANES))
    memory = np.concatenate([x.ravel(), np.empty(2 * LANES)])
    run_arithmetic(memory)
    out = memory[2 * LANES :].reshape(2, LANES)
    for lane in range(LANES):
        expected = [0.0, 0.0]
        arithmetic(x[:, lane].tolist(), expected)
        assert out[:, lane] == pytest.approx(expected, rel=1e-12)


def test_what_the_kernel_may_not_do_is_refused() -> None:
    def power(x: Any, out: Any) -> None:
        out[0] = x[0] ** 2.5

    unknown = vector_function(power)

    @njit
    def run(memory: np.ndarray) -> None:
        unknown(memory, 0, LANES)

    with pytest.raises(Exception, match="something new"):
        run(np.ones(2 * LANES))


def test_exponentials_side_by_side_are_those_one_by_one() -> None:
    def several(x: Any, out: Any) -> None:
        a = exp(x[0])
        b = exp(x[1])
        c = exp(a)  # takes the first, and so cannot stand beside it
        d = log(b)
        e = log(x[2])
        out[0] = c + d
        out[1] = e

    together = vector_function(several)

    @njit
    def run(memory: np.ndarray) -> None:
        together(memory, 0, 3 * LANES)

    x = np.random.default_rng(5).uniform(0.1, 2.0, (3, LANES))
    memory = np.concatenate([x.ravel(), np.empty(2 * LANES)])
    run(memory)
    out = memory[3 * LANES :].reshape(2, LANES)
    assert out[0] == pytest.approx(np.exp(np.exp(x[0])) + x[1], rel=1e-12)
    assert out[1] == pytest.approx(np.log(x[2]), rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("form", rodas.FORMS)
def test_every_lane_of_the_kernel_is_its_own_patient(form: str) -> None:
    batch = crowd(LANES)
    random = np.random.default_rng(7)
    y = batch.initial * random.uniform(0.8, 1.2, batch.initial.shape) + 0.05
    q = np.zeros((kernel.N_GIVEN + kernel.N_CONSTANT, LANES))
    q[: kernel.N_GIVEN] = np.hstack([batch.parameters, batch.inputs]).T
    diagonal = random.uniform(0.1, 1.0, LANES)
    right = random.normal(size=(kernel.N_STATE, LANES))
    memory = np.zeros(MEMORY)

    def part(start: int, vectors: int) -> np.ndarray:
        return memory[start : start + vectors * LANES]

    part(AT["y"], kernel.N_STATE)[:] = np.ascontiguousarray(y.T).ravel()
    part(AT["q"], len(q))[:] = q.ravel()
    part(AT["step"], 1)[:] = 1.0 / (rodas.GAMMA * diagonal)
    functions = rodas.stepping(form)
    rodas.seating().refresh(memory)
    functions.rates(memory, AT["y"], AT["u2"])
    functions.start(memory)
    together = part(AT["u1"], kernel.N_STATE).copy()
    part(AT["u1"], kernel.N_STATE)[:] = right.ravel()
    functions.solve(memory, AT["u1"])
    flat = part(AT["q"], len(q))
    f, x = part(AT["u2"], kernel.N_STATE), part(AT["u1"], kernel.N_STATE)
    plain_rates, plain_factor, plain_solve = (
        getattr(kernel, {"whole": "", "reduced": "reduced_"}[form] + name)
        for name in ("rates", "factor", "solve")
    )
    for lane in range(LANES):
        own = [*batch.parameters[lane].tolist(), *batch.inputs[lane].tolist(), *([0.0] * kernel.N_CONSTANT)]
        kernel.constants(own)
        assert flat[lane::LANES] == pytest.approx(own, rel=1e-11)
        rates = [0.0] * kernel.N_STATE
        plain_rates(y[lane].tolist(), own, rates)
        assert f[lane::LANES] == pytest.approx(rates, rel=1e-9, abs=1e-14)
        assert together[lane::LANES] == pytest.approx(rates, rel=1e-9, abs=1e-14)
        factors, solution = [0.0] * kernel.N_FACTOR, right[:, lane].tolist()
        plain_factor(y[lane].tolist(), own, [diagonal[lane]], factors)
        plain_solve(factors, solution)
        assert x[lane::LANES] == pytest.approx(solution, rel=1e-8, abs=1e-10)


SCALAR = Lanes("double", 1)


@pytest.mark.parametrize("lanes", [SCALAR, SINGLE, Lanes("single", 1)], ids=str)
def test_other_widths_and_precisions_come_from_the_same_sources(lanes: Lanes) -> None:
    whole = vector_function(arithmetic, lanes=lanes)
    width = lanes.count

    @njit
    def run(memory: np.ndarray) -> None:
        whole(memory, 0, 2 * width)

    precise = {"double": np.float64, "single": np.float32}[lanes.precision]
    x = np.random.default_rng(5).uniform(0.5, 3.0, (2, width)).astype(precise)
    memory = np.concatenate([x.ravel(), np.empty(2 * width, dtype=precise)])
    run(memory)
    out = memory[2 * width :].reshape(2, width)
    for lane in range(width):
        expected = [0.0, 0.0]
        arithmetic(x[:, lane].tolist(), expected)
        assert out[:, lane] == pytest.approx(expected, rel=1e-12 if precise is np.float64 else 1e-6, abs=1e-6)

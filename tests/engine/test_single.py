"""Single precision: sixteen side by side, as independent and nearly as right as eight of double precision."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numba import njit

from osteocast.engine import codes, compiled, solver
from osteocast.engine.lanes import flush_tiny, restore_tiny, vector_function
from osteocast.engine.layout import SINGLE
from osteocast.engine.solver import FINEST_SINGLE, Result, simulate
from osteocast.files import storage
from osteocast.physiology import OBSERVABLE_NAMES, SITES
from osteocast.simulation import Subject, batch_of
from osteocast.therapies import Course

from .lives import LIVES, YEAR, crowd, lives, only, with_parameter
from .test_independence import assert_same, rows
from .test_lanes import exponential, logarithm

CROWD = crowd(37)
_exponential, _logarithm = (vector_function(one, lanes=SINGLE) for one in (exponential, logarithm))


@njit
def run_exponential(memory: np.ndarray) -> None:
    _exponential(memory, 0, 16)


@njit
def run_logarithm(memory: np.ndarray) -> None:
    _logarithm(memory, 0, 16)


def of_each(function: object, x: np.ndarray) -> np.ndarray:
    """Apply a vector function of one number to an array whose length is a multiple of sixteen."""
    out = np.empty(x.size, dtype=np.float32)
    memory = np.empty(32, dtype=np.float32)
    for first in range(0, x.size, 16):
        memory[:16] = x[first : first + 16]
        function(memory)  # type: ignore[operator]
        out[first : first + 16] = memory[16:]
    return out


def test_the_exponential_has_the_digits_that_there_are() -> None:
    x = np.concatenate([np.linspace(-43.0, 43.0, 8000), np.linspace(-1.0, 1.0, 8000)]).astype(np.float32)
    true = np.exp(x.astype(np.float64))
    assert np.max(np.abs(of_each(run_exponential, x) / true - 1.0)) < 3e-7
    assert np.all(np.isfinite(of_each(run_exponential, np.linspace(-1e4, 1e4, 16, dtype=np.float32))))


def test_the_logarithm_has_the_digits_that_there_are() -> None:
    x = np.concatenate([np.logspace(-37, 37, 8000), np.linspace(0.2, 5.0, 8000)]).astype(np.float32)
    true = np.log(x.astype(np.float64))
    assert np.max(np.abs(of_each(run_logarithm, x) - true) / np.maximum(np.abs(true), 0.1)) < 4e-7


@pytest.fixture(scope="module")
def together() -> Result:
    return simulate(CROWD, threads=1, precision="single").raise_on_failure()


@pytest.fixture(scope="module")
def both() -> tuple[Result, Result, Result]:
    """Every life of the tests, a man's among them: in double, in single precision, and nearly exact."""
    women = list(LIVES.values())
    man = Subject(age=48.0, sex="male", testosterone=450.0)
    subjects = [*(subject for subject, _ in women), man]
    courses = [*(own for _, own in women), [Course("testosterone_cypionate", stop_day=2 * YEAR)]]
    batch = batch_of(subjects, courses, np.arange(0.0, 10 * YEAR, 91.3125))
    double, single = (simulate(batch, precision=one).raise_on_failure() for one in ("double", "single"))
    return double, single, simulate(batch, relative_tolerance=1e-9).raise_on_failure()


@pytest.mark.parametrize("patients", [[3], [36, 0, 17], list(range(20, 4, -1))])
def test_in_any_company_a_patient_is_the_same_to_the_last_bit(together: Result, patients: list[int]) -> None:
    assert_same(simulate(only(CROWD, *patients), precision="single"), rows(together, patients))


@pytest.mark.parametrize("block", [1, 16, 19])
def test_blocks_and_threads_change_no_bit(
    together: Result, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(solver, "BLOCK", block)
    for threads in (1, 3):
        assert_same(simulate(CROWD, threads=threads, precision="single"), together)


def test_the_times_asked_for_change_no_bit(together: Result) -> None:
    dense = replace(CROWD, days=np.union1d(np.arange(-500.0, 700.0, 9.3), CROWD.days))
    many = simulate(dense, precision="single")
    where = np.searchsorted(dense.days, CROWD.days)
    for name in OBSERVABLE_NAMES:
        np.testing.assert_array_equal(together.values[name], many.values[name][:, where])
    np.testing.assert_array_equal(together.final, many.final)


def test_density_is_as_right_as_in_double_precision(both: tuple[Result, Result, Result]) -> None:
    double, single, exact = both
    for site in SITES:
        name = f"bmd_{site}"
        far = [np.max(np.abs(one.values[name] / exact.values[name] - 1.0)) for one in (double, single)]
        assert far[1] < 1e-4
        assert far[1] < far[0] + 2e-5


def test_hundreds_of_people_are_right_to_a_ten_thousandth() -> None:
    batch = crowd(200, days=np.arange(0.0, 5 * YEAR, 182.625), seed=3)
    single = simulate(batch, precision="single").raise_on_failure()
    exact = simulate(batch, relative_tolerance=1e-8).raise_on_failure()
    for site in SITES:
        name = f"bmd_{site}"
        np.testing.assert_allclose(single.values[name], exact.values[name], rtol=5e-5)


def test_markers_are_as_right_as_in_double_precision(both: tuple[Result, Result, Result]) -> None:
    double, single, exact = both
    for name in OBSERVABLE_NAMES:
        true = exact.values[name]
        size = np.maximum(np.abs(true), 0.1 * np.max(np.abs(true)) + 1e-6)
        far = [np.max(np.abs(one.values[name] - true) / size) for one in (double, single)]
        assert far[1] < far[0] + 1e-3, name


def test_a_life_far_beyond_an_early_menopause_has_an_end() -> None:
    """The exponential of so many years, squared, would be no number of single precision."""
    batch = batch_of([Subject(age=71.0, menopause_age=41.0)], [[]], np.array([0.0, 25 * YEAR]))
    found = simulate(batch, ("bmd_total_hip",), precision="single", rescue=False).raise_on_failure()
    usual = simulate(batch, ("bmd_total_hip",))
    assert found.values["bmd_total_hip"] == pytest.approx(usual.values["bmd_total_hip"], rel=2e-5)


def test_steps_are_those_of_double_precision(both: tuple[Result, Result, Result]) -> None:
    double, single, _ = both
    assert np.all(np.abs(single.attempts - double.attempts) <= 0.03 * double.attempts)


def test_who_cannot_be_solved_is_named_and_the_others_are_not_touched(together: Result) -> None:
    spoilt = with_parameter(CROWD, 5, "osteoclast_turnover", np.nan)
    found = simulate(spoilt, precision="single", rescue=False)
    assert found.status[5] == codes.NOT_FINITE and "patient 5" in found.failures()[0]
    others = [i for i in range(37) if i != 5]
    assert_same(rows(found, others), rows(together, others))


def test_who_is_given_up_is_rescued() -> None:
    batch = lives("anastrozole", days=np.array([0.0, YEAR]))
    found = simulate(batch, ("bmd_total_hip",), precision="single", max_steps=20)
    usual = simulate(batch, ("bmd_total_hip",))
    assert found.status[0] == codes.RESCUED
    assert found.values["bmd_total_hip"] == pytest.approx(usual.values["bmd_total_hip"], rel=1e-4)


def test_a_tolerance_that_rounding_would_decide_is_refused() -> None:
    with pytest.raises(ValueError, match="single precision resolves"):
        simulate(CROWD, precision="single", relative_tolerance=FINEST_SINGLE / 2.0)


def test_each_precision_has_machine_code_of_its_own(together: Result) -> None:
    assert compiled.key("single") != compiled.key("double")
    assert storage.load(compiled.key("single"), "engine_single") is not None
    assert storage.load(compiled.key("single"), "engine") is None


def test_tiny_numbers_count_as_zero_for_as_long_as_asked() -> None:
    @njit
    def halves(tiny: np.ndarray) -> tuple[float, float]:
        was = flush_tiny()
        tiny[1] = tiny[0] * np.float32(0.5)
        restore_tiny(was)
        tiny[2] = tiny[0] * np.float32(0.5)
        return tiny[1], tiny[2]

    flushed, usual = halves(np.array([2e-38, 0.0, 0.0], dtype=np.float32))
    assert usual == pytest.approx(1e-38, rel=1e-3)
    assert flushed in (0.0, usual)  # the processors of some machines have no such switch

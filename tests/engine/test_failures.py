"""A patient that cannot be solved gets a status and a name, and nobody else notices."""

from __future__ import annotations

import numpy as np
import pytest

from osteocast.engine import reference
from osteocast.engine.solver import STATUS, Result, simulate
from osteocast.errors import EngineError

from .lives import crowd, with_parameter

CROWD = crowd(20, days=np.array([0.0, 100.0, 365.0]))
BAD = 7


@pytest.fixture(scope="module")
def healthy() -> Result:
    return simulate(CROWD).raise_on_failure()


def assert_others_unharmed(result: Result, healthy: Result) -> None:
    """Compare everybody but the bad one, to the last bit."""
    others = np.arange(20) != BAD
    assert set(result.status[others]) == {0}
    for name in healthy.values:
        np.testing.assert_array_equal(result.values[name][others], healthy.values[name][others])
    np.testing.assert_array_equal(result.final[others], healthy.final[others])


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("turnover_total_hip", np.nan),
        ("e2_half_effect", np.inf),
        ("osteoblast_turnover", -5.0),
        ("turnover_lumbar_spine", -1.0),
        ("maturation", 1e200),
        ("denosumab_volume", 0.0),
    ],
)
def test_an_absurd_patient_fails_by_name_and_harms_nobody(
    parameter: str, value: float, healthy: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reference, "MAX_EVALUATIONS", 3000)
    result = simulate(with_parameter(CROWD, BAD, parameter, value), max_steps=3000)
    assert STATUS[result.status[BAD]] not in ("ok", "rescued")
    assert all(np.isnan(values[BAD]).all() for values in result.values.values())
    (message,) = result.failures()
    assert message.startswith(f"patient {BAD}: {STATUS[result.status[BAD]]} at day ")
    assert "nan" not in message
    with pytest.raises(EngineError, match=f"patient {BAD}"):
        result.raise_on_failure()
    assert_others_unharmed(result, healthy)


def test_too_few_steps_are_told_for_each_patient() -> None:
    result = simulate(CROWD, max_steps=5, rescue=False)
    assert {STATUS[status] for status in result.status} == {"too many steps"}
    assert result.attempts.tolist() == [5] * 20
    assert np.all(result.failed_day >= CROWD.start)
    assert np.all(result.failed_state >= 0)
    assert len(result.failures()) == 20


def test_whom_the_fast_integrator_gives_up_on_the_slow_one_saves() -> None:
    few = crowd(4, days=np.array([0.0, 100.0, 365.0]))
    usual = simulate(few).raise_on_failure()
    result = simulate(few, max_steps=5).raise_on_failure()
    assert {STATUS[status] for status in result.status} == {"rescued"}
    assert result.failures() == []
    assert np.isnan(result.failed_day).all()
    assert set(result.failed_state) == {-1}
    for site in ("lumbar_spine", "total_hip", "femoral_neck"):
        assert result.values[f"bmd_{site}"] == pytest.approx(usual.values[f"bmd_{site}"], rel=1e-4)
    assert result.final == pytest.approx(usual.final, rel=2e-3, abs=1e-3)


def test_rescue_can_be_declined() -> None:
    assert simulate(CROWD, max_steps=5, rescue=False).failures()


def test_when_one_method_fails_the_next_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []
    real = reference.integrate_one

    def reluctant(*arguments: object, method: str, **options: object) -> object:
        tried.append(method)
        if method == "LSODA":
            raise EngineError("not today")
        return real(*arguments, method="BDF", **options)  # type: ignore[arg-type]

    monkeypatch.setattr(reference, "integrate_one", reluctant)
    few = crowd(1, days=np.array([0.0, 1.0]))
    assert STATUS[simulate(few, max_steps=5).status[0]] == "rescued"
    assert tried == ["LSODA", "Radau"]

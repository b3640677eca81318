from __future__ import annotations

import numpy as np
import pytest

from osteocast.engine import codes, solver
from osteocast.engine.reference import declared, integrate_one
from osteocast.engine.schedule import Event, Schedule
from osteocast.engine.solver import simulate
from osteocast.physiology import INPUT_NAMES

from .lives import state, stretch


def dose(day: float, amount: float = 60.0, target: str = "denosumab_depot") -> Event:
    return Event(day, "dose", target, amount)


def setting(day: float, value: float, target: str = "estradiol_given") -> Event:
    return Event(day, "input", target, value)


def test_a_time_that_is_an_events_sees_the_state_before_it() -> None:
    days = np.array([99.0, 100.0, 100.001])
    batch = stretch([setting(100.0, 50.0)], days)
    before, at, after = simulate(batch, ("estradiol",)).values["estradiol"][0]
    assert at == pytest.approx(before, rel=1e-6)
    assert after == pytest.approx(at + 50.0, rel=1e-3)


def test_an_event_at_the_start_is_not_seen_at_the_start_but_acts() -> None:
    batch = stretch([setting(0.0, 50.0), dose(0.0)], np.array([0.0, 1.0]))
    result = simulate(batch, ("estradiol", "denosumab_free"))
    plain = simulate(stretch([], np.array([0.0, 1.0])), ("estradiol", "denosumab_free"))
    for name in ("estradiol", "denosumab_free"):
        assert result.values[name][0, 0] == plain.values[name][0, 0]
        assert result.values[name][0, 1] > plain.values[name][0, 1] + 10.0


def test_an_event_at_the_end_is_in_the_final_state_and_not_in_the_last_value() -> None:
    end = np.array([365.0])
    with_dose, without = simulate(stretch([dose(365.0)], end)), simulate(stretch([], end))
    assert with_dose.values["denosumab_free"][0, 0] == without.values["denosumab_free"][0, 0]
    assert state(with_dose.final, "denosumab_depot")[0] == 60.0
    assert state(without.final, "denosumab_depot")[0] == 0.0


def test_an_event_after_the_end_never_happens() -> None:
    days = np.array([100.0, 365.0])
    late, never = simulate(stretch([dose(365.001)], days)), simulate(stretch([], days))
    np.testing.assert_array_equal(late.final, never.final)


def test_of_two_settings_at_one_instant_the_later_listed_holds() -> None:
    first, second = setting(10.0, 20.0), setting(10.0, 70.0)
    days = np.array([5.0, 20.0])
    for order, rise in (([first, second], 70.0), ([second, first], 20.0)):
        before, after = simulate(stretch(order, days), ("estradiol",)).values["estradiol"][0]
        assert after - before == pytest.approx(rise, rel=1e-4)


def test_doses_at_one_instant_add_up() -> None:
    days = np.arange(0.0, 365.0, 7.0)
    once = simulate(stretch([dose(30.0)], days))
    thrice = simulate(stretch([dose(30.0, 20.0)] * 3, days))
    for name in once.values:
        assert thrice.values[name] == pytest.approx(once.values[name], rel=1e-12), name


def test_the_order_in_which_events_are_listed_changes_no_bit() -> None:
    events = [dose(30.0), setting(30.0, 8.0), dose(30.0, 0.5, "bisphosphonate_deep"), setting(60.0, 0.0)]
    days = np.arange(0.0, 365.0, 7.0)
    one, other = simulate(stretch(events, days)), simulate(stretch(events[::-1], days))
    for name in one.values:
        np.testing.assert_array_equal(one.values[name], other.values[name])


def test_a_value_outside_a_patients_span_is_not_a_number() -> None:
    batch = stretch([], np.array([-10.0, 0.0, 50.0, 365.0, 366.0]), start=0.0, end=365.0)
    values = simulate(batch, ("ctx",)).values["ctx"][0]
    assert np.isnan(values).tolist() == [True, False, False, False, True]


def test_the_slow_integrator_has_the_same_idea_of_events() -> None:
    events = [
        setting(0.0, 5.0),
        dose(0.0),
        dose(182.0),
        setting(182.0, 0.0),
        setting(182.0, 9.0),
        dose(365.0),
    ]
    days = np.array([-1.0, 0.0, 0.0, 100.0, 182.0, 182.5, 365.0, 400.0])
    batch = stretch(events, days)
    fast = simulate(batch, relative_tolerance=1e-8)
    slow, final = integrate_one(batch, 0, tuple(fast.values), 1e-10, equations=declared)
    for name, values in fast.values.items():
        np.testing.assert_allclose(values[0], slow[name], rtol=1e-6, atol=1e-6, err_msg=name)
    np.testing.assert_allclose(fast.final[0], final, rtol=1e-6, atol=1e-6)


def test_an_input_that_no_equation_uses_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    schedule = Schedule.of(
        [[setting(1.0, 900.0, "calcium_intake"), setting(2.0, 3.0, "rankl_drive"), dose(3.0)]]
    )
    kept = tuple(name for name in INPUT_NAMES if name != "calcium_intake")
    monkeypatch.setattr(solver, "KERNEL_INPUTS", kept)
    kind, index, value = solver._for_kernel(schedule)
    assert (kind[0], value[0]) == (codes.ADD_TO_STATE, 0.0)
    assert (kind[1], index[1], value[1]) == (codes.SET_INPUT, kept.index("rankl_drive"), 3.0)
    assert (kind[2], index[2], value[2]) == (codes.ADD_TO_STATE, schedule.index[2], 60.0)


@pytest.mark.parametrize("days", [[1.0, 0.0], [0.0, np.nan], [np.inf]])
def test_times_that_are_none_are_refused(days: list[float]) -> None:
    with pytest.raises(ValueError, match="ascend"):
        simulate(stretch([], np.array(days)))


def test_oestradiol_above_the_reference_is_no_failure() -> None:
    result = simulate(stretch([setting(1.0, 400.0)], np.array([300.0]))).raise_on_failure()
    assert result.values["ctx"][0, 0] < simulate(stretch([], np.array([300.0]))).values["ctx"][0, 0]

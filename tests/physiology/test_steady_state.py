"""The premenopausal model holds its own steady state."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osteocast.engine.kernel import INPUTS as KERNEL_INPUTS
from osteocast.engine.kernel import PARAMETERS as KERNEL_PARAMETERS
from osteocast.engine.reference import declared
from osteocast.engine.solver import simulate
from osteocast.physiology import INPUTS, OBSERVABLE_NAMES, SITES, STATE_NAMES, STATES, peak_state, values
from osteocast.simulation import Subject, batch_of

AGELESS = {f"ageing_{site}": 0.0 for site in SITES} | {"menopause_age": 500.0}
# Supply of calcium is 1 at these inputs, which are the defaults.
REFERENCE = {item.name: item.default for item in INPUTS}


def rates_at_peak(own: dict[str, float]) -> dict[str, float]:
    """Return what the declaration says of every state in the steady state of some parameters."""
    p = np.array([own[name] for name in KERNEL_PARAMETERS])
    u = np.array([REFERENCE[name] for name in KERNEL_INPUTS])
    y = np.array([peak_state(own)[name] for name in STATE_NAMES])
    rates, _ = declared(p, u)
    return dict(zip(STATE_NAMES, rates(y), strict=True))


def test_at_peak_nothing_changes_but_age() -> None:
    rates = rates_at_peak(values(AGELESS))
    assert rates.pop("age") == pytest.approx(1 / 365.25)
    assert rates == pytest.approx(dict.fromkeys(rates, 0.0), abs=1e-14)


POSITIVE = (
    "turnover_lumbar_spine",
    "turnover_total_hip",
    "maturation",
    "modelling",
    "rank_k",
    "precursor_supply",
)
SHARES = ("young_mineral", "coupling", "mechanostat_e2_share")


@given(
    st.fixed_dictionaries({name: st.floats(0.2, 5.0) for name in POSITIVE}),
    st.fixed_dictionaries({name: st.floats(0.05, 0.95) for name in SHARES}),
)
@settings(max_examples=25)
def test_it_does_so_for_any_parameters(factors: dict[str, float], shares: dict[str, float]) -> None:
    usual = values()
    own = values(AGELESS | {name: usual[name] * factor for name, factor in factors.items()} | shares)
    rates = rates_at_peak(own)
    del rates["age"]
    assert rates == pytest.approx(dict.fromkeys(rates, 0.0), abs=1e-14)


def test_observables_at_peak_are_the_reference() -> None:
    own = values(AGELESS)
    batch = batch_of([Subject(age=30.0, menopause_age=None, vitamin_d=30.0)], [[]], np.array([0.0]))
    batch = replace(batch, parameters=np.array([[own[name] for name in KERNEL_PARAMETERS]]))
    seen = {name: series[0, 0] for name, series in simulate(batch).values.items()}
    for name in ("bmd_lumbar_spine", "rankl_opg_ratio", "resorption", "formation", "sclerostin"):
        assert seen[name] == pytest.approx(1.0, abs=1e-9), name
    for name in ("ctx", "ntx", "p1np", "bsap", "pth"):
        assert seen[name] == pytest.approx(own[f"{name}_premenopausal"]), name
    assert seen["estradiol"] == pytest.approx(100.0)
    assert seen["denosumab_free"] == 0.0


def test_the_engine_holds_it_for_fifty_years() -> None:
    woman = Subject(age=30.0, menopause_age=None, vitamin_d=30.0)
    batch = batch_of([woman], [[]], np.linspace(0.0, 50 * 365.25, 26), values(AGELESS))
    own = values(AGELESS)
    batch = replace(batch, parameters=np.array([[own[name] for name in KERNEL_PARAMETERS]]))
    result = simulate(batch).raise_on_failure()
    scale = np.array([item.scale for item in STATES])
    drift = np.abs(result.final[0] - batch.initial[0]) / scale
    drift[STATE_NAMES.index("age")] = 0.0
    assert dict(zip(STATE_NAMES, drift, strict=True)) == pytest.approx(
        dict.fromkeys(STATE_NAMES, 0.0), abs=1e-9
    )
    for name in OBSERVABLE_NAMES:
        series = result.values[name][0]
        assert series == pytest.approx(np.full(26, series[0]), rel=1e-9, abs=1e-9), name


def test_with_ageing_a_premenopausal_woman_keeps_her_bone_to_forty() -> None:
    woman = Subject(age=30.0, menopause_age=None, vitamin_d=30.0)
    result = simulate(batch_of([woman], [[]], np.array([0.0, 10 * 365.25])))
    for site in SITES:
        start, end = result.values[f"bmd_{site}"][0]
        assert end / start == pytest.approx(1.0, abs=0.01)


def test_the_shares_of_bone_add_up() -> None:
    state = peak_state(values())
    for site in SITES:
        assert state[f"young_{site}"] + state[f"mature_{site}"] == pytest.approx(1.0)
        assert 0.0 < state[f"young_{site}"] < 1.0
    assert tuple(state) == STATE_NAMES

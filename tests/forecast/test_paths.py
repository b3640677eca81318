from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from osteocast.forecast import Forecast, run_forecast
from osteocast.forecast.paths import PATHS, representatives
from osteocast.forecast.twins import twins
from osteocast.inference.personal import Update
from osteocast.person import SITES

from .example_cases import ON_ANASTROZOLE, case_of, example, unscanned

SHOWN = tuple(f"{kind}_{site}" for kind in ("bmd", "change") for site in SITES)


@given(st.lists(st.floats(0.0, 1.0), min_size=3, max_size=60).filter(lambda given: sum(given) > 1e-3))
def test_each_is_drawn_as_often_as_the_weight_says(given_weights: list[float]) -> None:
    weights = np.array(given_weights)
    outcomes = np.random.default_rng(len(given_weights)).normal(size=(3, weights.size))
    outcomes[:, weights == 0.0] = np.nan
    taken = representatives(outcomes, weights)
    count = min(PATHS, int((weights > 0).sum()))
    assert taken.size == count
    assert np.all(np.diff(outcomes[0, taken]) >= 0.0)
    expected = count * weights / weights.sum()
    often = np.bincount(taken, minlength=weights.size)
    assert np.all(np.abs(often - expected) < 1.0 + 1e-6)
    assert not often[weights == 0.0].any()


def test_every_twentieth_part_has_one() -> None:
    outcome = np.random.default_rng(3).normal(size=(1, 400))
    taken = representatives(outcome, np.ones(400))
    rank = np.argsort(np.argsort(outcome[0]))
    assert (rank[taken] // 20).tolist() == list(range(20))
    assert int((outcome[0, taken] > np.median(outcome[0])).sum()) == 10


def test_the_second_outcome_decides_where_to_begin() -> None:
    people = np.arange(6.0)
    assert representatives(people[None], np.ones(6), 2).tolist() == [1, 4]
    # Ordered by this one, 1 and 4 are both at the lower end, 0 and 3 one on each side.
    second = np.array([2.0, 0.0, 3.0, 5.0, 1.0, 4.0])
    assert representatives(np.stack([people, second]), np.ones(6), 2).tolist() == [0, 3]


def forecast_seen(
    monkeypatch: pytest.MonkeyPatch, weights: Any = None, draws: int = 16
) -> tuple[Forecast, Update]:
    """Make a forecast and keep the people behind it, perhaps with other weights."""
    kept: list[Update] = []

    def watched(*given: Any, **named: Any) -> Any:
        before, found = twins(*given, **named)
        kept.append(found if weights is None else replace(found, weights=weights(found.weights)))
        return before, kept[0]

    monkeypatch.setattr("osteocast.forecast.running.twins", watched)
    return run_forecast(example().case, draws=draws), kept[0]


def who(forecast: Forecast, found: Update, plan: int, name: str) -> list[int]:
    """Find the simulated person behind each path."""
    kind, _, site = name.partition("_")
    ahead = forecast.days >= 0
    at = np.searchsorted(found.futures.days, forecast.days[ahead])
    values = found.futures.values[f"bmd_{site}"][plan][:, at].astype(np.float64)
    values = 100 * (values - 1) if kind == "change" else values * found.levels[site][:, None]
    paths = forecast.plans[plan].curves[name].paths
    assert paths is not None
    misses = np.abs(paths[:, None, ahead] - values).max(axis=2)
    assert misses.min(axis=1).max() < 1e-4
    return [int(one) for one in misses.argmin(axis=1)]


def test_paths_are_people_who_were_simulated_and_the_same_in_each_plan(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    forecast, found = forecast_seen(monkeypatch)
    people = {
        tuple(who(forecast, found, plan, name)) for plan in range(len(forecast.plans)) for name in SHOWN
    }
    assert len(people) == 1
    past = forecast.days <= 0
    first, *others = (plan.curves["bmd_total_hip"].paths for plan in forecast.plans)
    assert first is not None
    for other in others:
        assert other is not None
        np.testing.assert_array_equal(other[:, past], first[:, past])


def test_who_weighs_nothing_never_appears(monkeypatch: pytest.MonkeyPatch) -> None:
    def only_some(weights: np.ndarray) -> np.ndarray:
        kept = np.where(np.arange(weights.size) % 3 == 1, weights, 0.0)
        return np.asarray(kept / kept.sum())

    forecast, found = forecast_seen(monkeypatch, only_some)
    people = who(forecast, found, 0, "bmd_lumbar_spine")
    assert 2 <= len(people) < 16
    assert {one % 3 for one in people} == {1}


def test_as_many_lie_beyond_the_bands_as_the_bands_say() -> None:
    forecast = example(draws=128)
    outside: dict[int, list[int]] = {50: [], 80: []}
    for i, plan in enumerate(forecast.plans):
        curve = plan.curves["bmd_lumbar_spine"]
        assert curve.paths is not None
        assert curve.paths.shape == (PATHS, forecast.days.size)
        at_end = curve.paths[:, -1]
        above = int((at_end > curve.value[-1]).sum())
        assert abs(above - PATHS / 2) <= (1 if i == 0 else 3), plan.name
        for level, found in outside.items():
            band = curve.band(level)
            assert band is not None
            found.append(int((at_end > band.high[-1]).sum()) + int((at_end < band.low[-1]).sum()))
    # Of 20 people 10 lie outside the band of 50%, and 4 outside that of 80%.
    assert np.abs(np.array(outside[50]) - 10).max() <= 4
    assert np.abs(np.array(outside[80]) - 4).max() <= 3
    assert outside[50][0] in (9, 10, 11)


def test_there_are_no_paths_beyond_a_horizon_and_none_without_people() -> None:
    text = f"{ON_ANASTROZOLE}plans: [{{name: short, horizon: 2 years}}, {{name: long, horizon: 4 years}}]"
    short, long = run_forecast(case_of(text), draws=4).plans
    for plan in (short, long):
        curve = plan.curves["change_lumbar_spine"]
        assert curve.paths is not None
        np.testing.assert_array_equal(np.isnan(curve.paths).all(axis=0), np.isnan(curve.value))
        assert np.isfinite(curve.paths[:, np.isfinite(curve.value)]).all()
    assert np.isnan(short.curves["change_lumbar_spine"].value[-1])
    assert all(curve.paths is None for plan in unscanned().plans for curve in plan.curves.values())
    assert long.curves["ctx"].paths is None

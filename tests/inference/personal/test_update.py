from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from osteocast.inference.personal import SiteLearnt, measured, update
from osteocast.inference.personal.learning import sentences
from osteocast.person import Case
from osteocast.population import Futures, quantiles
from osteocast.units import DAYS_PER_YEAR

Rescan = Callable[..., Case]


def rate(futures: Futures, weights: np.ndarray, site: str = "lumbar_spine") -> np.ndarray:
    """5th, 50th and 95th percentile of the rate from the first scan on, percent a year."""
    years = -futures.past_days[0] / DAYS_PER_YEAR
    return quantiles(-100.0 * np.log(futures.past[f"bmd_{site}"][:, 0]) / years, weights, (0.05, 0.5, 0.95))


def test_one_scan_says_how_dense_bone_is_and_nothing_about_its_rate(case: Case, stored: Futures) -> None:
    scan = replace(case.scans[-1], sites={"lumbar_spine": case.scans[-1].sites["lumbar_spine"]})
    alone = replace(case, scans=(scan,), labs=(), as_of=case.as_of)
    found = update(alone, stored)
    assert found.method == "reweighted"
    assert rate(stored, found.weights) == pytest.approx(rate(stored, stored.weights), abs=0.05)
    low, middle, high = quantiles(found.levels["lumbar_spine"], found.weights, (0.05, 0.5, 0.95))
    assert middle == pytest.approx(0.888, rel=0.01)
    assert 0.01 < high - low < 0.06
    assert set(found.levels) == {"lumbar_spine"}


def test_faster_loss_on_the_scans_moves_the_rate_and_narrows_it(
    case: Case, stored: Futures, rescanned: Rescan
) -> None:
    sites = ("lumbar_spine", "total_hip", "femoral_neck")
    fast = rescanned(case, {(i, site): 1.0 - 0.02 * i for i in (1, 2, 3) for site in sites})
    slow = rescanned(case, {(i, site): 1.0 + 0.02 * i for i in (1, 2, 3) for site in sites})
    a, b = (update(one, stored, fallback=False) for one in (fast, slow))
    assert rate(stored, a.weights)[1] < rate(stored, stored.weights)[1] < rate(stored, b.weights)[1]
    before, after = (np.ptp(rate(stored, w)) for w in (stored.weights, b.weights))
    assert after < before


def test_without_measurements_nothing_is_learnt(case: Case, stored: Futures) -> None:
    found = update(replace(case, scans=(), labs=()), stored)
    assert found.method == "prior"
    assert (found.weights == stored.weights).all()
    assert found.summary == () and found.levels == {}


def test_the_past_has_to_be_observed_when_the_person_was_measured(case: Case, stored: Futures) -> None:
    later = replace(case.labs[0], date=case.scans[1].date.replace(day=2))
    with pytest.raises(ValueError, match="past_days=measured"):
        update(replace(case, labs=(later,)), stored)


def test_an_impossible_scan_is_flagged_and_not_swallowed(
    case: Case, stored: Futures, rescanned: Rescan
) -> None:
    usual = update(case, stored)
    assert usual.flags == ()
    wrong = update(rescanned(case, {(2, "total_hip"): 1.15}), stored, fallback=False)
    flagged = [flag for flag in wrong.flags if flag.what == "scan"]
    assert (flagged[0].name, flagged[0].date) == ("total_hip", case.scans[2].date)
    assert flagged[0].p is not None and flagged[0].p < 1e-3
    assert "higher" in flagged[0].text and "positioning" in flagged[0].text


def test_a_series_that_nobody_explains_is_flagged(case: Case, stored: Futures, rescanned: Rescan) -> None:
    factors = {
        (i, site): (1.06 if i % 2 else 0.94) for i in range(4) for site in ("lumbar_spine", "femoral_neck")
    }
    found = update(rescanned(case, factors), stored, fallback=False)
    assert "series" in {flag.what for flag in found.flags}


def test_few_that_fit_are_replaced_by_more_or_said(case: Case, stored: Futures, rescanned: Rescan) -> None:
    sites = ("lumbar_spine", "total_hip", "femoral_neck")
    fast = rescanned(case, {(i, site): 1.0 - 0.035 * i for i in (1, 2, 3) for site in sites})
    few = update(fast, stored, fallback=False, least_ess=2000.0)
    assert few.ess < 2000
    assert [flag.what for flag in few.flags if flag.what == "weights"] == ["weights"]
    moved = update(fast, stored, least_ess=2000.0)
    assert moved.method == "moved" and moved.ess > few.ess
    assert moved.futures is not stored
    assert rate(moved.futures, moved.weights) == pytest.approx(rate(stored, few.weights), abs=0.25)


def test_changes_are_held_against_measurement_error(case: Case, stored: Futures) -> None:
    found = update(case, stored)
    spine = [pair for pair in found.changes if pair.site == "lumbar_spine"]
    assert [pair.percent is None for pair in spine] == [True, False, False]
    assert "cannot be compared" in (spine[0].reason or "")
    assert spine[1].least_significant == pytest.approx(2.77 * 1.08, rel=0.01)
    low, high = spine[1].expected
    assert low < 0 < high


def test_what_each_scan_changed_is_told_apart(case: Case, stored: Futures, rescanned: Rescan) -> None:
    odd = update(rescanned(case, {(3, "lumbar_spine"): 0.94}), stored)
    (spine,) = (one for one in odd.learnt if one.site == "lumbar_spine")
    assert set(spine.without) == {scan.date.isoformat() for scan in case.scans}
    # The last scan alone made the loss look fast.
    assert spine.without[case.scans[3].date.isoformat()][0] > spine.after[0]
    left = replace(case, scans=case.scans[:3])
    again = update(rescanned(left, {}), stored, fallback=False)
    assert any("Lumbar spine" in line and "a year" in line for line in again.summary)


def test_a_left_out_scan_is_as_if_it_had_never_been(case: Case, stored: Futures) -> None:
    found = update(case, stored)
    (spine,) = (one for one in found.learnt if one.site == "lumbar_spine")
    scan = case.scans[2]
    sites = {name: value for name, value in scan.sites.items() if name != "lumbar_spine"}
    scans = (*case.scans[:2], replace(scan, sites=sites), case.scans[3])
    without = update(replace(case, scans=scans), stored)
    (again,) = (one for one in without.learnt if one.site == "lumbar_spine")
    assert spine.without[scan.date.isoformat()] == pytest.approx(again.after, abs=1e-6)


def test_one_more_scan_is_learnt_from_in_less_than_a_third_of_a_second(case: Case, stored: Futures) -> None:
    update(case, stored)
    begun = time.perf_counter()
    update(case, stored)
    assert time.perf_counter() - begun < 0.3
    assert len(measured(case).readings) == 14


@pytest.mark.parametrize(
    ("width", "said"),
    [(0.5, "narrowed the range by 50%"), (0.98, "hardly narrowed"), (1.2, "widened the range by 20%")],
)
def test_what_measurements_did_to_the_range_is_said_as_it_is(width: float, said: str) -> None:
    learnt = SiteLearnt("total_hip", -700.0, 0.0, (-1.0, -2.0, 0.0), (-1.0, -1.0 - width, -1.0 + width), {})
    (text,) = sentences((learnt,), ())
    assert said in text

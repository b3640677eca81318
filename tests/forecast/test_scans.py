from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from osteocast.forecast.scans import ScanPoint, SiteBasis, level, site_basis

from .example_cases import WOMAN, case_of


def basis(*bmd: float) -> SiteBasis:
    scans = (ScanPoint(date(2020, 1, 1), 0.0, value, None, 0.03 * value, True) for value in bmd)
    return SiteBasis("lumbar_spine", tuple(scans))


def test_one_scan_on_day_0_is_the_level() -> None:
    assert level(basis(0.9), np.array([[1.0]]))[0] == pytest.approx(0.9)


def test_one_old_scan_is_carried_along_by_the_model() -> None:
    # The model lost 5% since; her level is what the scan says, less that.
    assert level(basis(0.9), np.array([[1 / 0.95]]))[0] == pytest.approx(0.9 * 0.95)


def test_two_scans_of_one_week_are_averaged() -> None:
    assert level(basis(0.88, 0.92), np.array([[1.0, 1.0]]))[0] == pytest.approx(0.9, rel=1e-3)


def test_an_old_scan_counts_less_than_a_new_one() -> None:
    # The model says: no change but 10% over the old interval; the scans disagree with that.
    found = level(basis(0.90, 0.90), np.array([[1.10, 1.0]]))[0]
    average = np.sqrt(0.90 / 1.10 * 0.90)
    assert average < found < 0.90
    assert abs(found - 0.90) < abs(found - average)


@given(st.lists(st.floats(0.5, 1.3), min_size=1, max_size=5), st.floats(0.9, 1.1))
def test_the_level_lies_where_scans_are(values: list[float], change: float) -> None:
    course = np.array([[change] * (len(values) - 1) + [1.0]])
    found = level(basis(*values), course)[0]
    implied = np.array(values) / course[0]
    # Weights of correlated errors can lie a little outside the scans, never far.
    spread = implied.max() - implied.min()
    assert implied.min() - 0.5 * spread - 1e-9 <= found <= implied.max() + 0.5 * spread + 1e-9


def test_scans_of_another_maker_are_shown_and_not_used() -> None:
    case = case_of(
        f"""{WOMAN}
scans:
  - {{date: 2021-01-01, device: lunar, sites: {{total_hip: {{bmd: 0.92}}}}}}
  - {{date: 2024-01-01, device: hologic, sites: {{total_hip: {{bmd: 0.83}}}}}}
"""
    )
    found = site_basis(case, "total_hip")
    assert [scan.used for scan in found.scans] == [False, True]
    assert "not used" in found.note


def test_a_t_score_alone_gives_a_bmd_and_says_so() -> None:
    case = case_of(
        f"""{WOMAN}
scans:
  - {{date: 2024-01-01, device: hologic, reference: NHANES III, sites: {{total_hip: {{t_score: -1.5}}}}}}
"""
    )
    found = site_basis(case, "total_hip")
    assert found.scale is not None
    assert found.scale.t_score(found.scans[0].bmd) == pytest.approx(-1.5)
    assert "computed from the T-score" in found.note


def test_a_site_never_scanned_has_no_t_score() -> None:
    assert site_basis(case_of(WOMAN), "total_hip").scale is None

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osteocast.person import DxaScan, SiteScan, change, least_significant_change


def scan(
    bmd: float | None, vendor: str = "hologic", vertebrae: int | None = None, cv: float | None = None
) -> tuple[DxaScan, SiteScan]:
    measured = SiteScan(bmd, vertebrae=vertebrae)
    precision = {} if cv is None else {"lumbar_spine": cv}
    visit = DxaScan(date(2024, 1, 2), vendor, {"lumbar_spine": measured}, None, precision)  # type: ignore[arg-type]
    return visit, measured


def test_the_least_significant_change_is_2_77_times_the_precision_error() -> None:
    least = least_significant_change("lumbar_spine", 1.0, "hologic")
    assert least is not None
    assert least.percent == pytest.approx(2.77 * 1.08, rel=1e-3)
    assert least.absolute == pytest.approx(0.0299, rel=1e-2)
    assert least.source == "wilson-dxa-precision/lumbar_spine-hologic"


@given(st.floats(0.4, 1.6), st.floats(0.4, 1.6))
def test_it_grows_with_the_bmd_in_grams_but_not_in_percent(one: float, other: float) -> None:
    first = least_significant_change("femoral_neck", one, "lunar")
    second = least_significant_change("femoral_neck", other, "lunar")
    assert first is not None and second is not None
    assert first.percent == second.percent
    assert (first.absolute < second.absolute) == (one < other)


def test_fewer_vertebrae_widen_it() -> None:
    widths = [
        least.percent
        for count in (4, 3, 2, 1)
        if (least := least_significant_change("lumbar_spine", 1.0, "hologic", vertebrae=count))
    ]
    assert len(widths) == 4
    assert widths == sorted(widths)
    assert widths[3] / widths[0] == pytest.approx(1.65)


def test_the_centres_own_precision_replaces_the_published_one() -> None:
    least = least_significant_change("total_hip", 1.0, "norland", precision=1.0)
    assert least is not None
    assert least.percent == pytest.approx(2.772, rel=1e-3)
    assert least.source == "the centre's own precision"


def test_a_maker_without_published_precision_has_none() -> None:
    assert least_significant_change("lumbar_spine", 1.0, "norland") is None


@pytest.mark.parametrize(
    ("after", "significant"), [(0.969, True), (0.971, False), (1.029, False), (1.031, True)]
)
def test_a_change_counts_when_it_exceeds_measurement_error(after: float, significant: bool) -> None:
    result = change("lumbar_spine", scan(1.0), scan(after))
    assert result.significant is significant
    assert result.percent == pytest.approx(100 * (after - 1))


def test_the_smaller_number_of_vertebrae_decides() -> None:
    assert change("lumbar_spine", scan(1.0, vertebrae=4), scan(0.965, vertebrae=2)).significant is False


def test_the_precision_of_the_later_scan_decides() -> None:
    assert change("lumbar_spine", scan(1.0), scan(0.98, cv=0.5)).significant is True


def test_across_makers_no_change_is_computed() -> None:
    result = change("lumbar_spine", scan(1.068, "lunar"), scan(0.950))
    assert (result.absolute, result.percent, result.significant) == (None, None, None)
    assert "Lunar and Hologic cannot be compared" in str(result.reason)


def test_without_bmd_no_change_is_computed() -> None:
    assert "has no BMD" in str(change("lumbar_spine", scan(None), scan(1.0)).reason)


def test_without_precision_a_change_has_a_size_but_no_verdict() -> None:
    result = change("lumbar_spine", scan(1.0, "norland"), scan(0.9, "norland"))
    assert result.percent == pytest.approx(-10)
    assert result.significant is None
    assert "no precision" in str(result.reason)

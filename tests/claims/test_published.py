"""Published numbers put together from the registry."""

from __future__ import annotations

import pytest

from osteocast.claims.published import month_of, published
from osteocast.claims.schema import FromRegistry
from osteocast.errors import EvidenceError


def test_a_value_keeps_its_interval() -> None:
    found = published(FromRegistry("z-fast-12-months/upfront-lumbar-spine-difference-12"))
    assert (found.value, found.ci) == (4.4, (3.7, 5.0))


def test_a_difference_of_two_groups_has_the_interval_of_both() -> None:
    found = published(FromRegistry("liftmor/hirit-lumbar-spine-8", minus="liftmor/con-lumbar-spine-8"))
    assert found.value == pytest.approx(4.1)
    assert found.ci is not None
    # 1.96 x sqrt(2.8^2 / 49 + 2.8^2 / 52)
    assert found.ci[1] - found.ci[0] == pytest.approx(2 * 1.093, abs=0.01)


def test_a_quotient_has_none() -> None:
    found = published(
        FromRegistry(
            "ibis-2-bone-36-months/s12-ana-lumbar-spine-36",
            over="ibis-2-bone-36-months/s12-pbo-lumbar-spine-36",
        )
    )
    assert found.value == pytest.approx(4.0 / 1.2)
    assert found.ci is None


def test_a_change_in_percent_of_a_printed_baseline() -> None:
    found = published(
        FromRegistry("leder-2004/daily-testosterone-2.8", percent_of="leder-2004/daily-testosterone-0")
    )
    assert found.value == pytest.approx(100 * (572 / 343 - 1))


def test_a_change_over_years_has_a_yearly_part_and_a_rate_is_one_already() -> None:
    assert published(
        FromRegistry("atac-bone-60-months/ana-lumbar-spine-60", year=True)
    ).value == pytest.approx(-6.08 / 5)
    rate = published(FromRegistry("uk-transition/became-post-lumbar-spine-25", year=True))
    assert rate.value == -2.5


def test_words_stand_for_a_number_only_where_that_is_said() -> None:
    found = published(FromRegistry("atac-bone-60-months/ana-lumbar-spine-60", reads=0.0))
    assert (found.value, found.in_words) == (0.0, True)


def test_what_is_not_there_is_told() -> None:
    with pytest.raises(EvidenceError, match="ana-lumbar-spine-60"):
        published(FromRegistry("atac-bone-60-months/ana-lumbr-spine-60"))
    with pytest.raises(EvidenceError, match="names no month"):
        month_of(FromRegistry("abcsg-18/denosumab-fracture-hr"))

from __future__ import annotations

import pytest

from osteocast.errors import EvidenceError
from osteocast.person.published import is_published, published, published_sd


def test_a_number_and_its_spread_are_read_from_the_registry() -> None:
    assert published("nhanes-iii-femoral-neck/young-female") == 0.858
    assert published_sd("nhanes-iii-femoral-neck/young-female") == 0.120


def test_a_number_without_spread_or_without_number_is_an_error_of_the_registry() -> None:
    with pytest.raises(EvidenceError, match="no standard deviation"):
        published_sd("hui-1997-standardised-bmd/lumbar_spine-mean")
    with pytest.raises(EvidenceError, match="no value"):
        published("hui-1997-standardised-bmd/radius-mean")


def test_what_is_not_published_is_known_to_be_missing() -> None:
    assert is_published("wilson-dxa-precision/lumbar_spine-lunar")
    assert not is_published("wilson-dxa-precision/lumbar_spine-norland")

"""Benefit and harm of drugs on one denominator: events per 10,000 person-years."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from osteocast import evidence
from osteocast.errors import EvidenceError
from osteocast.evidence import Value
from osteocast.guidance.data import content

__all__ = ["PERSON_YEARS", "Rate", "rates"]

#: Denominator of every rate.
PERSON_YEARS = 10_000.0

_PER = {"per_10000_py": 1.0, "per_1000_py": 10.0, "per_100_py": 100.0}
_MONTHS_PER_YEAR = 12.0


@dataclass(frozen=True)
class Rate:
    """How often something happens on a drug.

    Parameters
    ----------
    kind : {"benefit", "harm"}
    what : str
    per_10000 : float
        Events per 10,000 person-years; of a benefit, events prevented.
    population : str
        In whom it was counted.
    sources : tuple of str
        References into the evidence registry.
    """

    kind: Literal["benefit", "harm"]
    what: str
    per_10000: float
    population: str
    sources: tuple[str, ...]

    def words(self) -> str:
        """Say the rate.

        Examples
        --------
        >>> Rate("harm", "osteonecrosis of the jaw", 5.2, "women", ()).words()
        'osteonecrosis of the jaw: 5.2 per 10,000 person-years'
        """
        number = f"{self.per_10000:.1f}" if self.per_10000 < 10 else f"{self.per_10000:.0f}"
        return f"{self.what}: {number} per 10,000 person-years"


def rates(drug: str) -> tuple[Rate, ...]:
    """Return what is known of a drug's benefit and harm.

    Parameters
    ----------
    drug : str
        Name in `osteocast.therapies.DRUGS`.

    Examples
    --------
    >>> [round(rate.per_10000, 1) for rate in rates("denosumab") if "jaw" in rate.what]
    [5.2]
    """
    name = drug.split("_")[0]
    return tuple(_rate(item) for item in _load().get(name, ()))


def _rate(item: Mapping[str, Any]) -> Rate:
    registry = evidence.load()
    references = [item["rate"], *([item["less"]] if "less" in item else [])]
    values = [registry.value(reference) for reference in references]
    number = per_10000(values[0])
    if len(values) > 1:
        other = per_10000(values[1])
        number = number - other
    return Rate(item["kind"], item["what"], number, values[0].population or "", tuple(references))


def per_10000(value: Value) -> float:
    r"""Return a published rate or share as events per 10,000 person-years.

    A share :math:`p` of people within :math:`t` years counts as the constant rate :math:`-\ln(1 - p) / t`.

    Raises
    ------
    EvidenceError
        If the value is neither.
    """
    if value.unit in _PER:
        return value.number * _PER[value.unit]
    if value.statistic == "cumulative_incidence" and value.unit == "pct" and value.month:
        years = value.month / _MONTHS_PER_YEAR
        return -math.log1p(-value.number / 100) / years * PERSON_YEARS
    raise EvidenceError(f"{value.id} is neither a rate nor a share of people within a time")


@functools.cache
def _load() -> Mapping[str, list[dict[str, Any]]]:
    found: Mapping[str, list[dict[str, Any]]] = content("harms")
    return found

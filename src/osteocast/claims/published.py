"""Published numbers, from values of the registry.

A value that is excluded there is kept out of the model: of a site that it does not have, or in units that say
nothing of a change of density. It may still bear on a claim, and then says why nothing else rests on it.
"""

from __future__ import annotations

import math

from osteocast import evidence
from osteocast.claims.answers import Published
from osteocast.claims.schema import FromRegistry
from osteocast.errors import EvidenceError
from osteocast.evidence import Value

__all__ = ["month_of", "published"]

_NORMAL_95 = 1.96


def published(given: FromRegistry) -> Published:
    """Look a published number up.

    Parameters
    ----------
    given : FromRegistry

    Returns
    -------
    Published
        With the interval of the value where it stands alone, or of the difference of two groups whose
        errors are printed. A quotient has none.

    Raises
    ------
    EvidenceError
        If the registry has no such value.

    Examples
    --------
    >>> published(FromRegistry("atac-bone-60-months/ana-total-hip-60")).value
    -7.24
    """
    first = evidence.load().value(given.value)
    apart = first.reason if first.status == "excluded" else None
    if given.reads is not None:
        return Published(given.references, given.reads, in_words=True, apart=apart)
    if given.minus or given.over or given.percent_of:
        value, interval = _combined(given, first)
        return Published(given.references, value, interval, apart=apart)
    if first.value is None:
        return Published(given.references, None, apart=apart)
    years = _years(first) if given.year else 1.0
    interval = _interval(first)
    if interval is not None:
        low, high = sorted((interval[0] / years, interval[1] / years))
        interval = (low, high)
    in_words = "said in words" in (first.note or "")
    return Published(given.references, first.value / years, interval, in_words, apart)


def month_of(given: FromRegistry) -> float:
    """Return the month in which a value was measured.

    Raises
    ------
    EvidenceError
        If the source does not say.
    """
    month = evidence.load().value(given.value).month
    if month is None:
        raise EvidenceError(f"{given.value} names no month")
    return month


def _combined(given: FromRegistry, first: Value) -> tuple[float, tuple[float, float] | None]:
    """Put two values together; only the difference of two groups of people has an interval of its own."""
    known = evidence.load()
    if given.minus:
        second = known.value(given.minus)
        value = first.number - second.number
        one, other = _error(first), _error(second)
        if one is None or other is None:
            return value, None
        width = _NORMAL_95 * math.hypot(one, other)
        return value, (value - width, value + width)
    if given.over:
        return first.number / known.value(given.over).number, None
    assert given.percent_of is not None
    return 100.0 * (first.number / known.value(given.percent_of).number - 1.0), None


def _years(value: Value) -> float:
    """Years over which a change was measured; 1 for a yearly rate."""
    if value.unit.endswith("per_year"):
        return 1.0
    if value.month is None:
        raise EvidenceError(f"{value.id} names no month, so that it has no yearly part")
    return (value.month - (value.from_month or 0.0)) / 12.0


def _interval(value: Value) -> tuple[float, float] | None:
    """Return the printed 95% confidence interval, or that of a printed standard error or deviation."""
    assert value.value is not None
    if value.ci is not None and value.ci[0] is not None and value.ci[1] is not None:
        return value.ci[0], value.ci[1]
    error = _error(value)
    if error is None:
        return None
    return value.value - _NORMAL_95 * error, value.value + _NORMAL_95 * error


def _error(value: Value) -> float | None:
    """Return the standard error, printed or from standard deviation and number."""
    if value.se is not None or value.sd is None or not value.n:
        return value.se
    return value.sd / math.sqrt(value.n)

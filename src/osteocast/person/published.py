"""Numbers of the evidence registry, as this room needs them."""

from __future__ import annotations

from osteocast import evidence
from osteocast.errors import EvidenceError
from osteocast.evidence import Value

__all__ = ["is_published", "middle", "published", "published_sd", "value_of"]


def published(reference: str) -> float:
    """Return a number of the registry by ``source-id/value-id``.

    Raises
    ------
    EvidenceError
        If there is none, or it is not a number.
    """
    value = evidence.load().value(reference).value
    if value is None:
        raise EvidenceError(f"{reference} is not a number")
    return float(value)


def published_sd(reference: str) -> float:
    """Return the standard deviation that stands beside a number of the registry."""
    sd = evidence.load().value(reference).sd
    if sd is None:
        raise EvidenceError(f"{reference} has no standard deviation")
    return float(sd)


def is_published(reference: str) -> bool:
    """Whether the registry has a value."""
    source_id, _, value_id = reference.partition("/")
    return any(value.id == value_id for value in evidence.load().source(source_id).values)


def value_of(reference: str, **names: str) -> Value:
    """Return a value of the registry by ``source-id/value-id``; braces are filled with names."""
    return evidence.load().value(reference.format(**names))


def middle(reference: str, **names: str) -> float:
    """Return a number of the registry, or the middle of a printed range."""
    value = value_of(reference, **names)
    if value.value is None and value.range is not None:
        low, high = value.range
        return 0.5 * (float(low or 0.0) + float(high or 0.0))
    return value.number

"""Numbers of the evidence registry, as this room needs them."""

from __future__ import annotations

from osteocast import evidence
from osteocast.errors import EvidenceError

__all__ = ["is_published", "published", "published_sd"]


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

"""What is computed is counted against the address that asks; what is remembered costs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from osteocast.web.drafts import Draft
    from osteocast.web.visitors import Visitor

__all__ = ["spend"]


def spend(visitor: Visitor, draft: Draft, kind: str = "forecast", count: int | None = None) -> None:
    """Count a computation of a visitor, unless its result is remembered.

    Raises
    ------
    TooOften
        If the address has asked for too many in the last minute.
    """
    computations = visitor.service.computations
    number = visitor.service.settings.draws if count is None else count
    if computations.peek(computations.key_of(kind, draft, number)) is None:
        visitor.service.computing_rates.spend(visitor.address)

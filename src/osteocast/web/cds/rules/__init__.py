"""What a situation gives rise to: cards from safety, surveillance, guidelines and a fast forecast."""

from __future__ import annotations

from osteocast.web.cds.cards import Card
from osteocast.web.cds.rules import baseline, crossings, denosumab, safety, scans, treatment
from osteocast.web.cds.situations import Situation

__all__ = ["cards_of"]

_SEVERITY = ("critical", "warning", "info")


def cards_of(situation: Situation) -> list[Card]:
    """Return the cards of a situation, the gravest first."""
    modules = (safety, denosumab, baseline, scans, treatment, crossings)
    found = [card for module in modules for card in module.cards(situation)]
    return sorted(found, key=lambda card: _SEVERITY.index(card.indicator))

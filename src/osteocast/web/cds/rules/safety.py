"""What is unsafe about an order, or about what is taken, and what comes before an order."""

from __future__ import annotations

from collections.abc import Iterator

from osteocast.guidance import Finding, check
from osteocast.therapies import DRUGS
from osteocast.web.cds.cards import Card
from osteocast.web.cds.detail import points, written
from osteocast.web.cds.offers import removal_of, test_for, tests_of
from osteocast.web.cds.situations import Order, Situation

__all__ = ["SHOWN_ELSEWHERE", "cards"]

#: Findings that have cards of their own.
SHOWN_ELSEWHERE = ("inhibitor-density", "denosumab-stopped", "denosumab-delayed", "denosumab-overdue")


def cards(situation: Situation) -> Iterator[Card]:
    """Yield a card for each order that is unsafe or asks for something first; else for what is taken."""
    findings = [finding for finding in check(situation.case) if finding.id not in SHOWN_ELSEWHERE]
    if situation.writing:
        for order in situation.given:
            about = [finding for finding in findings if order.drug in finding.drugs]
            yield from _of_order(situation, order, about)
        return
    refused = [finding for finding in findings if finding.level == "refuse"]
    for drug in dict.fromkeys(drug for finding in refused for drug in finding.drugs):
        about = [finding for finding in refused if drug in finding.drugs]
        yield _card(situation, "unsafe", about, f"{DRUGS[drug].words.capitalize()}: {about[0].reason}")


def _of_order(situation: Situation, order: Order, about: list[Finding]) -> Iterator[Card]:
    words = DRUGS[order.drug].words
    refused = [finding for finding in about if finding.level == "refuse"]
    first = [finding for finding in about if finding.level == "warn"]
    if refused:
        summary = f"{words.capitalize()}: {refused[0].reason}"
        yield _card(situation, "unsafe", [*refused, *first], summary, order)
    elif first:
        yield _card(situation, "first", first, f"Before {words}: {first[0].reason}", order)


def _card(
    situation: Situation, topic: str, about: list[Finding], summary: str, order: Order | None = None
) -> Card:
    missing = [fact for finding in about for fact in finding.missing]
    offered = list(test_for(situation, tests_of(missing), why=summary))
    if order is not None and topic == "unsafe":
        offered.insert(0, removal_of(order))
    return Card(
        topic,
        "critical" if topic == "unsafe" else "warning",
        summary,
        written(
            situation,
            [points(finding.reason for finding in about)],
            [source for finding in about for source in finding.sources],
            missing,
        ),
        tuple(offered),
    )

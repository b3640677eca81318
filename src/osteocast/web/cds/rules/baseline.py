"""Before an aromatase inhibitor: density, blood, and what the risk of fracture hangs on."""

from __future__ import annotations

from collections.abc import Iterator

from osteocast.guidance import Facts, Guidelines, guidelines
from osteocast.therapies import DRUGS
from osteocast.web.cds.cards import Card
from osteocast.web.cds.detail import points, written
from osteocast.web.cds.offers import test_for, tests_of
from osteocast.web.cds.rules.scans import scan_due
from osteocast.web.cds.situations import Situation

__all__ = ["cards"]

#: What is measured before an inhibitor, by the names of facts.
_BEFORE = ("vitamin_d", "calcium")
_WORDS = {"dxa": "bone density", "vitamin-d": "25-hydroxyvitamin D", "calcium": "calcium"}


def cards(situation: Situation) -> Iterator[Card]:
    """Yield what to measure and to ask before an inhibitor that an order begins."""
    if situation.begun is None:
        return
    words = DRUGS[situation.begun].words
    facts = Facts(situation.case)
    due = scan_due(situation)
    unknown = [facts[name] for name in _BEFORE if facts[name].value is None]
    tests = [test for test in (["dxa"] if due else []) + tests_of(unknown) if test not in situation.requested]
    said = guidelines(situation.case)
    open_ = [fact for ruling in said.verdicts if ruling.rule.about == "bone drug" for fact in ruling.missing]
    # A scan or a sample that is missing is told as what to measure.
    ask = [fact for fact in open_ if not tests_of([fact])]
    if not tests and not ask:
        return
    measure = f"measure {', '.join(_WORDS[test] for test in tests)}" if tests else ""
    risk = "ask about risk factors for fracture" if ask else ""
    summary = f"Before {words}: {'; '.join(part for part in (measure, risk) if part)}"
    needed = due is not None and due.overdue and "dxa" in tests
    parts = [
        f"{due.reason}." if due and "dxa" in tests else "",
        points(_assessments(said)),
        "Whether a guideline asks for a drug for bone cannot be told until that is known." if open_ else "",
    ]
    sources = [ruling.rule.source for ruling in said.verdicts if _assesses(ruling.rule.about, ruling.outcome)]
    yield Card(
        "baseline",
        "warning" if needed else "info",
        summary,
        written(situation, parts, [*sources, *(due.sources if due else ())], [*unknown, *open_]),
        tuple(test_for(situation, tests, why=f"before {words}")),
    )


def _assesses(about: str, outcome: str) -> bool:
    return about == "assessment" and outcome == "applies"


def _assessments(said: Guidelines) -> Iterator[str]:
    for ruling in said.verdicts:
        if _assesses(ruling.rule.about, ruling.outcome):
            yield f"{ruling.body.body} {ruling.body.published}, {ruling.rule.clause}: {ruling.rule.action}"

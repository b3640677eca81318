"""What to know before a plan: whether it is refused, what comes first, what the drugs do to ten thousand."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from osteocast import evidence
from osteocast.guidance.data import content
from osteocast.guidance.facts import Fact, Facts
from osteocast.guidance.harms import Rate, rates
from osteocast.guidance.language import Condition, condition_from, reading
from osteocast.guidance.sequence import sequence_findings
from osteocast.guidance.words import Level
from osteocast.person import Case, Plan
from osteocast.person.case import end_day
from osteocast.therapies import DRUGS

__all__ = ["LEVELS", "Finding", "check", "is_refused"]

#: From the worst.
LEVELS: tuple[Level, ...] = ("refuse", "warn", "note")


@dataclass(frozen=True)
class Finding:
    """One thing to know before a plan.

    Parameters
    ----------
    level : {"refuse", "warn", "note"}
        Not to be done; to be done or known first; to know.
    id : str
        Of the check.
    drugs : tuple of str
        Drugs of the plan that it is about.
    reason : str
        One sentence or two.
    used, missing : tuple of Fact
        Facts of the person that it rests on, and facts that nobody gave.
    sources : tuple of str
        ``source-id/value-id`` of the evidence registry.
    rates : tuple of Rate
        Benefit and harm on one denominator, where the finding is about them.
    """

    level: Level
    id: str
    drugs: tuple[str, ...]
    reason: str
    used: tuple[Fact, ...] = ()
    missing: tuple[Fact, ...] = ()
    sources: tuple[str, ...] = ()
    rates: tuple[Rate, ...] = ()

    def words(self) -> str:
        """Say the finding, with its drugs before it."""
        drugs = ", ".join(DRUGS[drug].words for drug in self.drugs)
        return f"{drugs}: {self.reason}" if drugs else self.reason


@dataclass(frozen=True)
class _Check:
    """One check of the file."""

    id: str
    drugs: tuple[str, ...]
    level: Level
    when: Condition | None
    text: str
    sources: tuple[str, ...]
    unknown: tuple[Literal["warn", "note"], str] | None


def check(case: Case, plan: Plan | None = None) -> tuple[Finding, ...]:
    """Return what to know before a plan, the worst first.

    Parameters
    ----------
    case : Case
        Whether or not the model covers it.
    plan : Plan, optional
        The treatments as they run if left out.

    Returns
    -------
    tuple of Finding
        An unsafe plan has one of level ``refuse``, whose reason says why.

    Examples
    --------
    >>> from osteocast.person import load_case
    >>> case = load_case('''
    ... person: {sex: female, birth_date: 1950-05-14, menopause: {age: 50}, weight: 60 kg}
    ... labs: [{date: 2025-03-03, analyte: creatinine, value: 3.9 mg/dL}]
    ... treatments: [{drug: denosumab, start: 2025-03-10}]
    ... ''')
    >>> [(finding.id, finding.level) for finding in check(case)][0]
    ('kidney-denosumab', 'refuse')
    """
    facts = Facts(case, plan)
    findings = [*_checked(facts), *_sequences(facts), *_numbers(facts)]
    return tuple(sorted(findings, key=lambda finding: LEVELS.index(finding.level)))


def is_refused(findings: Sequence[Finding]) -> bool:
    """Whether a plan with these findings is unsafe."""
    return any(finding.level == "refuse" for finding in findings)


def _given(facts: Facts) -> tuple[str, ...]:
    """Return the drugs that are taken on day 0 or later, in order of start."""
    courses = sorted(facts.courses, key=lambda course: course.start_day)
    return tuple(dict.fromkeys(course.drug for course in courses if end_day(course) > 0))


def _checked(facts: Facts) -> Iterator[Finding]:
    given = _given(facts)
    for item in _load():
        drugs = tuple(drug for drug in given if drug in item.drugs)
        if not drugs:
            continue
        if item.when is None:
            yield Finding(item.level, item.id, drugs, item.text, sources=item.sources)
            continue
        truth = item.when.truth(facts, {})
        found = reading(item.when, facts)
        if truth:
            yield Finding(item.level, item.id, drugs, item.text, found.used, (), item.sources)
        elif truth is None and item.unknown is not None:
            level, text = item.unknown
            yield Finding(level, item.id, drugs, text, found.used, found.missing, item.sources)


def _sequences(facts: Facts) -> Iterator[Finding]:
    horizon = facts.case.horizon_days(facts.plan or Plan("as it runs"))
    for level, name, drug, reason, sources in sequence_findings(facts.case, facts.courses, horizon):
        yield Finding(level, name, (drug,), reason, sources=sources)


def _numbers(facts: Facts) -> Iterator[Finding]:
    """Yield benefit and harm of each drug for bone, and of testosterone, on one denominator."""
    seen = set()
    for drug in _given(facts):
        found = rates(drug)
        if found and found not in seen:
            seen.add(found)
            sources = tuple(dict.fromkeys(source for rate in found for source in rate.sources))
            text = (
                "what it does and what it may do, counted in ten thousand people over a year; they come from "
                "people at different risk, so compare orders of magnitude"
            )
            yield Finding("note", "numbers", (drug,), text, sources=sources, rates=found)


@functools.cache
def _load() -> tuple[_Check, ...]:
    """Read the checks; every source has to be in the registry."""
    registry = evidence.load()
    items: list[dict[str, Any]] = content("safety")
    checks = []
    for item in items:
        for source in item["sources"]:
            registry.value(source)
        unknown = item.get("unknown")
        checks.append(
            _Check(
                item["id"],
                tuple(item["drugs"]),
                item["level"],
                condition_from(item["when"]) if "when" in item else None,
                item["text"].strip(),
                tuple(item["sources"]),
                (unknown["level"], unknown["text"]) if unknown else None,
            )
        )
    return tuple(checks)

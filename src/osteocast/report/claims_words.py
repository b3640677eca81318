"""Answered claims as text: the same for page, documentation and terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from osteocast import evidence
from osteocast.claims import GROUPS, Answer, Filled, Finding, Number, Published, Verdict

__all__ = [
    "INTRODUCTION",
    "VERDICTS",
    "Cited",
    "cells",
    "cited",
    "collected",
    "counts",
    "grouped",
    "outcome",
    "simulated",
    "told",
]

#: What each verdict means.
VERDICTS: dict[Verdict, str] = {
    "supported": "what was published meets every condition of the claim, and the simulation shows it too",
    "partly": "some conditions are met, or some studied, or the simulation does not show what trials did",
    "not supported": "what was published meets no condition of the claim",
    "not studied": "nothing was published that bears on it; the simulation alone decides nothing",
    "answered in words": "there is no quantitative question in it",
}
INTRODUCTION = (
    "Popular articles say what aromatase inhibitors, exercise, food and drugs do to bone. Here each claim is "
    "a question: it is simulated, set beside what was published, and answered by one rule for all. Where "
    "trials disagree with a claim the trials win; where they disagree with the model, the answer says so. "
    "The claims are told in our own words."
)

#: Tables of the articles that gather numbers of several claims.
_COLLECTED = (
    ("Annual loss at the lumbar spine, by group", ("L1",)),
    ("Trials in users of an inhibitor", ("L2", "M1", "M2", "M3", "M4")),
)
_DIGITS = {
    "%": 1,
    "points": 1,
    "% a year": 2,
    "g/cm2": 3,
    "pg/mL": 1,
    "IU/L": 1,
    "mg a week": 2,
    "ng/dL": 0,
    "nmol/L": 0,
}
_SIGNED = ("%", "% a year")


@dataclass(frozen=True)
class Cited:
    """A published number as text.

    Parameters
    ----------
    text : str
    study : str
        Whose it is, as people call it.
    address : str or None
        Of its source, if one was verified.
    apart : str or None
        Why the model does not rest on it.
    """

    text: str
    study: str
    address: str | None
    apart: str | None = None


def counts(answers: Sequence[Answer]) -> list[tuple[Verdict, int]]:
    """Return how many claims got each verdict, in the order of `VERDICTS`, without those none got."""
    found = [(name, sum(one.verdict == name for one in answers)) for name in VERDICTS]
    return [(name, count) for name, count in found if count]


def grouped(answers: Sequence[Answer]) -> Iterator[tuple[str, list[Answer]]]:
    """Yield the answers of each group with its title."""
    for group, title in GROUPS.items():
        own = [one for one in answers if one.claim.group == group]
        if own:
            yield title, own


def collected(answers: Sequence[Answer]) -> Iterator[tuple[str, list[tuple[str, Number]]]]:
    """Yield the articles' tables that are complete: title, and numbers with the id of their claim."""
    known = {one.id: one for one in answers}
    for title, ids in _COLLECTED:
        if all(one in known for one in ids):
            yield title, [(one, number) for one in ids for number in known[one].numbers]


def simulated(number: Number) -> str:
    """Return the simulated value with its range; a dash where the model does not contain it."""
    if number.simulated is None or not math.isfinite(number.simulated):
        return "–"
    text = _shown(number.simulated, number.unit)
    if number.low is None or number.high is None:
        return text
    low, high = _bare(number.low, number.unit), _bare(number.high, number.unit)
    # What the trials leave open does not touch every number.
    return text if low == high else f"{text} ({low} to {high})"


def cited(number: Number) -> list[Cited]:
    """Return the published values of a number, each with its source."""
    return [_cited(one, number.unit) for one in number.published]


def _cited(one: Published, unit: str) -> Cited:
    source = evidence.load().source(one.references[0].split("/", 1)[0])
    address = f"https://doi.org/{source.citation.doi}" if source.citation.doi else source.citation.url
    study = ", ".join(source.study) or source.id.replace("-", " ")
    study = study[0].upper() + study[1:]
    if one.value is None:
        return Cited("no number printed", study, address, one.apart)
    text = _shown(one.value, unit)
    if one.ci is not None:
        text += f" ({_bare(one.ci[0], unit)} to {_bare(one.ci[1], unit)})"
    if one.in_words:
        text += ", printed in words"
    return Cited(text, study, address, one.apart)


def _shown(value: float, unit: str) -> str:
    if not unit or unit.startswith("%"):
        return f"{_bare(value, unit)}{unit}"
    return f"{_bare(value, unit)} {unit.replace('cm2', 'cm²').replace('cm3', 'cm³')}"


def _bare(value: float, unit: str) -> str:
    digits = _DIGITS.get(unit, 2)
    # Nought has no sign.
    text = f"{value:{'+' if unit in _SIGNED else ''}.{digits}f}"
    return text.lstrip("+-") if float(text) == 0 else text.replace("-", "−")


def told(answer: Answer) -> list[tuple[str, str, str]]:
    """Return a sign, the condition, and what became of it on each side, for every condition.

    The sign is that of what was published: met, in part, not met, or unknown; of the simulation where a
    condition is about that alone.
    """
    found: dict[str, list[Finding]] = {}
    for one in answer.findings:
        found.setdefault(one.text, []).append(one)
    return [(_mark(sides[0]), text, "; ".join(map(outcome, sides))) for text, sides in found.items()]


def outcome(finding: Finding) -> str:
    """Say what became of a condition on one side.

    Examples
    --------
    >>> outcome(Finding("published", "spine: at least 1%", 2, 3))
    'published: met by 2 of 3'
    >>> outcome(Finding("simulated", "spine: at least 1%", 0, 1))
    'simulated: not met'
    """
    side = "simulated and published" if finding.side == "agreement" else finding.side
    if finding.of == 0:
        return f"{side}: nothing"
    if finding.of == 1:
        return f"{side}: {'met' if finding.holds else 'not met'}"
    return f"{side}: met by {finding.met} of {finding.of}"


def _mark(finding: Finding) -> str:
    if finding.of == 0:
        return "?"
    if finding.holds:
        return "✓"
    return "◐" if finding.met else "✗"


def cells(table: Filled) -> list[tuple[str, ...]]:
    """Return the rows of a table as text: label, then a cell for each column."""
    rows = []
    for row, values in zip(table.spec.rows, table.cells, strict=True):
        texts = (
            _bare(value, "") if column.unit == "absolute" else _bare(value, "%")
            for column, value in zip(table.spec.columns, values, strict=True)
        )
        rows.append((row[0], *texts))
    return rows

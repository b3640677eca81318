"""What comes before the numbers of a plan: whether it is refused, and what has to be known first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from osteocast.guidance import Fact, Finding, Rate, check, is_refused
from osteocast.guidance.words import Level
from osteocast.person import Case
from osteocast.therapies import DRUGS
from osteocast.units.writing import sentence

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = [
    "Checked",
    "Told",
    "checked",
    "fact_as_data",
    "findings_as_data",
    "marked",
    "rates_told",
    "refused",
    "safety_first",
    "told",
]

#: Plans by name, each with what was found.
Checked = Sequence[tuple[str, Sequence[Finding]]]

_STYLES = {"refuse": "bold red", "warn": "yellow", "note": "dim"}
_WORDS = {"refuse": "Refused", "warn": "Know first", "note": "Note"}


@dataclass(frozen=True)
class Told:
    """One thing to know, and the plans it is about.

    Parameters
    ----------
    level : {"refuse", "warn", "note"}
    plans : tuple of str
        Empty if it holds for all of them.
    words : str
        A sentence, the drugs it is about before it.
    """

    level: Level
    plans: tuple[str, ...]
    words: str

    @property
    def head(self) -> str:
        """What it is and which plans it is about."""
        return f"{_WORDS[self.level]}: {'; '.join(self.plans) or 'every plan'}."


def checked(case: Case) -> tuple[tuple[str, tuple[Finding, ...]], ...]:
    """Return what to know before each plan of a case, the worst first."""
    return tuple((plan.name, check(case, plan)) for plan in case.plans)


def refused(plans: Checked) -> frozenset[str]:
    """Return the names of the plans that are unsafe."""
    return frozenset(name for name, findings in plans if is_refused(findings))


def marked(name: str, unsafe: Collection[str]) -> str:
    """Return the name of a plan, with "refused" behind it where it is."""
    return f"{name} (refused)" if name in unsafe else name


def told(plans: Checked, levels: Sequence[Level] = ("refuse", "warn")) -> list[Told]:
    """Put what was found into words, each once with the plans it is about, the worst first.

    Parameters
    ----------
    plans : sequence of (str, sequence of Finding)
    levels : sequence of {"refuse", "warn", "note"}
        Which to tell. Rates of benefit and harm are not among them (`rates_told`).
    """
    about: dict[tuple[Level, str], list[str]] = {}
    drugs: dict[tuple[Level, str], dict[str, None]] = {}
    for name, findings in plans:
        for finding in findings:
            if finding.level in levels and not finding.rates:
                key = finding.level, finding.reason
                about.setdefault(key, []).append(name)
                drugs.setdefault(key, {}).update(dict.fromkeys(finding.drugs))
    return [
        Told(
            level,
            () if len(names) == len(plans) else tuple(names),
            sentence(Finding(level, "", tuple(drugs[level, reason]), reason).words()),
        )
        for wanted in levels
        for (level, reason), names in about.items()
        if level == wanted
    ]


def rates_told(plans: Checked) -> list[tuple[str, tuple[Rate, ...]]]:
    """Return benefit and harm of each drug of the plans, on one denominator, each drug once."""
    found: dict[str, tuple[Rate, ...]] = {}
    for _, findings in plans:
        for finding in findings:
            if finding.rates:
                name = ", ".join(DRUGS[drug].words for drug in finding.drugs)
                found.setdefault(name.capitalize(), finding.rates)
    return list(found.items())


def safety_first(plans: Checked) -> list[RenderableType]:
    """Return what stands before the numbers in a terminal; nothing where nothing was found."""
    from rich.text import Text

    return [Text.assemble((f"{one.head} ", _STYLES[one.level]), one.words) for one in told(plans)]


def findings_as_data(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return what was found about a plan as what JSON can hold.

    Returns
    -------
    dict
        ``refused``, and ``findings`` with level, reason, facts used and missing, rates and sources.
    """
    return {
        "refused": is_refused(findings),
        "findings": [
            {
                "level": finding.level,
                "id": finding.id,
                "drugs": finding.drugs,
                "reason": finding.reason,
                "used": [fact_as_data(fact) for fact in finding.used],
                "missing": [fact_as_data(fact) for fact in finding.missing],
                "rates_per_10000_person_years": [
                    {
                        "kind": rate.kind,
                        "what": rate.what,
                        "value": rate.per_10000,
                        "population": rate.population or None,
                        "sources": rate.sources,
                    }
                    for rate in finding.rates
                ],
                "sources": finding.sources,
            }
            for finding in findings
        ],
    }


def fact_as_data(fact: Fact) -> dict[str, Any]:
    """Return a fact of the person as what JSON can hold."""
    return {
        "fact": fact.name,
        "label": fact.label,
        "value": fact.value,
        "unit": fact.unit or None,
        "origin": fact.origin or None,
        "field": fact.ask or None,
    }

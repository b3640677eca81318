"""Bodies and their rules, read from one dated file each."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from osteocast import evidence
from osteocast.guidance.data import content, rule_files
from osteocast.guidance.language import Condition, condition_from

__all__ = ["Body", "Gap", "Rule", "load_bodies", "load_gaps"]


@dataclass(frozen=True)
class Rule:
    """One clause of a guideline.

    Parameters
    ----------
    id : str
    clause : str
        Where it stands in the guideline.
    about : str
        The question it answers; rules of different bodies about one question are compared.
    action : str
        What is to be done.
    grade : str
        As the body grades it; empty where no grade was read.
    source : str
        ``source-id/value-id`` of the evidence registry.
    when : Condition
    """

    id: str
    clause: str
    about: str
    action: str
    grade: str
    source: str
    when: Condition


@dataclass(frozen=True)
class Body:
    """One guideline of one body.

    Parameters
    ----------
    body, name : str
        Short, and in full.
    published : int
        Year.
    source : str
        Id in the evidence registry.
    applies_to : str
        Whom it was written for, in words.
    population : Condition
        The same as a condition.
    rules : tuple of Rule
    caution : str
        What to know of the reading; empty for nothing.
    """

    body: str
    name: str
    published: int
    source: str
    applies_to: str
    population: Condition
    rules: tuple[Rule, ...]
    caution: str = ""

    @property
    def read(self) -> str:
        """To what depth the source was read."""
        return evidence.load().source(self.source).read


@dataclass(frozen=True)
class Gap:
    """A question of this person on which no guideline was found.

    Parameters
    ----------
    id, text : str
    sources : tuple of str
        Ids of the registry on which rests what is said instead.
    """

    id: str
    text: str
    sources: tuple[str, ...]


@functools.cache
def load_bodies() -> tuple[Body, ...]:
    """Return the guidelines that come with osteocast, in order of their files' names.

    Raises
    ------
    EvidenceError
        If a rule points at a value that the registry does not have.
    """
    return tuple(_body(content(name)) for name in rule_files())


def _body(entry: Mapping[str, Any]) -> Body:
    registry = evidence.load()
    rules = []
    for item in entry["rules"]:
        registry.value(item["source"])
        rules.append(
            Rule(
                str(item["id"]),
                item["clause"],
                item["about"],
                item["action"],
                item.get("grade", ""),
                item["source"],
                condition_from(item["when"]),
            )
        )
    return Body(
        entry["body"],
        entry["name"],
        int(entry["published"]),
        registry.source(entry["source"]).id,
        entry["applies_to"],
        condition_from(entry["population"]),
        tuple(rules),
        entry.get("caution", ""),
    )


@functools.cache
def load_gaps() -> tuple[tuple[Gap, Condition], ...]:
    """Return the questions without a guideline, each with whom it concerns."""
    registry = evidence.load()
    return tuple(
        (
            Gap(item["id"], item["text"], tuple(registry.source(each).id for each in item["sources"])),
            condition_from(item["when"]),
        )
        for item in content("gaps")
    )

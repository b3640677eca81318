"""Cards as a record shows them: a summary, what stands behind it, and what can be done about it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = [
    "LONGEST_SUMMARY",
    "Action",
    "Card",
    "Indicator",
    "Link",
    "Source",
    "Suggestion",
    "escaped",
    "shortened",
]

Indicator = Literal["info", "warning", "critical"]

#: Characters; the specification asks for fewer than 140.
LONGEST_SUMMARY = 139

# What ends a clause; and one that fills less than a third of the line says too little alone.
_CLAUSES = ("; ", ": ", ". ")
_SHORTEST_SHARE = 3
_MARKUP = re.compile(r"([\\`*_\[\]<>|#~])")


def shortened(text: str, most: int = LONGEST_SUMMARY) -> str:
    """Return a text on one line; one that is too long ends with a clause, or else after a word.

    Examples
    --------
    >>> shortened("measure bone density before the inhibitor, or now", 30)
    'measure bone density before…'
    >>> shortened("the last dose wore off: bone is lost within a year", 40)
    'the last dose wore off'
    """
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    cut = line[:most]
    # A clause that stands by itself says more than a longer one that breaks off.
    whole = max((cut.rfind(mark) for mark in _CLAUSES), default=-1)
    if whole >= most // _SHORTEST_SHARE:
        return cut[:whole]
    head, space, _ = cut.rpartition(" ")
    # A single word longer than the line is cut where the line ends.
    return (head if space else cut[:-1]).rstrip(" ,;:.") + "…"


def escaped(text: str) -> str:
    r"""Return a text that a reader of Markdown shows as it stands.

    Examples
    --------
    >>> print(escaped("<b>9.4</b> mg/dL"))
    \<b\>9.4\</b\> mg/dL
    """
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


@dataclass(frozen=True)
class Action:
    """One change of the record that somebody may take over.

    Parameters
    ----------
    kind : {"create", "update", "delete"}
    description : str
    resource : mapping, optional
        A FHIR resource to create or update.
    resource_id : str
        What is deleted, as in ``MedicationRequest/103``.
    """

    kind: Literal["create", "update", "delete"]
    description: str
    resource: Mapping[str, Any] | None = None
    resource_id: str = ""

    def as_data(self) -> dict[str, Any]:
        """Return it as the specification writes it."""
        data: dict[str, Any] = {"type": self.kind, "description": self.description}
        if self.resource is not None:
            data["resource"] = dict(self.resource)
        if self.resource_id:
            data["resourceId"] = [self.resource_id]
        return data


@dataclass(frozen=True)
class Suggestion:
    """What may be done with one click.

    Parameters
    ----------
    label : str
    actions : tuple of Action
        All are taken.
    recommended : bool
        Whether to show it before the others.
    """

    label: str
    actions: tuple[Action, ...]
    recommended: bool = False

    def as_data(self) -> dict[str, Any]:
        """Return it as the specification writes it, with an id of its own."""
        data: dict[str, Any] = {
            "label": shortened(self.label, 80),
            "uuid": str(uuid.uuid4()),
            "actions": [action.as_data() for action in self.actions],
        }
        if self.recommended:
            data["isRecommended"] = True
        return data


@dataclass(frozen=True)
class Link:
    """A page to read on."""

    label: str
    url: str

    def as_data(self) -> dict[str, str]:
        """Return it as the specification writes it."""
        return {"label": self.label, "url": self.url, "type": "absolute"}


@dataclass(frozen=True)
class Source:
    """Who says it.

    Parameters
    ----------
    label : str
    url : str
        Empty for none.
    """

    label: str
    url: str = ""


@dataclass(frozen=True)
class Card:
    """One thing to know, now.

    Parameters
    ----------
    topic : str
        What it is about, as counters name it; the same for everybody.
    indicator : {"info", "warning", "critical"}
    summary : str
        Shortened to what a card may hold.
    detail : str
        Markdown.
    suggestions : tuple of Suggestion
    links : tuple of Link
    id : str
        A UUID, new for each card.
    """

    topic: str
    indicator: Indicator
    summary: str
    detail: str
    suggestions: tuple[Suggestion, ...] = ()
    links: tuple[Link, ...] = ()
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def as_data(self, source: Source, override: Sequence[Mapping[str, str]]) -> dict[str, Any]:
        """Return it as the specification writes it.

        Parameters
        ----------
        source : Source
        override : sequence of mappings
            Codings of the reasons for which it may be set aside.
        """
        said = {"label": source.label, "url": source.url} if source.url else {"label": source.label}
        data: dict[str, Any] = {
            "uuid": self.id,
            "summary": shortened(self.summary),
            "detail": self.detail,
            "indicator": self.indicator,
            "source": {**said, "topic": {"code": self.topic, "display": self.topic.replace("-", " ")}},
            "overrideReasons": [dict(reason) for reason in override],
        }
        if self.suggestions:
            data["suggestions"] = [suggestion.as_data() for suggestion in self.suggestions]
            data["selectionBehavior"] = "any"
        if self.links:
            data["links"] = [link.as_data() for link in self.links]
        return data

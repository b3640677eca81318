"""What the drawer behind a number shows, part by part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from osteocast import evidence
from osteocast.evidence import Value
from osteocast.report.context import linked
from osteocast.report.sources import known_ids
from osteocast.web.showing.evidence import written

__all__ = ["Behind", "Cited", "Fitted", "Published", "Quoted", "cited", "quoted"]


@dataclass(frozen=True)
class Published:
    """A published result, and what the model says of the same people.

    Parameters
    ----------
    trial, title : str
        Name and title of the trial.
    arm, what, months : str
        Of whom, what was measured, from when to when.
    published, interval, simulated : str
        The interval is the published one of 95%, empty where none was printed.
    role : str
        Whether the parameters were fitted to it.
    reference : str
        Value or source of the registry.
    """

    trial: str
    title: str
    arm: str
    what: str
    months: str
    published: str
    interval: str
    simulated: str
    role: str
    reference: str


@dataclass(frozen=True)
class Fitted:
    """A parameter of the model.

    Parameters
    ----------
    name, meaning : str
    value : str
        With its uncertainty, where trials gave one, and its unit.
    basis : str
        Published, derived, estimated, fitted to trials, or of the person.
    note : str
    sources : tuple of str
        References into the registry.
    informed_by : tuple of str
        Trials, each with its share of what is known about it.
    """

    name: str
    meaning: str
    value: str
    basis: str
    note: str
    sources: tuple[str, ...]
    informed_by: tuple[str, ...]


@dataclass(frozen=True)
class Quoted:
    """A value of the registry that the number is computed with.

    Parameters
    ----------
    reference, number, about : str
    """

    reference: str
    number: str
    about: str


@dataclass(frozen=True)
class Cited:
    """A source.

    Parameters
    ----------
    id, read : str
        How it was read.
    citation : list of (str, str)
        Texts and links, as `osteocast.report.context.linked` cuts them.
    """

    id: str
    read: str
    citation: list[tuple[str, str]]


@dataclass(frozen=True)
class Behind:
    """Everything behind one number.

    Parameters
    ----------
    kind, title : str
    number : str
        The number itself, in words; empty where the title says all.
    made_of : tuple of str
        Which quantity of the model, how many virtual people, which bands, what it started from.
    grade, grade_reason : str
        Empty where nothing is graded.
    values : tuple of Quoted
    published : tuple of Published
        Nearest to the plan first.
    errors : str
        How far the model lies from those, in a sentence.
    parameters : tuple of Fitted
    distrust : tuple of str
    sources : tuple of Cited
        Never empty.
    """

    kind: str
    title: str
    number: str
    made_of: tuple[str, ...]
    grade: str
    grade_reason: str
    values: tuple[Quoted, ...]
    published: tuple[Published, ...]
    errors: str
    parameters: tuple[Fitted, ...]
    distrust: tuple[str, ...]
    sources: tuple[Cited, ...]

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data; citations as one text each, with its links."""
        found = asdict(self)
        found["sources"] = [
            {
                "id": one.id,
                "read": one.read,
                "citation": "".join(text for text, _ in one.citation),
                "links": [address for _, address in one.citation if address],
            }
            for one in self.sources
        ]
        return found


def cited(references: Iterable[str]) -> tuple[Cited, ...]:
    """Return the sources of references, each once; what the registry does not hold is left out."""
    ids = known_ids(references)
    if not ids:
        return ()
    registry = evidence.load()
    lines = evidence.cite(ids).splitlines()
    return tuple(
        Cited(one, registry.source(one).read, linked(line)) for one, line in zip(ids, lines, strict=True)
    )


def quoted(references: Iterable[str]) -> tuple[Quoted, ...]:
    """Return the values that references point at, each once; references to whole sources are left out."""
    return tuple(_quoted(references))


def _quoted(references: Iterable[str]) -> Iterator[Quoted]:
    registry = evidence.load()
    for reference in dict.fromkeys(references):
        source, _, name = reference.rpartition("/")
        # A DOI has a slash of its own.
        if reference in registry or source not in registry:
            continue
        value = registry.source(source).value(name)
        yield Quoted(reference, written(value), _about(value))


def _about(value: Value) -> str:
    month = "" if value.month is None else f"month {value.month:g}"
    parts = (value.quantity, value.site, value.arm, value.population, value.age_band, month)
    return ", ".join(part.replace("_", " ") for part in parts if part)

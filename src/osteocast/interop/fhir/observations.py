"""Observations one by one: whose, when, how certain, and which reader takes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from osteocast.interop.fhir.draft import Draft
from osteocast.interop.fhir.ledger import Row
from osteocast.interop.fhir.values import (
    Moment,
    Resource,
    codings,
    described,
    first_moment,
    mapping,
    mappings,
    reference,
    text,
)

__all__ = ["Observed", "observed", "said", "when"]

_NOT_READ = {
    "entered-in-error": "entered in error",
    "cancelled": "cancelled",
    "registered": "only registered: there is no result yet",
}
_CERTAIN = {"corrected": 3, "amended": 3, "appended": 2, "final": 2, "preliminary": 1}


@dataclass(frozen=True)
class Observed:
    """One value: an observation, or a component of one.

    Parameters
    ----------
    name : str
        Of the resource.
    holders : tuple of mapping
        The component if there is one, then the observation, then the panel or report it belongs to.
    on : Moment or None
    certainty : int
        More is more certain: preliminary, final, corrected.
    row : Row
    """

    name: str
    holders: tuple[Resource, ...]
    on: Moment | None
    certainty: int
    row: Row

    @property
    def code(self) -> object:
        """What was measured."""
        return mapping(self.holders[0], "code")

    @property
    def own(self) -> tuple[Resource, ...]:
        """Component and observation, without what is above them."""
        return tuple(one for one in self.holders if text(one, "resourceType") != "DiagnosticReport")


def observed(draft: Draft, resources: dict[str, Resource]) -> Iterator[Observed]:
    """Yield every value of the person's observations that may be read, with those that stand in reports."""
    above = _panels(draft, resources)
    for name, resource in resources.items():
        kind = text(resource, "resourceType")
        if kind == "Observation":
            yield from _values(draft, name, resource, above.get(name))
        elif kind == "DiagnosticReport":
            yield from _contained(draft, name, resource)


def _contained(draft: Draft, name: str, report: Resource) -> Iterator[Observed]:
    """Yield the values that stand inside a report; they are of whom the report is of."""
    for inside in mappings(report, "contained"):
        if text(inside, "resourceType") != "Observation":
            continue
        place, about = f"{name}#{text(inside, 'id')}", reference(inside, "subject")
        why = _NOT_READ.get(text(report, "status"), "")
        if why:
            why = f"its report is {why}"
        elif about and about != reference(report, "subject"):
            why = "whose it is is not said: its report is of somebody else"
        elif inside.get("modifierExtension"):
            why = "an extension changes its meaning in a way that is not known here"
        if why:
            draft.ledger.row(place, described(mapping(inside, "code")) or "(no code)").drop(why)
        else:
            yield from _values(draft, place, inside, report)


def _values(draft: Draft, name: str, resource: Resource, panel: Resource | None) -> Iterator[Observed]:
    """Yield the value of an observation and those of its components."""
    status, what = text(resource, "status"), described(mapping(resource, "code")) or "(no code)"
    if status in _NOT_READ:
        draft.ledger.row(name, what).drop(_NOT_READ[status])
        return
    holders = (resource,) if panel is None else (resource, panel)
    on = next((found for one in holders if (found := when(one))), None)
    parts = mappings(resource, "component")
    own: list[tuple[str, tuple[Resource, ...]]] = []
    if not parts or any(key.startswith("value") for key in resource):
        own.append((what, holders))
    own += [
        (f"{what}: {described(mapping(part, 'code')) or '(no code)'}", (part, *holders)) for part in parts
    ]
    for words_, these in own:
        row = draft.ledger.row(name, words_)
        row.note(_preliminary(status))
        yield Observed(name, these, on, _CERTAIN.get(status, 0), row)


def _preliminary(status: str) -> str:
    if status == "preliminary":
        return "preliminary"
    return "" if status in _CERTAIN else f"status is '{status or 'not given'}'"


def when(resource: Resource) -> Moment | None:
    """Return when something was observed, not when it was reported."""
    return first_moment(resource, ("effectiveDateTime",), ("effectiveInstant",), ("effectivePeriod", "start"))


def _panels(draft: Draft, resources: dict[str, Resource]) -> dict[str, Resource]:
    """Return the panel or report that each observation belongs to: one step up, never a chain."""
    found: dict[str, Resource] = {}
    for resource in resources.values():
        members = {"DiagnosticReport": "result", "Observation": "hasMember"}
        field = members.get(text(resource, "resourceType"))
        for member in mappings(resource, field) if field else ():
            target = draft.resolve(resource, reference(member))
            if target is not None:
                found.setdefault(target[0], resource)
    return found


def said(observation: Observed) -> str:
    """Everything that notes and method of an observation say, as written."""
    notes = [text(note, "text") for one in observation.own for note in mappings(one, "note")]
    methods = [text(mapping(one, "method"), "text") for one in observation.own]
    named = [coding.display for one in observation.own for coding in codings(mapping(one, "method"))]
    return " | ".join(one for one in (*notes, *methods, *named) if one)

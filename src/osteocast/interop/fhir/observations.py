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
    """Yield every value of the person's observations that may be read."""
    above = _panels(draft, resources)
    for name, resource in resources.items():
        if text(resource, "resourceType") != "Observation":
            continue
        status, what = text(resource, "status"), described(mapping(resource, "code")) or "(no code)"
        if status in _NOT_READ:
            draft.ledger.row(name, what).drop(_NOT_READ[status])
            continue
        panel = above.get(name)
        holders = (resource,) if panel is None else (resource, panel)
        on = next((found for one in holders if (found := when(one))), None)
        notes = [_preliminary(status)]
        parts = mappings(resource, "component")
        if parts and not any(key.startswith("value") for key in resource):
            for part in parts:
                row = draft.ledger.row(name, f"{what}: {described(mapping(part, 'code')) or '(no code)'}")
                row.note(*notes)
                yield Observed(name, (part, *holders), on, _CERTAIN.get(status, 0), row)
            continue
        row = draft.ledger.row(name, what)
        row.note(*notes)
        yield Observed(name, holders, on, _CERTAIN.get(status, 0), row)
        for part in parts:
            row = draft.ledger.row(name, f"{what}: {described(mapping(part, 'code')) or '(no code)'}")
            row.note(*notes)
            yield Observed(name, (part, *holders), on, _CERTAIN.get(status, 0), row)


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

"""Procedures, the family, and what all of a record says of menopause and of the receptors of a cancer."""

from __future__ import annotations

import re

from osteocast.interop.fhir.draft import Draft
from osteocast.interop.fhir.ledger import Row
from osteocast.interop.fhir.quantities import Unread
from osteocast.interop.fhir.reading_conditions import ASK_ABOUT_IT, matches
from osteocast.interop.fhir.tables import SNOMED, table
from osteocast.interop.fhir.values import (
    Resource,
    codings,
    described,
    first_moment,
    mapping,
    mappings,
    text,
    words,
)

__all__ = ["read_family", "read_procedures", "settle_menopause", "settle_receptors"]

_KINDS = ("oophorectomy", "one_ovary", "dxa", "hip_repair")
#: A repair, and a broken hip: either alone may be of something else.
_HIP_REPAIR = re.compile(
    r"(?=.*\b(?:fixation|repair|reduction|nail\w*|pinning|screw\w*|hemiarthroplasty)\b)"
    r"(?=.*\bfractur\w*)(?=.*\b(?:hip|neck of femur|femoral neck|proximal (?:end of )?femur|trochanter\w*)\b)"
)
_NOT_DONE = {
    "entered-in-error": "entered in error",
    "not-done": "not done",
    "preparation": "not done yet",
    "in-progress": "not done yet",
    "on-hold": "not done yet",
    "unknown": "its status is unknown",
}


def read_procedures(draft: Draft, resources: dict[str, Resource]) -> None:
    """Read operations that take the ovaries."""
    for name, resource in resources.items():
        if text(resource, "resourceType") != "Procedure":
            continue
        concept = mapping(resource, "code")
        row = draft.ledger.row(name, described(concept) or "(no code)")
        try:
            _procedure(draft, resource, concept, row)
        except Unread as why:
            row.drop(str(why))


def _procedure(draft: Draft, resource: Resource, concept: object, row: Row) -> None:
    status = text(resource, "status")
    if status in _NOT_DONE:
        raise Unread(_NOT_DONE[status])
    kind = next((each for each in _KINDS if _is(concept, each)), None)
    said = " | ".join([words(concept), *(words(one) for one in mappings(resource, "bodySite"))])
    if kind == "one_ovary" and ("bilateral" in said or "both" in said):
        kind = "oophorectomy"
    if kind == "one_ovary":
        raise Unread("whether both ovaries were removed is not said")
    if kind == "dxa":
        raise Unread("its values stand in Observations")
    if kind == "hip_repair" or _HIP_REPAIR.search(said):
        raise Unread(f"an operation for a fracture of the hip {ASK_ABOUT_IT}")
    if kind is None:
        raise Unread("not a procedure that a case has")
    on = first_moment(resource, ("performedDateTime",), ("performedPeriod", "start"))
    draft.menopause.append(("surgical", "" if on is None else on.written, row))


def _is(concept: object, kind: str) -> bool:
    known = table("conditions")["procedures"][kind]
    for one in codings(concept):
        if one.system == SNOMED and one.code in known["snomed"]:
            return True
        if "pcs" in one.system.casefold() and any(one.code.startswith(code) for code in known["icd10pcs"]):
            return True
    return any(name in known["names"] for name in words(concept).split(" | "))


def read_family(draft: Draft, resources: dict[str, Resource]) -> None:
    """Read whether a parent broke the hip. That nobody did is never concluded."""
    family = table("conditions")["family"]
    for name, resource in resources.items():
        if text(resource, "resourceType") != "FamilyMemberHistory":
            continue
        relation = mapping(resource, "relationship")
        row = draft.ledger.row(name, described(relation) or "(no relationship)")
        if text(resource, "status") in ("entered-in-error", "health-unknown"):
            row.drop(f"its status is '{text(resource, 'status')}'")
            continue
        codes = {one.code for one in codings(relation)}
        if not codes & {*family["parents"]["v3"], *family["parents"]["snomed"]} and not any(
            each in family["parents"]["names"] for each in words(relation).split(" | ")
        ):
            row.drop("not a parent")
            continue
        hips = [one for one in mappings(resource, "condition") if _hip(mapping(one, "code"))]
        if not hips:
            row.drop("no hip fracture of this parent is recorded; that there was none is not concluded")
            continue
        draft.person["parental_hip_fracture"] = "yes"
        row.use("person.parental_hip_fracture")


def _hip(concept: object) -> bool:
    known = table("conditions")["family"]["hip_fracture"]
    return matches(concept, known, tuple(known["names"]))


def settle_menopause(draft: Draft) -> None:
    """Make one menopause of everything that the record says of it."""
    if not draft.menopause:
        return
    if draft.person.get("sex") == "male":
        for _, _, row in draft.menopause:
            row.drop("of a man: not used")
        return
    timed = [one for one in draft.menopause if one[1] != ""]
    ages = [one for one in timed if not isinstance(one[1], str)]
    states = [one for one in draft.menopause if one[0] == "premenopausal"]
    # An age as such is better than a date of a diagnosis, and either is better than a state without a time.
    for kind, when, row in [*ages, *timed]:
        key = "date" if isinstance(when, str) else "age"
        draft.person["menopause"] = {key: when, "type": kind}
        _others(draft, row)
        return
    if states and len(states) == len(draft.menopause):
        draft.person["menopause"] = "premenopausal"
        for _, _, row in states:
            row.use("person.menopause")
        return
    for _, _, row in draft.menopause:
        row.drop("when menopause came is not said, or the record contradicts itself")


def _others(draft: Draft, used: Row) -> None:
    used.use("person.menopause")
    for _, _, row in draft.menopause:
        if row is not used:
            row.drop("a better known time of menopause is taken")


def settle_receptors(draft: Draft) -> None:
    """Make one answer of the receptors: positive if any is. It needs the cancer among the conditions."""
    conditions = [item.content for item in draft.lists.get("person.conditions", [])]
    for _, row in draft.receptors:
        if "breast_cancer" not in conditions:
            row.drop("no breast cancer among the conditions that are used")
    if not draft.receptors or "breast_cancer" not in conditions:
        return
    answers = [answer for answer, _ in draft.receptors]
    draft.person["precautions"] = {"hormone_receptor": "positive" if "positive" in answers else "negative"}
    for _, row in draft.receptors:
        row.use("person.precautions.hormone_receptor")

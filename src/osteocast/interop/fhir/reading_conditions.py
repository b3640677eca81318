"""Conditions: diagnoses, menopause, fractures of fragile bone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from osteocast.interop.fhir.draft import Draft
from osteocast.interop.fhir.ledger import Row
from osteocast.interop.fhir.quantities import Unread
from osteocast.interop.fhir.tables import SNOMED, icd10_match, table
from osteocast.interop.fhir.values import (
    Moment,
    Resource,
    codings,
    described,
    first_moment,
    mapping,
    number,
    text,
    words,
)
from osteocast.person.conditions import CONDITIONS

__all__ = ["ASK_ABOUT_IT", "matches", "read_conditions"]

#: What is said of a fracture of which the record does not say why the bone broke.
ASK_ABOUT_IT = "that may have been an accident: if the bone was fragile, add it under person.fractures"

_UNSURE = {
    "entered-in-error": "entered in error",
    "refuted": "refuted",
    "differential": "one of several possible diagnoses",
    "provisional": "provisional, not confirmed",
    "unconfirmed": "not confirmed",
}
_OVER = ("inactive", "resolved", "remission")
_FRAGILE = ("fragility", "pathological fracture", "osteoporotic fracture", "insufficiency fracture")
# A fracture of childhood says nothing of fragility; the reader of cases has the same bound.
_EPISODES_AFTER_THE_FIRST = ("D", "G", "K", "P", "S")


def matches(concept: object, codes: Mapping[str, Any], names: tuple[str, ...] = ()) -> bool:
    """Whether a concept is one of some ICD-10 and SNOMED CT codes, or has one of some names as a whole."""
    icd10, snomed = codes.get("icd10", []), codes.get("snomed", [])
    for one in codings(concept):
        if icd10_match(one, icd10) is not None or (one.system == SNOMED and one.code in snomed):
            return True
    known, pattern = (*names, *codes.get("names", ())), codes.get("pattern")
    return any(
        name in known or (pattern is not None and re.fullmatch(pattern, name) is not None)
        for name in words(concept).split(" | ")
        if name
    )


def read_conditions(draft: Draft, resources: dict[str, Resource]) -> None:
    """Read every diagnosis that a case has a word for."""
    for name, resource in resources.items():
        if text(resource, "resourceType") == "Condition":
            row = draft.ledger.row(name, described(mapping(resource, "code")) or "(no code)")
            try:
                _read(draft, resource, row)
            except Unread as why:
                row.drop(str(why))


def _read(draft: Draft, resource: Resource, row: Row) -> None:
    status = {one.code for one in codings(mapping(resource, "verificationStatus"))}
    for code, why in _UNSURE.items():
        if code in status:
            raise Unread(why)
    over = any(one.code in _OVER for one in codings(mapping(resource, "clinicalStatus")))
    over = over or first_moment(resource, ("abatementDateTime",), ("abatementPeriod", "start")) is not None
    concept = mapping(resource, "code")
    if _menopause(draft, resource, concept, row):
        return
    bone = _fracture_site(concept)
    if bone is not None:
        _fracture(draft, resource, concept, bone, row)
    named = list(_conditions(concept))
    for condition, lasting in named:
        if over and not lasting:
            raise Unread("it is over")
        _add_condition(draft, condition, row)
    if bone is None and not named:
        _ask_about_fracture(concept)
        raise Unread("not a condition that a case has")


def _conditions(concept: object) -> list[tuple[str, bool]]:
    known = table("conditions")["conditions"]
    return [
        (name, bool(known.get(name, {}).get("lasting")))
        for name in CONDITIONS
        if matches(concept, known.get(name, {}), (name.replace("_", " "),))
    ]


def _add_condition(draft: Draft, condition: str, row: Row) -> None:
    for item in draft.lists.get("person.conditions", []):
        if item.content == condition:
            item.rows.append(row)
            row.use("person.conditions")
            return
    row.use("person.conditions")
    draft.add("person.conditions", condition, row)


def _onset(draft: Draft, resource: Resource) -> Moment | None:
    return first_moment(resource, ("onsetDateTime",), ("onsetPeriod", "start"))


def _menopause(draft: Draft, resource: Resource, concept: object, row: Row) -> bool:
    for kind, state in (("natural", "after"), ("surgical", "surgical"), ("premenopausal", "before")):
        codes = table("conditions")["menopause"][state]
        names = (f"{kind} menopause",) if kind != "premenopausal" else ("premenopausal", "premenopause")
        if not matches(concept, codes, names):
            continue
        on, age = _onset(draft, resource), number(resource, "onsetAge", "value")
        if kind == "premenopausal":
            draft.menopause.append((kind, "", row))
        elif age is not None and text(resource, "onsetAge", "code") in ("a", ""):
            draft.menopause.append((kind, age, row))
        elif on is not None:
            draft.menopause.append((kind, on.written, row))
        else:
            draft.menopause.append((kind, "", row))
        return True
    return False


def _fracture_site(concept: object) -> str | None:
    """Return the bone of a fracture that is said to be one of fragility."""
    known = table("conditions")["fragility_fractures"]
    for one in codings(concept):
        code = icd10_match(one, known["icd10"])
        if code is not None:
            return str(known["icd10"][code])
        if one.system == SNOMED and one.code in known["snomed"]:
            return str(known["snomed"][one.code])
    said = words(concept)
    if "fracture" in said and any(word in said for word in _FRAGILE) and "family" not in said:
        if "history" in said:
            return None
        return _bone(said)
    return None


def _bone(said: str) -> str:
    for bone, names in (
        ("vertebra", ("vertebra", "spine")),
        ("hip", ("hip", "femoral neck", "neck of femur", "proximal femur")),
        ("forearm", ("forearm", "wrist", "radius")),
        ("humerus", ("humerus",)),
        ("pelvis", ("pelvis", "pelvic")),
        ("rib", ("rib",)),
    ):
        if any(name in said for name in names):
            return bone
    return "other"


def _fracture(draft: Draft, resource: Resource, concept: object, bone: str, row: Row) -> None:
    on = _onset(draft, resource)
    content: dict[str, Any] = {"site": bone}
    if on is not None:
        content["date"] = on.written
        draft.dates.append(on.day)
    else:
        row.note("when it broke is not said")
    for item in draft.lists.get("person.fractures", []):
        if item.content == content or (
            on is None and _later_episode(concept) and item.content["site"] == bone
        ):
            item.rows.append(row)
            row.use("person.fractures")
            return
    row.use("person.fractures")
    draft.add("person.fractures", content, row)


def _later_episode(concept: object) -> bool:
    """Whether an ICD-10-CM code is of a later visit for a fracture that was counted at the first."""
    return any(
        len(one.code.replace(".", "")) == 7 and one.code[-1] in _EPISODES_AFTER_THE_FIRST
        for one in codings(concept)
    )


def _ask_about_fracture(concept: object) -> None:
    table_ = table("conditions")["open_fractures"]
    known, snomed = table_["icd10"], table_["snomed"]
    bones = [known[code] for one in codings(concept) if (code := icd10_match(one, known)) is not None]
    bones += [snomed[one.code] for one in codings(concept) if one.system == SNOMED and one.code in snomed]
    said = words(concept)
    if not bones and "fracture" in said and "family" not in said and "risk" not in said:
        bones = [_bone(said)]
    if bones:
        raise Unread(f"a fracture ({bones[0]}) {ASK_ABOUT_IT}")

"""Which site a bone density is of: by code, body site and words, and unspecified if none of them says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from osteocast.interop.fhir.quantities import Unread
from osteocast.interop.fhir.tables import LOINC, SNOMED, by_code, table
from osteocast.interop.fhir.values import Resource, codings, mapping, words

__all__ = ["Measured", "measured", "site_of"]

_KINDS = {"bmd": ("bone density", "bone mineral density", "bmd"), "t_score": ("t-score", "t score", "tscore")}
_Z = ("z-score", "z score", "zscore")
_WORDS = (
    (
        "femoral_neck",
        re.compile(r"femoral neck|femur neck|neck of (?:left |right )?femur|(?:femur|hip)\W+neck|\bneck\b"),
    ),
    (
        "total_hip",
        re.compile(
            r"total (?:left |right )?(?:hip|femur|proximal femur)|(?:hip|femur)\W+total|\btotal hip\b"
        ),
    ),
    ("lumbar_spine", re.compile(r"lumbar|\bl[1-4]\s?-\s?l[1-4]\b|\bap spine\b")),
    (
        "elsewhere",
        re.compile(r"trochanter|\bward|shaft|radius|forearm|ulna|wrist|calcaneus|heel|whole body|total body"),
    ),
)
_SIDES = (("left", re.compile(r"\bleft\b")), ("right", re.compile(r"\bright\b")))
_VERTEBRAE = re.compile(r"\bl([1-4])\s?-\s?l([1-4])\b")
_COUNTED = re.compile(r"\b([1-4]) of l1-l4\b")


@dataclass(frozen=True)
class Measured:
    """What an observation says that it measures, before its site is settled.

    Parameters
    ----------
    kind : {"bmd", "t_score", "z_score"}
    region : str
        What the code names.
    side : str
        ``left``, ``right`` or empty.
    by_name : bool
        Whether no code was known, and the words had to do.
    """

    kind: str
    region: str
    side: str = ""
    by_name: bool = False


def measured(code: object, *, of_bone: bool = False) -> Measured | None:
    """Return which value of a densitometer a code stands for; None if for none.

    Parameters
    ----------
    code : object
        A CodeableConcept.
    of_bone : bool
        Whether it is part of a measurement of bone density, so that a Z-score is one of bone.
    """
    known = by_code("observations", "bone_density")
    for one in codings(code):
        if one.system == LOINC and one.code in known:
            row = known[one.code]
            return Measured(row["kind"], row["region"], row.get("side", ""))
    if any(one.system == LOINC and one.code for one in codings(code)):
        return None
    said = words(code)
    bone = (
        of_bone or any(word in said for word in _KINDS["bmd"]) or any(site.search(said) for _, site in _WORDS)
    )
    if any(word in said for word in _Z) and bone:
        return Measured("z_score", "any", by_name=True)
    if any(word in said for word in _KINDS["t_score"]):
        return Measured("t_score", "any", by_name=True)
    if any(word in said for word in _KINDS["bmd"]):
        return Measured("bmd", "any", by_name=True)
    return None


def site_of(found: Measured, holders: Sequence[Resource]) -> tuple[str, str, int | None]:
    """Return site, side and number of vertebrae.

    Parameters
    ----------
    found : Measured
    holders : sequence of mapping
        The component if there is one, and the observation.

    Raises
    ------
    Unread
        If the site is not said, is not one of a case, or is said twice and differently.
    """
    said = " | ".join(words(mapping(one, name)) for one in holders for name in ("bodySite", "code"))
    body = table("observations")["sites"]["codes"]
    coded = [
        one.code for holder in holders for one in codings(mapping(holder, "bodySite")) if one.system == SNOMED
    ]
    # A post-coordinated code: the bone, a colon, and what narrows it down.
    bones = [code.partition(":")[0].partition("|")[0].strip() for code in coded]
    named = {body[bone]["region"] for bone in bones if bone in body}
    named |= {site for site, pattern in _WORDS if pattern.search(said)}
    if "total_hip" in named and not re.search(r"\bneck\b", said):
        named.discard("femoral_neck")
    if found.region not in ("any", "spine"):
        named.add(found.region)
    site = _settled(named)
    side = found.side or _side(said, coded)
    return site, side if site != "lumbar_spine" else "", _vertebrae(said) if site == "lumbar_spine" else None


def _side(said: str, coded: Sequence[str]) -> str:
    """Return the side that words or a post-coordinated code name; empty if none or both do."""
    laterality = table("observations")["sites"]["laterality"]
    sides = {name for name, pattern in _SIDES if pattern.search(said)}
    sides |= {
        side for code in coded for own, side in laterality.items() if f"={own}" in code.replace(" ", "")
    }
    return next(iter(sides)) if len(sides) == 1 else ""


def _settled(named: set[str]) -> str:
    """Return the one site that everything said agrees with."""
    if named & {"forearm", "heel", "elsewhere"}:
        hips = named & {"lumbar_spine", "total_hip", "femoral_neck"}
        if hips:
            raise Unread(f"code and body site name different bones ({', '.join(sorted(named))})")
        raise Unread("a site that a case does not have (forearm, heel, trochanter, Ward, whole body)")
    spine, upper = "lumbar_spine" in named, named - {"lumbar_spine"}
    if spine and upper:
        raise Unread(f"code and body site name different bones ({', '.join(sorted(named))})")
    if spine:
        return "lumbar_spine"
    if {"femoral_neck", "total_hip"} <= named:
        raise Unread("both neck and total are named")
    for site in ("femoral_neck", "total_hip"):
        if site in named:
            return site
    if "hip" in named:
        # LOINC's hip is the whole region; a neck is said to be one.
        return "total_hip"
    if "femur" in named:
        raise Unread("of the femur, but whether neck or total hip is not said: site unspecified")
    raise Unread("the site is not said")


def _vertebrae(said: str) -> int | None:
    counted = _COUNTED.search(said)
    if counted:
        return int(counted[1])
    span = _VERTEBRAE.search(said)
    return abs(int(span[2]) - int(span[1])) + 1 if span else None

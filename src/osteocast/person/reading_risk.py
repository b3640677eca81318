"""What a case says of earlier fractures, of the parents, of falls, and of a FRAX result from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from osteocast.errors import Problem
from osteocast.person.fields import Fields
from osteocast.person.models import FRACTURE_SITES, Fracture, Frax
from osteocast.person.reading_courses import Clock
from osteocast.person.spans import read_yes

__all__ = ["FRACTURE_FIELDS", "FRAX_FIELDS", "read_falls", "read_fractures", "read_frax", "read_parent"]

FRACTURE_FIELDS = ("site", "date")
FRAX_FIELDS = ("major", "hip")

_SITE_SYNONYMS = {
    "spine": "vertebra",
    "vertebral": "vertebra",
    "vertebrae": "vertebra",
    "femur": "hip",
    "femoral neck": "hip",
    "wrist": "forearm",
    "radius": "forearm",
    "shoulder": "humerus",
    "upper arm": "humerus",
}
_MOST_FALLS = 100
# A fracture of childhood says nothing of fragility.
_YOUNGEST = 18.0
# A month or a year stands for its middle, which may lie ahead of the day from which the case is seen.
_HALF_A_YEAR = timedelta(days=183)


def read_fractures(person: Fields, clock: Clock) -> tuple[Fracture, ...] | None:
    """Read the fragility fractures; None if nothing was said, empty if there were none."""
    given = person.raw("fractures")
    if isinstance(given, str) and given.strip().casefold() in ("none", "no"):
        return ()
    if given is None or person.is_unusable("fractures"):
        return None
    return tuple(_read_fractures(person, clock))


def _read_fractures(person: Fields, clock: Clock) -> Iterator[Fracture]:
    for content, place in person.items("fractures"):
        given = {"site": content} if isinstance(content, str) else content
        fields = Fields(given, place, person.problems, FRACTURE_FIELDS)
        fields.require("site", f"a bone: {', '.join(FRACTURE_SITES)}", "name the bone; other is allowed")
        site = fields.choice("site", FRACTURE_SITES, "bone", _SITE_SYNONYMS)
        on = fields.date("date", partial=True)
        if on is not None:
            partial = not re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(fields.raw("date")).strip())
            if on > clock.as_of and partial and on - clock.as_of < _HALF_A_YEAR:
                on = clock.as_of
            if on > clock.as_of:
                fields.report("date", f"not after {clock.as_of}, from when the case is seen", "correct it")
                continue
            if clock.birth_date is not None and (on - clock.birth_date).days < _YOUNGEST * 365.25:
                expected = f"a fracture from the age of {_YOUNGEST:g} on"
                fields.report("date", expected, "leave out fractures of childhood")
                continue
        if site is not None:
            yield Fracture(site, on)


def read_parent(person: Fields) -> bool | None:
    """Read whether a parent broke the hip."""
    return read_yes(person, "parental_hip_fracture")


def read_falls(person: Fields) -> int | None:
    """Read the number of falls in the last year."""
    return person.whole("falls", 0, _MOST_FALLS, "the number of falls in the last year")


def read_frax(person: Fields) -> Frax | None:
    """Read a result of the FRAX tool: probabilities over ten years, percent."""
    if "frax" not in person:
        return None
    fields = Fields(person.raw("frax"), person.place("frax"), person.problems, FRAX_FIELDS)
    major, hip = (_percent(fields, key) for key in FRAX_FIELDS)
    if fields.usable and "major" not in fields and "hip" not in fields:
        fields.report("major", "the ten-year probability of a major fracture, of the hip, or both", "add it")
    if major is not None and hip is not None and hip > major:
        expected = f"at most that of a major fracture ({major:g}%), which includes the hip"
        fields.report("hip", expected, "the two may have been swapped")
        return None
    return None if major is None and hip is None else Frax(major, hip)


def _percent(fields: Fields, key: str) -> float | None:
    given = fields.raw(key)
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*%", given.strip()) if isinstance(given, str) else None
    if match is not None and float(match[1]) <= 100:
        return float(match[1])
    if given is not None and not fields.is_unusable(key):
        expected = "a probability in percent, as in 14%"
        fields.problems.append(Problem(fields.place(key), given, expected, "copy it from the result"))
    return None

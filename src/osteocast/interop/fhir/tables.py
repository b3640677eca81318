"""The code tables, read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from osteocast.files import read_data
from osteocast.interop.fhir.values import Coding

__all__ = ["ICD10", "LOINC", "SNOMED", "by_code", "icd10_match", "table"]

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
#: Any of its national editions: part of the address of the system, in lower case.
ICD10 = "icd-10"


@cache
def table(name: str) -> Mapping[str, Any]:
    """Return one of the tables ``observations``, ``drugs`` and ``conditions``."""
    found: dict[str, Any] = read_data(Path(__file__).parent / "codes" / f"{name}.yaml")
    return found


@cache
def by_code(name: str, part: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the rows of a part of a table by their code."""
    return {str(row["code"]): row for row in table(name)[part]}


def icd10_match(coding: Coding, known: Mapping[str, str] | list[str]) -> str | None:
    """Return the longest known ICD-10 code that is the coding's or stands above it.

    Examples
    --------
    >>> icd10_match(Coding("http://hl7.org/fhir/sid/icd-10-cm", "C50.911", ""), ["C5", "C50"])
    'C50'
    >>> icd10_match(Coding("http://loinc.org", "C50.911", ""), ["C50"]) is None
    True
    """
    if ICD10 not in coding.system.casefold() or "pcs" in coding.system.casefold():
        return None
    code = coding.code.upper().replace(".", "")
    above = [one for one in known if code.startswith(one.replace(".", ""))]
    return max(above, key=len, default=None)

"""The Patient: sex and birth date. Names, addresses and numbers stay where they are."""

from __future__ import annotations

from osteocast.interop.fhir.draft import Draft
from osteocast.interop.fhir.values import Resource, codings, mapping, mappings, moment, text

__all__ = ["read_patient"]

_BIRTH_SEX = "us-core-birthsex"
_SEX = {"F": "female", "M": "male", "female": "female", "male": "male"}
#: Of US Core: the name until version 8, and the one since; its Patient need not have a gender any more.
_SEX_EXTENSIONS = ("us-core-sex", "us-core-individual-sex")
#: SNOMED CT codes of those extensions.
_SEX_CODES = {"248152002": "female", "248153007": "male"}


def read_patient(draft: Draft, name: str, patient: Resource) -> None:
    """Read sex and birth date, and say what is not exact about them."""
    row = draft.ledger.row(name, "the person")
    gender, born = _SEX.get(text(patient, "gender")), _birth_sex(patient)
    sex = born or gender
    if sex is None:
        row.drop(f"sex is '{text(patient, 'gender') or 'not given'}': female or male at birth is needed")
    else:
        draft.person["sex"] = sex
        row.use("person.sex")
    if born and gender and born != gender:
        row.note(f"the sex at birth ({born}) is taken, not the administrative gender ({gender})")
    birth = moment(patient, "birthDate")
    if birth is None:
        row.drop("no birth date")
    else:
        draft.person["birth_date"] = birth.day.isoformat()
        row.use("person.birth_date")
        if not birth.exact:
            note = f"birth date known as {birth.written} only, taken as {birth.day}"
            row.note(note)
            draft.notes.append(note)
    if patient.get("deceasedBoolean") is True or moment(patient, "deceasedDateTime"):
        row.note("recorded as deceased")
    others = len(mappings(patient, "link"))
    if others:
        row.note(f"linked to {others} other Patient resource(s), whose data are not read")


def _birth_sex(patient: Resource) -> str | None:
    for extension in mappings(patient, "extension"):
        url = text(extension, "url")
        if url.endswith(_BIRTH_SEX):
            return _SEX.get(text(extension, "valueCode"))
        if url.endswith(_SEX_EXTENSIONS):
            given = text(extension, "valueCode") or text(mapping(extension, "valueCoding"), "code")
            concept = [one.code for one in codings(mapping(extension, "valueCodeableConcept"))]
            return next((_SEX_CODES[code] for code in (given, *concept) if code in _SEX_CODES), None)
    return None

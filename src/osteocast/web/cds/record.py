"""The person as the record knows them: the import of FHIR, what it left open, and what had to be assumed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from osteocast import evidence
from osteocast.errors import InputError, Problem
from osteocast.interop.fhir.importing import ImportedCase, import_resources
from osteocast.interop.fhir.sites import measured
from osteocast.interop.fhir.tables import SNOMED, by_code, icd10_match, table
from osteocast.interop.fhir.values import codings, mapping, text
from osteocast.web.cds.refusals import missing_data
from osteocast.web.cds.situations import reference_of

__all__ = ["Record", "Resource", "read_record"]

Resource = Mapping[str, Any]

_MENOPAUSE = "appiah-2021-menopause/mean-2015-2018"
_FIELD = "person.menopause"


@dataclass(frozen=True)
class Record:
    """A person as the record knows them.

    Parameters
    ----------
    document : dict
        Fields of a case.
    notes : tuple of str
        What was assumed, and what of bone could not be used.
    given : mapping, optional
        What was assumed, as fields of a case.
    """

    document: dict[str, Any]
    notes: tuple[str, ...]
    given: Mapping[str, Any]


def read_record(resources: Sequence[Resource], patient: str, today: date) -> Record:
    """Import what a record sent.

    Parameters
    ----------
    resources : sequence of mappings
    patient : str
        Id.
    today : date

    Raises
    ------
    CallRefused
        With status 412 if what was sent cannot be a case.
    """
    given, notes = _menopause([each for each in resources if _tells_of_life(each)], patient, today)
    try:
        found = imported(resources, patient, today, given)
    except InputError as error:
        raise missing_data("what was sent does not describe a person", error.problems) from None
    return Record(dict(found.document), (*notes, *_unused(found, resources)), given)


def _menopause(
    resources: Sequence[Resource], patient: str, today: date
) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """Return the menopause that has to be assumed, as fields of a case, and a note on it; both may be empty.

    Only what tells of it is imported here: the rest of a record is large.
    """
    try:
        imported(resources, patient, today, {})
        return {}, ()
    except InputError as error:
        if not _lacks_menopause(error):
            raise missing_data("what was sent does not describe a person", error.problems) from None
        first = error
    if not _is_after_menopause(resources, patient, today):
        raise missing_data("what was sent does not say whether menopause has come", first.problems)
    age = evidence.load().value(_MENOPAUSE).number
    note = f"the age at menopause is not recorded: the mean of natural menopause is taken ({age:g} years)"
    return {"person": {"menopause": {"age": age}}}, (note,)


def _tells_of_life(resource: Resource) -> bool:
    """Whether a resource may tell of menopause, or of whom it is."""
    if text(resource, "resourceType") != "Observation":
        return text(resource, "resourceType") in ("Patient", "Condition", "Procedure")
    known = by_code("observations", "body")
    return any(
        coding.code in known and known[coding.code]["field"] == "menopause"
        for coding in codings(mapping(resource, "code"))
    )


def imported(
    resources: Sequence[Resource], patient: str, today: date, given: Mapping[str, Any]
) -> ImportedCase:
    """Import resources of one patient.

    Raises
    ------
    InputError
        If no case can be made of them.
    """
    entries = [{"resource": resource} for resource in resources]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    return import_resources(bundle, patient=patient, as_of=today, extra=given).cases[0]


def _unused(found: ImportedCase, resources: Sequence[Resource]) -> Iterator[str]:
    """Yield what speaks of bone and could not be used: a card must not say that there is nothing."""
    unused = {finding.resource: finding for finding in found.findings if not finding.used}
    dense = {
        name
        for name, resource in ((reference_of(resource), resource) for resource in resources)
        if name in unused and name.startswith("Observation/") and measured(resource.get("code")) is not None
    }
    for name, finding in unused.items():
        why = "; ".join(finding.notes)
        if name in dense or "acts on bone" in why:
            yield f"{finding.what} is not used ({why})"


def _lacks_menopause(error: InputError) -> bool:
    return all(problem.field == _FIELD and problem.value == Problem.ABSENT for problem in error.problems)


def _is_after_menopause(resources: Sequence[Resource], patient: str, today: date) -> bool:
    """Whether the record says so without saying when, or the age does, by the reader of cases."""
    if any(_says_after(resource) for resource in resources):
        return True
    try:
        imported(resources, patient, today, {"person": {"menopause": "premenopausal"}})
    except InputError:
        return True
    return False


def _says_after(resource: Resource) -> bool:
    if text(resource, "resourceType") != "Condition" or text(resource, "verificationStatus") == "refuted":
        return False
    known = table("conditions")["menopause"]["after"]
    return any(
        icd10_match(coding, known["icd10"]) is not None
        or (coding.system == SNOMED and coding.code in known["snomed"])
        for coding in codings(mapping(resource, "code"))
    )

"""From resources to cases: whose is what, what each reader takes, and whether the whole can be a case."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from osteocast.errors import InputError, Problem
from osteocast.interop.fhir.draft import Draft
from osteocast.interop.fhir.ledger import Finding, Ledger
from osteocast.interop.fhir.missing import Missing, missing_of
from osteocast.interop.fhir.observations import observed
from osteocast.interop.fhir.reading import Collected, collect, read_file
from osteocast.interop.fhir.reading_conditions import read_conditions
from osteocast.interop.fhir.reading_drugs import read_drugs
from osteocast.interop.fhir.reading_history import (
    read_family,
    read_procedures,
    settle_menopause,
    settle_receptors,
)
from osteocast.interop.fhir.reading_labs import read_other
from osteocast.interop.fhir.reading_patient import read_patient
from osteocast.interop.fhir.reading_scans import Seen, is_panel, read_value, write_scans
from osteocast.interop.fhir.sites import measured
from osteocast.interop.fhir.values import Resource, described, mapping, reference, text
from osteocast.person import Case, load_case
from osteocast.person.models import VENDORS
from osteocast.person.portable import document_text

__all__ = ["FhirImport", "ImportedCase", "import_resources", "read_fhir"]

# Each round takes at least one entry out; a case with more that cannot be held is not one.
_MOST_ROUNDS = 200
_MODIFYING = ("modifierExtension", "implicitRules")


@dataclass(frozen=True)
class ImportedCase:
    """One person, as a case.

    Parameters
    ----------
    patient : str
        Id of the Patient.
    document : dict
        Fields of the case.
    case : Case
    findings : tuple of Finding
        What became of every resource of this person.
    missing : tuple of Missing
        What a forecast would like to know and the record does not say.
    """

    patient: str
    document: Mapping[str, Any]
    case: Case
    findings: tuple[Finding, ...]
    missing: tuple[Missing, ...]

    @property
    def text(self) -> str:
        """The document as YAML, which `osteocast.load_case` reads."""
        return _written(self.document)

    @property
    def file_name(self) -> str:
        """The id as a file name."""
        return f"{re.sub(r'[^A-Za-z0-9_-]+', '-', self.patient)[:64].strip('-') or 'patient'}.yaml"


@dataclass(frozen=True)
class FhirImport:
    """Everything that came of a source.

    Parameters
    ----------
    cases : tuple of ImportedCase
    findings : tuple of Finding
        Resources of nobody among them.
    skipped : mapping of str to int
        Resources of types that no case comes from, counted.
    """

    cases: tuple[ImportedCase, ...]
    findings: tuple[Finding, ...]
    skipped: Mapping[str, int]


def read_fhir(
    source: str | Path,
    *,
    patient: str | None = None,
    device: str | None = None,
    extra: Mapping[str, Any] | None = None,
    as_of: date | None = None,
    token: str | None = None,
) -> FhirImport:
    """Import a bundle, NDJSON of a bulk export, or what a FHIR server holds.

    Parameters
    ----------
    source : str or Path
        A file, the folder of a bulk export, or an address that begins with ``https://``.
    patient : str, optional
        Id of the only Patient to import; everybody by default.
    device : {"hologic", "lunar", "norland"}, optional
        Maker of the densitometer where the record does not name it.
    extra : mapping, optional
        Fields of a case that stand over those of the record, such as the age at menopause.
    as_of : date, optional
        The day the case is seen from; the last date of the record by default.
    token : str, optional
        Bearer token for a server.

    Returns
    -------
    FhirImport

    Raises
    ------
    InputError
        With everything that keeps a case from being made; then nothing is.
    """
    if str(source).casefold().startswith(("https://", "http://")):
        from osteocast.interop.fhir.server import fetch

        collected = fetch(str(source), patient=patient, token=token)
    else:
        collected = read_file(Path(source), patient=patient)
    return import_collected(collected, patient=patient, device=device, extra=extra, as_of=as_of)


def import_resources(content: Mapping[str, Any], **wishes: Any) -> FhirImport:
    """Import a bundle that is in memory; `wishes` are those of `read_fhir`."""
    collected = Collected()
    collect(collected, content, patient=wishes.get("patient"))
    return import_collected(collected, **wishes)


def import_collected(
    collected: Collected,
    *,
    patient: str | None = None,
    device: str | None = None,
    extra: Mapping[str, Any] | None = None,
    as_of: date | None = None,
) -> FhirImport:
    """Make cases of resources; the arguments are those of `read_fhir`."""
    if device is not None and device not in VENDORS:
        raise InputError([Problem("--device", device, f"a maker: {', '.join(VENDORS)}", "correct it")])
    ledger = Ledger()
    people = _people(collected, patient)
    owned = _owned(collected, people, ledger)
    problems: list[Problem] = []
    cases = []
    for name in people:
        draft = Draft(_id(name, people[name]), collected, Ledger(), device)
        try:
            cases.append(_case(draft, name, owned[name], extra or {}, as_of))
        except InputError as error:
            place = f"{name}: " if len(people) > 1 else ""
            problems += [
                Problem(f"{place}{one.field}", one.value, one.expected, one.remedy) for one in error.problems
            ]
    problems += _same_names(cases)
    if problems:
        raise InputError(problems)
    for what, why in collected.aside:
        ledger.row(what, "").drop(why)
    return FhirImport(tuple(cases), ledger.findings(), dict(collected.skipped))


def _people(collected: Collected, patient: str | None) -> dict[str, Resource]:
    found = {name: one for name, one in collected.resources.items() if text(one, "resourceType") == "Patient"}
    chosen = {name: one for name, one in found.items() if patient is None or _id(name, one) == patient}
    if chosen:
        return chosen
    known = ", ".join(_id(name, one) for name, one in list(found.items())[:20])
    if patient is not None and found:
        raise InputError([Problem("--patient", patient, f"a Patient of this record: {known}", "choose one")])
    raise InputError(
        [Problem("Patient", Problem.ABSENT, "a Patient resource", "export the person with the record")]
    )


def _id(name: str, patient: Resource) -> str:
    return text(patient, "id") or name.split(":")[-1].split("/")[-1]


def _same_names(cases: list[ImportedCase]) -> list[Problem]:
    names = [one.file_name.casefold() for one in cases]
    expected = "ids that make different file names"
    return [
        Problem("Patient.id", one.patient, expected, "import one at a time with --patient")
        for one in cases
        if names.count(one.file_name.casefold()) > 1
    ]


def _owned(
    collected: Collected, people: Mapping[str, Resource], ledger: Ledger
) -> dict[str, dict[str, Resource]]:
    """Return the resources of each person; those of nobody, or of somebody else, are said."""
    owned: dict[str, dict[str, Resource]] = {name: {} for name in people}
    for name, resource in collected.resources.items():
        kind = text(resource, "resourceType")
        if kind in ("Patient", "Medication", "Device"):
            continue
        pointed = reference(resource, "subject") or reference(resource, "patient")
        target = collected.find(pointed)
        row = described(mapping(resource, "code"))
        if target is None or target[0] not in owned:
            why = f"belongs to {pointed}, who is not imported" if pointed else "whose it is is not said"
            ledger.row(name, row).drop(why)
        elif any(resource.get(each) for each in _MODIFYING):
            ledger.row(name, row).drop("an extension changes its meaning in a way that is not known here")
        else:
            owned[target[0]][name] = resource
    return owned


def _case(
    draft: Draft, name: str, resources: dict[str, Resource], extra: Mapping[str, Any], as_of: date | None
) -> ImportedCase:
    read_patient(draft, name, draft.source.resources[name])
    read_conditions(draft, resources)
    values: list[Seen] = []
    for observation in observed(draft, resources):
        whole = mapping(observation.own[-1], "code")
        found = measured(observation.code, of_bone=measured(whole) is not None or is_panel(whole))
        if found is not None:
            seen = read_value(draft, observation, found)
            values += [] if seen is None else [seen]
        elif is_panel(observation.code):
            observation.row.drop("a panel: its values stand in its members")
        else:
            read_other(draft, observation)
    write_scans(draft, values)
    read_drugs(draft, resources)
    read_procedures(draft, resources)
    read_family(draft, resources)
    settle_menopause(draft)
    settle_receptors(draft)
    _name_reports(draft, resources)
    draft.dates += _days(draft)
    today = date.today()
    draft.dates = [day for day in draft.dates if day <= today]
    case, document = _loaded(draft, extra, as_of)
    return ImportedCase(draft.patient, document, case, draft.ledger.findings(), missing_of(case, document))


def _days(draft: Draft) -> list[date]:
    return [
        date.fromisoformat(item.content["date"])
        for section in ("scans", "labs")
        for item in draft.lists.get(section, [])
    ]


def _name_reports(draft: Draft, resources: dict[str, Resource]) -> None:
    for name, resource in resources.items():
        if text(resource, "resourceType") == "DiagnosticReport":
            row = draft.ledger.row(name, described(mapping(resource, "code")))
            row.drop("its values are read from its Observations; its text and attachments are not read")


class _Plain(yaml.SafeDumper):
    """YAML without aliases, which the reader of cases refuses."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _written(document: Mapping[str, Any]) -> str:
    return yaml.dump(dict(document), Dumper=_Plain, sort_keys=False, allow_unicode=True)


def _loaded(draft: Draft, extra: Mapping[str, Any], as_of: date | None) -> tuple[Case, dict[str, Any]]:
    """Return the case, without the entries that it cannot hold, which are said."""
    for _ in range(_MOST_ROUNDS):
        document = draft.document(extra, as_of)
        try:
            # As JSON, which is read much faster than YAML and says the same.
            return load_case(document_text(document)), document
        except InputError as error:
            # Later entries first, so that the numbers of the others stay right.
            ordered = sorted(error.problems, key=lambda one: _number(one.field), reverse=True)
            taken = [draft.withdraw(problem) for problem in _one_each(ordered)]
            if not any(taken):
                raise InputError(_with_remedies(error.problems)) from None
    raise InputError(
        [Problem("", "too many contradictions", "a record that can be one person's", "check it")]
    )


def _number(field: str) -> int:
    match = re.search(r"\[(\d+)\]", field)
    return int(match[1]) if match else -1


def _one_each(problems: list[Problem]) -> list[Problem]:
    """Return one problem of each entry: the others may be gone with it."""
    found: dict[str, Problem] = {}
    for one in problems:
        found.setdefault(one.field.partition("]")[0], one)
    return list(found.values())


def _with_remedies(problems: tuple[Problem, ...]) -> list[Problem]:
    remedy = "give it beside the record, in a case file with --with"
    return [
        Problem(one.field, one.value, one.expected, f"{one.remedy}; {remedy}")
        if one.field.startswith("person")
        else one
        for one in problems
    ]

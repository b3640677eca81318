"""What the record sent along: whether it is all there, and the resources in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from osteocast.errors import Problem
from osteocast.web.cds.calls import Call, entries
from osteocast.web.cds.refusals import malformed, missing_data
from osteocast.web.cds.services import HookService

__all__ = ["resources_of"]

Resource = Mapping[str, Any]


def resources_of(call: Call, service: HookService) -> tuple[list[Resource], tuple[str, ...]]:
    """Return the resources of a call, and what to know of them.

    Parameters
    ----------
    call : Call
    service : HookService

    Returns
    -------
    list of mappings
        Each as FHIR has it.
    tuple of str
        What was not sent, and what was sent in part.

    Raises
    ------
    CallRefused
        With status 412 if a key is missing, or holds one page of several, without which there is no answer.
        A key that is null was looked for and there is nothing. With status 400 if a key holds no FHIR.
    """
    wrong, missing, notes = [], [], []
    found: list[Resource] = []
    for key in service.prefetch:
        place = f"prefetch.{key}"
        needed = key in service.required
        if key not in call.prefetch:
            if needed:
                expected = "what discovery asks for under this key"
                missing.append(
                    Problem(place, Problem.ABSENT, expected, "send it, or null if there is nothing")
                )
            else:
                notes.append(f"{key} were not sent along")
            continue
        given = call.prefetch[key]
        if given is None:
            continue
        if not isinstance(given, Mapping) or not isinstance(given.get("resourceType"), str):
            wrong.append(Problem(place, "no resource", "a resource of FHIR R4, or null", "correct it"))
            continue
        if given["resourceType"] == "OperationOutcome":
            if needed:
                missing.append(Problem(place, "an error", "what the template asks for", "send it"))
            continue
        if given["resourceType"] != "Bundle":
            found.append(given)
            continue
        if _goes_on(given):
            if needed:
                missing.append(Problem(place, "one page of several", "all of it", "send it in one bundle"))
            else:
                notes.append(f"of {key} only one page was sent along")
        found += entries(given)
    if wrong:
        raise malformed(wrong)
    if not any(resource.get("resourceType") == "Patient" for resource in found) and not missing:
        missing.append(Problem("prefetch.patient", None, "a Patient", "send it"))
    if missing:
        raise missing_data("the answer needs data that were not sent along", missing)
    others = [
        resource.get("id")
        for resource in found
        if resource.get("resourceType") == "Patient" and resource.get("id") != call.patient
    ]
    if others:
        expected = "the patient of context.patientId"
        raise malformed([Problem("prefetch.patient", "another patient", expected, "send the right one")])
    return found, tuple(notes)


def _goes_on(bundle: Resource) -> bool:
    links = bundle.get("link")
    return isinstance(links, list) and any(
        isinstance(link, Mapping) and link.get("relation") == "next" for link in links
    )

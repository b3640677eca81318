"""A call of a hook, read strictly: what the specification requires is required, the rest is left alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from osteocast.errors import Problem
from osteocast.web.cds.refusals import malformed
from osteocast.web.cds.services import HookService

__all__ = ["Call", "entries", "read_call"]

_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
_REFERENCE = re.compile(r"([A-Za-z]{1,64})/([A-Za-z0-9.-]{1,64})")
_MOST_ENTRIES = 5000


@dataclass(frozen=True)
class Call:
    """A call of a hook.

    Parameters
    ----------
    hook, instance, user, patient : str
        The patient by id; the instance is the UUID of this call.
    drafts : tuple of mappings
        Orders that are being written.
    selections : tuple of str
        Which of them somebody just chose, as in ``MedicationRequest/103``; empty unless the hook has it.
    prefetch : mapping
        What the record sent along, by key. A key without data is null.
    """

    hook: str
    instance: str
    user: str
    patient: str
    drafts: tuple[Mapping[str, Any], ...]
    selections: tuple[str, ...]
    prefetch: Mapping[str, Any]


def entries(bundle: object) -> list[Mapping[str, Any]]:
    """Return the resources of a bundle; those of none are none.

    Examples
    --------
    >>> entries({"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient"}}]})
    [{'resourceType': 'Patient'}]
    """
    listed = bundle.get("entry") if isinstance(bundle, Mapping) else None
    if not isinstance(listed, list):
        return []
    found = (entry.get("resource") for entry in listed if isinstance(entry, Mapping))
    return [resource for resource in found if isinstance(resource, Mapping)]


def read_call(content: Mapping[str, Any], service: HookService) -> Call:
    """Read the call of a service.

    Parameters
    ----------
    content : mapping
        The body of the request.
    service : HookService

    Raises
    ------
    CallRefused
        With status 400 and everything that is wrong with it.
    """
    problems: list[Problem] = []
    hook = content.get("hook")
    if hook != service.hook:
        problems.append(Problem("hook", _shown(hook), service.hook, "call the service of this hook"))
    instance = content.get("hookInstance")
    if not _is_uuid(instance):
        problems.append(Problem("hookInstance", _shown(instance), "a UUID", "make one for each call"))
    context = content.get("context")
    if not isinstance(context, Mapping):
        problems.append(Problem("context", _shown(context), "an object", "send the context of the hook"))
        context = {}
    user, patient = context.get("userId"), context.get("patientId")
    if not (isinstance(user, str) and _REFERENCE.fullmatch(user)):
        expected = "a reference such as Practitioner/example"
        problems.append(Problem("context.userId", _shown(user), expected, "say who is at work"))
    if not (isinstance(patient, str) and _ID.fullmatch(patient)):
        problems.append(
            Problem(
                "context.patientId", _shown(patient), "the id of a Patient", "send the id without its type"
            )
        )
    drafts = _drafts(context, problems) if service.takes_orders else ()
    selections = _selections(context, drafts, problems) if service.hook == "order-select" else ()
    prefetch = content.get("prefetch")
    if prefetch is not None and not isinstance(prefetch, Mapping):
        problems.append(
            Problem("prefetch", _shown(prefetch), "an object", "send it by the keys of the service")
        )
    if problems:
        raise malformed(problems)
    return Call(service.hook, str(instance), str(user), str(patient), drafts, selections, prefetch or {})


def _drafts(context: Mapping[str, Any], problems: list[Problem]) -> tuple[Mapping[str, Any], ...]:
    bundle = context.get("draftOrders")
    place = "context.draftOrders"
    if not isinstance(bundle, Mapping) or bundle.get("resourceType") != "Bundle":
        problems.append(Problem(place, _shown(bundle), "a Bundle", "send the orders that are being written"))
        return ()
    found = entries(bundle)
    if len(found) > _MOST_ENTRIES:
        problems.append(Problem(place, len(found), f"at most {_MOST_ENTRIES} orders", "send fewer"))
    if len(found) != len(bundle.get("entry") or []):
        problems.append(Problem(place, "an entry without a resource", "one resource in each", "correct it"))
    return tuple(found)


def _selections(
    context: Mapping[str, Any], drafts: tuple[Mapping[str, Any], ...], problems: list[Problem]
) -> tuple[str, ...]:
    given = context.get("selections")
    place = "context.selections"
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        expected = "references to the orders that were just chosen"
        problems.append(Problem(place, _shown(given), expected, "send them as a list"))
        return ()
    known = {f"{draft.get('resourceType')}/{draft.get('id')}" for draft in drafts}
    for index, each in enumerate(given):
        if each not in known:
            expected = "one of the orders in draftOrders"
            problems.append(Problem(f"{place}[{index}]", _shown(each), expected, "send the order along"))
    return tuple(given)


def _is_uuid(given: object) -> bool:
    try:
        return isinstance(given, str) and len(given) <= 45 and bool(UUID(given))
    except ValueError:
        return False


def _shown(given: object) -> object:
    """Return what a message may repeat: texts that are short, and otherwise what kind of thing it is."""
    if given is None:
        return Problem.ABSENT
    return given if isinstance(given, str | int | float | bool) else f"a {type(given).__name__}"

"""Orders that are being written: which drug each gives or ends, and the person as if they were signed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from osteocast.errors import InputError
from osteocast.forecast.plans import BONE_DRUGS
from osteocast.interop.fhir.dosage import route_of
from osteocast.interop.fhir.draft import Draft
from osteocast.interop.fhir.ingredients import product_of, recognised
from osteocast.interop.fhir.ledger import Ledger
from osteocast.interop.fhir.quantities import Unread
from osteocast.interop.fhir.reading import Collected
from osteocast.interop.fhir.values import mapping, mappings, reference, text
from osteocast.person import AROMATASE_INHIBITORS
from osteocast.therapies import DRUGS
from osteocast.units.times import read_duration
from osteocast.web.cds.calls import Call
from osteocast.web.cds.record import Record, Resource, imported
from osteocast.web.cds.situations import Order, reference_of

__all__ = ["Drafted", "drafted_orders", "with_orders"]

_ENDS = ("stopped", "cancelled", "completed", "on-hold")
#: Drugs that a card can be about.
_ABOUT = (*AROMATASE_INHIBITORS, *BONE_DRUGS)


@dataclass(frozen=True)
class Drafted:
    """An order that is being written, with its resource."""

    order: Order
    resource: Resource


def drafted_orders(call: Call) -> tuple[Drafted, ...]:
    """Return the orders of a call that are of drugs that a card can be about."""
    source = Collected()
    for resource in call.drafts:
        source.add(resource)
    return tuple(_drafted(call, source))


def _drafted(call: Call, source: Collected) -> Iterator[Drafted]:
    draft = Draft(call.patient, source, Ledger())
    for resource in call.drafts:
        if text(resource, "resourceType") != "MedicationRequest" or not _is_theirs(resource, call.patient):
            continue
        drug = _drug(draft, resource)
        if drug is None or drug not in _ABOUT or text(resource, "status") == "entered-in-error":
            continue
        name = reference_of(resource)
        stops = text(resource, "status") in _ENDS or resource.get("doNotPerform") is True
        chosen = call.hook != "order-select" or name in call.selections
        yield Drafted(Order(name, drug, stops=stops, chosen=chosen), resource)


def _drug(draft: Draft, resource: Resource) -> str | None:
    product = product_of(draft, resource)
    try:
        return recognised(product, route_of(mappings(resource, "dosageInstruction"), product.said))[0]
    except Unread:
        return None


def _is_theirs(resource: Resource, patient: str) -> bool:
    pointed = reference(resource, "subject")
    return not pointed or pointed.split("/")[-1] == patient


def with_orders(
    record: Record, drafted: Sequence[Drafted], resources: Sequence[Resource], patient: str, today: date
) -> tuple[dict[str, Any], tuple[Order, ...]]:
    """Return the case as if orders were signed today, and what they do.

    Parameters
    ----------
    record : Record
    drafted : sequence of Drafted
    resources : sequence of mappings
        Of the record, for orders that go on.
    patient : str
    today : date

    Returns
    -------
    dict
        Fields of a case.
    tuple of Order
        With whether each renews what is taken.
    """
    treatments = [dict(course) for course in record.document.get("treatments", ())]
    ending = {each.order.drug for each in drafted if each.order.stops}
    giving = [each for each in drafted if not each.order.stops]
    again = {each.order.drug for each in giving}
    # Only a drug for bone that was given before can go on, and a record may hold many orders.
    known = any(course["drug"] in BONE_DRUGS for course in treatments)
    open_ = _open_orders(resources, patient) if known else set()
    running = {course["drug"] for course in treatments if _runs(course, today)} | open_
    for drug in sorted(ending):
        treatments = [each for course in treatments for each in _ended(course, drug, today)]
    for each in giving:
        for drug in _replaced(each.order.drug):
            treatments = [other for course in treatments for other in _ended(course, drug, today)]
        treatments += _courses(record, each, resources, patient, today)
    treatments += _going_on(treatments, open_ - ending - again, today)
    orders = tuple(
        replace(each.order, renews=not each.order.stops and each.order.drug in running) for each in drafted
    )
    return {**record.document, "treatments": treatments}, orders


def _replaced(drug: str) -> tuple[str, ...]:
    """Return what an order of a drug ends: the same drug, and another inhibitor."""
    return AROMATASE_INHIBITORS if drug in AROMATASE_INHIBITORS else (drug,)


def _courses(
    record: Record, drafted: Drafted, resources: Sequence[Resource], patient: str, today: date
) -> Iterator[dict[str, Any]]:
    """Yield an order as a course from today on, read as the import reads orders that are active."""
    people = [one for one in resources if text(one, "resourceType") in ("Patient", "Medication")]
    start = {
        "status": "active",
        "intent": "order",
        "authoredOn": today.isoformat(),
        "subject": {"reference": f"Patient/{patient}"},
        "dosageInstruction": [_from_today(each) for each in mappings(drafted.resource, "dosageInstruction")],
    }
    try:
        found = imported([*people, {**drafted.resource, **start}], patient, today, record.given)
        yield from (dict(course) for course in found.document.get("treatments", ()))
    except InputError:
        # Without a menopause in the Patient the rest of the record is needed; the label's dosage will do.
        yield {"drug": drafted.order.drug, "start": today.isoformat()}


def _from_today(instruction: Mapping[str, Any]) -> dict[str, Any]:
    """Return a dosage without the day on which it begins: what is drafted begins today."""
    timing = dict(mapping(instruction, "timing"))
    repeat = dict(mapping(timing, "repeat"))
    bounds = {key: day for key, day in mapping(repeat, "boundsPeriod").items() if key != "start"}
    repeat.pop("boundsPeriod", None)
    if bounds:
        repeat["boundsPeriod"] = bounds
    return {**instruction, "timing": {**timing, "repeat": repeat}}


def _open_orders(resources: Sequence[Resource], patient: str) -> set[str]:
    """Return drugs given dose by dose whose order is active and has no end."""
    source = Collected()
    for resource in resources:
        source.add(resource)
    draft = Draft(patient, source, Ledger())
    found = set()
    for resource in resources:
        if text(resource, "resourceType") != "MedicationRequest" or text(resource, "status") != "active":
            continue
        ends = any(
            text(each, "timing", "repeat", "boundsPeriod", "end")
            for each in mappings(resource, "dosageInstruction")
        )
        drug = _drug(draft, resource)
        if drug in BONE_DRUGS and not ends and _is_theirs(resource, patient):
            found.add(drug)
    return found


def _going_on(
    treatments: Sequence[Mapping[str, Any]], drugs: set[str], today: date
) -> Iterator[dict[str, Any]]:
    """Yield the doses to come of drugs whose doses are recorded one by one while their order goes on."""
    for drug in sorted(drugs):
        given = [course for course in treatments if course["drug"] == drug]
        if not given or any(course.get("doses") != 1 for course in given):
            continue
        last = date.fromisoformat(max(course["start"] for course in given))
        due = last + timedelta(days=round(DRUGS[drug].label_interval_days))
        yield {"drug": drug, "start": max(today, due).isoformat()}


def _runs(course: Mapping[str, Any], today: date) -> bool:
    return "doses" not in course and ("stop" not in course or course["stop"] > today.isoformat())


def _ended(course: dict[str, Any], drug: str, today: date) -> Iterator[dict[str, Any]]:
    """Yield a course as it is if it is of another drug or over, else ended today."""
    if course["drug"] != drug or course.get("stop", "9999") <= today.isoformat():
        yield course
    elif course["start"] >= today.isoformat():
        return
    elif "doses" not in course:
        yield {**course, "stop": today.isoformat()}
    else:
        yield _cut(course, drug, today)


def _cut(course: dict[str, Any], drug: str, today: date) -> dict[str, Any]:
    """Return a course of so many doses without those from today on; one dose lasts until today at most."""
    passed = (today - date.fromisoformat(course["start"])).days
    usual = read_duration(course["every"]) if "every" in course else DRUGS[drug].label_interval_days
    if course["doses"] == 1:
        return {**course, "every": f"{min(usual, float(passed)):.10g} days"}
    rest = {key: value for key, value in course.items() if key != "doses"}
    ends = date.fromisoformat(course["start"]) + timedelta(days=round(course["doses"] * usual))
    return {**rest, "stop": min(ends, today).isoformat()}

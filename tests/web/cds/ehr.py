"""A record that calls: resources of a made-up patient, and hooks in the shape of the public sandbox."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

Resource = dict[str, Any]

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
LOINC = "http://loinc.org"
ANASTROZOLE, DENOSUMAB = "84857", "993449"
KEYS = (
    *("patient", "conditions", "densities", "laboratory", "medications"),
    *("administrations", "family", "procedures", "orders"),
)
PATIENT = {"resourceType": "Patient", "id": "1288992", "gender": "female", "birthDate": "1955-03-02"}
SUBJECT = {"reference": "Patient/1288992"}


def days_ago(days: int) -> str:
    return (date.today() - timedelta(days=days)).isoformat()


def bundle(*resources: Resource, **more: Any) -> Resource:
    """A searchset; the sandbox sends orders without a type."""
    return {"resourceType": "Bundle", **more, "entry": [{"resource": one} for one in resources]}


def search(*resources: Resource) -> Resource:
    return bundle(*resources, type="searchset")


def medication(order: str, code: str, since: int | None, status: str = "active") -> Resource:
    made: Resource = {
        "resourceType": "MedicationRequest",
        "id": order,
        "status": status,
        "intent": "order",
        "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": code}]},
        "subject": SUBJECT,
    }
    return made if since is None else {**made, "authoredOn": days_ago(since)}


def dose(name: str, code: str, ago: int) -> Resource:
    return {
        "resourceType": "MedicationAdministration",
        "id": name,
        "status": "completed",
        "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": code}]},
        "subject": SUBJECT,
        "effectiveDateTime": days_ago(ago),
    }


def observation(name: str, code: str, value: float, unit: str, ago: int) -> Resource:
    return {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "subject": SUBJECT,
        "effectiveDateTime": days_ago(ago),
        "valueQuantity": {"value": value, "unit": unit, "code": unit, "system": "http://unitsofmeasure.org"},
    }


def spine(ago: int, bmd: float = 0.85) -> Resource:
    return {**observation(f"spine-{ago}", "24966-4", bmd, "g/cm2", ago), "note": [{"text": "Hologic"}]}


def prefetched(**given: Any) -> Resource:
    """Everything that is asked for; null where the record has nothing."""
    return {**dict.fromkeys(KEYS), "patient": PATIENT, **given}


def hook(name: str, prefetch: Mapping[str, Any] | None, **context: Any) -> Resource:
    """A call as the public sandbox sends it."""
    call: Resource = {
        "hookInstance": str(uuid.uuid4()),
        "hook": name,
        "fhirServer": "https://launch.smarthealthit.org/v/r4/fhir",
        "context": {"patientId": PATIENT["id"], "userId": "Practitioner/COREPRACTITIONER1", **context},
    }
    return call if prefetch is None else {**call, "prefetch": dict(prefetch)}


def view(**given: Any) -> Resource:
    return hook("patient-view", prefetched(**given))


def sign(*drafts: Resource, **given: Any) -> Resource:
    return hook("order-sign", prefetched(**given), draftOrders=bundle(*drafts))


def select(*drafts: Resource, chosen: tuple[str, ...], **given: Any) -> Resource:
    return hook("order-select", prefetched(**given), selections=list(chosen), draftOrders=bundle(*drafts))

"""The first card waits for files that are read once: so one is made up before a record asks."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import uuid4

from osteocast.web.cds.answering import cards_for
from osteocast.web.cds.calls import Call
from osteocast.web.cds.services import load_services

if TYPE_CHECKING:
    from osteocast.web.service import Service

__all__ = ["warm_cards"]

#: Old enough for everything that is looked at.
_AGE_YEARS = 70


def warm_cards(shared: Service) -> None:
    """Make the cards of nobody, and drop them."""
    born = date(date.today().year - _AGE_YEARS, 1, 1).isoformat()
    patient = {"resourceType": "Patient", "id": "nobody", "gender": "female", "birthDate": born}
    order = {
        "resourceType": "MedicationRequest",
        "id": "none",
        "status": "draft",
        "intent": "proposal",
        "medicationCodeableConcept": {"text": "anastrozole"},
    }
    for service in load_services():
        prefetch = {**dict.fromkeys(service.prefetch), "patient": patient}
        orders = (order,) if service.takes_orders else ()
        chosen = ("MedicationRequest/none",)
        call = Call(service.hook, str(uuid4()), "Practitioner/nobody", "nobody", orders, chosen, prefetch)
        cards_for(call, service, shared, "http://localhost")

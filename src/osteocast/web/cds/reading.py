"""From a call to the situation it is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from osteocast.errors import InputError
from osteocast.web.cds.calls import Call
from osteocast.web.cds.offers import requested_tests
from osteocast.web.cds.orders import drafted_orders, with_orders
from osteocast.web.cds.record import Resource, read_record
from osteocast.web.cds.refusals import missing_data
from osteocast.web.cds.services import HookService
from osteocast.web.cds.situations import Situation
from osteocast.web.drafts import Draft

__all__ = ["situation_of"]


def situation_of(
    call: Call,
    service: HookService,
    sent: Callable[[], tuple[Sequence[Resource], tuple[str, ...]]],
    base_url: str,
) -> tuple[Situation, dict[str, Any]] | None:
    """Return what a call is about, with the case as a document; None if it is about nothing here.

    Parameters
    ----------
    call : Call
    service : HookService
    sent : callable
        Returns the resources that were sent along and notes on them; not asked where no order is of interest.
    base_url : str

    Raises
    ------
    CallRefused
        With status 412 if what was sent along does not describe a person.
    """
    drafted = drafted_orders(call) if service.takes_orders else ()
    if service.takes_orders and not any(each.order.chosen for each in drafted):
        return None
    resources, notes = sent()
    today = date.today()
    record = read_record(resources, call.patient, today)
    document, orders = with_orders(record, drafted, resources, call.patient, today)
    document = {**document, "options": {"as_of": today.isoformat()}}
    try:
        case = Draft(document).case()
    except InputError as error:
        raise missing_data("the orders do not fit to what was sent along", error.problems) from None
    situation = Situation(
        case=case,
        orders=orders,
        writing=service.takes_orders,
        requested=requested_tests([*resources, *call.drafts]),
        notes=(*record.notes, *notes),
        patient=f"Patient/{call.patient}",
        base_url=base_url,
    )
    return situation, document

"""From a call to its cards, within the time that somebody at a record waits."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from osteocast.errors import OsteocastError
from osteocast.person import Case, Plan
from osteocast.version import __version__
from osteocast.web.cds.calls import Call
from osteocast.web.cds.cards import Card, Link, Source
from osteocast.web.cds.detail import NOT_A_DEVICE
from osteocast.web.cds.prefetch import resources_of
from osteocast.web.cds.reading import situation_of
from osteocast.web.cds.rules import cards_of
from osteocast.web.cds.services import HookService, content
from osteocast.web.drafts import Draft

if TYPE_CHECKING:
    from osteocast.forecast import Forecast
    from osteocast.web.service import Service

__all__ = ["answer", "cards_for"]

_OWNER = "local"


def answer(call: Call, service: HookService, shared: Service, base_url: str) -> dict[str, Any]:
    """Return the cards of a call, as the specification writes them.

    Parameters
    ----------
    call : Call
    service : HookService
    shared : Service
        Of the application.
    base_url : str
        Absolute, for links.

    Raises
    ------
    CallRefused
        With status 412 if the data that were sent along do not allow an answer.
    """
    desk = shared.desk
    assert desk is not None
    cards, document = cards_for(call, service, shared, base_url)
    links = _links(shared, document, base_url) if cards else ()
    for card in cards:
        desk.shown(service.id, card)
    source = Source(f"osteocast {__version__}. {NOT_A_DEVICE}", f"{base_url}/")
    return {"cards": [replace(card, links=links).as_data(source, _reasons()) for card in cards]}


def cards_for(
    call: Call, service: HookService, shared: Service, base_url: str
) -> tuple[list[Card], dict[str, Any]]:
    """Return the cards of a call, and the case they are about as a document.

    Raises
    ------
    CallRefused
    """
    found = situation_of(call, service, lambda: resources_of(call, service), base_url)
    if found is None:
        return [], {}
    situation, document = found
    forecast = _forecast(situation.case, document, shared)
    return cards_of(replace(situation, forecast=forecast)), document


def _reasons() -> Sequence[dict[str, str]]:
    known = content()["override"]
    return [
        {"code": code, "system": known["system"], "display": display}
        for code, display in known["reasons"].items()
    ]


def _links(shared: Service, document: dict[str, Any], base_url: str) -> tuple[Link, ...]:
    """Return the page of the case; where people log in, only the page."""
    if shared.settings.multi_user:
        return (Link("Open osteocast", f"{base_url}/"),)
    kept = shared.drafts.keep(Draft(document, "From the record"), _OWNER, lasting=False)
    return (Link("Forecast and plans in osteocast", f"{base_url}/d/{kept.key}"),)


def _forecast(case: Case, document: dict[str, Any], shared: Service) -> Forecast | None:
    """Return the forecast of the treatments as they run, if there is one in time.

    A forecast that comes too late is remembered for the next call about the same case.
    """
    computations = shared.computations
    assert shared.desk is not None
    budget = shared.desk.settings.forecast_ms
    # What people at the page wait for goes first.
    if budget == 0 or computations.running >= shared.settings.workers:
        return None
    key = computations.key_of("cds", Draft(document), 0)
    try:
        return computations.start(key, lambda: _run(case)).result(timeout=budget / 1000)
    except FutureTimeout:
        shared.metrics.event("cds_forecasts_late")
    except OsteocastError:
        # Not covered, or not solved: guidance needs no forecast.
        pass
    return None


def _run(case: Case) -> Forecast:
    from osteocast.forecast import run_forecast

    return run_forecast(replace(case, plans=(Plan("As it runs"),)), draws=0)

"""What all calls share: who may call, tokens that were seen, cards that were shown, how often one asks."""

from __future__ import annotations

import json
import logging
import threading
from collections import OrderedDict
from collections.abc import Mapping

from osteocast.web.cds.cards import Card
from osteocast.web.cds.replays import Replays
from osteocast.web.cds.settings import CdsSettings
from osteocast.web.cds.tokens import checked_issuer
from osteocast.web.metrics import Metrics
from osteocast.web.security.rates import Rates

__all__ = ["Desk"]

_log = logging.getLogger("osteocast.web")
_MOST_CARDS = 100_000


class Desk:
    """What all calls share.

    Parameters
    ----------
    settings : CdsSettings
    metrics : Metrics
    """

    def __init__(self, settings: CdsSettings, metrics: Metrics) -> None:
        self.settings = settings
        self.metrics = metrics
        self.replays = Replays()
        self._rates = Rates(settings.calls_per_minute)
        self._shown: OrderedDict[str, tuple[str, str]] = OrderedDict()
        self._lock = threading.Lock()

    def admit(self, authorization: str, service_id: str, base_url: str, address: str) -> None:
        """Let a call in, or not.

        Parameters
        ----------
        authorization : str
            The header.
        service_id, base_url : str
            What the token has to be for.
        address : str
            Of the network, where nobody says who calls.

        Raises
        ------
        CallRefused
            If the token is not good.
        TooOften
            If the issuer, or the address, has asked too often.
        """
        caller = address
        if self.settings.issuers:
            root = f"{base_url}/cds-services"
            audiences = (f"{root}/{service_id}", f"{root}/{service_id}/feedback", root)
            caller = checked_issuer(authorization, self.settings.issuers, audiences, self.replays)
        self._rates.spend(caller)

    def shown(self, service_id: str, card: Card) -> None:
        """Remember which topic a card is about, and nothing else of it; count it."""
        self.metrics.event("cds_cards", service=service_id, topic=card.topic, indicator=card.indicator)
        with self._lock:
            self._shown[card.id] = (service_id, card.topic)
            while len(self._shown) > _MOST_CARDS:
                self._shown.popitem(last=False)

    def topic_of(self, service_id: str, card_id: str) -> str:
        """Return what a card of a service was about; ``unknown`` if that is not remembered."""
        with self._lock:
            service, topic = self._shown.get(card_id, ("", "unknown"))
        return topic if service == service_id else "unknown"

    def note_feedback(self, line: Mapping[str, str]) -> None:
        """Count what became of a card, and write it down where that is wanted."""
        names = ("service", "topic", "outcome", "reason")
        self.metrics.event("cds_feedback", **{name: line[name] for name in names})
        if self.settings.feedback is None:
            return
        try:
            with self._lock, self.settings.feedback.open("a", encoding="utf-8") as file:
                file.write(json.dumps(dict(line)) + "\n")
        except OSError as error:
            _log.error("feedback could not be written: %s", error.strerror or error)

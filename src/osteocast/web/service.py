"""What all requests share: settings, computations, drafts, cases, rates."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, cast

from osteocast.web.cds.desk import Desk
from osteocast.web.computing import Computations
from osteocast.web.drafts import Drafts
from osteocast.web.jobs import Jobs
from osteocast.web.metrics import Metrics
from osteocast.web.remembering import Pages
from osteocast.web.security.rates import Rates
from osteocast.web.settings import Settings
from osteocast.web.shelf import Shelf

if TYPE_CHECKING:
    from starlette.requests import Request

    from osteocast.store import Store

__all__ = ["Service", "service_of"]


class Service:
    """What all requests share.

    Parameters
    ----------
    settings : Settings
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.computations = Computations(settings)
        self.jobs = Jobs(self.computations)
        self.shelf = Shelf(lambda: self.store)
        self.drafts = Drafts(self.shelf.secret, self.shelf)
        self.pages = Pages()
        self.metrics = Metrics()
        self.desk = None if settings.cds is None else Desk(settings.cds, self.metrics)
        self.login_rates = Rates(settings.logins_per_minute)
        self.computing_rates = Rates(settings.computations_per_minute)
        self.warmed = threading.Event()
        self._store: Store | None = None
        self._opening = threading.Lock()

    @property
    def secret(self) -> bytes:
        """What tokens are made from; the same after a restart."""
        return self.shelf.secret()

    @property
    def store(self) -> Store:
        """The cases, opened when they are first asked for.

        Raises
        ------
        Unavailable
            If the database cannot be reached; the next request tries again.
        """
        with self._opening:
            if self._store is None:
                from osteocast import store

                self._store = store.open_store(self.settings.database)
            return self._store

    def open(self) -> None:
        """Be ready to serve, for the first time or again."""
        self.computations.open()

    def close(self) -> None:
        """Let what runs finish and close the database."""
        self.computations.close()
        if self._store is not None:
            self._store.close()
            self._store = None


def service_of(request: Request) -> Service:
    """Return what the application of a request shares."""
    return cast(Service, request.app.state.service)

"""Pages of records that may call from a browser; the rest of the application stays closed to other sites."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["ROOT", "CardsFromElsewhere", "is_cards"]

#: Where the services are.
ROOT = "/cds-services"


def is_cards(path: str) -> bool:
    """Whether an address is one of the services."""
    return path == ROOT or path.startswith(f"{ROOT}/")


class CardsFromElsewhere:
    """Tells browsers which other sites may call the services.

    Parameters
    ----------
    app : ASGI application
    origins : sequence of str
    """

    def __init__(self, app: ASGIApp, *, origins: Sequence[str]) -> None:
        self.app = app
        self.cards = CORSMiddleware(
            app,
            allow_origins=tuple(origins),
            allow_methods=("GET", "POST"),
            allow_headers=("Authorization", "Content-Type"),
            allow_private_network=True,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let the application answer."""
        here = scope["type"] == "http" and is_cards(scope["path"])
        await (self.cards if here else self.app)(scope, receive, send)

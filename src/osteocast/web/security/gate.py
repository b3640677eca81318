"""What is turned away unseen: other hosts' names, other sites' requests, bodies that are too large.

A page elsewhere can make a browser send requests here, or give a name of its own the address of this
machine. The first is told by the browser in ``Origin`` and ``Sec-Fetch-Site``, the second stands in ``Host``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from osteocast.web.cds.cors import is_cards
from osteocast.web.security.addresses import parts_of
from osteocast.web.settings import LOOPBACK, Settings

__all__ = ["SAFE", "Gate"]

#: Methods that change nothing.
SAFE = ("GET", "HEAD", "OPTIONS")
_SAME = ("same-origin", "none")

Refuse = Callable[[Request, int, str, str], Awaitable[Response]]


class Gate:
    """Turns requests away.

    Parameters
    ----------
    app : ASGI application
    settings : Settings
    refuse : callable
        From the request, a status, what is wrong and what to do to the answer.
    """

    def __init__(self, app: ASGIApp, *, settings: Settings, refuse: Refuse) -> None:
        self.app = app
        self.settings = settings
        self.refuse = refuse
        self.hosts = {*LOOPBACK, *(name.casefold() for name in settings.names)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        reason = self._reason(scope, headers)
        if reason is not None:
            status, wrong, remedy = reason
            response = await self.refuse(Request(scope, receive), status, wrong, remedy)
            await response(scope, receive, send)
            return
        await self._limited(scope, receive, send)

    def _reason(self, scope: Scope, headers: Headers) -> tuple[int, str, str] | None:
        host = headers.get("host", "")
        if _name(host) not in self.hosts:
            remedy = "use the address that osteocast serve printed"
            return 421, f"this page does not go by the name {host!r}", remedy
        if scope["method"] not in SAFE and not self._is_welcome(scope, headers):
            origin, site = headers.get("origin"), headers.get("sec-fetch-site")
            # Browsers that hide the origin say null; a request of this page never comes from there.
            foreign = origin is not None and parts_of(origin).netloc.casefold() != host.casefold()
            if foreign or (site is not None and site not in _SAME):
                return 403, "the request comes from another site", "send it from this page"
        length = headers.get("content-length", "0")
        if length.isdecimal() and int(length) > self._largest(scope):
            return self._too_large(scope)
        return None

    def _is_welcome(self, scope: Scope, headers: Headers) -> bool:
        """Whether a page of another site calls the services for records, and may."""
        cds = self.settings.cds
        return cds is not None and is_cards(scope["path"]) and headers.get("origin", "") in cds.origins

    def _largest(self, scope: Scope) -> int:
        return self.settings.largest_call if is_cards(scope["path"]) else self.settings.largest_body

    def _too_large(self, scope: Scope) -> tuple[int, str, str]:
        size = self._largest(scope) / 1e6
        return 413, f"the request is larger than {size:g} MB", "send a case, not more"

    async def _limited(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, but not more of its body than is allowed."""
        taken = 0
        started = False

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._largest(scope):
                raise _TooLarge
            return message

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, counted, noted)
        except _TooLarge:
            if not started:
                response = await self.refuse(Request(scope, receive), *self._too_large(scope))
                await response(scope, receive, send)


class _TooLarge(Exception):
    """A body went on for longer than it said."""


def _name(host: str) -> str:
    """Return the name in a ``Host`` header, without the port."""
    return (parts_of(f"//{host}").hostname or "").casefold()

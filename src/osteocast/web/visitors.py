"""Who asks: the session, the person behind it, how they like to see pages."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from osteocast.web.security.tokens import new_session, token_of
from osteocast.web.service import Service, service_of

if TYPE_CHECKING:
    from osteocast.store import User

__all__ = ["SESSION", "THEMES", "Visitor", "visitor_of"]

SESSION = "osteocast_session"
THEME = "osteocast_theme"
VIEW = "osteocast_view"
THEMES = ("auto", "light", "dark")
VIEWS = ("clinician", "patient")
_YEAR_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True)
class Visitor:
    """Who asks.

    Parameters
    ----------
    service : Service
    session : str
        Secret id of the session: the token of somebody who is logged in, else that of the browser.
    user : User or None
        None as long as nobody is logged in; in single-user mode the one user, once the cases were opened.
    is_new : bool
        Whether the browser has to be told the session.
    theme, view : str
    address : str
        Network address, for limits of rates.
    path : str
        What was asked for.
    live : bool
        Whether htmx asks, for a part of a page.
    packs : bool
        Whether the browser takes compressed pages.
    """

    service: Service
    session: str
    user: User | None = None
    is_new: bool = False
    theme: str = "auto"
    view: str = "clinician"
    address: str = ""
    path: str = "/"
    live: bool = False
    packs: bool = False
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def token(self) -> str:
        """What every form of this session carries."""
        return token_of(self.service.secret, self.session)

    @property
    def owner(self) -> str:
        """Who may see what this visitor brings: the user, or whoever is at this machine."""
        if not self.service.settings.multi_user:
            return "local"
        return "" if self.user is None else f"user-{self.user.id}"

    @property
    def multi_user(self) -> bool:
        """Whether people log in here."""
        return self.service.settings.multi_user

    @property
    def shown(self) -> tuple[Hashable, ...]:
        """What of a visitor may stand on a page, besides the token."""
        return (self.user, self.theme, self.view, self.path, self.live)

    def stand_in(self) -> Visitor:
        """Return somebody to whom the same is shown, and who has nothing else of this visitor."""
        user, theme, view, path, live = self.user, self.theme, self.view, self.path, self.live
        return Visitor(self.service, new_session(), user, False, theme, view, "", path, live)

    def remember(self, response: Response) -> None:
        """Tell the browser the session, if it does not know it."""
        if self.is_new:
            set_session(response, self.session, secure=self.service.settings.behind_tls)


def set_session(response: Response, session: str, *, secure: bool) -> None:
    """Send the cookie of a session: for this site only, out of reach of scripts, until the browser closes."""
    response.set_cookie(SESSION, session, httponly=True, samesite="strict", secure=secure, path="/")


def set_choice(response: Response, name: str, value: str, *, secure: bool) -> None:
    """Send a cookie that keeps how somebody likes to see pages."""
    response.set_cookie(
        name, value, max_age=_YEAR_SECONDS, httponly=True, samesite="strict", secure=secure, path="/"
    )


def visitor_of(request: Request) -> Visitor:
    """Return who asks. Blocking where people log in: the session is looked up."""
    service = service_of(request)
    session = request.cookies.get(SESSION, "")
    user = None
    if service.settings.multi_user and session:
        from osteocast import store

        found = store.find_session(service.store, session)
        user = None if found is None else found.user
    theme = request.cookies.get(THEME, "auto")
    view = request.cookies.get(VIEW, "clinician")
    return Visitor(
        service=service,
        session=session or new_session(),
        user=user,
        is_new=not session,
        theme=theme if theme in THEMES else "auto",
        view=view if view in VIEWS else "clinician",
        address=request.client.host if request.client else "",
        path=request.url.path,
        live=request.headers.get("hx-request") == "true",
        packs="gzip" in request.headers.get("accept-encoding", ""),
    )

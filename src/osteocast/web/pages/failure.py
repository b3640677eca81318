"""What is shown when something cannot be done: what, why, and what to do."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlunsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse

from osteocast.errors import OsteocastError
from osteocast.web.errors import Explained
from osteocast.web.rendering import respond
from osteocast.web.security.addresses import parts_of
from osteocast.web.service import service_of
from osteocast.web.visitors import Visitor, visitor_of

__all__ = ["failure_page"]


def _back(request: Request) -> str:
    """Return the page whose form was sent in vain, to go back to; nothing if there is none of ours."""
    came = parts_of(request.headers.get("referer", ""))
    if request.method != "POST" or came.netloc != request.headers.get("host") or not came.path:
        return ""
    return urlunsplit(("", "", "/" + came.path.lstrip("/"), came.query, ""))


def failure_page(request: Request, found: Explained) -> HTMLResponse:
    """Return the page of an error."""
    try:
        visitor = visitor_of(request)
    except OsteocastError:
        # The cases cannot be reached, and so nobody can be known.
        visitor = Visitor(service_of(request), "", path=request.url.path)
    visitor = replace(visitor, is_new=False)
    response = respond("failure.html", visitor, status=found.status, failure=found, back=_back(request))
    if found.retry_after is not None:
        response.headers["Retry-After"] = str(found.retry_after)
    return response

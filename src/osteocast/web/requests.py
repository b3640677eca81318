"""What the functions behind the pages take from a request."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends
from starlette.datastructures import UploadFile
from starlette.requests import Request

from osteocast.errors import InputError, NotFound, Problem
from osteocast.web.drafts import Draft
from osteocast.web.errors import Gone, LoginNeeded, Refused
from osteocast.web.security.tokens import verify
from osteocast.web.visitors import Visitor, visitor_of

__all__ = ["Filled", "Found", "Known", "Sent", "sent_form"]

_MOST_FIELDS = 4000
_MOST_CHARACTERS = 250_000


def known_visitor(request: Request) -> Visitor:
    """Return who asks, if they may look at cases at all.

    Raises
    ------
    LoginNeeded
        Where people log in and this one has not.
    """
    visitor = visitor_of(request)
    if visitor.multi_user and visitor.user is None:
        raise LoginNeeded
    return visitor


#: Anybody.
Found = Annotated[Visitor, Depends(visitor_of)]
#: Somebody who may look at cases.
Known = Annotated[Visitor, Depends(known_visitor)]


async def read_form(request: Request) -> dict[str, Any]:
    """Return the fields of a form as texts, and its files as bytes."""
    kind = request.headers.get("content-type", "")
    if not kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        raise Refused(415, "this address takes a form", "send the form of the page")
    found: dict[str, Any] = {}
    async with request.form(max_files=2, max_fields=_MOST_FIELDS, max_part_size=_MOST_CHARACTERS) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                found[name] = (value.filename or "", await value.read())
            elif name not in found:
                found[name] = value
    return found


async def sent_form(request: Request, form: Annotated[dict[str, Any], Depends(read_form)]) -> dict[str, Any]:
    """Return a form that this session was given.

    Raises
    ------
    Refused
        If its token is not that of the session.
    """
    from osteocast.web.service import service_of
    from osteocast.web.visitors import SESSION

    session = request.cookies.get(SESSION, "")
    sent = form.pop("csrf", "")
    if not session or not isinstance(sent, str) or not verify(service_of(request).secret, session, sent):
        raise Refused(
            403,
            "the form does not belong to this session, or the program was started anew since it was opened",
            "load the page again and send it once more",
        )
    return form


#: A form of this session: texts by name, files as name and bytes.
Sent = Annotated[dict[str, Any], Depends(sent_form)]


def text_fields(form: dict[str, Any]) -> dict[str, str]:
    """Return the texts of a form."""
    return {name: value for name, value in form.items() if isinstance(value, str)}


def filled(form: Sent) -> dict[str, str]:
    """Return the texts of a form of this session."""
    return text_fields(form)


Filled = Annotated[dict[str, str], Depends(filled)]


def draft_of(visitor: Visitor, key: str) -> Draft:
    """Return a draft of the visitor.

    Raises
    ------
    Gone
        If there is none under this key, or it was opened from a case that they may not see any more.
    Unavailable
    """
    draft = visitor.service.drafts.find(key, visitor.owner)
    if draft is None or not _may_still_see(visitor, draft):
        raise Gone("this case")
    return draft


def _may_still_see(visitor: Visitor, draft: Draft) -> bool:
    """Whether the case that a draft was opened from is still there for who opened it."""
    if visitor.user is None or draft.case_id is None:
        return True
    from osteocast import store

    try:
        store.permitted(visitor.service.store, visitor.user, draft.case_id)
    except NotFound:
        return False
    return True


def read_text(content: bytes, name: str) -> str:
    """Return bytes as text.

    Raises
    ------
    InputError
        If they are none.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        problem = Problem("", "bytes that are not UTF-8", "a text in UTF-8", "save the file as UTF-8")
        raise InputError([problem], name) from None

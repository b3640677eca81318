"""The first page: an example to play with, and the way to one's own case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from osteocast.web.errors import Gone
from osteocast.web.examples import Example, examples
from osteocast.web.remembering import remembered
from osteocast.web.rendering import respond
from osteocast.web.requests import Filled, Found, Known
from osteocast.web.showing.forecast import first_look
from osteocast.web.visitors import THEME, THEMES, VIEW, VIEWS, Visitor, set_choice

if TYPE_CHECKING:
    from osteocast.web.drafts import Draft

__all__ = ["example_draft", "router"]

router = APIRouter(include_in_schema=False)


def example_draft(visitor: Visitor, example: Example) -> Draft:
    """Return an example as a draft of the visitor."""
    from osteocast.web.drafts import Draft
    from osteocast.web.forms.origins import imported

    draft = Draft(example.document, example.file_name, imported(example.document))
    return visitor.service.drafts.keep(draft, visitor.owner)


@router.get("/")
def home(visitor: Known) -> Response:
    """Open on an example."""
    known = examples()
    example = next(iter(known.values()))
    draft = example_draft(visitor, example)

    def made(reader: Visitor) -> Response:
        look = first_look(visitor.service.computations, draft)
        return respond("home.html", reader, examples=known.values(), example=example, draft=draft, look=look)

    return remembered(visitor, (draft.key,), made)


@router.get("/examples/{name}")
def open_example(visitor: Known, name: str) -> Response:
    """Open an example as a case."""
    example = examples().get(name)
    if example is None:
        raise Gone("an example of this name")
    draft = example_draft(visitor, example)
    response = RedirectResponse(f"/d/{draft.key}", 303)
    visitor.remember(response)
    return response


@router.post("/preferences")
def prefer(visitor: Found, form: Filled) -> Response:
    """Keep how somebody likes to see pages, and go back."""
    back = form.get("back", "/")
    # Only a path of this site; "//host" and "/\\host" would lead elsewhere.
    if not back.startswith("/") or back[1:2] in ("/", "\\"):
        back = "/"
    response = RedirectResponse(back, 303)
    secure = visitor.service.settings.behind_tls
    if form.get("theme") in THEMES:
        set_choice(response, THEME, form["theme"], secure=secure)
    if form.get("view") in VIEWS:
        set_choice(response, VIEW, form["view"], secure=secure)
    return response

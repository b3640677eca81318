"""The form: a new case, or a change to one."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from osteocast.errors import InputError, Problem
from osteocast.units import QUANTITIES
from osteocast.web.drafts import Draft
from osteocast.web.errors import Gone
from osteocast.web.forms.carrying import draft_from
from osteocast.web.forms.document import apply
from osteocast.web.forms.fields import plausible
from osteocast.web.forms.shown import shown_form
from osteocast.web.remembering import remembered
from osteocast.web.rendering import respond
from osteocast.web.requests import Filled, Known, Sent, draft_of, read_text, text_fields
from osteocast.web.visitors import Visitor

__all__ = ["form_page", "router"]

router = APIRouter(include_in_schema=False)


def form_page(
    visitor: Visitor,
    draft: Draft,
    problems: Sequence[Problem] = (),
    *,
    added: Sequence[str] = (),
    removed: Sequence[str] = (),
    opened: str = "",
) -> Response:
    """Return the form of a draft, with everything that is wrong with it.

    Parameters
    ----------
    visitor : Visitor
    draft : Draft
    problems : sequence of Problem
    added : sequence of str
        Lists to which an empty row is added.
    opened : str
        Section to show open.
    """
    shown = shown_form(draft, problems, added=added, opened=opened)
    return respond("form.html", visitor, status=422 if problems else 200, draft=draft, form=shown)


@router.get("/new")
def new(visitor: Known) -> Response:
    """Start a case."""
    return remembered(visitor, (), lambda reader: form_page(reader, Draft({}, "")))


@router.get("/d/{key}/edit")
def edit(visitor: Known, key: str, section: str = "") -> Response:
    """Change a case."""
    draft = draft_of(visitor, key)
    return remembered(visitor, (key, section), lambda reader: form_page(reader, draft, opened=section))


@router.post("/edit")
def change(visitor: Known, form: Filled) -> Response:
    """Take a filled form: to the forecast, or back with what is wrong, or with a row more or less."""
    action = form.pop("action", "")
    base = draft_from(form)
    kind, _, place = action.partition(":")
    if kind == "remove":
        form = {name: value for name, value in form.items() if not name.startswith(f"{place}.")}
        form[f"{place.rpartition('.')[0]}.removed"] = "1"
    made = apply(base.document, form, base.origins)
    draft = Draft(made.document, form.get("name", base.name), made.origins, base.case_id, base.version)
    if kind in ("add", "remove"):
        path = place if kind == "add" else place.rpartition(".")[0]
        added = [path] if kind == "add" else []
        return form_page(visitor, draft, added=added, opened=path)
    try:
        draft.case()
    except InputError as error:
        return form_page(visitor, draft, error.problems)
    kept = visitor.service.drafts.keep(draft, visitor.owner)
    return RedirectResponse(f"/d/{kept.key}", 303)


@router.get("/form/range/{quantity}")
def plausible_range(visitor: Known, request: Request, quantity: str) -> Response:
    """Say the plausible range of a quantity in the unit that was chosen, for htmx."""
    if quantity not in QUANTITIES:
        raise Gone("a quantity of this name")
    unit = next((text for name, text in request.query_params.items() if name.endswith(".unit")), "")
    return PlainTextResponse(plausible(quantity, unit))


@router.post("/import")
def import_file(visitor: Known, form: Sent) -> Response:
    """Open a case file, as YAML or JSON."""
    from osteocast.web.forms.importing import draft_from_file

    name, content = form.get("file", ("", b""))
    text = read_text(content, name) if content else text_fields(form).get("text", "")
    draft = visitor.service.drafts.keep(draft_from_file(text, name or "imported case"), visitor.owner)
    return RedirectResponse(f"/d/{draft.key}", 303)

"""Plans that can be changed, with the results beside them."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from osteocast.errors import InputError, NotCovered, Problem
from osteocast.web.drafts import Draft
from osteocast.web.forms.carrying import carried, draft_from
from osteocast.web.forms.plan_problems import named_problems
from osteocast.web.forms.plans import MOST_PLANS, PRESETS, apply_plans, preset, shown_plans, with_plans
from osteocast.web.remembering import remembered
from osteocast.web.rendering import respond
from osteocast.web.requests import Filled, Known, draft_of
from osteocast.web.security.spending import spend
from osteocast.web.showing.forecast import first_look
from osteocast.web.visitors import Visitor

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


def _page(visitor: Visitor, draft: Draft, problems: Sequence[Problem] = (), added: str = "") -> Response:
    """Return the editor of a draft, with the results of the plans as they stand."""
    look = None
    reasons: tuple[str, ...] = ()
    if not problems:
        try:
            look = first_look(visitor.service.computations, draft)
        except InputError as error:
            problems = error.problems
        except NotCovered as error:
            reasons = error.reasons
    shown = shown_plans(draft.document, problems, added=added)
    return respond(
        "plans.html",
        visitor,
        status=422 if problems else 200,
        draft=draft,
        base=carried(draft),
        plans=shown,
        presets=PRESETS,
        most=MOST_PLANS,
        look=look,
        problems=named_problems(draft, shown, problems),
        reasons=reasons,
    )


@router.get("/d/{key}/plans")
def plans(visitor: Known, key: str) -> Response:
    """Show the plans; the standard ones if the case names none."""
    draft = draft_of(visitor, key)
    try:
        document = with_plans(draft.document, draft.case())
    except InputError as error:
        if draft.document.get("plans"):
            return _page(visitor, draft, error.problems)
        return RedirectResponse(f"/d/{key}/edit", 303)
    except NotCovered:
        return RedirectResponse(f"/d/{key}", 303)
    # Who only looks writes nothing down that was not before: what a record sent stays in memory.
    changed = _changed(visitor, draft, document, lasting=visitor.service.drafts.lasts(key))

    def made(reader: Visitor) -> Response:
        spend(visitor, changed)
        return _page(reader, changed)

    return remembered(visitor, (changed.key,), made)


@router.post("/plans")
def change(visitor: Known, form: Filled) -> Response:
    """Take changed plans: add, copy or remove one, or show what they do."""
    action = form.pop("action", "")
    draft = draft_from(form)
    kind, _, place = action.partition(":")
    if kind == "remove":
        form = {name: text for name, text in form.items() if not name.startswith(f"{place}.")}
    document = apply_plans(draft.document, form)
    if kind == "copy":
        _copy(document, place)
    elif kind == "plan":
        _add(document, draft, form.get("preset", "none"))
    draft = _changed(visitor, draft, document)
    if kind == "add":
        spend(visitor, draft)
        return _page(visitor, draft, added=place)
    return RedirectResponse(f"/d/{draft.key}/plans", 303)


@router.post("/plans/preview")
def preview(visitor: Known, request: Request, form: Filled) -> Response:
    """Answer with the results of plans as they are being changed, for htmx."""
    form.pop("action", "")
    draft = draft_from(form)
    draft = _changed(visitor, draft, apply_plans(draft.document, form))
    problems: tuple[Problem, ...] = ()
    reasons: tuple[str, ...] = ()
    look = None
    spend(visitor, draft)
    try:
        look = first_look(visitor.service.computations, draft)
    except InputError as error:
        problems = error.problems
    except NotCovered as error:
        reasons = error.reasons
    shown = shown_plans(draft.document, problems) if problems else ()
    here = f"/d/{draft.key}/plans"
    response = respond(
        "plans_result.html",
        visitor,
        draft=draft,
        look=look,
        problems=named_problems(draft, shown, problems),
        reasons=reasons,
        swapped=True,
        here=here,
    )
    # The address and the tabs are those of the plans as they stand now, or leaving the page would lose them.
    if not request.headers.get("hx-current-url", "").endswith(here):
        response.headers["HX-Push-Url"] = here
    return response


def _changed(visitor: Visitor, draft: Draft, document: dict[str, Any], *, lasting: bool = True) -> Draft:
    made = Draft(document, draft.name, draft.origins, draft.case_id, draft.version)
    return visitor.service.drafts.keep(made, visitor.owner, lasting=lasting)


def _copy(document: dict[str, Any], place: str) -> None:
    number = place.rpartition(".")[2]
    items = document.get("plans", [])
    if number.isdecimal() and int(number) < len(items) < MOST_PLANS:
        made = copy.deepcopy(items[int(number)])
        names = {item.get("name") for item in items}
        name = str(made.get("name", "Plan"))
        made["name"] = next(f"{name} ({i})" for i in range(2, 100) if f"{name} ({i})" not in names)
        items.insert(int(number) + 1, made)


def _add(document: dict[str, Any], draft: Draft, name: str) -> None:
    items = document.setdefault("plans", [])
    if len(items) < MOST_PLANS and name in PRESETS:
        items.append(preset(name, Draft(document, draft.name).case()))

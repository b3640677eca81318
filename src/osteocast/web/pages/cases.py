"""Cases that are kept: the list, one case with its versions, and what can be done with it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import RedirectResponse, Response

from osteocast import store
from osteocast.errors import InputError, NotCovered, NotFound, Problem
from osteocast.forecast.scenarios import planned
from osteocast.web.drafts import canonical
from osteocast.web.errors import Refused
from osteocast.web.keeping import draft_of_version, title_of, user_of
from osteocast.web.rendering import respond
from osteocast.web.requests import Filled, Known, Sent, draft_of, read_text
from osteocast.web.visitors import Visitor

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


@router.get("/cases")
def cases(
    visitor: Known,
    search: Annotated[str, Query(max_length=200)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    archived: bool = False,
) -> Response:
    """List the cases of the visitor, and those shared with them."""
    me = user_of(visitor)
    found = store.list_cases(visitor.service.store, me, search=search, page=page, archived=archived)
    can_create = store.may(me.role, "none", "create")
    return respond(
        "cases.html", visitor, found=found, search=search, archived=archived, can_create=can_create
    )


@router.post("/cases/import")
def bring(visitor: Known, form: Sent) -> Response:
    """Keep a case that was exported, and say what differs."""
    name, content = form.get("file", ("", b""))
    made = store.import_case(visitor.service.store, user_of(visitor), read_text(content, name))
    return RedirectResponse(f"/cases/{made.version.case_id}", 303)


@router.get("/cases/{case_id}")
def case(visitor: Known, case_id: str, version: Annotated[int | None, Query(ge=1)] = None) -> Response:
    """Show a kept case: its versions, with whom it is shared, what can be done with it."""
    db, me = visitor.service.store, user_of(visitor)
    found = store.get_case(db, me, case_id, version)
    permitted = store.permitted(db, me, found.case_id)
    return respond(
        "case.html",
        visitor,
        found=found,
        about=store.find_case(db, me, found.case_id),
        permitted=permitted,
        versions=store.list_versions(db, me, found.case_id),
        shares=store.list_shares(db, me, found.case_id) if "share" in permitted else (),
        trail=store.read_audit(db, me, case_id=found.case_id).entries if "history" in permitted else (),
        accesses=store.ACCESSES,
    )


@router.get("/cases/{case_id}/open")
def reopen(visitor: Known, case_id: str, version: Annotated[int | None, Query(ge=1)] = None) -> Response:
    """Open a kept case, with the numbers that it had."""
    found = store.get_case(visitor.service.store, user_of(visitor), case_id, version)
    return RedirectResponse(f"/d/{draft_of_version(visitor, found).key}", 303)


@router.get("/cases/{case_id}/export")
def export(visitor: Known, case_id: str, version: Annotated[int | None, Query(ge=1)] = None) -> Response:
    """Return a kept case as a file that makes every number again."""
    db, me = visitor.service.store, user_of(visitor)
    found = store.get_case(db, me, case_id, version)
    text = store.export_case(db, me, found.case_id, found.number)
    headers = {"Content-Disposition": f'attachment; filename="{store.file_name(found)}"'}
    return Response(text, media_type="application/json", headers=headers)


@router.post("/cases/{case_id}/{action}")
def act(visitor: Known, case_id: str, action: str, form: Filled) -> Response:
    """Duplicate, archive, restore, delete or share a kept case."""
    db, me = visitor.service.store, user_of(visitor)
    back = f"/cases/{case_id}"
    if action == "duplicate":
        made = store.duplicate_case(db, me, case_id, title=form.get("title") or None)
        back = f"/cases/{made.case_id}"
    elif action == "archive":
        store.archive_case(db, me, case_id)
        back = "/cases"
    elif action == "restore":
        store.restore_case(db, me, case_id)
    elif action == "delete":
        if form.get("sure") != "yes":
            problem = Problem("sure", Problem.ABSENT, "a tick that you are sure", "tick the box first")
            raise InputError([problem])
        store.delete_case(db, me, case_id)
        visitor.service.drafts.forget(case_id)
        back = "/cases"
    elif action == "share":
        access = form.get("access", "read")
        if access == "none":
            store.unshare_case(db, me, case_id, form.get("name", ""))
        else:
            given = store.ACCESSES[0] if access == store.ACCESSES[0] else store.ACCESSES[-1]
            store.share_case(db, me, case_id, form.get("name", ""), given)
    else:
        raise Refused(404, "nothing of this name can be done with a case", "go back to the case")
    return RedirectResponse(back, 303)


@router.get("/d/{key}/keep")
def keep_page(visitor: Known, key: str) -> Response:
    """Show how a case can be saved, exported and printed."""
    draft = draft_of(visitor, key)
    try:
        plans = tuple(plan.name for plan in planned(draft.case())[0].plans)
    except (InputError, NotCovered):
        plans = ()
    return respond(
        "keep.html",
        visitor,
        draft=draft,
        title=title_of(draft),
        plans=plans,
        can_save=draft.case_id is not None and _may_save(visitor, draft.case_id),
        can_create=not visitor.multi_user or store.may(user_of(visitor).role, "none", "create"),
    )


def _may_save(visitor: Visitor, case_id: str) -> bool:
    """Whether somebody may add a version to a case: not if it was shared for reading, or is gone."""
    try:
        return "write" in store.permitted(visitor.service.store, user_of(visitor), case_id)
    except NotFound:
        return False


@router.post("/d/{key}/keep")
def keep(visitor: Known, key: str, form: Filled) -> Response:
    """Save a case: as the next version of the one it was opened from, or as a new one."""
    draft = draft_of(visitor, key)
    db, me = visitor.service.store, user_of(visitor)
    title, note = form.get("title") or title_of(draft), form.get("note", "")
    text = canonical(draft.document)
    if form.get("action") == "version" and draft.case_id is not None and draft.version is not None:
        made = store.save_case(db, me, draft.case_id, text, expected=draft.version, title=title, note=note)
    else:
        made = store.create_case(db, me, text, title=title, note=note)
    return RedirectResponse(f"/cases/{made.case_id}", 303)

"""Finding a case for somebody, if they may see it and do what they want with it."""

from __future__ import annotations

from typing import cast

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from osteocast.errors import InputError, NotAllowed, NotFound, Problem
from osteocast.store.authorisation import Action, Relation, permitted_to
from osteocast.store.people import User
from osteocast.store.tables import CaseRow, ShareRow

__all__ = ["page_of", "related", "relation_to", "visible_to"]

_LARGEST_PAGE = 500
_WORDS: dict[str, str] = {
    "write": "change this case",
    "duplicate": "copy this case",
    "share": "say who else sees this case",
    "archive": "archive this case",
    "delete": "delete this case",
    "history": "see the history of this case",
}


def related(
    session: Session, me: User, case_id: str, action: Action, *, lock: bool = False
) -> tuple[CaseRow, Relation]:
    """Return a case and what ties somebody to it.

    Raises
    ------
    NotFound
        If there is no such case, or this user may not even see it: which of the two is not told.
    NotAllowed
        If the user may see it and not do that.
    """
    wanted = select(CaseRow).where(CaseRow.id == case_id)
    row = session.scalars(wanted.with_for_update(of=CaseRow) if lock else wanted).one_or_none()
    relation = "none" if row is None else relation_to(session, me, row)
    permitted = permitted_to(me.role, relation)
    if row is None or "read" not in permitted:
        raise NotFound(f"there is no case {case_id!r}", "list the cases to see which there are")
    if action not in permitted:
        reason = f"{me.name} ({me.role}) may not {_WORDS.get(action, f'{action} this case')}"
        owner = "the owner" if relation == "owner" else row.owner.name
        remedy = f"ask {owner}" if relation != "owner" else "ask an admin for another role"
        raise NotAllowed(reason, remedy)
    return row, relation


def relation_to(session: Session, me: User, row: CaseRow) -> Relation:
    """Return what ties somebody to a case."""
    if row.owner_id == me.id:
        return "owner"
    share = session.get(ShareRow, (row.id, me.id))
    return "none" if share is None else cast(Relation, share.access)


def visible_to(me: User) -> ColumnElement[bool]:
    """Return the condition that a case is somebody's own, or shared with them."""
    shared = select(ShareRow.case_id).where(ShareRow.user_id == me.id)
    return or_(CaseRow.owner_id == me.id, CaseRow.id.in_(shared))


def page_of(total: int, page: int, per_page: int) -> tuple[int, int, int]:
    """Return which page it is, how many there are, and how many rows come before it.

    Raises
    ------
    InputError
    """
    problems = []
    if page < 1:
        problems.append(Problem("page", page, "1 or more", "count pages from 1"))
    if not 1 <= per_page <= _LARGEST_PAGE:
        problems.append(Problem("per_page", per_page, f"1 to {_LARGEST_PAGE}", "ask for fewer at once"))
    if problems:
        raise InputError(problems)
    pages = max(1, -(-total // per_page))
    page = min(page, pages)
    return page, pages, (page - 1) * per_page

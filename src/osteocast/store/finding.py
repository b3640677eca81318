"""Finding cases: lists, single ones, their versions."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from osteocast.errors import NotFound
from osteocast.store.authorisation import Action, permitted_to
from osteocast.store.opening import Store
from osteocast.store.people import User, acting, key_of
from osteocast.store.records import (
    CasePage,
    CaseSummary,
    Version,
    VersionSummary,
    summary_of,
    version_of,
    version_summary_of,
)
from osteocast.store.relations import page_of, related, relation_to, visible_to
from osteocast.store.tables import CaseRow, ShareRow, VersionRow

__all__ = ["find_case", "get_case", "list_cases", "list_versions", "permitted", "version_row"]

_SHORTEST_BEGINNING = 3


def get_case(store: Store, by: User, case_id: str, version: int | None = None) -> Version:
    """Read a case.

    Parameters
    ----------
    store : Store
    by : User
    case_id : str
    version : int, optional
        The latest if left out.

    Returns
    -------
    Version

    Raises
    ------
    NotFound
        If there is no such case or version for this user.
    Unavailable
    """
    with store.reading() as session:
        case, _ = related(session, acting(session, by), case_id, "read")
        return version_of(version_row(session, case, version))


def find_case(store: Store, by: User, case_id: str) -> CaseSummary:
    """Find a case by its id, or by the beginning of it if that fits one case only.

    Raises
    ------
    NotFound
        If it fits none, or several.
    Unavailable
    """
    with store.reading() as session:
        me, wanted = acting(session, by), case_id.strip().lower()
        if len(wanted) >= _SHORTEST_BEGINNING:
            begins = CaseRow.id.startswith(wanted, autoescape=True)
            found = session.scalars(select(CaseRow).where(begins, visible_to(me)).limit(2)).all()
            if len(found) == 1:
                return summary_of(found[0], relation_to(session, me, found[0]))
            if found:
                raise NotFound(f"several cases begin with {case_id!r}", "write more of the id")
        row, relation = related(session, me, wanted, "read")
        return summary_of(row, relation)


def list_cases(
    store: Store, by: User, *, search: str = "", page: int = 1, per_page: int = 50, archived: bool = False
) -> CasePage:
    """List the cases that a user owns or that are shared with them, the latest change first.

    Parameters
    ----------
    store : Store
    by : User
    search : str
        Only cases with this in their title.
    page, per_page : int
    archived : bool
        The archived ones instead.

    Returns
    -------
    CasePage

    Raises
    ------
    InputError, Unavailable
    """
    with store.reading() as session:
        me = acting(session, by)
        away = CaseRow.archived_at.is_not(None) if archived else CaseRow.archived_at.is_(None)
        wanted = select(CaseRow).where(visible_to(me), away)
        if search.strip():
            wanted = wanted.where(CaseRow.title_key.contains(key_of(search), autoescape=True))
        total = session.scalar(wanted.with_only_columns(func.count(CaseRow.id))) or 0
        page, pages, skipped = page_of(total, page, per_page)
        ordered = wanted.order_by(CaseRow.changed_at.desc(), CaseRow.id).offset(skipped).limit(per_page)
        rows = session.scalars(ordered).all()
        # All at once, so that `relation_to` has them at hand.
        theirs = [row.id for row in rows if row.owner_id != me.id]
        shares = select(ShareRow).where(ShareRow.user_id == me.id, ShareRow.case_id.in_(theirs))
        held = session.scalars(shares).all() if theirs else []
        found = tuple(summary_of(row, relation_to(session, me, row)) for row in rows)
        del held  # a session forgets what nobody holds
        return CasePage(found, total, page, pages)


def list_versions(store: Store, by: User, case_id: str) -> tuple[VersionSummary, ...]:
    """List the versions of a case, the newest first.

    Raises
    ------
    NotFound, Unavailable
    """
    with store.reading() as session:
        case, _ = related(session, acting(session, by), case_id, "read")
        wanted = select(VersionRow).where(VersionRow.case_id == case.id).order_by(VersionRow.number.desc())
        return tuple(version_summary_of(row) for row in session.scalars(wanted))


def permitted(store: Store, by: User, case_id: str) -> frozenset[Action]:
    """Return everything that a user may do with a case.

    Raises
    ------
    NotFound, Unavailable
    """
    with store.reading() as session:
        me = acting(session, by)
        _, relation = related(session, me, case_id, "read")
        return permitted_to(me.role, relation)


def version_row(session: Session, case: CaseRow, version: int | None) -> VersionRow:
    """Return the row of a version.

    Raises
    ------
    NotFound
    """
    row = session.get(VersionRow, (case.id, case.latest if version is None else version))
    if row is None:
        raise NotFound(f"case {case.id} has no version {version}", f"it has 1 to {case.latest}")
    return row

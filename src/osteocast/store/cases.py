"""Cases: saving, finding, copying, putting away."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from osteocast.errors import Conflict, NotAllowed, NotFound
from osteocast.store import audit
from osteocast.store.accepting import accepted, check_words, made_with
from osteocast.store.authorisation import Action, may, permitted_to
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
from osteocast.store.tables import CaseRow, UserRow, VersionRow

__all__ = [
    "archive_case",
    "create_case",
    "create_from_file",
    "delete_case",
    "duplicate_case",
    "find_case",
    "get_case",
    "list_cases",
    "list_versions",
    "permitted",
    "restore_case",
    "save_case",
    "version_row",
]

# Sixty random bits in letters that are not mistaken for one another: to type, not to keep secret.
_ID_LETTERS, _ID_LENGTH = "0123456789abcdefghjkmnpqrstvwxyz", 12
_SHORTEST_BEGINNING = 3

_Document = str | Path | Mapping[str, Any]


def create_case(
    store: Store, by: User, document: _Document, *, title: str, note: str = "", draft: bool = False
) -> Version:
    """Save a case for the first time.

    Parameters
    ----------
    store : Store
    by : User
        Who will own it.
    document : str, Path or mapping
        A case file, its text, or its fields.
    title : str
        What lists show; one line.
    note : str
    draft : bool
        Whether the document need not be complete.

    Returns
    -------
    Version
        Once this returns, the version is on the disk.

    Raises
    ------
    InputError
        With everything that is wrong with document, title and note.
    NotAllowed, Unavailable
    """
    title = check_words(title, note)
    return _create(store, by, accepted(document, draft=draft), title, note, draft, "case created")


def create_from_file(store: Store, by: User, document: str, *, title: str, draft: bool) -> Version:
    """Save what an imported file holds; `create_case`, by another name in the audit trail."""
    title = check_words(title)
    return _create(store, by, accepted(document, draft=draft), title, "", draft, "case imported")


def save_case(
    store: Store,
    by: User,
    case_id: str,
    document: _Document,
    *,
    expected: int,
    title: str | None = None,
    note: str = "",
    draft: bool = False,
) -> Version:
    """Save a new version of a case; the earlier ones stay.

    Parameters
    ----------
    store : Store
    by : User
    case_id : str
    document : str, Path or mapping
    expected : int
        Number of the version that was changed.
    title : str, optional
        A new title; that of the version before if left out.
    note : str
    draft : bool

    Returns
    -------
    Version

    Raises
    ------
    Conflict
        If somebody saved another version in between; it says who and when, and nothing is written.
    InputError, NotFound, NotAllowed, Unavailable
    """
    kept = None if title is None else check_words(title)
    check_words(kept or "unchanged", note)
    held, versions = accepted(document, draft=draft), made_with()
    with store.writing() as session:
        me = acting(session, by)
        case, _ = related(session, me, case_id, "write", lock=True)
        if case.archived_at is not None:
            raise NotAllowed("the case is archived", "restore it first")
        if case.latest != expected:
            who, at = case.changed_by.name, f"{case.changed_at:%Y-%m-%d %H:%M} UTC"
            raise Conflict(
                f"{who} saved version {case.latest} on {at}, after version {expected} was read",
                f"look at version {case.latest}, then save again on top of it, or save a copy",
                who,
                case.changed_at,
                case.latest,
            )
        return _add_version(
            session, store, me, case, held, kept or case.title, note, draft, versions, "case saved"
        )


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
        return CasePage(
            tuple(summary_of(row, relation_to(session, me, row)) for row in rows), total, page, pages
        )


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


def duplicate_case(
    store: Store, by: User, case_id: str, *, version: int | None = None, title: str | None = None
) -> Version:
    """Copy a version of a case into a new case of one's own.

    Parameters
    ----------
    store : Store
    by : User
    case_id : str
    version : int, optional
        The latest if left out.
    title : str, optional
        That of the original, called a copy, if left out.

    Raises
    ------
    InputError, NotFound, NotAllowed, Unavailable
    """
    with store.reading() as session:
        case, _ = related(session, acting(session, by), case_id, "duplicate")
        original = version_of(version_row(session, case, version))
    title = check_words(title if title is not None else f"{original.title} (copy)"[-200:])
    note = f"Copy of {original.case_id}, version {original.number}"
    return _create(store, by, original.text, title, note, original.draft, "case copied")


def archive_case(store: Store, by: User, case_id: str) -> CaseSummary:
    """Take a case out of the list; it can still be read, and restored.

    Raises
    ------
    NotFound, NotAllowed, Unavailable
    """
    return _put_away(store, by, case_id, away=True)


def restore_case(store: Store, by: User, case_id: str) -> CaseSummary:
    """Put an archived case back into the list.

    Raises
    ------
    NotFound, NotAllowed, Unavailable
    """
    return _put_away(store, by, case_id, away=False)


def delete_case(store: Store, by: User, case_id: str) -> None:
    """Delete an archived case for good, with all versions, results and shares.

    What the audit trail says of it stays; that holds neither title nor anything clinical.

    Raises
    ------
    NotAllowed
        If the case was not archived before, or the user does not own it.
    NotFound, Unavailable
    """
    with store.writing() as session:
        me = acting(session, by)
        case, _ = related(session, me, case_id, "delete", lock=True)
        if case.archived_at is None:
            raise NotAllowed("only an archived case can be deleted for good", "archive it first")
        audit.append(session, store.now(), me.name, "case deleted", case_id=case.id, version=case.latest)
        session.delete(case)
    if store.engine.dialect.name == "sqlite":
        # Until then the log beside the file still holds what was deleted.
        with store.reading() as session:
            session.connection().connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


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


def _create(
    store: Store, by: User, document: str, title: str, note: str, draft: bool, action: str
) -> Version:
    versions = made_with()
    with store.writing() as session:
        me, now = acting(session, by), store.now()
        if not may(me.role, "none", "create"):
            raise NotAllowed(f"{me.name} ({me.role}) may not make cases", "ask an admin for another role")
        case = CaseRow(
            id="".join(secrets.choice(_ID_LETTERS) for _ in range(_ID_LENGTH)),
            owner_id=me.id,
            latest=0,
            title=title,
            title_key="",
            draft=draft,
            created_at=now,
            changed_at=now,
            changed_by_id=me.id,
            archived_at=None,
        )
        session.add(case)
        return _add_version(session, store, me, case, document, title, note, draft, versions, action)


def _add_version(
    session: Session,
    store: Store,
    me: User,
    case: CaseRow,
    document: str,
    title: str,
    note: str,
    draft: bool,
    versions: str,
    action: str,
) -> Version:
    now = store.now()
    case.latest += 1
    case.title, case.title_key, case.draft = title, key_of(title), draft
    case.changed_at, case.changed_by_id = now, me.id
    session.flush()
    row = VersionRow(
        case_id=case.id,
        number=case.latest,
        title=title,
        document=document,
        draft=draft,
        note=note,
        made_with=versions,
        nonce=secrets.token_hex(16),
        saved_by_id=me.id,
        saved_at=now,
    )
    row.saved_by = session.get_one(UserRow, me.id)
    session.add(row)
    audit.append(session, now, me.name, action, case_id=case.id, version=case.latest, seal=audit.seal(row))
    session.flush()
    return version_of(row)


def _put_away(store: Store, by: User, case_id: str, *, away: bool) -> CaseSummary:
    with store.writing() as session:
        me = acting(session, by)
        case, relation = related(session, me, case_id, "archive", lock=True)
        if (case.archived_at is not None) != away:
            case.archived_at = store.now() if away else None
            action = "case archived" if away else "case restored"
            audit.append(session, store.now(), me.name, action, case_id=case.id, version=case.latest)
        return summary_of(case, relation)

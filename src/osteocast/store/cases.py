"""Saving: a new case, another version of one, a copy."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from osteocast.errors import Conflict, NotAllowed
from osteocast.store import audit
from osteocast.store.accepting import accepted, check_words, made_with
from osteocast.store.authorisation import may
from osteocast.store.finding import version_row
from osteocast.store.opening import Store
from osteocast.store.people import User, acting, key_of
from osteocast.store.records import Version, version_of
from osteocast.store.relations import related
from osteocast.store.tables import CaseRow, UserRow, VersionRow

__all__ = ["create_case", "create_from_file", "duplicate_case", "save_case"]

# Sixty random bits in letters that are not mistaken for one another: to type, not to keep secret.
_ID_LETTERS, _ID_LENGTH = "0123456789abcdefghjkmnpqrstvwxyz", 12

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
        The text of a case file, the path of one, or its fields.
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

"""Cases that are looked at and not saved: kept for a week, so that a restart loses nothing.

Drafts are no versions: nothing is noted of them, and nobody but who brought them sees them. Those of a kept
case are deleted with it.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import delete, select

from osteocast.store.opening import Store
from osteocast.store.tables import CaseRow, DraftRow, SecretRow

__all__ = ["DRAFTS_LAST", "MOST_DRAFTS", "find_draft", "keep_draft", "secret"]

#: A draft that nobody looked at for so long is deleted.
DRAFTS_LAST = timedelta(days=7)
#: Drafts that one owner may have; beyond, those go that were not looked at for longest.
MOST_DRAFTS = 500

_SECRET_BYTES = 32
# So many more may be there until they are deleted together, which costs less than one by one.
_MARGIN = 50


def keep_draft(store: Store, key: str, owner: str, content: str, case_id: str | None = None) -> None:
    """Keep a draft, or note that it is looked at again; delete what is too old or too many.

    Parameters
    ----------
    store : Store
    key : str
        Under which it is found; its content never changes.
    owner : str
        Who may see it.
    content : str
    case_id : str, optional
        The kept case it was opened from.

    Raises
    ------
    Unavailable
    """
    now = store.now()
    with store.writing() as session:
        session.execute(delete(DraftRow).where(DraftRow.seen_at < now - DRAFTS_LAST))
        row = session.get(DraftRow, key)
        if row is not None:
            row.seen_at = now
            return
        if case_id is not None and session.get(CaseRow, case_id) is None:
            return  # deleted for good meanwhile, and its drafts with it
        session.add(DraftRow(key=key, owner=owner, case_id=case_id, content=content, seen_at=now))
        session.flush()
        newest = select(DraftRow.key).where(DraftRow.owner == owner).order_by(DraftRow.seen_at.desc())
        if session.scalar(newest.offset(MOST_DRAFTS + _MARGIN).limit(1)) is not None:
            too_many = session.scalars(newest.offset(MOST_DRAFTS)).all()
            session.execute(delete(DraftRow).where(DraftRow.key.in_(too_many)))


def find_draft(store: Store, key: str, owner: str) -> str | None:
    """Return the content of a draft; None if there is none, or it is somebody else's, or too old.

    Raises
    ------
    Unavailable
    """
    with store.reading() as session:
        row = session.get(DraftRow, key)
        if row is None or row.owner != owner or row.seen_at < store.now() - DRAFTS_LAST:
            return None
        return row.content


def secret(store: Store, name: str) -> bytes:
    """Return a secret of this store, made by chance when it is first asked for.

    Raises
    ------
    Unavailable
    """
    with store.reading() as session:
        row = session.get(SecretRow, name)
    if row is None:
        with store.writing() as session:
            # Another process may have made it while this one waited.
            row = session.get(SecretRow, name)
            if row is None:
                row = SecretRow(name=name, value=secrets.token_hex(_SECRET_BYTES))
                session.add(row)
    return bytes.fromhex(row.value)

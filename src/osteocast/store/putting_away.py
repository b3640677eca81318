"""Archiving a case, restoring it, and deleting it for good."""

from __future__ import annotations

from osteocast.errors import NotAllowed
from osteocast.store import audit
from osteocast.store.opening import Store
from osteocast.store.people import User, acting
from osteocast.store.records import CaseSummary, summary_of
from osteocast.store.relations import related

__all__ = ["archive_case", "delete_case", "restore_case"]


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


def _put_away(store: Store, by: User, case_id: str, *, away: bool) -> CaseSummary:
    with store.writing() as session:
        me = acting(session, by)
        case, relation = related(session, me, case_id, "archive", lock=True)
        if (case.archived_at is not None) != away:
            case.archived_at = store.now() if away else None
            action = "case archived" if away else "case restored"
            audit.append(session, store.now(), me.name, action, case_id=case.id, version=case.latest)
        return summary_of(case, relation)

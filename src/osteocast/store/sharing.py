"""Who else sees a case."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from osteocast.errors import InputError, NotFound, Problem, unknown_name
from osteocast.store import audit
from osteocast.store.authorisation import ACCESSES
from osteocast.store.opening import Store
from osteocast.store.people import User, acting, named
from osteocast.store.records import Share, share_of
from osteocast.store.relations import related
from osteocast.store.tables import ShareRow, UserRow

__all__ = ["list_shares", "share_case", "unshare_case"]


def share_case(store: Store, by: User, case_id: str, name: str, access: str) -> tuple[Share, ...]:
    """Share a case with a user; for its owner.

    Parameters
    ----------
    store : Store
    by : User
        The owner.
    case_id : str
    name : str
        With whom. A viewer only reads, whatever the share says.
    access : {"read", "write"}

    Returns
    -------
    tuple of Share
        All there are now.

    Raises
    ------
    InputError
        If the access is unknown, or the user owns the case already.
    NotFound, NotAllowed, Unavailable
    """
    if access not in ACCESSES:
        raise InputError([unknown_name("access", access, ACCESSES, "access")])
    with store.writing() as session:
        me = acting(session, by)
        case, _ = related(session, me, case_id, "share", lock=True)
        other = _sharer(session, name)
        if other.id == case.owner_id:
            raise InputError([Problem("name", name, "somebody else than the owner", "name another user")])
        row = session.get(ShareRow, (case.id, other.id))
        if row is None:
            row = ShareRow(case_id=case.id, user_id=other.id)
            session.add(row)
        row.access, row.granted_by_id, row.granted_at = access, me.id, store.now()
        audit.append(
            session, store.now(), me.name, f"case shared to {access}", case_id=case.id, subject=other.name
        )
        session.flush()
        return _shares(session, case.id)


def unshare_case(store: Store, by: User, case_id: str, name: str) -> tuple[Share, ...]:
    """Take a case back from a user; for its owner.

    Raises
    ------
    NotFound
        If there is no such case, or it is not shared with this user.
    NotAllowed, Unavailable
    """
    with store.writing() as session:
        me = acting(session, by)
        case, _ = related(session, me, case_id, "share", lock=True)
        other = named(session, name)
        row = session.get(ShareRow, (case.id, other.id))
        if row is None:
            raise NotFound(f"the case is not shared with {other.name}", "see with whom it is")
        session.delete(row)
        audit.append(
            session, store.now(), me.name, "case no longer shared", case_id=case.id, subject=other.name
        )
        session.flush()
        return _shares(session, case.id)


def list_shares(store: Store, by: User, case_id: str) -> tuple[Share, ...]:
    """List with whom a case is shared; for its owner.

    Raises
    ------
    NotFound, NotAllowed, Unavailable
    """
    with store.reading() as session:
        case, _ = related(session, acting(session, by), case_id, "share")
        return _shares(session, case.id)


def _sharer(session: Session, name: str) -> UserRow:
    row = named(session, name)
    if row.disabled_at is not None or row.local:
        # Who cannot log in is told like who is not there.
        raise NotFound(f"there is no user {name!r}", "check the name")
    return row


def _shares(session: Session, case_id: str) -> tuple[Share, ...]:
    wanted = (
        select(ShareRow)
        .where(ShareRow.case_id == case_id)
        .join(UserRow, ShareRow.user_id == UserRow.id)
        .order_by(UserRow.key)
        .execution_options(populate_existing=True)
    )
    return tuple(share_of(row) for row in session.scalars(wanted))

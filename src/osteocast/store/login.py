"""Logging in: sessions, and what slows down the guessing of passwords.

A token is 256 random bits; the store keeps its hash alone. A login makes a new one and ends the session that
was there before. Wrong passwords are counted for the account and for the client, and from a number on each
costs twice the wait of the one before.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session as Transaction

from osteocast.errors import LoginRefused, NotAllowed, TooManyAttempts, Unavailable
from osteocast.store import audit
from osteocast.store.authorisation import may
from osteocast.store.opening import Store
from osteocast.store.passwords import hashed, matches, outdated
from osteocast.store.people import User, acting, key_of, named, user_of
from osteocast.store.tables import AttemptRow, SessionRow, UserRow

__all__ = [
    "SESSION_ABSOLUTE",
    "SESSION_IDLE",
    "Session",
    "SignedIn",
    "find_session",
    "log_in",
    "log_out",
    "revoke_sessions",
]

#: How long a session lasts without a sign of life, and at most.
SESSION_IDLE = timedelta(minutes=30)
SESSION_ABSOLUTE = timedelta(hours=12)

_TOKEN_BYTES = 32
# A sign of life is written down this often, so that not every page costs a write.
_TOUCH = timedelta(minutes=1)

# How many wrong passwords are free. A clinic behind one address has more typing errors than one person.
_FREE = {"account": 5, "client": 20}
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
_FORGOTTEN = timedelta(hours=24)
_LONGEST_SUBJECT = 100


@dataclass(frozen=True)
class Session:
    """Somebody who is logged in.

    Parameters
    ----------
    user : User
    key : str
        Names the session without being its token.
    created_at, last_seen_at : datetime
        UTC.
    idle_expires_at, expires_at : datetime
        When it ends without another sign of life, and when at the latest.
    """

    user: User
    key: str
    created_at: datetime
    last_seen_at: datetime
    idle_expires_at: datetime
    expires_at: datetime


@dataclass(frozen=True, repr=False)
class SignedIn:
    """What a login gives.

    Parameters
    ----------
    token : str
        For the browser alone: whoever has it is this user.
    session : Session
    user : User
    """

    token: str
    session: Session
    user: User

    def __repr__(self) -> str:
        """Who, without the token."""
        return f"SignedIn(user={self.user.name!r})"


def log_in(store: Store, name: str, password: str, *, client: str, replacing: str | None = None) -> SignedIn:
    """Log somebody in.

    Parameters
    ----------
    store : Store
    name, password : str
    client : str
        Where it comes from, as an IP address.
    replacing : str, optional
        Token of a session that ends by this.

    Returns
    -------
    SignedIn

    Raises
    ------
    TooManyAttempts
        If there were too many wrong passwords; the password was not even looked at.
    LoginRefused
        If name and password do not belong together, or the user is disabled.
    Unavailable
    """
    counted = {"account": key_of(name)[:_LONGEST_SUBJECT], "client": client[:_LONGEST_SUBJECT]}
    with store.writing() as session:
        # Counted before the password is looked at: attempts made at once are all counted.
        _count(session, store.now(), counted)
        row = session.scalars(select(UserRow).where(UserRow.key == key_of(name))).one_or_none()
        user_id, stored = (None, None) if row is None else (row.id, row.password_hash)
        known = None if row is None else row.name
    right = matches(stored, password)
    fresh = hashed(password) if right and stored is not None and outdated(stored) else None
    with store.writing() as session:
        row = session.get(UserRow, user_id) if right else None
        if row is not None and row.disabled_at is None and row.password_hash == stored:
            return _begin(session, store, row, fresh, counted, replacing)
        if known is not None:
            audit.append(session, store.now(), known, "login refused")
    raise LoginRefused("name and password do not belong together", "type both again, or ask an admin")


def _begin(
    session: Transaction,
    store: Store,
    row: UserRow,
    fresh: str | None,
    counted: dict[str, str],
    replacing: str | None,
) -> SignedIn:
    now = store.now()
    _forgive(session, counted)
    row.password_hash = fresh or row.password_hash
    session.execute(delete(SessionRow).where(SessionRow.last_seen_at < now - SESSION_IDLE))
    if replacing:
        session.execute(delete(SessionRow).where(SessionRow.token_hash == _hash(replacing)))
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    made = SessionRow(token_hash=_hash(token), user_id=row.id, created_at=now, last_seen_at=now)
    made.user = row
    session.add(made)
    audit.append(session, now, row.name, "logged in")
    return SignedIn(token, _session_of(made), user_of(row))


def find_session(store: Store, token: str) -> Session | None:
    """Return the session of a token; None if it has ended, or never was.

    Raises
    ------
    Unavailable
    """
    token_hash, now = _hash(token), store.now()
    with store.reading() as session:
        row = session.get(SessionRow, token_hash)
        if row is None or row.user.disabled_at is not None:
            return None
        found = _session_of(row)
    if now >= min(found.idle_expires_at, found.expires_at):
        return None
    if now - found.last_seen_at >= _TOUCH:
        _touch(store, token_hash, now)
    return found


def _touch(store: Store, token_hash: str, now: datetime) -> None:
    try:
        with store.writing() as session:
            row = session.get(SessionRow, token_hash)
            if row is not None:
                row.last_seen_at = now
    except Unavailable:
        # A database that cannot write can still be read; the session ends early at worst.
        return


def log_out(store: Store, token: str) -> None:
    """End a session; one that has ended already is no error.

    Raises
    ------
    Unavailable
    """
    with store.writing() as session:
        row = session.get(SessionRow, _hash(token))
        if row is not None:
            audit.append(session, store.now(), row.user.name, "logged out")
            session.delete(row)


def revoke_sessions(store: Store, by: User, name: str) -> int:
    """End all sessions of a user: one's own, or anybody's by an admin. Returns how many there were.

    Raises
    ------
    NotFound, NotAllowed, Unavailable
    """
    with store.writing() as session:
        me = acting(session, by)
        if key_of(name) != key_of(me.name) and not may(me.role, "none", "manage_users"):
            raise NotAllowed(f"{me.name} ({me.role}) may not end others' sessions", "ask an admin")
        row = named(session, name)
        open_now = session.scalars(select(SessionRow).where(SessionRow.user_id == row.id)).all()
        for each in open_now:
            session.delete(each)
        audit.append(session, store.now(), me.name, "sessions ended", subject=row.name)
        return len(open_now)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _session_of(row: SessionRow) -> Session:
    return Session(
        user_of(row.user),
        # One hash further, so that it tells nothing that the store could be asked for.
        hashlib.sha256(row.token_hash.encode()).hexdigest()[:16],
        row.created_at,
        row.last_seen_at,
        row.last_seen_at + SESSION_IDLE,
        row.created_at + SESSION_ABSOLUTE,
    )


def _count(session: Transaction, now: datetime, counted: dict[str, str]) -> None:
    """Count an attempt as a failure until it turns out to be none; refuse it if it comes too early."""
    session.execute(delete(AttemptRow).where(AttemptRow.last_at < now - _FORGOTTEN))
    rows = []
    for kind, subject in sorted(counted.items()):
        row = session.get(AttemptRow, (kind, subject), with_for_update=True)
        if row is None:
            row = AttemptRow(kind=kind, subject=subject, failures=0, last_at=now)
            session.add(row)
        until = row.last_at + _wait(kind, row.failures)
        if until > now:
            seconds = max(1, round((until - now).total_seconds()))
            remedy = f"wait {seconds} seconds, then try again"
            raise TooManyAttempts("too many wrong passwords in a row", remedy, seconds)
        rows.append(row)
    for row in rows:
        row.failures += 1
        row.last_at = now


def _wait(kind: str, failures: int) -> timedelta:
    beyond = failures - _FREE[kind]
    if beyond < 0:
        return timedelta(0)
    doubled: int = 2 ** min(beyond, 10)
    return min(_FIRST_WAIT * doubled, _LONGEST_WAIT)


def _forgive(session: Transaction, counted: dict[str, str]) -> None:
    """Take back what `_count` wrote: all of the account, of the client this attempt alone."""
    for kind, subject in sorted(counted.items()):
        row = session.get(AttemptRow, (kind, subject), with_for_update=True)
        if row is None:
            continue
        row.failures = 0 if kind == "account" else max(0, row.failures - 1)

"""Users: adding them, and changing role, password, and whether they may come in."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from osteocast.errors import LoginRefused, NotAllowed, Problem
from osteocast.store import audit
from osteocast.store.authorisation import may
from osteocast.store.opening import Store
from osteocast.store.passwords import check_password, hashed, matches
from osteocast.store.people import LOCAL, User, acting, key_of, named, read_name, read_role, refuse, user_of
from osteocast.store.tables import SessionRow, UserRow

__all__ = [
    "add_user",
    "disable_user",
    "enable_user",
    "find_user",
    "list_users",
    "local_user",
    "set_password",
    "set_role",
]


def local_user(store: Store) -> User:
    """Return the built-in owner of a store that one person uses; there is no password to it.

    Whoever can open the database is this user, on the command line and in a web application that answers one
    person. A web application with passwords never asks for it.

    Parameters
    ----------
    store : Store

    Raises
    ------
    Unavailable
    """
    with store.reading() as session:
        row = session.scalars(select(UserRow).where(UserRow.local)).one_or_none()
        if row is not None:
            return user_of(row)
    with store.writing() as session:
        audit.queue(session)  # another process may be making it
        row = session.scalars(select(UserRow).where(UserRow.local)).one_or_none()
        return user_of(row or _new(session, store, LOCAL, "admin", None, local=True))


def add_user(store: Store, by: User, name: str, role: str, password: str) -> User:
    """Add a user.

    Parameters
    ----------
    store : Store
    by : User
        An admin.
    name : str
        Letters, digits, and ``. _ - + @``; capitals make no difference to who it is.
    role : {"admin", "clinician", "viewer"}
    password : str
        At least 12 characters.

    Returns
    -------
    User

    Raises
    ------
    InputError
        With everything that is wrong with name, role and password.
    NotAllowed
        If it is no admin who asks.
    Unavailable
    """
    problems: list[Problem] = []
    name, checked = read_name(name, problems), read_role(role, problems)
    check_password(password, name, problems)
    password_hash = None if problems else hashed(password)  # outside of the transaction: it takes a while
    with store.writing() as session:
        me = _managing(session, by)
        audit.queue(session)  # somebody else may be adding the same one
        taken = select(UserRow).where(UserRow.key == key_of(name))
        if key_of(name) == LOCAL or session.scalars(taken).one_or_none() is not None:
            problems.append(Problem("name", name, "a name that nobody has", "choose another name"))
        refuse(problems)
        row = _new(session, store, name, checked, password_hash)
        audit.append(session, store.now(), me.name, f"user added as {checked}", subject=name)
        return user_of(row)


def list_users(store: Store, by: User) -> tuple[User, ...]:
    """List all users by name; for an admin.

    Raises
    ------
    NotAllowed, Unavailable
    """
    with store.reading() as session:
        _managing(session, by)
        return tuple(user_of(row) for row in session.scalars(select(UserRow).order_by(UserRow.key)))


def find_user(store: Store, by: User, name: str) -> User:
    """Find a user by name: oneself, or anybody for an admin.

    Raises
    ------
    NotFound, NotAllowed, Unavailable
    """
    with store.reading() as session:
        if key_of(name) != key_of(acting(session, by).name):
            _managing(session, by)
        return user_of(named(session, name))


def set_role(store: Store, by: User, name: str, role: str) -> User:
    """Give a user another role.

    Raises
    ------
    InputError, NotFound, NotAllowed, Unavailable
    """
    problems: list[Problem] = []
    checked = read_role(role, problems)
    refuse(problems)
    with store.writing() as session:
        me, row = _managing(session, by), _changeable(session, name)
        if row.role == "admin" and checked != "admin":
            _keep_an_admin(session, me, row)
        row.role = checked
        audit.append(session, store.now(), me.name, f"role set to {checked}", subject=row.name)
        return user_of(row)


def disable_user(store: Store, by: User, name: str) -> User:
    """Shut a user out, at once and with all sessions. Their cases stay, and so do the shares of them.

    Raises
    ------
    NotFound, NotAllowed, Unavailable
    """
    with store.writing() as session:
        me, row = _managing(session, by), _changeable(session, name)
        if row.role == "admin":
            _keep_an_admin(session, me, row)
        row.disabled_at = row.disabled_at or store.now()
        session.execute(delete(SessionRow).where(SessionRow.user_id == row.id))
        audit.append(session, store.now(), me.name, "user disabled", subject=row.name)
        return user_of(row)


def enable_user(store: Store, by: User, name: str) -> User:
    """Let a user in again.

    Raises
    ------
    NotFound, NotAllowed, Unavailable
    """
    with store.writing() as session:
        me, row = _managing(session, by), _changeable(session, name)
        row.disabled_at = None
        audit.append(session, store.now(), me.name, "user enabled", subject=row.name)
        return user_of(row)


def set_password(store: Store, by: User, name: str, password: str, *, current: str | None = None) -> User:
    """Give a user another password; all their sessions end.

    Parameters
    ----------
    store : Store
    by : User
        The user, who gives the current password too, or an admin.
    name : str
    password : str
        At least 12 characters.
    current : str, optional
        The password so far, where users change their own.

    Raises
    ------
    InputError
        If the new one is too weak.
    LoginRefused
        If the current one is wrong.
    NotFound, NotAllowed, Unavailable
    """
    problems: list[Problem] = []
    check_password(password, name, problems)
    refuse(problems)
    with store.reading() as session:
        me = acting(session, by)
        own = key_of(name) == key_of(me.name)
        if not own:
            _managing(session, by)
        stored = named(session, name).password_hash
    # Hashing takes a while; nobody else should wait for it.
    if own and not matches(stored, current or ""):
        raise LoginRefused("the current password is wrong", "type it again")
    fresh = hashed(password)
    with store.writing() as session:
        row = _changeable(session, name)
        if own and row.password_hash != stored:
            raise LoginRefused("the password was changed in between", "log in again")
        row.password_hash = fresh
        session.execute(delete(SessionRow).where(SessionRow.user_id == row.id))
        audit.append(session, store.now(), acting(session, by).name, "password set", subject=row.name)
        return user_of(row)


def _new(
    session: Session, store: Store, name: str, role: str, password_hash: str | None, *, local: bool = False
) -> UserRow:
    row = UserRow(
        name=name,
        key=key_of(name),
        role=role,
        local=local,
        password_hash=password_hash,
        disabled_at=None,
        created_at=store.now(),
    )
    session.add(row)
    session.flush()
    return row


def _managing(session: Session, by: User) -> User:
    me = acting(session, by)
    if not may(me.role, "none", "manage_users"):
        raise NotAllowed(f"{me.name} ({me.role}) may not look after users", "ask an admin")
    return me


def _changeable(session: Session, name: str) -> UserRow:
    row = named(session, name, lock=True)
    if row.local:
        raise NotAllowed("the built-in user cannot be changed", "add a user of your own")
    return row


def _keep_an_admin(session: Session, me: User, row: UserRow) -> None:
    """Refuse to take away the last admin who can log in; who holds the database itself may."""
    admins = session.scalars(
        select(UserRow)
        .where(UserRow.role == "admin", UserRow.disabled_at.is_(None), UserRow.local.is_(False))
        .order_by(UserRow.id)
        .with_for_update()
    ).all()
    if not me.local and [each.id for each in admins] == [row.id]:
        raise NotAllowed(f"{row.name} is the last admin", "make somebody else an admin first")

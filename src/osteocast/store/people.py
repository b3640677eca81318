"""Users, and who acts."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from osteocast.errors import InputError, NotAllowed, NotFound, Problem, unknown_name
from osteocast.store.authorisation import ROLES, Role
from osteocast.store.tables import UserRow

__all__ = ["LOCAL", "User", "acting", "key_of", "named", "read_name", "read_role", "refuse", "user_of"]

#: Who owns the cases of a store that one person uses without a password.
LOCAL = "local"

_NAME = re.compile(r"[^\W_][\w.@+-]{0,63}")


@dataclass(frozen=True)
class User:
    """Somebody who has cases, or looks after those who have.

    Parameters
    ----------
    id : int
    name : str
    role : {"admin", "clinician", "viewer"}
    disabled : bool
        Whether this user may do nothing at all.
    local : bool
        Whether this is the built-in owner of a store used by one person.
    has_password : bool
        Without one, nobody logs in as this user.
    created_at : datetime
        UTC.
    """

    id: int
    name: str
    role: Role
    disabled: bool
    local: bool
    has_password: bool
    created_at: datetime


def user_of(row: UserRow) -> User:
    """Return the user of a row."""
    return User(
        row.id,
        row.name,
        cast(Role, row.role),
        row.disabled_at is not None,
        row.local,
        row.password_hash is not None,
        row.created_at,
    )


def acting(session: Session, by: User) -> User:
    """Return who acts, as the database knows them now.

    Raises
    ------
    NotAllowed
        If they have been disabled, or are not in this store.
    """
    row = session.get(UserRow, by.id)
    if row is None or row.disabled_at is not None:
        raise NotAllowed(f"the account {by.name} is disabled", "ask an admin")
    return user_of(row)


def named(session: Session, name: str, *, lock: bool = False) -> UserRow:
    """Return the row of a user.

    Raises
    ------
    NotFound
    """
    wanted = select(UserRow).where(UserRow.key == key_of(name))
    row = session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()
    if row is None:
        raise NotFound(f"there is no user {name!r}", "check the name")
    return row


def key_of(name: str) -> str:
    """Return what two spellings of one name share."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def read_name(name: str, problems: list[Problem]) -> str:
    """Return a name for a new user; what is wrong with it is added to the problems."""
    given = unicodedata.normalize("NFC", name).strip()
    if not _NAME.fullmatch(given):
        expected = "a letter or digit, then at most 63 letters, digits, or . _ - + @"
        problems.append(Problem("name", name, expected, "choose another name"))
    return given


def read_role(role: str, problems: list[Problem]) -> Role:
    """Return a role; what is wrong with it is added to the problems."""
    if role not in ROLES:
        problems.append(unknown_name("role", role, ROLES, "role"))
    return cast(Role, role)


def refuse(problems: list[Problem]) -> None:
    """Raise if there are problems."""
    if problems:
        raise InputError(problems)

"""What a database says when it cannot go on, and what a person can do about it."""

from __future__ import annotations

import re
import sqlite3

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from osteocast.errors import Unavailable

__all__ = ["unavailable"]

# Of SQLite, by the first eight bits of its result code.
_SQLITE = {
    sqlite3.SQLITE_FULL: (
        "the disk is full: nothing was saved",
        "free some space, then save again",
    ),
    sqlite3.SQLITE_BUSY: (
        "another program holds the database: nothing was saved",
        "close that program or wait until it is done, then try again",
    ),
    sqlite3.SQLITE_READONLY: (
        "the database may only be read: nothing was saved",
        "give this user the right to write to the file and to its folder, or name another in "
        "OSTEOCAST_DATABASE",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "the database file is damaged",
        "put back the last backup; keep the damaged file, from which `sqlite3 FILE .recover` may save more",
    ),
    sqlite3.SQLITE_NOTADB: (
        "the file is not a database, or its beginning is damaged",
        "name another file in OSTEOCAST_DATABASE, or put back the last backup",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "the database file cannot be opened",
        "check that it is there and that this user may read and write it and its folder",
    ),
    sqlite3.SQLITE_IOERR: (
        "the disk did not read or write what it was asked to: nothing was saved",
        "check the disk and the space left on it, then try again",
    ),
    sqlite3.SQLITE_PERM: (
        "this user has no right to the database file",
        "give the right to read and write the file and its folder",
    ),
}
_SQLITE[sqlite3.SQLITE_LOCKED] = _SQLITE[sqlite3.SQLITE_BUSY]
_SQLITE[sqlite3.SQLITE_PROTOCOL] = _SQLITE[sqlite3.SQLITE_BUSY]

# Of PostgreSQL, by SQLSTATE, or by its first two characters.
_POSTGRES = {
    "53100": ("the disk of the database server is full: nothing was saved", "free some space there"),
    "53300": ("the database server has no connection left", "wait, or raise its max_connections"),
    "25006": (
        "the database server only answers reading: nothing was saved",
        "name the server that takes writing, or wait until this one does",
    ),
    "42501": (
        "the database user may not do that",
        "grant it all rights on the tables, and CREATE on the schema",
    ),
    "55": (
        "somebody else holds the same row: nothing was saved",
        "wait until that is done, then try again",
    ),
    "57014": ("the database server took too long", "look what keeps it busy, then try again"),
    "23505": ("somebody else did the same at the same moment: nothing was saved", "try again"),
    "40": ("somebody else wrote at the same moment: nothing was saved", "try again"),
    "53": ("the database server is out of resources", "look at its log, then try again"),
    "58": ("the database server has trouble with its disk", "look at its log"),
    "XX": ("the database server found damaged data", "look at its log, and put back the last backup"),
}
_GONE = (
    "the database server does not answer",
    "start it or check the network; what was being saved may or may not be there: look before saving again",
)
_REFUSED = re.compile(r"FATAL:\s+([^\n]+)")
_OTHER = ("the database could not do what it was asked to", "try again")


def unavailable(error: SQLAlchemyError | sqlite3.Error) -> Unavailable | None:
    """Return what to tell about an error of a database, None if the fault is the program's own.

    Parameters
    ----------
    error : SQLAlchemyError or sqlite3.Error
    """
    if isinstance(error, PoolTimeout):
        return Unavailable("too many things are being done at once", "try again in a moment")
    original = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(original, sqlite3.Error):
        return _of_sqlite(original)
    if isinstance(error, DBAPIError):
        return _of_postgres(error)
    return None


def _of_sqlite(error: sqlite3.Error) -> Unavailable | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    if str(error).startswith("no such table"):
        reason = "the database file has been replaced by one without cases"
        return Unavailable(reason, "put the right file back, or start osteocast again")
    told = _SQLITE.get(code & 0xFF)
    return None if told is None else Unavailable(*told)


def _of_postgres(error: DBAPIError) -> Unavailable | None:
    state = getattr(error.orig, "sqlstate", None)
    refused = _REFUSED.search(str(error.orig)) if state is None else None
    if refused:
        # What a server says instead of letting somebody in comes without a state.
        remedy = "wait if it is starting; if not, correct the address in OSTEOCAST_DATABASE"
        return Unavailable(f"the database server refused the connection ({refused.group(1)})", remedy)
    if state is None or error.connection_invalidated or state.startswith(("08", "57P")):
        # Without a state the connection itself failed, which psycopg calls operational.
        lost = state is not None or error.connection_invalidated
        return Unavailable(*_GONE) if lost or "OperationalError" in type(error).__name__ else None
    for known in (state, state[:2]):
        if known in _POSTGRES:
            return Unavailable(*_POSTGRES[known])
    return Unavailable(*_OTHER) if "OperationalError" in type(error).__name__ else None

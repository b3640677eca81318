"""Engines: how each kind of database is spoken to."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DisconnectionError

from osteocast.errors import OsteocastError, Unavailable
from osteocast.store.address import database_file

__all__ = ["WRITING", "connect", "make_file"]

#: Execution option of a connection that is going to write.
WRITING = "osteocast_writing"

# How long a writer waits for another one, seconds. Saving a case takes milliseconds.
_PATIENCE = 5.0
# A page has some thirty answers under way at most; a request beyond waits this long, seconds.
# What is written is about people: no message and no log repeats it.
_ENGINE: dict[str, Any] = {
    "pool_size": 10,
    "max_overflow": 20,
    "pool_timeout": 10.0,
    "hide_parameters": True,
}
# A server that is there answers at once; one that is not should be told soon. Seconds, milliseconds.
_POSTGRES_CONNECT = {"connect_timeout": 5, "keepalives_idle": 30, "application_name": "osteocast"}
_POSTGRES_LIMITS = (
    "SET lock_timeout = 5000",
    "SET statement_timeout = 30000",
    "SET idle_in_transaction_session_timeout = 60000",
)


def connect(url: URL) -> Engine:
    """Return an engine for an address; nothing is opened yet."""
    file = database_file(url)
    return _sqlite(url, file) if file is not None else _postgres(url)


def make_file(file: Path) -> None:
    """Make a database file, and the folders above it, for their owner alone; one that is there stays.

    Raises
    ------
    Unavailable
        If that cannot be done.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        if not file.is_file():
            remedy = "name a file in OSTEOCAST_DATABASE"
            raise Unavailable(f"cases cannot be kept in {file}: it is no file", remedy) from None
    except OSError as error:
        remedy = "name another file in OSTEOCAST_DATABASE, or give the right to write there"
        reason = f"cases cannot be kept in {file}: {error.strerror or error}"
        raise Unavailable(reason, remedy) from error


def _sqlite(url: URL, file: Path) -> Engine:
    def opened() -> sqlite3.Connection:
        # Never made here: if the file has gone, that is to be told, not papered over with an empty one.
        address = f"{file.as_uri()}?mode=rw"
        return sqlite3.connect(address, uri=True, timeout=_PATIENCE, check_same_thread=False)

    engine = create_engine(url, creator=opened, **_ENGINE)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, record: Any) -> None:
        # Transactions are begun below; the module's own would begin too late, after the first reading.
        connection.isolation_level = None
        _keep_a_log(connection)
        connection.execute("PRAGMA synchronous = FULL")  # what is confirmed has reached the disk
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten
        record.info["file"] = _identity(file)

    @event.listens_for(engine, "checkout")
    def still_there(connection: Any, record: Any, proxy: Any) -> None:
        # A connection to a file that was moved away would go on saving into it.
        if record.info.get("file") != _identity(file):
            raise DisconnectionError("the database file was replaced")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes its place before it reads, so that nobody writes between its reading and writing.
        writing = connection.get_execution_options().get(WRITING)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _keep_a_log(connection: sqlite3.Connection) -> None:
    """Turn on the write-ahead log. While another process does the same, SQLite refuses without waiting."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            if connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
                return
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            code = error.sqlite_errorcode & 0xFF
            if code == sqlite3.SQLITE_READONLY:
                return  # it can still be read
            if code != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.05)


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _postgres(url: URL) -> Engine:
    try:
        import psycopg  # noqa: F401
    except ModuleNotFoundError:
        raise OsteocastError("PostgreSQL needs psycopg: pip install 'osteocast[postgres]'") from None
    # The user's own settings, which stand in the address, come first.
    settings = {key: value for key, value in _POSTGRES_CONNECT.items() if key not in url.query}
    # Asked before each use, whether the server is still there: one that was restarted goes unnoticed.
    engine = create_engine(url, pool_pre_ping=True, connect_args=settings, **_ENGINE)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        with connection.cursor() as cursor:
            for limit in _POSTGRES_LIMITS:
                cursor.execute(limit)
        connection.commit()

    return engine

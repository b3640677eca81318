"""Bringing the tables to the revision of this version."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from osteocast.errors import Unavailable
from osteocast.store.connecting import WRITING
from osteocast.store.migrations import HEAD, REVISIONS, VERSION_TABLE
from osteocast.store.tables import Base

__all__ = ["migrate", "revision_of"]

# Any number will do, as long as every process takes the same.
_POSTGRES_LOCK = 7_034_962_118
# A migration rewrites tables; other processes wait for it this long before they give up, milliseconds.
_PATIENCE = 120_000


def migrate(engine: Engine, *, to: str = HEAD) -> None:
    """Make the tables, or bring them to a revision: all the way, or not at all.

    Parameters
    ----------
    engine : Engine
    to : str
        A revision; the last by default.

    Raises
    ------
    Unavailable
        If a newer version made the database, or another program.
    """
    with engine.connect() as connection:
        if _checked(connection) == to:
            return
    with engine.connect().execution_options(**{WRITING: True}) as connection:
        _wait_longer(connection)
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _POSTGRES_LOCK})
            # Another process may have done it while this one waited.
            if _checked(connection) != to:
                _upgrade(connection, to)
        # Its settings are not those of the others: it does not go back to them.
        connection.detach()


def revision_of(connection: Connection) -> str | None:
    """Return the revision of the tables, None if there are none of ours."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
    return None if found is None else str(found)


def _checked(connection: Connection) -> str | None:
    revision = revision_of(connection)
    if revision is None:
        there = set(inspect(connection).get_table_names()) - {VERSION_TABLE}
        # A server may hold other programs' tables beside ours, a file may not.
        if connection.dialect.name == "postgresql":
            there &= set(Base.metadata.tables)
        if there:
            reason = f"the database belongs to another program (it has a table {min(there)})"
            raise Unavailable(reason, "name another one in OSTEOCAST_DATABASE")
    elif revision not in REVISIONS:
        reason = f"the database was made by a newer version of osteocast (revision {revision})"
        raise Unavailable(reason, "update osteocast, or name another database in OSTEOCAST_DATABASE")
    return revision


def _wait_longer(connection: Connection) -> None:
    raw = connection.connection.dbapi_connection
    if raw is None:  # pragma: no cover  a connection that is open has one
        return
    cursor = raw.cursor()
    if connection.dialect.name == "sqlite":
        cursor.execute(f"PRAGMA busy_timeout = {_PATIENCE}")
    else:
        cursor.execute(f"SET lock_timeout = {_PATIENCE}")
        cursor.execute(f"SET statement_timeout = {_PATIENCE}")
        raw.commit()
    cursor.close()


def _upgrade(connection: Connection, to: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)

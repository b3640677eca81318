"""Opening a store, and reading and writing in it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import TracebackType

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from osteocast.store.address import database_file, default_address, read_address, shown_address
from osteocast.store.connecting import WRITING, connect, make_file
from osteocast.store.migrating import migrate
from osteocast.store.trouble import unavailable

__all__ = ["Store", "open_store"]


def _now() -> datetime:
    return datetime.now(UTC)


class Store:
    """Where cases are kept. One serves a whole process, with all its threads; `open_store` makes it.

    Attributes
    ----------
    address : str
        Where that is; without any password.
    """

    def __init__(self, engine: Engine, address: str, clock: Callable[[], datetime] = _now) -> None:
        self.address = address
        self._engine = engine
        self._writing = engine.execution_options(**{WRITING: True})
        self._clock = clock

    def __repr__(self) -> str:
        """Address, without any password."""
        return f"Store({self.address!r})"

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def engine(self) -> Engine:
        """SQLAlchemy's engine, for those who look after the database itself."""
        return self._engine

    def now(self) -> datetime:
        """Return the time, UTC."""
        return self._clock().astimezone(UTC)

    def close(self) -> None:
        """Close all connections; the next use opens new ones."""
        self._engine.dispose()

    def ping(self) -> None:
        """Ask the database for a sign of life.

        Raises
        ------
        Unavailable
            If there is none.
        """
        with self.reading() as session:
            session.execute(text("SELECT 1"))

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        """Read, as everything was at one moment.

        Raises
        ------
        Unavailable
            If the database does not answer.
        """
        with self._explained(), Session(self._engine, expire_on_commit=False) as session:
            yield session

    @contextlib.contextmanager
    def writing(self) -> Iterator[Session]:
        """Write: all of it when the block ends, or nothing if it fails.

        Raises
        ------
        Unavailable
            If the database does not answer, or cannot write.
        """
        with self._explained(), Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as error:
            told = unavailable(error)
            if told is None:
                raise
            if not isinstance(error, PoolTimeout):
                # Whatever is the matter, the next attempt begins with new connections. Not if there are too
                # many of them already.
                self._engine.dispose()
            raise told from error


def open_store(url: str | None = None, *, clock: Callable[[], datetime] = _now) -> Store:
    """Open the store, and make it, or bring it to the tables of this version, if that has to be.

    Parameters
    ----------
    url : str, optional
        A file, ``sqlite:///FILE``, or ``postgresql+psycopg://USER:PASSWORD@HOST/NAME``; if left out, what the
        environment variable ``OSTEOCAST_DATABASE`` names, or else a file in the user's data folder. A new
        file, and new folders above it, are for their owner alone.
    clock : callable, optional
        Returns the time; that of the computer by default.

    Returns
    -------
    Store

    Raises
    ------
    InputError
        If the address is of no database that is known.
    Unavailable
        If the database cannot be opened, or was made by a newer version.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, open_store(f"{folder}/cases.sqlite") as store:
    ...     store.ping()
    """
    address = read_address(url or default_address())
    file = database_file(address)
    if file is not None:
        make_file(file)
    store = Store(connect(address), shown_address(address), clock)
    with store._explained():
        migrate(store.engine)
    return store

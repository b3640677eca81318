"""Where cases are kept: a file by default, a PostgreSQL server if its address is given."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from osteocast.errors import InputError, Problem

__all__ = ["VARIABLE", "database_file", "default_address", "read_address", "shown_address"]

#: Environment variable that names another database.
VARIABLE = "OSTEOCAST_DATABASE"

_FILE_NAME = "cases.sqlite"
_POSTGRES = ("postgresql+psycopg", "postgresql", "postgres")
_EXPECTED = "a file, sqlite:///FILE, or postgresql+psycopg://USER:PASSWORD@HOST/NAME"


def default_address() -> str:
    r"""Return what `VARIABLE` names, or else a file in the user's data folder.

    The folder is ``~/.local/share/osteocast`` on Linux, ``~/Library/Application Support/osteocast`` on a Mac,
    and ``%LOCALAPPDATA%\osteocast`` on Windows.
    """
    named = os.environ.get(VARIABLE)
    if named:
        return named
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return str(Path(base) / "osteocast" / _FILE_NAME)


def read_address(text: str) -> URL:
    """Read an address.

    Parameters
    ----------
    text : str
        A path, or an address as SQLAlchemy writes it.

    Raises
    ------
    InputError
        If it is of another kind of database. A password in it is never repeated.

    Examples
    --------
    >>> read_address("postgres://ward@localhost/osteocast").drivername
    'postgresql+psycopg'
    """
    if "://" not in text:
        return URL.create("sqlite", database=str(Path(text).expanduser().absolute()))
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise _refused("an address that cannot be read") from None
    if url.drivername in _POSTGRES:
        return url.set(drivername=_POSTGRES[0])
    if url.drivername in ("sqlite", "sqlite+pysqlite"):
        if not url.database or url.database == ":memory:" or url.query:
            raise _refused(shown_address(url))
        return URL.create("sqlite", database=str(Path(url.database).expanduser().absolute()))
    raise _refused(shown_address(url))


def _refused(shown: str) -> InputError:
    return InputError([Problem(VARIABLE, shown, _EXPECTED, "correct the address")])


def shown_address(url: URL) -> str:
    """Return an address as it may be shown and logged: without any password.

    Examples
    --------
    >>> shown_address(read_address("postgresql://ward:geheim@db/osteocast?password=geheim"))
    'postgresql+psycopg://ward:***@db/osteocast?password=***'
    """
    hidden = {key: "***" for key in url.query if "pass" in key.casefold()}
    return url.update_query_dict(hidden).render_as_string(hide_password=True).replace("%2A%2A%2A", "***")


def database_file(url: URL) -> Path | None:
    """Return the file of a SQLite address, None of any other."""
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None

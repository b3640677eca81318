"""What is finished: one entry per chunk, written once and last, with the checksum of every table.

A chunk counts from the moment its entry is there, and the entry is written after all of its tables. So a run
that is killed leaves chunks that are whole and chunks that do not count; nobody is lost and nobody is there
twice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from osteocast.cohorts.chunk import Chunk
from osteocast.cohorts.storage import Storage
from osteocast.cohorts.tables import Columns, content_hash, from_parquet, to_parquet
from osteocast.errors import OsteocastError

__all__ = ["COHORT", "Entry", "entries", "intact", "keep", "table_name", "tables_of"]

#: What a run is: its specification and what it was made with.
COHORT = "cohort.json"
_FOLDER = "manifest"


@dataclass(frozen=True)
class Entry:
    """A finished chunk.

    Parameters
    ----------
    chunk : int
    first, n : int
        Number of the first person, and how many.
    tables : mapping of str to str
        Checksum of what each table holds, by name of the file.
    """

    chunk: int
    first: int
    n: int
    tables: Mapping[str, str]


def table_name(table: str, chunk: int, arm: str | None = None) -> str:
    """Return the name of the file of a table of a chunk.

    Examples
    --------
    >>> table_name("course", 3, "letrozole")
    'course/arm=letrozole/chunk-000003.parquet'
    """
    folder = table if arm is None else f"{table}/arm={arm}"
    return f"{folder}/chunk-{chunk:06d}.parquet"


def tables_of(found: Chunk, chunk: int) -> dict[str, Columns]:
    """Return the tables of a chunk by name of their files."""
    named: dict[str, Columns] = {table_name("people", chunk): found.people}
    for arm, columns in found.course.items():
        named[table_name("course", chunk, arm)] = columns
    for arm, columns in found.outcomes.items():
        named[table_name("outcomes", chunk, arm)] = columns
    return named


def keep(storage: Storage, found: Chunk, chunk: int, first: int, about: Mapping[str, Any]) -> Entry:
    """Write the tables of a chunk, and then its entry."""
    checksums = {}
    for name, columns in tables_of(found, chunk).items():
        storage.write(name, to_parquet(columns, about))
        checksums[name] = content_hash(columns)
    entry = Entry(chunk, first, len(found.people["person"]), checksums)
    storage.write(_name(chunk), (json.dumps(asdict(entry), sort_keys=True) + "\n").encode())
    return entry


def _name(chunk: int) -> str:
    return f"{_FOLDER}/chunk-{chunk:06d}.json"


def entries(storage: Storage) -> dict[int, Entry]:
    """Return the entries of all finished chunks by number.

    Raises
    ------
    OsteocastError
        If an entry cannot be read: nothing here writes half of one.
    """
    found = {}
    for name in storage.names(_FOLDER):
        if not name.endswith(".json") or name.startswith("."):
            continue
        content = storage.read(f"{_FOLDER}/{name}")
        try:
            entry = Entry(**json.loads(content or b""))
        except (ValueError, TypeError):
            raise OsteocastError(
                f"{storage.address(f'{_FOLDER}/{name}')} is not an entry: remove it, and its chunk is made "
                "again"
            ) from None
        found[entry.chunk] = entry
    return found


def intact(storage: Storage, entry: Entry) -> list[str]:
    """Return what is wrong with the tables of a chunk; nothing if they hold what they held."""
    wrong = []
    for name, checksum in entry.tables.items():
        content = storage.read(name)
        if content is None:
            wrong.append(f"{name} is missing")
            continue
        try:
            found = content_hash(from_parquet(content))
        except ValueError as error:
            wrong.append(f"{name} is {error}")
            continue
        if found != checksum:
            wrong.append(f"{name} holds other values than were written")
    return wrong

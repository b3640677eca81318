"""Stores of both kinds, empty for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from osteocast import store
from osteocast.store import Store, User

from .postgres import Server, binaries

#: The least that is a case.
CASE: dict[str, Any] = {
    "person": {"sex": "female", "birth_date": "1963-05-14", "menopause": {"age": 50}},
    "treatments": [{"drug": "anastrozole", "start": "2025-03-10"}],
}
EMPTIED = """
ALTER TABLE audit DISABLE TRIGGER USER;
TRUNCATE drafts, secrets, results, versions, shares, cases, sessions, attempts, users, audit
    RESTART IDENTITY CASCADE;
UPDATE audit_head SET sequence = 0, hash = repeat('0', 64);
ALTER TABLE audit ENABLE TRIGGER USER;
"""
PASSWORD = "sieben lange Wörter"


@dataclass
class Clock:
    """A time that moves when a test says so."""

    time: datetime = field(default_factory=lambda: datetime(2026, 3, 1, 9, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **by: float) -> None:
        self.time += timedelta(**by)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    programs = binaries()
    if programs is None:
        pytest.skip("PostgreSQL's initdb, pg_ctl and postgres are not on this machine")
    made = Server(programs)
    try:
        made.start()
        made.new_database("shared")
        store.open_store(made.url("shared")).close()
        yield made
    finally:
        made.remove()


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store, of each kind."""
    if request.param == "sqlite":
        return str(tmp_path / "cases.sqlite")
    server: Server = request.getfixturevalue("server")
    # Emptied, which takes less time than a database of its own for each test.
    server.execute(EMPTIED, "shared")
    return server.url("shared")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def db(address: str, clock: Clock) -> Iterator[Store]:
    with store.open_store(address, clock=clock) as opened:
        yield opened


@pytest.fixture
def file_db(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """A store in a file, for what only a file can suffer."""
    with store.open_store(str(tmp_path / "cases.sqlite"), clock=clock) as opened:
        yield opened


@pytest.fixture
def me(db: Store) -> User:
    return store.local_user(db)


@pytest.fixture
def add(db: Store, me: User, monkeypatch: pytest.MonkeyPatch) -> Callable[..., User]:
    """Adds users, with hashes that cost next to nothing."""
    cheap_passwords(monkeypatch)

    def added(name: str, role: str = "clinician") -> User:
        return store.add_user(db, me, name, role, PASSWORD)

    return added


def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    from argon2 import PasswordHasher

    from osteocast.store import passwords

    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", lambda: cheap)
    passwords._nobodys.cache_clear()

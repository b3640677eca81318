"""Opening a store: where it is, who may read it, and how its tables come up to date."""

from __future__ import annotations

import logging
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from osteocast import store
from osteocast.errors import InputError, Unavailable
from osteocast.store import Store
from osteocast.store.address import read_address, shown_address
from osteocast.store.connecting import connect
from osteocast.store.migrating import migrate, revision_of
from osteocast.store.migrations import HEAD, REVISIONS, VERSION_TABLE
from osteocast.store.tables import Base

from .conftest import CASE
from .postgres import Server

MIGRATIONS = Path(store.__file__).parent / "migrations"


def test_the_default_is_a_file_in_the_users_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OSTEOCAST_DATABASE", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(sys, "platform", "linux")
    assert store.default_address() == str(tmp_path / "data" / "osteocast" / "cases.sqlite")
    monkeypatch.setenv("OSTEOCAST_DATABASE", str(tmp_path / "elsewhere.sqlite"))
    with store.open_store() as db:
        assert "elsewhere.sqlite" in db.address


@pytest.mark.skipif(sys.platform == "win32", reason="rights are kept otherwise there")
def test_a_new_file_and_new_folders_are_for_their_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with store.open_store(str(tmp_path / "a" / "b" / "cases.sqlite")) as db:
            store.create_case(db, store.local_user(db), CASE, title="a", draft=True)
            files = sorted((tmp_path / "a" / "b").iterdir())
            assert [path.name for path in files] == ["cases.sqlite", "cases.sqlite-shm", "cases.sqlite-wal"]
            assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700


def test_what_is_confirmed_has_reached_the_disk(file_db: Store) -> None:
    for _ in range(2):  # of every connection, not of the first alone
        with file_db.reading() as one, file_db.reading() as other:
            for session in (one, other):
                asked = {
                    name: session.execute(text(f"PRAGMA {name}")).scalar()
                    for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
                }
                assert asked == {
                    "journal_mode": "wal",
                    "synchronous": 2,
                    "foreign_keys": 1,
                    "secure_delete": 1,
                }


@pytest.mark.parametrize(
    "address",
    [
        "mysql://user:geheim@host/db",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///x.db?mode=ro",
        "postgresql+psycopg2://user:geheim@host/db",
        "oracle://user:geheim@host:port/db",
        "://",
    ],
)
def test_other_databases_are_refused_without_repeating_a_password(address: str) -> None:
    with pytest.raises(InputError, match="OSTEOCAST_DATABASE") as caught:
        store.open_store(address)
    assert "geheim" not in str(caught.value)


def test_a_password_is_never_shown(
    server: Server, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with store.open_store(server.url("shared")) as db:
        assert "geheim" in db.engine.url.render_as_string(hide_password=False)
        assert "geheim" not in repr(db) + db.address + repr(vars(db)) + repr(db.engine)
    for broken in ("postgresql+psycopg://ward:geheim@/none?host=/nowhere", server.url("absent")):
        with pytest.raises(Unavailable) as caught:
            store.open_store(broken)
        chain: BaseException | None = caught.value
        while chain is not None:
            assert "geheim" not in repr(chain) + str(chain)
            chain = chain.__cause__ or chain.__context__
    assert "geheim" not in caplog.text + "".join(capfd.readouterr())
    assert "geheim" not in shown_address(read_address("postgresql://a:geheim@h/d?sslpassword=geheim"))


def test_a_database_that_is_not_there_is_told_apart_from_a_server_that_is_not(server: Server) -> None:
    with pytest.raises(Unavailable, match=r'refused .*database "absent" does not exist'):
        store.open_store(server.url("absent"))
    with pytest.raises(Unavailable, match="does not answer"):
        store.open_store("postgresql+psycopg://ward@/none?host=/nowhere")
    with pytest.raises(Unavailable, match="does not answer"):
        store.open_store("postgresql+psycopg://ward@127.0.0.1:1/none")
    with pytest.raises(Unavailable, match=r'refused the connection \(role "nobody" does not exist\)'):
        store.open_store(server.url("shared").replace("//osteocast:", "//nobody:"))


def test_what_is_no_place_for_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for address, told in (
        (tmp_path, "it is no file"),
        (tmp_path / "file" / "cases.sqlite", "cannot be kept"),
    ):
        with pytest.raises(Unavailable, match=told):
            store.open_store(str(address))


# Migrations


def empty(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> str:
    if kind == "sqlite":
        return str(tmp_path / "cases.sqlite")
    server: Server = request.getfixturevalue("server")
    name = f"empty{sum(map(ord, request.node.name))}"
    return server.new_database(name)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_the_tables_are_those_of_the_models(
    request: pytest.FixtureRequest, kind: str, tmp_path: Path
) -> None:
    with store.open_store(empty(request, kind, tmp_path)) as db, db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "version_table": VERSION_TABLE}
        )
        assert compare_metadata(context, Base.metadata) == []
        assert revision_of(connection) == HEAD


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_store_goes_from_the_first_revision_to_the_last(
    request: pytest.FixtureRequest, kind: str, tmp_path: Path
) -> None:
    address = empty(request, kind, tmp_path)
    if kind == "sqlite":
        (tmp_path / "cases.sqlite").touch()
    engine = connect(read_address(address))
    for revision in REVISIONS:
        migrate(engine, to=revision)
        with engine.connect() as connection:
            assert revision_of(connection) == revision
    engine.dispose()
    with store.open_store(address) as db:
        assert store.local_user(db).name == "local"


def test_the_revisions_that_are_known_without_alembic_are_those_of_its_files() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    assert [each.revision for each in script.walk_revisions()] == list(reversed(REVISIONS))
    assert script.get_heads() == [HEAD]


def test_a_store_of_today_opens_without_alembic(tmp_path: Path) -> None:
    address = str(tmp_path / "cases.sqlite")
    store.open_store(address).close()
    code = (
        "import sys; from osteocast import store; store.open_store(sys.argv[1])\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    answer = subprocess.run([sys.executable, "-c", code, address], capture_output=True, text=True, check=True)
    assert "sqlalchemy" in answer.stdout.split()
    assert {"alembic", "numba", "osteocast.forecast"}.isdisjoint(answer.stdout.split())


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_of_many_who_open_an_empty_store_at_once_one_makes_the_tables(
    request: pytest.FixtureRequest, kind: str, tmp_path: Path
) -> None:
    address = empty(request, kind, tmp_path)
    failed: list[BaseException] = []
    together = threading.Barrier(4)

    def open_it() -> None:
        try:
            together.wait(10)
            with store.open_store(address) as db:
                store.local_user(db)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with store.open_store(address) as db:
        assert [each.name for each in store.list_users(db, store.local_user(db))] == ["local"]


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_migration_that_fails_leaves_nothing_behind(
    request: pytest.FixtureRequest, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import alembic.op

    address = empty(request, kind, tmp_path)
    made = alembic.op.create_index

    def fail_at_the_last(name: str, *arguments: object, **options: object) -> None:
        if name == "ix_audit_case_id":
            raise RuntimeError("power cut")
        made(name, *arguments, **options)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(alembic.op, "create_index", fail_at_the_last)
        with pytest.raises(RuntimeError, match="power cut"):
            store.open_store(address)
    with connect(read_address(address)).connect() as connection:
        assert revision_of(connection) is None
    with store.open_store(address) as db:
        db.ping()


def test_a_database_of_a_newer_version_is_refused_and_left_alone(db: Store, address: str) -> None:
    with db.writing() as session:
        session.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    try:
        with pytest.raises(
            Unavailable, match=r"newer version of osteocast \(revision 9999\); update osteocast"
        ):
            store.open_store(address)
        with db.reading() as session:
            assert session.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar() == "9999"
    finally:
        with db.writing() as session:
            session.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '{HEAD}'"))


def test_a_file_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "places.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()
    with pytest.raises(Unavailable, match=r"another program .*bookmarks"):
        store.open_store(str(path))
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("bookmarks",)]
    connection.close()


def test_other_tables_may_stand_beside_ours_on_a_server(
    request: pytest.FixtureRequest, server: Server, tmp_path: Path
) -> None:
    address = empty(request, "postgres", tmp_path)
    name = address.partition("?")[0].rpartition("/")[2]
    server.execute("CREATE TABLE appointments (day date)", name)
    with store.open_store(address) as db:
        db.ping()
    server.execute(f"DROP TABLE {VERSION_TABLE}", name)
    with pytest.raises(Unavailable, match="another program"):
        store.open_store(address)

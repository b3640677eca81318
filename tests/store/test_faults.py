"""Full disks, locks, rights, damage, a server that is gone: told in words, and over with their cause."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from osteocast import store
from osteocast.errors import Conflict, Unavailable
from osteocast.store import Store, User, connecting
from osteocast.store.trouble import unavailable

from .conftest import PASSWORD, cheap_passwords
from .postgres import Server

LONG = {"notes": "x" * 5_000}


def save(db: Store, me: User, title: str = "a") -> str:
    return store.create_case(db, me, LONG, title=title, draft=True).case_id


def fill(db: Store, me: User) -> list[str]:
    """Save until the disk is full; returns what was confirmed."""
    confirmed: list[str] = []
    with pytest.raises(Unavailable, match="the disk is full: nothing was saved; free some space"):
        while len(confirmed) < 1000:
            confirmed.append(save(db, me))
    return confirmed


def assert_kept(db: Store, me: User, confirmed: list[str]) -> None:
    assert confirmed
    assert sorted(each.id for each in store.list_cases(db, me, per_page=500).cases) == sorted(confirmed)
    assert store.verify_audit(db).intact
    with db.reading() as session:
        assert session.execute(text("PRAGMA integrity_check")).scalar() == "ok"


def test_a_full_database_keeps_what_was_confirmed_and_goes_on_when_there_is_room(file_db: Store) -> None:
    me = store.local_user(file_db)
    with file_db.reading() as session:
        pages = session.execute(text("PRAGMA page_count")).scalar() or 0
    pages += 30

    @event.listens_for(file_db.engine, "checkout")
    def limited(connection: sqlite3.Connection, record: object, proxy: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    confirmed = fill(file_db, me)
    assert_kept(file_db, me, confirmed)
    pages = 10_000
    confirmed.append(save(file_db, me))
    assert_kept(file_db, me, confirmed)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of 2 MB, where this user may make one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("only root can make a small disk")
    made = subprocess.run([mount, "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)], capture_output=True)
    if made.returncode:
        pytest.skip(f"no disk can be mounted here: {made.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_keeps_what_was_confirmed_and_goes_on_when_there_is_room(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    with store.open_store(str(small_disk / "cases.sqlite")) as db:
        me = store.local_user(db)
        left = os.statvfs(small_disk)
        ballast.write_bytes(b"x" * (left.f_bavail * left.f_frsize - 300_000))
        confirmed = fill(db, me)
        ballast.unlink()
        assert_kept(db, me, confirmed)
        confirmed.append(save(db, me))
        assert_kept(db, me, confirmed)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "_PATIENCE", 0.2)
    monkeypatch.setattr(connecting, "_POSTGRES_LIMITS", ("SET lock_timeout = 200",))


@pytest.mark.usefixtures("impatient")
def test_a_locked_database_can_be_read_and_is_written_once_it_is_free(address: str) -> None:
    with store.open_store(address) as db, store.open_store(address) as other:
        me = store.local_user(db)
        case = save(db, me)
        with other.writing() as session:
            session.execute(text("UPDATE audit_head SET sequence = sequence"))
            assert store.get_case(db, me, case).content == LONG
            with pytest.raises(Unavailable, match=r"holds the (database|same row): nothing was saved"):
                save(db, me)
        save(db, me)
        assert store.list_cases(db, me).total == 2


def test_who_has_to_wait_a_little_waits(address: str) -> None:
    with store.open_store(address) as db, store.open_store(address) as other:
        me = store.local_user(db)
        with other.writing() as session:
            session.execute(text("UPDATE audit_head SET sequence = sequence"))
            saving = threading.Thread(target=save, args=(db, me))
            saving.start()
            saving.join(0.3)
            assert saving.is_alive()
        saving.join(10)
        assert store.list_cases(db, me).total == 1


def test_a_database_that_may_only_be_read_is_read(file_db: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    me = store.local_user(file_db)
    case = save(file_db, me)
    only = "ON"

    @event.listens_for(file_db.engine, "checkout")
    def protected(connection: sqlite3.Connection, record: object, proxy: object) -> None:
        # The error of a file without the right to write, which root would not run into.
        connection.execute(f"PRAGMA query_only = {only}")

    assert store.get_case(file_db, me, case).content == LONG
    for attempt in (lambda: save(file_db, me), lambda: store.archive_case(file_db, me, case)):
        with pytest.raises(
            Unavailable, match=r"may only be read: nothing was saved; give this user the right"
        ):
            attempt()
    only = "OFF"
    save(file_db, me)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write whatever the rights say")
def test_a_file_without_the_right_to_write_is_read(tmp_path: Path) -> None:
    path = tmp_path / "cases.sqlite"
    with store.open_store(str(path)) as db:
        me, case = store.local_user(db), save(db, store.local_user(db))
        path.chmod(0o400)
        db.close()
        assert store.get_case(db, me, case).content == LONG
        with pytest.raises(Unavailable, match="may only be read"):
            save(db, me)
        path.chmod(0o600)
        save(db, me)


def test_who_is_logged_in_stays_so_while_nothing_can_be_written(
    file_db: Store, clock: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from .conftest import Clock

    assert isinstance(clock, Clock)
    cheap_passwords(monkeypatch)
    store.add_user(file_db, store.local_user(file_db), "anna", "clinician", PASSWORD)
    token = store.log_in(file_db, "anna", PASSWORD, client="x").token

    @event.listens_for(file_db.engine, "checkout")
    def protected(connection: sqlite3.Connection, record: object, proxy: object) -> None:
        connection.execute("PRAGMA query_only = ON")

    clock.forward(minutes=5)
    assert store.find_session(file_db, token) is not None


def test_a_damaged_file_is_told_and_a_backup_put_back_works_at_once(file_db: Store, tmp_path: Path) -> None:
    me = store.local_user(file_db)
    confirmed = [save(file_db, me, f"case {number}") for number in range(5)]
    path, backup = tmp_path / "cases.sqlite", tmp_path / "backup.sqlite"
    with (
        contextlib.closing(sqlite3.connect(path)) as source,
        contextlib.closing(sqlite3.connect(backup)) as copy,
    ):
        source.backup(copy)
    file_db.close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)  # all but the first page, which says what the tables are
    damaged = tmp_path / "damaged"
    damaged.write_bytes(content)
    os.replace(damaged, path)
    with pytest.raises(Unavailable, match="damaged; put back the last backup"):
        store.list_cases(file_db, me)
    os.replace(backup, path)
    assert_kept(file_db, me, confirmed)
    save(file_db, me)


def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "cases.sqlite"
    path.write_bytes(b"a letter to somebody\n" * 500)
    with pytest.raises(Unavailable, match="not a database"):
        store.open_store(str(path))
    assert path.read_bytes().startswith(b"a letter to somebody\n")


def test_a_file_that_was_taken_away_is_missed_and_not_made_anew(file_db: Store, tmp_path: Path) -> None:
    me = store.local_user(file_db)
    save(file_db, me)
    path = tmp_path / "cases.sqlite"
    path.rename(tmp_path / "elsewhere.sqlite")
    # An open connection would go on saving into the file that was taken away.
    for attempt in (lambda: save(file_db, me), lambda: store.list_cases(file_db, me)):
        with pytest.raises(Unavailable, match="cannot be opened; check that it is there"):
            attempt()
    assert not path.exists()
    (tmp_path / "elsewhere.sqlite").rename(path)
    for rest in tmp_path.glob("elsewhere.sqlite-*"):
        rest.rename(tmp_path / rest.name.replace("elsewhere", "cases"))
    save(file_db, me)
    assert store.list_cases(file_db, me).total == 2


def test_a_file_replaced_by_an_empty_one_is_told(file_db: Store, tmp_path: Path) -> None:
    me = store.local_user(file_db)
    (tmp_path / "empty").touch()
    os.replace(tmp_path / "empty", tmp_path / "cases.sqlite")
    with pytest.raises(Unavailable, match="replaced by one without cases"):
        store.list_cases(file_db, me)


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_server_that_was_stopped_is_told_and_used_again_without_a_restart(
    server: Server, mode: str
) -> None:
    with store.open_store(server.url("shared")) as db:
        me = store.local_user(db)
        case = save(db, me)
        server.stop(mode)
        try:
            for attempt in (lambda: store.get_case(db, me, case), lambda: save(db, me), db.ping):
                with pytest.raises(Unavailable, match="does not answer; start it"):
                    attempt()
        finally:
            server.start()
        assert store.get_case(db, me, case).content == LONG
        save(db, me)
        assert store.verify_audit(db).intact


def test_a_server_stopped_in_the_middle_of_a_save_saves_nothing(server: Server) -> None:
    with store.open_store(server.url("shared")) as db:
        me = store.local_user(db)
        case = save(db, me)
        try:
            with pytest.raises(Unavailable, match="does not answer"), db.writing() as session:
                session.execute(text("UPDATE cases SET title = 'half'"))
                server.stop("immediate")
                session.execute(text("UPDATE cases SET title = 'whole'"))
        finally:
            with contextlib.suppress(RuntimeError):  # it may run, if the test failed before it was stopped
                server.start()
        assert store.find_case(db, me, case).title == "a"


def test_a_server_that_only_answers_reading_is_told(server: Server) -> None:
    with store.open_store(server.url("shared")) as db:
        me = store.local_user(db)
        with pytest.raises(Unavailable, match="only answers reading"), db.writing() as session:
            session.execute(text("SET TRANSACTION READ ONLY"))
            session.execute(text("UPDATE cases SET title = 'changed'"))
        save(db, me)


class ServerError(Exception):
    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("53100", "disk of the database server is full"),
        ("53300", "no connection left"),
        ("53200", "out of resources"),
        ("40001", "wrote at the same moment"),
        ("23505", "did the same at the same moment"),
        ("57P01", "does not answer"),
        ("08006", "does not answer"),
        ("XX001", "damaged data"),
        ("42501", "may not do that"),
    ],
)
def test_what_a_server_says_is_told_in_words(state: str, told: str) -> None:
    found = unavailable(OperationalError("INSERT", {}, ServerError(state)))
    assert found is not None and told in str(found) and found.remedy


def test_no_message_and_no_log_repeats_what_was_to_be_saved(
    db: Store, me: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    with db.writing() as session:
        broken = "ALTER TABLE versions RENAME COLUMN note TO remark"
        session.execute(text(broken))
    try:
        with pytest.raises(SQLAlchemyError) as caught:
            store.create_case(db, me, {"notes": "a sentence about somebody"}, title="Mrs Smith", draft=True)
        told = caplog.text + str(caught.value) + repr(caught.value.__cause__)
        assert "INSERT INTO versions" in told
        assert "somebody" not in told and "Smith" not in told
    finally:
        with db.writing() as session:
            session.execute(text("ALTER TABLE versions RENAME COLUMN remark TO note"))


def test_a_fault_of_the_program_is_not_told_as_one_of_the_database(file_db: Store) -> None:
    with pytest.raises(OperationalError, match="syntax error"), file_db.reading() as session:
        session.execute(text("SELEKT 1"))
    with pytest.raises(Conflict), file_db.writing() as session:
        session.execute(text("UPDATE audit_head SET sequence = 77"))
        raise Conflict("a", "b", "c", file_db.now(), 1)
    with file_db.reading() as session:
        assert session.execute(text("SELECT sequence FROM audit_head")).scalar() == 0

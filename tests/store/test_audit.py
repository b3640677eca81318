"""The audit trail tells what was done, and shows if somebody put a hand to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from osteocast import store
from osteocast.errors import LoginRefused
from osteocast.store import Store, User

from .conftest import CASE, PASSWORD, Clock


@pytest.fixture
def told(db: Store, me: User, add: Callable[..., User]) -> Store:
    """A store with some history."""
    add("anna")
    case = store.create_case(db, me, CASE, title="Mrs Smith").case_id
    store.save_case(db, me, case, CASE | {"notes": "came back"}, expected=1)
    store.share_case(db, me, case, "anna", "read")
    return db


def test_everything_that_is_done_is_told(db: Store, me: User, add: Callable[..., User], clock: Clock) -> None:
    add("anna")
    case = store.create_case(db, me, CASE, title="a").case_id
    clock.forward(days=1)
    store.save_case(db, me, case, CASE, expected=1)
    store.share_case(db, me, case, "anna", "write")
    store.unshare_case(db, me, case, "anna")
    store.export_case(db, me, case)
    copy = store.duplicate_case(db, me, case).case_id
    imported = store.import_case(db, me, store.write_case_file(CASE, title="b")).version.case_id
    store.archive_case(db, me, case)
    store.restore_case(db, me, case)
    store.archive_case(db, me, case)
    store.delete_case(db, me, case)
    with pytest.raises(LoginRefused):
        store.log_in(db, "anna", "wrong password", client="x")
    store.log_out(db, store.log_in(db, "anna", PASSWORD, client="x").token)
    store.set_role(db, me, "anna", "viewer")
    store.set_password(db, me, "anna", PASSWORD + "!")
    store.revoke_sessions(db, me, "anna")
    store.disable_user(db, me, "anna")
    store.enable_user(db, me, "anna")
    entries = store.read_audit(db, me).entries[::-1]
    assert [(each.who, each.action, each.case_id, each.version, each.subject) for each in entries] == [
        ("local", "user added as clinician", None, None, "anna"),
        ("local", "case created", case, 1, None),
        ("local", "case saved", case, 2, None),
        ("local", "case shared to write", case, None, "anna"),
        ("local", "case no longer shared", case, None, "anna"),
        ("local", "case exported", case, 2, None),
        ("local", "case copied", copy, 1, None),
        ("local", "case imported", imported, 1, None),
        ("local", "case archived", case, 2, None),
        ("local", "case restored", case, 2, None),
        ("local", "case archived", case, 2, None),
        ("local", "case deleted", case, 2, None),
        ("anna", "login refused", None, None, None),
        ("anna", "logged in", None, None, None),
        ("anna", "logged out", None, None, None),
        ("local", "role set to viewer", None, None, "anna"),
        ("local", "password set", None, None, "anna"),
        ("local", "sessions ended", None, None, "anna"),
        ("local", "user disabled", None, None, "anna"),
        ("local", "user enabled", None, None, "anna"),
    ]
    assert [each.sequence for each in entries] == list(range(1, 21))
    assert entries[2].at == clock.time
    report = store.verify_audit(db)
    assert (report.entries, report.head, report.faults) == (20, entries[-1].hash, ())


def test_nothing_about_a_person_stands_in_it(told: Store) -> None:
    with told.reading() as session:
        rows = session.execute(text("SELECT * FROM audit")).all()
    assert rows
    assert not any(word in str(row) for row in rows for word in ("Smith", "1963", "came back", "anastrozole"))


def test_it_is_read_page_by_page_the_newest_first(told: Store, me: User) -> None:
    page = store.read_audit(told, me, page=2, per_page=3)
    assert ([each.sequence for each in page.entries], page.total, page.pages) == ([1], 4, 2)


def test_the_database_itself_refuses_to_change_it(told: Store) -> None:
    for statement in ("UPDATE audit SET who = 'nobody'", "DELETE FROM audit WHERE sequence = 2"):
        with pytest.raises(SQLAlchemyError, match="append-only"), told.writing() as session:
            session.execute(text(statement))
    assert store.verify_audit(told).intact


def tamper(db: Store, *statements: str) -> None:
    """What somebody could do who owns the database."""
    with db.writing() as session:
        if db.engine.dialect.name == "postgresql":
            session.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        else:
            session.execute(text("DROP TRIGGER IF EXISTS audit_no_update"))
            session.execute(text("DROP TRIGGER IF EXISTS audit_no_delete"))
        for statement in statements:
            session.execute(text(statement))
        if db.engine.dialect.name == "postgresql":
            session.execute(text("ALTER TABLE audit ENABLE TRIGGER USER"))


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (["UPDATE audit SET who = 'nobody' WHERE sequence = 2"], "entry 2: changed"),
        (["UPDATE audit SET action = 'case read' WHERE sequence = 3"], "entry 3: changed"),
        (["UPDATE audit SET seal = NULL WHERE sequence = 3"], "entry 3: changed"),
        (["DELETE FROM audit WHERE sequence = 2"], "entry 2: missing"),
        (["DELETE FROM audit WHERE sequence = 4"], "entry 4 was the last one, now it is 3"),
        (["UPDATE versions SET document = '{}' WHERE number = 1"], "version 1: changed after it was saved"),
        (["UPDATE versions SET title = 'Mrs Jones' WHERE number = 2"], "version 2: changed after"),
        (["DELETE FROM versions WHERE number = 1"], "version 1: saved, and not there"),
        (["UPDATE versions SET number = 3 WHERE number = 2"], "version 3: the trail does not know of it"),
    ],
)
def test_a_hand_put_to_it_shows(told: Store, statements: list[str], found: str) -> None:
    assert store.verify_audit(told).intact
    tamper(told, *statements)
    report = store.verify_audit(told)
    assert not report.intact
    assert any(found in fault for fault in report.faults), report.faults


def test_a_trail_rewritten_from_end_to_end_shows_against_a_hash_kept_elsewhere(told: Store, me: User) -> None:
    from sqlalchemy import select

    from osteocast.store import audit
    from osteocast.store.tables import AuditHead, AuditRow

    noted = store.verify_audit(told).head
    store.create_case(told, me, CASE, title="later", draft=True)
    assert store.verify_audit(told, expected=noted).intact
    tamper(told)
    with told.writing() as session:
        if told.engine.dialect.name == "postgresql":
            session.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        before = audit._BEGINNING
        for row in session.scalars(select(AuditRow).order_by(AuditRow.sequence)):
            row.who = "anna"
            before = row.hash = audit._hash(before, row)
        session.execute(select(AuditHead)).scalar_one().hash = before
        session.flush()
        if told.engine.dialect.name == "postgresql":
            session.execute(text("ALTER TABLE audit ENABLE TRIGGER USER"))
    assert store.verify_audit(told).intact
    (fault,) = store.verify_audit(told, expected=noted).faults
    assert "noted earlier" in fault

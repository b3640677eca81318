"""Drafts outlive the program, for a week, for their owner alone."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from osteocast import store
from osteocast.store import Store, User, drafts
from osteocast.store.drafts import find_draft, keep_draft, secret

from .conftest import CASE, Clock


def test_a_draft_is_found_by_its_owner_alone(db: Store) -> None:
    keep_draft(db, "key", "local", '{"a": "ä\\u2028"}')
    assert find_draft(db, "key", "local") == '{"a": "ä\\u2028"}'
    assert find_draft(db, "key", "user-2") is None
    assert find_draft(db, "other", "local") is None


def test_a_draft_lasts_a_week_from_when_it_was_last_looked_at(db: Store, clock: Clock) -> None:
    keep_draft(db, "seen", "local", "one")
    keep_draft(db, "unseen", "local", "two")
    clock.forward(days=6)
    keep_draft(db, "seen", "local", "one")
    clock.forward(days=1, minutes=1)
    assert find_draft(db, "seen", "local") == "one"
    assert find_draft(db, "unseen", "local") is None
    keep_draft(db, "new", "local", "three")
    with db.reading() as session:
        assert set(session.execute(text("SELECT key FROM drafts")).scalars()) == {"seen", "new"}


def test_beyond_the_most_those_go_that_were_not_looked_at_for_longest(
    db: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "MOST_DRAFTS", 3)
    monkeypatch.setattr(drafts, "_MARGIN", 0)
    keep_draft(db, "theirs", "user-2", "x")
    for key in ("a", "b", "c", "d"):
        clock.forward(minutes=1)
        keep_draft(db, key, "local", key)
    assert [key for key in ("a", "b", "c", "d") if find_draft(db, key, "local")] == ["b", "c", "d"]
    assert find_draft(db, "theirs", "user-2") == "x"


def test_the_drafts_of_a_case_are_deleted_with_it(db: Store, me: User) -> None:
    made = store.create_case(db, me, CASE, title="a")
    keep_draft(db, "of it", "local", "x", made.case_id)
    keep_draft(db, "another", "local", "y")
    store.archive_case(db, me, made.case_id)
    store.delete_case(db, me, made.case_id)
    assert find_draft(db, "of it", "local") is None
    assert find_draft(db, "another", "local") == "y"
    keep_draft(db, "late", "local", "z", made.case_id)
    assert find_draft(db, "late", "local") is None


def test_nothing_is_noted_of_drafts(db: Store, me: User) -> None:
    before = store.verify_audit(db).entries
    keep_draft(db, "key", "local", "x")
    assert store.verify_audit(db).entries == before


def test_a_secret_is_made_once(db: Store, address: str) -> None:
    first = secret(db, "web")
    assert len(first) == 32
    with store.open_store(address) as another:
        assert secret(another, "web") == first
        assert secret(another, "other") != first

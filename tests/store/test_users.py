"""Users, passwords and sessions, on SQLite and on PostgreSQL."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from sqlalchemy import select

from osteocast import store
from osteocast.errors import InputError, LoginRefused, NotAllowed, NotFound, TooManyAttempts
from osteocast.store import SESSION_ABSOLUTE, SESSION_IDLE, Store, User
from osteocast.store.tables import AttemptRow, SessionRow, UserRow

from .conftest import CASE, PASSWORD, Clock


def log_in(
    db: Store, name: str = "anna", password: str = PASSWORD, client: str = "10.0.0.1"
) -> store.SignedIn:
    return store.log_in(db, name, password, client=client)


def test_a_store_for_one_person_has_an_owner_without_a_password(db: Store) -> None:
    me = store.local_user(db)
    assert (me.name, me.role, me.local, me.has_password) == ("local", "admin", True, False)
    assert store.local_user(db) == me
    with pytest.raises(LoginRefused):
        log_in(db, "local", "")


def test_everything_wrong_with_a_new_user_is_told_at_once_and_no_password_is_repeated(
    db: Store, me: User
) -> None:
    with pytest.raises(InputError) as caught:
        store.add_user(db, me, "an na", "doctor", "geheim")
    assert [problem.field for problem in caught.value.problems] == ["name", "role", "password"]
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("password", ["elf letters", "x" * 1025, "anna anna anna", "aaaaaaaaaaaabbbb"])
def test_weak_passwords_are_refused(db: Store, me: User, password: str) -> None:
    with pytest.raises(InputError, match="password"):
        store.add_user(db, me, "anna", "clinician", password)


def test_a_name_is_one_whatever_its_capitals(db: Store, me: User, add: Callable[..., User]) -> None:
    add("Anna.Müller@clinic")
    for again in ("anna.müller@CLINIC", "local", "LOCAL"):
        with pytest.raises(InputError, match="a name that nobody has"):
            add(again)
    assert store.find_user(db, me, " ANNA.MÜLLER@clinic ").name == "Anna.Müller@clinic"
    assert [each.name for each in store.list_users(db, me)] == ["Anna.Müller@clinic", "local"]


def test_passwords_are_kept_as_argon2id_hashes(db: Store, me: User) -> None:
    store.add_user(db, me, "anna", "clinician", PASSWORD)  # with the real parameters
    with db.reading() as session:
        (kept,) = session.scalars(select(UserRow.password_hash).where(UserRow.key == "anna"))
    assert kept is not None and kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_hash_of_older_parameters_is_replaced_at_the_next_login(
    db: Store, me: User, add: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    from argon2 import PasswordHasher

    from osteocast.store import passwords

    add("anna")
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", lambda: stronger)
    log_in(db)
    with db.reading() as session:
        (kept,) = session.scalars(select(UserRow.password_hash).where(UserRow.key == "anna"))
    assert kept is not None and "m=16,t=2" in kept
    assert log_in(db).user.name == "anna"


def test_a_session_is_found_by_its_token_alone_and_the_token_is_not_kept(
    db: Store, add: Callable[..., User]
) -> None:
    add("anna")
    signed = log_in(db)
    found = store.find_session(db, signed.token)
    assert found == signed.session and found is not None and found.user.name == "anna"
    for wrong in ("", signed.token[:-1], found.key, hashlib.sha256(signed.token.encode()).hexdigest()):
        assert store.find_session(db, wrong) is None
    with db.reading() as session:
        (kept,) = session.scalars(select(SessionRow))
    assert signed.token not in repr(vars(kept)) and found.key not in kept.token_hash
    assert signed.token not in repr(signed)
    assert len(signed.token) >= 43  # 256 bits


def test_a_session_ends_without_a_sign_of_life(db: Store, add: Callable[..., User], clock: Clock) -> None:
    add("anna")
    token = log_in(db).token
    for _ in range(3):
        clock.time += SESSION_IDLE * 0.9
        assert store.find_session(db, token) is not None
    clock.time += SESSION_IDLE
    assert store.find_session(db, token) is None


def test_a_session_ends_at_the_latest_after_its_time(
    db: Store, add: Callable[..., User], clock: Clock
) -> None:
    add("anna")
    signed = log_in(db)
    end = clock.time + SESSION_ABSOLUTE
    while clock.time + SESSION_IDLE / 2 < end:
        assert store.find_session(db, signed.token) is not None
        clock.time += SESSION_IDLE / 2
    clock.time = end
    assert store.find_session(db, signed.token) is None


def test_a_sign_of_life_is_written_once_a_minute(db: Store, add: Callable[..., User], clock: Clock) -> None:
    add("anna")
    token, begun = log_in(db).token, clock.time
    clock.forward(seconds=59)
    store.find_session(db, token)
    assert (found := store.find_session(db, token)) is not None and found.last_seen_at == begun
    clock.forward(seconds=1)
    store.find_session(db, token)
    assert (found := store.find_session(db, token)) is not None and found.last_seen_at == clock.time


def test_a_login_ends_the_session_before_it(db: Store, add: Callable[..., User]) -> None:
    add("anna")
    before = log_in(db).token
    after = store.log_in(db, "anna", PASSWORD, client="10.0.0.1", replacing=before).token
    assert store.find_session(db, before) is None
    assert store.find_session(db, after) is not None
    store.log_out(db, after)
    store.log_out(db, after)
    assert store.find_session(db, after) is None


@pytest.mark.parametrize("ending", ["revoke", "password", "disable"])
def test_all_sessions_of_a_user_end_together(
    db: Store, me: User, add: Callable[..., User], ending: str
) -> None:
    anna, tokens = add("anna"), []
    add("berta")
    other = log_in(db, "berta").token
    tokens = [log_in(db).token for _ in range(3)]
    if ending == "revoke":
        assert store.revoke_sessions(db, anna, "anna") == 3
    elif ending == "password":
        store.set_password(db, me, "anna", PASSWORD + "!")
    else:
        store.disable_user(db, me, "anna")
    assert [store.find_session(db, token) for token in tokens] == [None] * 3
    assert store.find_session(db, other) is not None


def test_users_change_their_own_password_with_the_current_one(db: Store, add: Callable[..., User]) -> None:
    anna = add("anna")
    for current in (None, "", "wrong password"):
        with pytest.raises(LoginRefused):
            store.set_password(db, anna, "anna", "a new long password", current=current)
    store.set_password(db, anna, "anna", "a new long password", current=PASSWORD)
    with pytest.raises(LoginRefused):
        log_in(db)
    assert log_in(db, password="a new long password").user.name == "anna"


def test_a_wrong_name_and_a_wrong_password_sound_the_same(
    db: Store, me: User, add: Callable[..., User]
) -> None:
    add("anna")
    store.disable_user(db, me, add("gone").name)
    told = set()
    for name, password in (("anna", "wrong password"), ("nobody", PASSWORD), ("gone", PASSWORD)):
        with pytest.raises(LoginRefused) as caught:
            log_in(db, name, password)
        told.add(str(caught.value))
    assert len(told) == 1


def test_an_unknown_name_takes_the_work_of_a_known_one(
    db: Store, add: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    from osteocast.store import passwords

    hasher = passwords._hasher()
    verified = []

    class Counting:
        def __getattr__(self, name: str) -> object:
            return getattr(hasher, name)

        def verify(self, stored: str, password: str) -> bool:
            verified.append(stored)
            return hasher.verify(stored, password)

    monkeypatch.setattr(passwords, "_hasher", Counting)
    for name in ("nobody", "local"):
        with pytest.raises(LoginRefused):
            log_in(db, name, "nobody")
    assert len(verified) == 2


def fail(db: Store, times: int, **given: str) -> None:
    for _ in range(times):
        with pytest.raises(LoginRefused):
            log_in(db, **{"password": "wrong password", **given})


def test_guessing_costs_twice_the_time_with_each_guess(
    db: Store, add: Callable[..., User], clock: Clock
) -> None:
    add("anna")
    waits = []
    fail(db, 4)
    for _ in range(7):
        fail(db, 1)
        with pytest.raises(TooManyAttempts) as caught:
            log_in(db)  # not even with the right password
        waits.append(caught.value.retry_after)
        clock.forward(seconds=caught.value.retry_after)
    assert waits == [30, 60, 120, 240, 480, 900, 900]
    log_in(db)
    fail(db, 4)  # forgotten with the login
    log_in(db)


def test_waiting_is_kept_over_a_restart(address: str, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    from .conftest import cheap_passwords

    cheap_passwords(monkeypatch)
    with store.open_store(address, clock=clock) as db:
        store.add_user(db, store.local_user(db), "anna", "clinician", PASSWORD)
        fail(db, 5)
    with store.open_store(address, clock=clock) as db, pytest.raises(TooManyAttempts):
        log_in(db)


def test_one_address_that_tries_many_names_has_to_wait(
    db: Store, add: Callable[..., User], clock: Clock
) -> None:
    add("anna")
    for number in range(20):
        fail(db, 1, name=f"name{number}", client="10.6.6.6")
    with pytest.raises(TooManyAttempts):
        log_in(db, client="10.6.6.6")
    log_in(db, client="10.0.0.1")  # others are not held up
    clock.forward(hours=25)
    log_in(db, client="10.6.6.6")
    with db.reading() as session:  # what is forgotten is not kept
        assert {row.subject for row in session.scalars(select(AttemptRow))} == {"anna", "10.6.6.6"}


def test_a_login_from_a_busy_address_does_not_count_against_it(db: Store, add: Callable[..., User]) -> None:
    add("anna")
    for _ in range(25):
        log_in(db)


def test_the_last_admin_stays(db: Store, me: User, add: Callable[..., User]) -> None:
    chief, deputy = add("chief", "admin"), add("deputy", "admin")
    store.disable_user(db, chief, "deputy")
    for attempt in (store.disable_user, lambda db, by, name: store.set_role(db, by, name, "viewer")):
        with pytest.raises(NotAllowed, match="the last admin"):
            attempt(db, chief, "chief")
    with pytest.raises(NotAllowed):
        store.enable_user(db, deputy, "deputy")
    # Who holds the database itself can always put things right.
    assert store.set_role(db, me, "chief", "viewer").role == "viewer"
    with pytest.raises(NotAllowed, match="built-in"):
        store.set_role(db, me, "local", "viewer")
    with pytest.raises(NotFound):
        store.set_role(db, me, "nobody", "viewer")


def test_cases_of_a_disabled_user_stay_with_those_who_share_them(
    db: Store, me: User, add: Callable[..., User]
) -> None:
    anna, berta = add("anna"), add("berta")
    case = store.create_case(db, anna, CASE, title="a").case_id
    store.share_case(db, anna, case, "berta", "write")
    store.disable_user(db, me, "anna")
    assert store.save_case(db, berta, case, CASE, expected=1).number == 2
    assert not store.enable_user(db, me, "anna").disabled

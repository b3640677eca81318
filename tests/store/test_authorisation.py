"""Who may do what: every role, every tie to a case, every action, done for real."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from osteocast import store
from osteocast.errors import InputError, NotAllowed, NotFound, StoreError
from osteocast.store import Store, User
from osteocast.store.authorisation import CASE_ACTIONS, RELATIONS, ROLES, SYSTEM_ACTIONS, may

from .conftest import CASE, PASSWORD

# Written out once more, not computed: what each may do with a case.
EVERYTHING = "read export history duplicate write share archive delete"
MAY = {
    ("admin", "owner"): EVERYTHING,
    ("admin", "write"): "read export duplicate write",
    ("admin", "read"): "read export duplicate",
    ("admin", "none"): "",
    ("clinician", "owner"): EVERYTHING,
    ("clinician", "write"): "read export duplicate write",
    ("clinician", "read"): "read export duplicate",
    ("clinician", "none"): "",
    ("viewer", "owner"): "read export history",
    ("viewer", "write"): "read export",
    ("viewer", "read"): "read export",
    ("viewer", "none"): "",
}
MAY_SYSTEM = {"admin": "create manage_users see_audit", "clinician": "create", "viewer": ""}

# Every function that touches a case, by the action that it stands for.
DOING: dict[str, list[Callable[[Store, User, str], Any]]] = {
    "read": [
        lambda db, by, case: store.get_case(db, by, case),
        lambda db, by, case: store.find_case(db, by, case),
        lambda db, by, case: store.list_versions(db, by, case),
        lambda db, by, case: store.permitted(db, by, case),
        lambda db, by, case: store.keep_result(db, by, case, 1, "forecast", {}),
        lambda db, by, case: store.find_result(db, by, case, 1, "forecast"),
    ],
    "export": [lambda db, by, case: store.export_case(db, by, case)],
    "duplicate": [lambda db, by, case: store.duplicate_case(db, by, case)],
    "write": [
        lambda db, by, case: store.save_case(
            db, by, case, CASE, expected=store.find_case(db, by, case).version, draft=True
        )
    ],
    "share": [
        lambda db, by, case: store.list_shares(db, by, case),
        lambda db, by, case: store.share_case(db, by, case, "third", "read"),
        lambda db, by, case: store.unshare_case(db, by, case, "third"),
    ],
    "archive": [
        lambda db, by, case: store.archive_case(db, by, case),
        lambda db, by, case: store.restore_case(db, by, case),
    ],
    "delete": [
        lambda db, by, case: (store.archive_case(db, by, case), store.delete_case(db, by, case)),
    ],
}


def attempt(do: Callable[[], Any]) -> str:
    try:
        do()
    except NotFound:
        return "not there"
    except NotAllowed:
        return "refused"
    return "done"


def owned(db: Store, add: Callable[..., User], role: str, relation: str) -> tuple[User, str]:
    """Somebody of a role with a tie to a case, and the case."""
    who = add("somebody", "clinician" if relation == "owner" else role)
    owner = who if relation == "owner" else add("owner")
    case = store.create_case(db, owner, CASE, title="a", draft=True).case_id
    if relation in ("read", "write"):
        store.share_case(db, owner, case, "somebody", relation)
    if relation == "owner":
        # Nobody begins as a viewer with cases; a role can change.
        who = store.set_role(db, store.local_user(db), "somebody", role)
    add("third")
    return who, case


@pytest.mark.parametrize(("role", "relation"), [*product(ROLES, RELATIONS)])
def test_a_case_yields_to_those_it_should_and_to_nobody_else(
    db: Store, me: User, add: Callable[..., User], role: str, relation: str
) -> None:
    who, case = owned(db, add, role, relation)
    allowed = set(MAY[role, relation].split())
    # Of a case that is not theirs, people are not even told that it is there.
    otherwise = "not there" if relation == "none" else "refused"
    # An admin reads the whole audit trail, so that of any case too.
    history = "done" if "history" in allowed or role == "admin" else otherwise
    assert attempt(lambda: store.read_audit(db, who, case_id=case)) == history
    for action, calls in DOING.items():
        for call in calls:
            expected = "done" if action in allowed else otherwise
            assert attempt(lambda call=call: call(db, who, case)) == expected, (action, role, relation)
    other = store.create_case(db, me, CASE, title="unrelated", draft=True).case_id
    assert attempt(lambda: store.get_case(db, who, other)) == "not there"


@pytest.mark.parametrize("role", ROLES)
def test_the_house_itself_yields_to_roles(db: Store, add: Callable[..., User], role: str) -> None:
    who, other = add("somebody", role), add("other")
    allowed = set(MAY_SYSTEM[role].split())
    doing: dict[str, list[Callable[[], Any]]] = {
        "create": [
            lambda: store.create_case(db, who, CASE, title="a", draft=True),
            lambda: store.import_case(db, who, store.write_case_file(CASE, title="a", draft=True)),
        ],
        "manage_users": [
            lambda: store.list_users(db, who),
            lambda: store.find_user(db, who, other.name),
            lambda: store.add_user(db, who, "fresh", "viewer", PASSWORD),
            lambda: store.set_role(db, who, other.name, "viewer"),
            lambda: store.set_password(db, who, other.name, PASSWORD + "!"),
            lambda: store.disable_user(db, who, other.name),
            lambda: store.enable_user(db, who, other.name),
            lambda: store.revoke_sessions(db, who, other.name),
        ],
        "see_audit": [lambda: store.read_audit(db, who)],
    }
    assert set(doing) == set(SYSTEM_ACTIONS)
    for action, calls in doing.items():
        for call in calls:
            assert attempt(call) == ("done" if action in allowed else "refused"), action


def test_the_table_says_what_was_tried() -> None:
    assert set(DOING) | {"history"} == set(CASE_ACTIONS)
    for (role, relation), allowed in MAY.items():
        assert {action for action in CASE_ACTIONS if may(role, relation, action)} == set(allowed.split())
    for role, allowed in MAY_SYSTEM.items():
        for relation in RELATIONS:
            assert {action for action in SYSTEM_ACTIONS if may(role, relation, action)} == set(
                allowed.split()
            )


def test_buttons_are_shown_for_what_works(db: Store, add: Callable[..., User]) -> None:
    who, case = owned(db, add, "clinician", "write")
    assert store.permitted(db, who, case) == {"read", "export", "duplicate", "write"}


def test_a_share_that_was_taken_back_is_gone_at_once(db: Store, me: User, add: Callable[..., User]) -> None:
    anna = add("anna")
    case = store.create_case(db, me, CASE, title="a").case_id
    shares = store.share_case(db, me, case, "Anna", "write")
    assert [(each.name, each.access, each.by) for each in shares] == [("anna", "write", "local")]
    assert store.share_case(db, me, case, "anna", "read")[0].access == "read"
    assert [each.access for each in store.list_cases(db, anna).cases] == ["read"]
    assert store.unshare_case(db, me, case, "anna") == ()
    assert store.list_cases(db, anna).total == 0
    with pytest.raises(NotFound):
        store.get_case(db, anna, case)


def test_a_disabled_user_may_do_nothing_even_with_an_old_record_of_themselves(
    db: Store, me: User, add: Callable[..., User]
) -> None:
    anna = add("anna")
    case = store.create_case(db, anna, CASE, title="a").case_id
    store.disable_user(db, me, "anna")
    for do in (
        lambda: store.get_case(db, anna, case),
        lambda: store.list_cases(db, anna),
        lambda: store.create_case(db, anna, CASE, title="b"),
    ):
        with pytest.raises(NotAllowed, match="disabled"):
            do()


def test_a_role_that_was_taken_away_is_gone_at_once(db: Store, me: User, add: Callable[..., User]) -> None:
    anna = add("anna")
    store.set_role(db, me, "anna", "viewer")
    with pytest.raises(StoreError, match=r"anna \(viewer\) may not make cases"):
        store.create_case(db, anna, CASE, title="a")


def test_cases_are_shared_with_those_who_can_log_in(db: Store, me: User, add: Callable[..., User]) -> None:
    anna = add("anna")
    store.disable_user(db, me, add("gone").name)
    case = store.create_case(db, anna, CASE, title="a").case_id
    for name in ("gone", "local", "nobody"):
        with pytest.raises(NotFound, match="no user"):
            store.share_case(db, anna, case, name, "read")
    with pytest.raises(InputError, match="somebody else"):
        store.share_case(db, anna, case, "anna", "read")

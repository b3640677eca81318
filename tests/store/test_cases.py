"""Saving, listing, copying and deleting cases, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from osteocast import load_case, store
from osteocast.errors import Conflict, InputError, NotAllowed, NotFound
from osteocast.store import Store, User

from .conftest import CASE, Clock

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_saved_file_is_read_as_the_file_itself(db: Store, me: User, path: Path) -> None:
    saved = store.create_case(db, me, path, title=path.stem)
    read = store.get_case(db, me, saved.case_id)
    assert read == saved
    assert read.case() == replace(load_case(path), name=None)


def test_every_save_is_a_version_and_none_is_lost(db: Store, me: User, clock: Clock) -> None:
    first = store.create_case(db, me, CASE, title="Ward 7", note="first visit")
    clock.forward(days=1)
    second = store.save_case(
        db, me, first.case_id, CASE | {"notes": "came back"}, expected=1, title="Ward 8", note="moved"
    )
    third = store.save_case(db, me, first.case_id, CASE, expected=2)
    assert [first.number, second.number, third.number] == [1, 2, 3]
    assert store.get_case(db, me, first.case_id, 1) == first
    assert store.get_case(db, me, first.case_id, 2).content["notes"] == "came back"
    assert store.get_case(db, me, first.case_id) == third
    newest = store.list_versions(db, me, first.case_id)
    assert [(each.number, each.title, each.note) for each in newest] == [
        (3, "Ward 8", ""),
        (2, "Ward 8", "moved"),
        (1, "Ward 7", "first visit"),
    ]
    assert second.saved_at - first.saved_at == clock.time - first.saved_at
    assert {each.saved_by for each in newest} == {"local"}


def test_a_version_names_what_ran_when_it_was_saved(db: Store, me: User) -> None:
    from dataclasses import asdict

    from osteocast.forecast import provenance

    assert store.create_case(db, me, CASE, title="a").made_with == asdict(provenance())


def test_who_saves_on_top_of_an_older_version_is_told_who_was_faster(
    db: Store, me: User, add: Callable[..., User], clock: Clock
) -> None:
    case = store.create_case(db, me, CASE, title="shared").case_id
    other = add("anna")
    store.share_case(db, me, case, "anna", "write")
    clock.forward(hours=1)
    store.save_case(db, other, case, CASE, expected=1)
    with pytest.raises(Conflict, match=r"anna saved version 2 on 2026-03-01 10:00 UTC") as caught:
        store.save_case(db, me, case, CASE | {"notes": "mine"}, expected=1)
    assert (caught.value.by, caught.value.at, caught.value.version) == ("anna", clock.time, 2)
    assert len(store.list_versions(db, me, case)) == 2


def test_of_many_who_save_at_once_one_wins_each_round(address: str) -> None:
    with store.open_store(address) as db:
        me = store.local_user(db)
        case = store.create_case(db, me, CASE, title="busy").case_id
        lost: list[Conflict] = []
        failed: list[BaseException] = []

        def save() -> None:
            for _ in range(4):
                latest = store.find_case(db, me, case).version
                try:
                    store.save_case(db, me, case, CASE, expected=latest, draft=True)
                except Conflict as conflict:
                    lost.append(conflict)
                except BaseException as error:
                    failed.append(error)

        threads = [threading.Thread(target=save) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        numbers = [each.number for each in store.list_versions(db, me, case)]
        assert numbers == list(range(1 + 16 - len(lost), 0, -1))
        assert store.verify_audit(db).intact


def test_everything_wrong_with_a_document_is_told_and_nothing_is_saved(db: Store, me: User) -> None:
    wrong = {"person": {"sex": "femal", "birth_date": "1963-05-14"}, "scan": []}
    with pytest.raises(InputError) as caught:
        store.create_case(db, me, wrong, title="a")
    assert {problem.field for problem in caught.value.problems} >= {"person.sex", "scan"}
    assert store.list_cases(db, me).total == 0


def test_a_draft_is_kept_until_it_can_be_read(db: Store, me: User) -> None:
    draft = store.create_case(db, me, {"person": {"sex": "female"}}, title="begun", draft=True)
    assert store.find_case(db, me, draft.case_id).draft
    with pytest.raises(InputError, match="birth_date"):
        draft.case()
    done = store.save_case(db, me, draft.case_id, CASE, expected=1)
    assert (done.draft, store.find_case(db, me, draft.case_id).draft) == (False, False)
    assert done.case().person.birth_date == date(1963, 5, 14)


@pytest.mark.parametrize("draft", [True, False])
@pytest.mark.parametrize(
    "bad", ["- a list", "a: .nan", "a: &x 1\nb: *x", {"a": float("inf")}, {"a": object()}]
)
def test_what_is_no_document_is_not_even_a_draft(db: Store, me: User, bad: object, draft: bool) -> None:
    with pytest.raises(InputError):
        store.create_case(db, me, bad, title="a", draft=draft)  # type: ignore[arg-type]


@pytest.mark.parametrize("draft", [True, False])
def test_a_text_is_never_taken_for_the_name_of_a_file(
    db: Store, me: User, tmp_path: Path, draft: bool
) -> None:
    mark = "a sentence about somebody"
    files = [tmp_path / name for name in ("case.yaml", "a: case.yaml", "exported.json")]
    for file in files[:2]:
        file.write_text((EXAMPLES / "postmenopausal-anastrozole.yaml").read_text() + f"notes: {mark}\n")
    files[2].write_text(store.write_case_file(CASE | {"notes": mark}, title="a"))
    for file in files:
        for take in (
            lambda text: store.create_case(db, me, text, title="a", draft=draft).text,
            lambda text: store.import_case(db, me, text).version.text,
            lambda text: store.write_case_file(text, title="a", draft=draft),
        ):
            try:
                assert mark not in take(str(file))
            except InputError as error:
                assert mark not in str(error)


def test_an_empty_draft_is_still_a_draft(db: Store, me: User) -> None:
    draft = store.create_case(db, me, {}, title="begun", draft=True)
    with pytest.raises(InputError, match="person"):
        draft.case()


def test_a_case_without_dates_is_seen_from_the_day_it_was_saved(db: Store, me: User) -> None:
    saved = store.create_case(db, me, {"person": CASE["person"]}, title="a")
    assert saved.content["options"] == {"as_of": date.today().isoformat()}
    # What has dates says for itself from which day it is seen, and stays as it was given.
    assert store.create_case(db, me, CASE, title="b").content == CASE


@pytest.mark.parametrize("title", ["", "  ", "two\nlines", "x" * 201, "nul\0", "lone \ud800"])
def test_a_title_is_one_line(db: Store, me: User, title: str) -> None:
    with pytest.raises(InputError, match="title"):
        store.create_case(db, me, CASE, title=title)


def test_the_list_is_searched_and_paged(db: Store, me: User, clock: Clock) -> None:
    for number in range(7):
        clock.forward(minutes=1)
        store.create_case(db, me, CASE, title=f"Straße {number}", draft=True)
    store.create_case(db, me, CASE, title="100%_sure", draft=True)
    found = store.list_cases(db, me, search="STRASSE", per_page=3, page=2)
    assert (found.total, found.page, found.pages) == (7, 2, 3)
    assert [each.title for each in found.cases] == ["Straße 3", "Straße 2", "Straße 1"]
    # Beyond the last page is the last page.
    assert [each.title for each in store.list_cases(db, me, search="straße", per_page=3, page=9).cases] == [
        "Straße 0"
    ]
    # What a pattern would match, a search does not.
    assert [each.title for each in store.list_cases(db, me, search="%_").cases] == ["100%_sure"]
    assert store.list_cases(db, me, search="x' OR 1=1 --").total == 0
    with pytest.raises(InputError, match="per_page"):
        store.list_cases(db, me, page=0, per_page=100_000)


def test_a_copy_is_a_case_of_its_own(db: Store, me: User, add: Callable[..., User]) -> None:
    original = store.create_case(db, me, CASE, title="Mrs A").case_id
    store.save_case(db, me, original, CASE | {"notes": "later"}, expected=1)
    store.share_case(db, me, original, add("anna").name, "read")
    copy = store.duplicate_case(db, store.find_user(db, me, "anna"), original, version=1)
    assert (copy.title, copy.number, copy.content) == ("Mrs A (copy)", 1, CASE)
    assert copy.case_id != original
    with pytest.raises(NotFound):
        store.get_case(db, me, copy.case_id)  # the copy is anna's


def test_an_archived_case_can_be_read_and_restored_and_not_changed(db: Store, me: User) -> None:
    case = store.create_case(db, me, CASE, title="a").case_id
    assert store.archive_case(db, me, case).archived
    assert store.list_cases(db, me).total == 0
    assert store.list_cases(db, me, archived=True).total == 1
    assert store.get_case(db, me, case).content == CASE
    with pytest.raises(NotAllowed, match="restore it first"):
        store.save_case(db, me, case, CASE, expected=1)
    assert not store.restore_case(db, me, case).archived
    assert store.save_case(db, me, case, CASE, expected=1).number == 2


def test_only_an_archived_case_is_deleted_and_then_with_everything(
    db: Store, me: User, add: Callable[..., User]
) -> None:
    case = store.create_case(db, me, CASE, title="a").case_id
    store.share_case(db, me, case, add("anna").name, "write")
    store.keep_result(db, me, case, 1, "forecast", {"change": -1.5})
    with pytest.raises(NotAllowed, match="archive it first"):
        store.delete_case(db, me, case)
    store.archive_case(db, me, case)
    store.delete_case(db, me, case)
    with pytest.raises(NotFound):
        store.get_case(db, me, case)
    from sqlalchemy import func, select

    from osteocast.store.tables import ResultRow, ShareRow, VersionRow

    with db.reading() as session:
        for table in (ResultRow, ShareRow, VersionRow):
            assert session.scalar(select(func.count()).select_from(table)) == 0
    assert store.verify_audit(db).intact
    assert store.read_audit(db, me, case_id=case).entries[0].action == "case deleted"


def test_what_was_deleted_is_not_left_in_the_file(file_db: Store, tmp_path: Path) -> None:
    me = store.local_user(file_db)
    mark = "a sentence about somebody"
    case = store.create_case(file_db, me, CASE | {"notes": mark}, title=mark).case_id
    assert any(mark.encode() in path.read_bytes() for path in tmp_path.iterdir())
    store.archive_case(file_db, me, case)
    store.delete_case(file_db, me, case)
    assert not any(mark.encode() in path.read_bytes() for path in tmp_path.iterdir())


def test_a_case_is_found_by_the_beginning_of_its_id(db: Store, me: User, add: Callable[..., User]) -> None:
    case = store.create_case(db, me, CASE, title="a").case_id
    assert store.find_case(db, me, f" {case[:5].upper()} ").id == case
    for text in ("", case[:2], "%%%", "nothing", case[:-1] + "!"):
        with pytest.raises(NotFound):
            store.find_case(db, me, text)
    with pytest.raises(NotFound):
        store.find_case(db, add("anna"), case[:5])


def test_a_version_that_is_not_there_says_which_are(db: Store, me: User) -> None:
    case = store.create_case(db, me, CASE, title="a").case_id
    with pytest.raises(NotFound, match="it has 1 to 1"):
        store.get_case(db, me, case, 2)


def test_a_result_is_found_as_long_as_nothing_behind_it_changed(
    db: Store, me: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = store.create_case(db, me, CASE, title="a").case_id
    store.keep_result(db, me, case, 1, "forecast", {"change": -1.5})
    store.keep_result(db, me, case, 1, "forecast", {"change": -1.25})
    assert store.find_result(db, me, case, 1, "forecast") == {"change": -1.25}
    assert store.find_result(db, me, case, 1, "verdict") is None
    from osteocast.store import results

    monkeypatch.setattr(results, "made_with", lambda: '{"engine": "another"}')
    assert store.find_result(db, me, case, 1, "forecast") is None

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osteocast.errors import InputError
from osteocast.person.documents import MAXIMUM_BYTES, UNUSABLE, parse_document, read_document


def refusal(text: str) -> str:
    with pytest.raises(InputError) as caught:
        parse_document(text)
    return str(caught.value)


def test_the_plain_part_of_yaml_is_read() -> None:
    text = "a: 1\nb: 1.5\nc: [x, null, true]\nd: {e: '5'}\nf: 2024-13-40\ng: no\nh: 12:30\ni: 1e3\n"
    assert parse_document(text).content == {
        "a": 1,
        "b": 1.5,
        "c": ["x", None, True],
        "d": {"e": "5"},
        "f": "2024-13-40",
        "g": "no",
        "h": "12:30",
        "i": 1000.0,
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "a document with content"),
        ("# only a comment\n", "a document with content"),
        ("- 1\n- 2\n", "a mapping of fields"),
        ("just a text", "a mapping of fields"),
        ("a: &x [*x]\n", "no aliases"),
        ("a: &x [1]\nb: *x\n", "no aliases"),
        ("<<: &x {a: 1}\nb: *x\n", "no aliases"),
        ("a: " + "[" * 60 + "]" * 60, "at most 30 levels"),
        ("a: !!python/object/apply:os.system [ls]\n", "without tags"),
        ("a: !thing 1\n", "without tags"),
        ("a: !!binary aGk=\n", "without tags"),
        ("a: [1\nb: 2\n", "one YAML document"),
        ("a: 1\n---\nb: 2\n", "one YAML document"),
        ("a: \x07\n", "one YAML document"),
        ("a: 'open\n", "one YAML document"),
        ("\t- a", "one YAML document"),
        ("a: " + "x" * 10_000_000, "at most 0.2 MB"),
    ],
)
def test_what_is_refused_says_so(text: str, expected: str) -> None:
    assert expected in refusal(text)


def test_a_billion_laughs_are_refused_at_the_first_alias() -> None:
    lines = ["a0: &a0 [x]"] + [f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 100)]
    assert "no aliases" in refusal("\n".join(lines))


def test_unusable_values_are_collected_with_their_place() -> None:
    document = parse_document("a: .nan\nb: [1, -.inf]\nc: {d: 1e999}\ne: 1\ne: 2\n")
    assert [problem.field for problem in document.problems] == ["a", "b[1]", "c.d", "e"]
    assert document.content["a"] is UNUSABLE
    assert document.content["e"] == 1


def test_a_key_has_to_be_a_text() -> None:
    document = parse_document("a: 1\n? [1, 2]\n: 3\n")
    assert document.content == {"a": 1}
    assert document.problems[0].expected == "texts as keys"


def test_a_number_of_absurd_length_is_refused_rather_than_computed() -> None:
    assert parse_document("a: " + "9" * 5000).problems[0].field == "a"


def test_a_file_is_read_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text("\ufeffa: é\n", encoding="utf-8")
    document = read_document(path)
    assert (document.content, document.name) == ({"a": "é"}, "case.yaml")


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    path.write_bytes(b"a" * 10_000_000)
    with pytest.raises(InputError, match=r"big\.yaml: 1 problem\n.*10\.0 MB.*at most 0\.2 MB"):
        read_document(path)


@pytest.mark.parametrize("name", ["absent.yaml", ".", "bad\0name"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="a file that can be read"):
        read_document(str(tmp_path / name))


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_bytes(b"a: \xff\xfe")
    with pytest.raises(InputError, match="UTF-8"):
        read_document(path)


def test_a_text_with_a_colon_that_names_no_file_is_a_document() -> None:
    assert read_document("a: 1").content == {"a": 1}
    assert "at most 0.2 MB" in refusal("a" * (MAXIMUM_BYTES + 1))
    with pytest.raises(InputError, match=r"at most 0\.2 MB"):
        read_document("a" * (MAXIMUM_BYTES + 1))


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_a_message(text: str) -> None:
    try:
        document = parse_document(text)
    except InputError as error:
        assert error.problems
    else:
        assert isinstance(document.content, dict)

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osteocast.errors import InputError
from osteocast.person import documents
from osteocast.person.documents import parse_document
from osteocast.person.portable import document_text

LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.text(), TREES, min_size=1, max_size=3))
def test_json_is_read_as_its_yaml_would_be(document: dict[str, Any]) -> None:
    text = document_text(document)
    quickly = parse_document(text)
    # A line before it, and it is read as YAML.
    slowly = parse_document("---\n" + text)
    assert repr(quickly.content) == repr(slowly.content)
    assert quickly.problems == slowly.problems == ()


def test_json_of_a_program_takes_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(documents, "_construct")
    assert parse_document('{"a": [1, -2.5, true, null, "2025-03-10"]}').content == {
        "a": [1, -2.5, True, None, "2025-03-10"]
    }


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 2}',
        '{"a": {"b": 1, "b": 2}}',
        '{"a": ' + "9" * 400 + "}",
        '{"a": 1e999}',
        '{"a": NaN}',
        '{"a": ' + "[" * 40 + "]" * 40 + "}",
        '{"a": 1} {"b": 2}',
        "{a: 1, b: [x, y]}",
        '{"a": &x 1, "b": *x}',
    ],
)
def test_what_is_not_plain_json_is_told_as_before(text: str) -> None:
    def told(given: str) -> object:
        try:
            found = parse_document(given)
        except InputError as error:
            return [(each.value, each.expected, each.remedy) for each in error.problems]
        return found.content, [(each.field, each.expected) for each in found.problems]

    assert told(text) == told("# a line before it\n" + text)

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osteocast.files.json_text import json_text

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
KEYS = st.text(max_size=4) | st.integers() | st.booleans() | st.none() | st.floats(allow_nan=False, width=16)
DATA = st.recursive(
    SCALARS, lambda more: st.lists(more) | st.dictionaries(KEYS, more) | st.tuples(more, more)
)


def standard(content: Any) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)


@given(DATA)
def test_it_is_what_the_standard_library_writes(content: Any) -> None:
    try:
        expected = standard(content)
    except ValueError:
        with pytest.raises(ValueError, match="not JSON compliant"):
            json_text(content)
    else:
        assert json_text(content) == expected


@pytest.mark.parametrize("content", [[1.0, float("nan")], {"a": float("inf")}, float("-inf")])
def test_numbers_are_finite(content: Any) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_text(content)


@pytest.mark.parametrize("content", [{1, 2}, [object()], {"a": [b"x"]}, {(1, 2): 3}])
def test_data_are_plain(content: Any) -> None:
    with pytest.raises(TypeError):
        json_text(content)

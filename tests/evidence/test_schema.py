"""A source file that is wrong is refused, with everything that is wrong."""

from __future__ import annotations

import copy
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from osteocast.errors import EvidenceError
from osteocast.evidence.schema import Source, Value, source_from

GOOD: dict[str, Any] = {
    "id": "some-trial",
    "citation": {"doi": "10.1000/xyz", "year": 2020},
    "read": "abstract",
    "study": ["SOME"],
    "values": [
        {
            "id": "arm-ctx-6",
            "quantity": "ctx",
            "statistic": "mean_pct_change",
            "value": -40,
            "unit": "pct",
            "ci": [-45.0, None],
            "where": "abstract",
            "status": "used",
        }
    ],
}


def test_a_good_file_is_read_as_it_stands() -> None:
    source = source_from(GOOD, "some-trial")
    assert source.citation.year == 2020
    assert source.values[0].ci == (-45.0, None)
    assert source.value("arm-ctx-6").number == -40


def changed(path: tuple[Any, ...], given: Any) -> dict[str, Any]:
    content = copy.deepcopy(GOOD)
    place: Any = content
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = given
    return content


@pytest.mark.parametrize(
    ("path", "given", "message"),
    [
        (("id",), "other", "not the file's name"),
        (("reed",), "abstract", "did you mean read"),
        (("read",), "skimmed", "not one of full_text"),
        (("citation",), {}, "one of doi, pmid, url and title"),
        (("citation",), "a paper", "not a mapping"),
        (("citation", "doi"), "doi:10.1/x", "is not a DOI"),
        (("citation", "year"), "2020", "is not a year"),
        (("values",), [], "no values"),
        (("values", 0), "x", "not a mapping"),
        (("values", 0, "valeu"), 3, "did you mean value"),
        (("values", 0, "value"), float("nan"), "not a finite number"),
        (("values", 0, "value"), True, "not a finite number"),
        (("values", 0, "value"), None, "neither value, range nor verbatim"),
        (("values", 0, "ci"), [3, -3], "low below high"),
        (("values", 0, "ci"), [None, None], "low below high"),
        (("values", 0, "unit"), None, "unit is missing"),
        (("values", 0, "status"), "maybe", "not one of used"),
        (("values", 0, "status"), "excluded", "without a reason"),
    ],
)
def test_a_wrong_field_is_named(path: tuple[Any, ...], given: Any, message: str) -> None:
    with pytest.raises(EvidenceError, match=message):
        source_from(changed(path, given), "some-trial")


def test_all_problems_come_at_once() -> None:
    content = changed(("values", 0, "value"), "much")
    content["read"] = "skimmed"
    content["values"].append(dict(GOOD["values"][0]))
    content["values"].append(dict(GOOD["values"][0]))
    with pytest.raises(EvidenceError) as caught:
        source_from(content, "some-trial")
    assert "3 problem(s)" in str(caught.value)
    assert "stands twice" in str(caught.value)


def test_a_file_that_is_no_mapping_is_refused() -> None:
    with pytest.raises(EvidenceError, match="not a mapping"):
        source_from(["id"], "some-trial")


def test_a_value_without_a_number_says_so() -> None:
    content = changed(("values", 0, "value"), None)
    content["values"][0]["verbatim"] = "40-50"
    with pytest.raises(EvidenceError, match="40-50"):
        source_from(content, "some-trial").values[0].number  # noqa: B018


@pytest.mark.parametrize("field", [item.name for kind in (Source, Value) for item in fields(kind)])
def test_every_field_of_a_source_file_is_documented(field: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "evidence.md").read_text()
    assert f"\n| `{field}` |" in page

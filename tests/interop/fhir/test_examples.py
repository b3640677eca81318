"""The example bundles, three of them published by HL7: what became of each stands in the documentation.

To renew the table there, run this file: ``python tests/interop/fhir/test_examples.py``.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from osteocast.errors import InputError
from osteocast.forecast import run_forecast
from osteocast.interop.fhir import Finding, ImportedCase, read_fhir
from osteocast.interop.fhir.exporting import check_bundle

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "examples" / "fhir"
DOCS = ROOT / "docs" / "fhir.md"
BLOCK = re.compile(r"(<!-- examples: begin -->\n)(.*?)(<!-- examples: end -->)", re.DOTALL)

OLDER = {"birth_date": "1955-02-10", "menopause": {"age": 50}}
#: What is told beside each record, which does not say it; two people are younger than the model covers.
TOLD: dict[str, dict[str, Any]] = {
    "us-core-dxa": {"device": "hologic", "extra": {"person": OLDER}},
    "core-dxa": {"device": "lunar", "extra": {"person": {"sex": "female", **OLDER}}},
    "mcode-bundle": {"extra": {"person": {"menopause": {"age": 50}}}},
    "full-record": {},
}


def imported(name: str) -> ImportedCase:
    (one,) = read_fhir(EXAMPLES / f"{name}.json", **TOLD[name]).cases
    return one


def rows_of(name: str) -> list[tuple[str, str, str]]:
    """Resource and how many, what became a field or not, and why, as the documentation has it."""
    groups: dict[tuple[str, str, str], int] = defaultdict(int)
    for each in imported(name).findings:
        groups[each.resource.partition("/")[0], *_fate(each)] += 1
    return [
        (kind if count == 1 else f"{count} {kind}", fields, why)
        for (kind, fields, why), count in groups.items()
    ]


def _fate(finding: Finding) -> tuple[str, str]:
    return ", ".join(finding.fields) if finding.used else "dropped", "; ".join(finding.notes)


def table() -> str:
    lines = []
    for name in TOLD:
        lines += [f"| **{name}** | | |"]
        lines += [" | ".join(("", *row, "")).strip() for row in rows_of(name)]
    return "\n".join(["| resource | field of the case | note |", "|---|---|---|", *lines]) + "\n"


def test_every_example_is_one_of_these_and_is_fhir() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.json")} == set(TOLD)
    for name in TOLD:
        check_bundle(json.loads((EXAMPLES / f"{name}.json").read_text()))


@pytest.mark.parametrize("name", TOLD)
def test_an_example_is_imported_and_forecast(name: str) -> None:
    case = imported(name).case
    forecast = run_forecast(case, years=2, draws=0)
    assert forecast.plans


def test_the_documentation_says_what_became_of_every_resource() -> None:
    found = BLOCK.search(DOCS.read_text())
    assert found is not None
    assert found[2] == table()


def test_the_whole_record_gives_every_section_of_a_case() -> None:
    one = imported("full-record")
    assert [scan.vendor for scan in one.case.scans] == ["lunar", "hologic"]
    assert set(one.case.scans[1].sites) == {"lumbar_spine", "total_hip", "femoral_neck"}
    assert one.case.scans[1].sites["total_hip"].bmd == 0.787
    assert [each["drug"] for each in one.document["treatments"]] == ["tamoxifen", "letrozole", "zoledronate"]
    assert one.case.person.parental_hip_fracture is True
    assert len(one.case.labs) == 7


def test_what_a_published_example_does_not_say_is_asked_for_all_at_once() -> None:
    with pytest.raises(InputError) as caught:
        read_fhir(EXAMPLES / "core-dxa.json")
    assert [each.field for each in caught.value.problems] == [
        "person.sex",
        "person.birth_date",
        "person.menopause",
    ]


if __name__ == "__main__":
    DOCS.write_text(BLOCK.sub(lambda found: found[1] + table() + found[3], DOCS.read_text()))

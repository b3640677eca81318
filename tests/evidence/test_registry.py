"""The registry as it ships: complete, consistent, and honest about what it does not know."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from osteocast import evidence
from osteocast.errors import EvidenceError
from osteocast.trials import load_trials

REGISTRY = evidence.load()
FILES = sorted((Path(evidence.__file__).parent / "sources").iterdir())
VALUES = [(source, value) for source in REGISTRY for value in source.values]


def test_every_file_is_a_source_that_can_be_read() -> None:
    assert [path.name for path in FILES] == [f"{source.id}.yaml" for source in REGISTRY]
    assert len(REGISTRY) == len(REGISTRY.ids) > 150


def test_a_paper_is_one_source() -> None:
    # The two regions of the NHANES III reference keep a file each: every T-score names its own.
    papers = [source for source in REGISTRY if not source.id.startswith("nhanes-iii-")]
    for key in ("doi", "pmid"):
        seen = [getattr(source.citation, key) for source in papers if getattr(source.citation, key)]
        assert sorted({item for item in seen if seen.count(item) > 1}) == []


def test_a_value_said_to_be_of_a_site_names_one() -> None:
    sites = {value.site for _, value in VALUES if value.quantity == "bmd"}
    assert sites <= {"lumbar_spine", "total_hip", "femoral_neck", "total_body", None}


def test_a_number_lies_in_its_own_interval() -> None:
    outside = [
        f"{source.id}/{value.id}"
        for source, value in VALUES
        if value.ci
        and value.value is not None
        and not (_low(value.ci) - 1e-9 <= value.value <= _high(value.ci) + 1e-9)
    ]
    assert outside == []


def test_what_trials_rest_on_is_marked_as_used() -> None:
    pointed_at = {item.evidence for trial in load_trials() for item in trial.observations if item.evidence}
    assert {reference for reference in pointed_at if REGISTRY.value(reference).status != "used"} == set()


def test_no_file_speaks_of_how_it_was_made() -> None:
    forbidden = re.compile(
        r"\bslice\b|text read|\bcsv\b|/work/|/tmp/|REFERENCE =|SUSPECT|DERIVED", re.IGNORECASE
    )
    assert [path.name for path in FILES if forbidden.search(path.read_text())] == []


def test_the_same_value_is_found_by_id_and_by_doi() -> None:
    by_id = REGISTRY.source("swan-greendale-2012")
    assert REGISTRY.source("10.1002/jbmr.534") is by_id
    assert REGISTRY.source("10.1002/JBMR.534") is by_id
    assert "10.1002/JBMR.534" in REGISTRY
    value = REGISTRY.value("swan-greendale-2012/fmp-1-to-plus2y-lumbar-spine-36")
    assert (value.value, value.unit, value.site) == (-7.38, "pct", "lumbar_spine")


def test_values_can_be_narrowed_to_a_status_and_a_quantity() -> None:
    excluded = list(REGISTRY.values(status="excluded", quantity="bmd"))
    assert excluded
    assert all(value.reason and value.quantity == "bmd" for _, value in excluded)
    assert len(excluded) < len(list(REGISTRY.values(quantity="bmd"))) < len(VALUES)


@pytest.mark.parametrize(
    ("reference", "hint"),
    [
        ("atac-bone-60-month/x", "atac-bone-60-months"),
        ("atac-bone-60-months/ana-totl-hip-60", "ana-total-hip-60"),
        ("no-such-thing-at-all/x", "osteocast evidence list"),
        ("atac-bone-60-months", "source-id/value-id"),
    ],
)
def test_an_unknown_value_is_answered_with_the_nearest(reference: str, hint: str) -> None:
    with pytest.raises(EvidenceError, match=re.escape(hint)):
        REGISTRY.value(reference)


def test_a_directory_without_sources_is_no_registry(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="no source files"):
        evidence.load(tmp_path)


def test_a_file_that_is_not_yaml_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("id: [")
    with pytest.raises(EvidenceError, match=r"broken\.yaml"):
        evidence.load(tmp_path).source("broken")


def _low(bounds: tuple[float | None, float | None]) -> float:
    return float("-inf") if bounds[0] is None else bounds[0]


def _high(bounds: tuple[float | None, float | None]) -> float:
    return float("inf") if bounds[1] is None else bounds[1]

"""Citations name what was verified, once, in a form that reference managers read."""

from __future__ import annotations

import json
import re
from typing import Any, cast

import pytest

from osteocast import evidence
from osteocast.errors import EvidenceError

IDS = evidence.load().ids


def test_a_source_is_cited_once_however_it_is_asked_for() -> None:
    text = evidence.cite(
        ["swan-greendale-2012", "10.1002/jbmr.534", "swan-greendale-2012/fmp-1-to-plus2y-lumbar-spine-36"]
    )
    assert len(text.splitlines()) == 1
    assert "doi:10.1002/jbmr.534" in text


def test_every_source_can_be_cited_in_every_style() -> None:
    assert len(evidence.cite(IDS).splitlines()) == len(IDS)
    entries = evidence.cite(IDS, style="bibtex")
    assert re.findall(r"^@\w+\{([^,]+),$", entries, re.MULTILINE) == list(IDS)
    assert entries.count("{") == entries.count("}")
    items = cast(list[dict[str, Any]], json.loads(evidence.cite(IDS, style="json")))
    assert [item["id"] for item in items] == list(IDS)
    assert all(
        item.get("DOI") or item.get("URL") or item.get("PMID") or item.get("title") or item.get("note")
        for item in items
    )


def test_a_verified_title_is_printed_and_an_unverified_one_is_not_invented() -> None:
    assert "Universal standardization" in evidence.cite(["hui-1997-standardised-bmd"])
    assert "title" not in evidence.cite(["horizon-acute-phase"], style="bibtex")


@pytest.mark.parametrize("given", ["swan-greendal-2012", "10.9999/none"])
def test_an_unknown_source_is_an_error(given: str) -> None:
    with pytest.raises(EvidenceError, match="no source"):
        evidence.cite([given])


def test_an_unknown_style_is_an_error() -> None:
    with pytest.raises(EvidenceError, match="did you mean bibtex"):
        evidence.cite(IDS[:1], style="bibtx")  # type: ignore[arg-type]

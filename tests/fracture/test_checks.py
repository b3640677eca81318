"""What comes out beside what was published, and the page that shows it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from osteocast import evidence
from osteocast.fracture import Check, checks

PAGE = (Path(__file__).parents[2] / "docs" / "fracture.md").read_text()
ALL = {check.name: check for check in checks()}


def of(start: str) -> Check:
    (found,) = (check for name, check in ALL.items() if name.startswith(start))
    return found


def test_every_check_has_its_source_and_its_assumptions() -> None:
    assert len(ALL) > 45
    for check in ALL.values():
        assert evidence.load().value(check.source)
        assert check.published > 0
        assert check.assumed or not check.name.startswith(("FREEDOM", "HORIZON", "ABCSG", "ATAC", "BIG"))


def test_the_trials_of_inhibitors_that_nothing_was_set_by_come_out() -> None:
    atac = of("ATAC: any clinical, anastrozole against tamoxifen")
    assert not atac.fitted
    assert atac.ci is not None
    assert atac.ci[0] < atac.computed < atac.ci[1]
    assert of("BIG 1-98, letrozole").ratio == pytest.approx(1.0, abs=0.25)
    assert of("BIG 1-98, tamoxifen").ratio == pytest.approx(1.0, abs=0.25)
    abcsg = of("ABCSG-18: any clinical, denosumab against placebo")
    assert not abcsg.fitted
    assert 0.45 < abcsg.computed < 0.65


def test_trials_of_osteoporosis_come_out_within_a_factor_of_two_or_so() -> None:
    trials = [check for check in ALL.values() if check.unit in ("%", "%/y") and "months" in check.name]
    assert len(trials) > 12
    assert all(0.6 < check.ratio < 2.2 for check in trials)


def test_lifetime_risks_of_three_countries_come_out_within_a_third_or_so() -> None:
    found = [check.ratio for name, check in ALL.items() if name.startswith("Lifetime")]
    assert len(found) == 6
    assert all(0.6 < ratio < 1.4 for ratio in found)


def test_general_practice_in_the_united_kingdom_records_about_half() -> None:
    found = [check.ratio for name, check in ALL.items() if name.startswith("QFracture")]
    assert len(found) == 20
    assert all(1.3 < ratio < 2.8 for ratio in found)


def test_the_page_shows_the_numbers_that_come_out() -> None:
    rows = re.findall(r"^\| (.+?) \| ([\d.]+) \| ([\d.]+) \| (%|%/y|ratio) \| (.*?) \|$", PAGE, re.MULTILINE)
    shown = {name: (published, computed, unit) for name, published, computed, unit, _ in rows}
    assert shown == {
        name: (f"{check.published:.2f}", f"{check.computed:.2f}", check.unit) for name, check in ALL.items()
    }
    fitted = {name for name, *_, note in rows if "set by it" in note}
    assert fitted == {name for name, check in ALL.items() if check.fitted}

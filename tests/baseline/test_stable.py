"""What a program could rely on yesterday it can rely on today: no stable name goes unannounced."""

from __future__ import annotations

import json

import pytest
from tests.baseline.stable import KEPT, PAGE, arguments, documented, find

import osteocast

STABLE = json.loads(KEPT.read_text())


@pytest.mark.parametrize("name", STABLE)
def test_a_stable_name_is_still_called_as_it_was(name: str) -> None:
    now, before = arguments(find(name)), STABLE[name]
    kept = [argument for argument in now if argument in before]
    assert kept == list(before), "an argument was taken away, renamed or moved"
    needed = {argument for argument, is_needed in now.items() if is_needed}
    assert needed <= {argument for argument, was_needed in before.items() if was_needed}


def test_every_stable_name_is_on_the_page_and_every_name_of_the_page_is_stable() -> None:
    assert set(STABLE) - set(documented()) == set()
    assert set(documented()) - set(STABLE) == set(), "python tests/baseline/stable.py"


def test_the_page_promises_what_a_version_may_change() -> None:
    page = PAGE.read_text()
    assert "\n## What stays\n" in page
    assert osteocast.__version__.startswith("0.") == ("Before version 1" in page)

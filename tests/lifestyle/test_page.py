"""The page on lifestyle shows the data as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from .tables import TABLES, filled

PATH = Path(__file__).parents[2] / "docs" / "lifestyle.md"


@pytest.mark.parametrize("name", TABLES)
def test_every_table_stands_on_the_page_as_the_data_have_it(name: str) -> None:
    assert TABLES[name]() in PATH.read_text(), "write the page anew: tests.lifestyle.tables.filled"


def test_filling_the_page_changes_nothing_else() -> None:
    page = PATH.read_text()
    assert filled(page) == page

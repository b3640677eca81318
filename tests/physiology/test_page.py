from __future__ import annotations

import re

from osteocast.physiology import INPUT_NAMES, OBSERVABLE_NAMES, PARAMETER_NAMES, STATE_NAMES, parameters
from osteocast.physiology.equations import declare
from osteocast.physiology.equations.page import to_markdown

PAGE = to_markdown()


def test_the_page_is_the_same_whenever_it_is_written() -> None:
    assert to_markdown() == PAGE


def test_everything_declared_is_on_the_page() -> None:
    assignments = tuple(item.name for item in declare().assignments)
    for name in (*STATE_NAMES, *INPUT_NAMES, *OBSERVABLE_NAMES, *PARAMETER_NAMES, *assignments):
        assert f"`{name}`" in PAGE, name


def test_every_equation_is_complete() -> None:
    equations = re.findall(r"^\$\$\n(.+)\n\$\$$", PAGE, flags=re.MULTILINE)
    assert len(equations) == len(STATE_NAMES) + len(OBSERVABLE_NAMES) + len(declare().assignments)
    for equation in equations:
        assert " = " in equation
        assert equation.count("{") == equation.count("}")
        assert r"\\" not in equation
        assert not re.search(r"(?<![\\\w])_|\*\*", equation), equation


def test_a_row_of_the_table_holds_value_basis_and_source() -> None:
    kss = parameters()["denosumab_kss"]
    (row,) = [line for line in PAGE.splitlines() if line.startswith("| `denosumab_kss` |")]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[1:3] == [kss.meaning, f"{kss.value:.4g}"]
    assert cells[4:6] == [kss.unit, kss.basis]
    assert re.fullmatch(r"\[denosumab-poppk-sutjandra\]\(https://doi\.org/\S+\).*", cells[6])


def test_every_row_has_as_many_cells_as_the_heading() -> None:
    tables = re.findall(r"((?:^\|.*\n)+)", PAGE + "\n", flags=re.MULTILINE)
    assert len(tables) == 2
    for table in tables:
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(widths) == 1

"""Tables of scenarios, read from `tables.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import cast, get_args

from osteocast.claims.load import FOLDER, document
from osteocast.claims.readings import observable as observable_of
from osteocast.claims.readings import text
from osteocast.claims.schema import Column, TableSpec, Unit
from osteocast.errors import InputError, Problem
from osteocast.person.fields import Fields

__all__ = ["load_tables"]

_TABLE = ("key", "title", "intro", "columns", "rows")
_COLUMN = ("title", "observable", "month", "unit")


def load_tables(path: Path = FOLDER / "tables.yaml") -> tuple[TableSpec, ...]:
    """Read the tables of scenarios.

    Raises
    ------
    InputError
        If anything is wrong.
    """
    problems: list[Problem] = []
    tables = []
    for index, given in enumerate(document(path)):
        fields = Fields(given, f"tables[{index}]", problems, _TABLE)
        columns = []
        for item, place in fields.items("columns"):
            column = Fields(item, place, problems, _COLUMN)
            month = column.number("month", 0, 600, "a month")
            unit = cast(Unit, column.choice("unit", get_args(Unit), "unit"))
            observable = observable_of(column)
            columns.append(Column(text(column, "title"), observable, month or 0.0, unit))
        rows = tuple((str(item[0]), str(item[1]), *item[2:], None)[:3] for item, _ in fields.items("rows"))
        texts = {key: text(fields, key) for key in ("key", "title", "intro")}
        tables.append(TableSpec(columns=tuple(columns), rows=rows, **texts))
    if problems:
        raise InputError(problems, path.name)
    return tuple(tables)

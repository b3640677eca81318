"""What became of every resource: found, used for which field, or dropped and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Finding", "Ledger", "Row", "findings"]


@dataclass(frozen=True)
class Finding:
    """What became of one resource, or of one value of it.

    Parameters
    ----------
    resource : str
        Type and id, as in ``Observation/bmd-1``.
    what : str
        What it says, in words.
    used : bool
    fields : tuple of str
        Fields of the case that came from it.
    notes : tuple of str
        Why it was dropped, or what to know of its use.
    """

    resource: str
    what: str
    used: bool
    fields: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Every field, for ``--json``."""
        return {
            "resource": self.resource,
            "what": self.what,
            "used": self.used,
            "fields": list(self.fields),
            "notes": list(self.notes),
        }


@dataclass
class Row:
    """A finding in the making."""

    resource: str
    what: str
    fields: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    #: Dropped after it had been used, because the case as a whole could not hold it.
    withdrawn: bool = False

    def use(self, name: str, *notes: str) -> None:
        """Say that a field of the case comes from it."""
        if name not in self.fields:
            self.fields.append(name)
        self.note(*notes)

    def drop(self, why: str) -> None:
        """Say why it is not used, or not all of it."""
        self.note(why)

    def note(self, *notes: str) -> None:
        """Say what to know of it."""
        self.notes += [one for one in notes if one and one not in self.notes]

    def withdraw(self, why: str) -> None:
        """Take back its use."""
        self.withdrawn = True
        self.fields.clear()
        self.note(why)


class Ledger:
    """The rows of one import, in the order of the resources."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def row(self, resource: str, what: str) -> Row:
        """Open a row."""
        made = Row(resource, what)
        self.rows.append(made)
        return made

    def findings(self) -> tuple[Finding, ...]:
        """Return the rows as they stand."""
        return tuple(
            Finding(row.resource, row.what, bool(row.fields), tuple(row.fields), tuple(row.notes))
            for row in self.rows
        )


def findings(rows: Iterable[Finding]) -> Counter[tuple[str, bool]]:
    """Count findings by type of resource and whether they were used."""
    return Counter((row.resource.partition("/")[0], row.used) for row in rows)

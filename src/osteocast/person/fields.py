"""Fields of a mapping, read one after another, collecting problems instead of stopping at the first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from osteocast import units
from osteocast.errors import InputError, Problem, unknown_name
from osteocast.person.documents import UNUSABLE

__all__ = ["Fields"]

Value = TypeVar("Value")


class Fields:
    """Fields of one mapping of a document.

    Every reader returns None for a field that is absent or wrong; what is wrong is added to the problems.

    Parameters
    ----------
    content : object
        The mapping, as it stands in the document.
    path : str
        Where it stands, for messages; empty for the document itself.
    problems : list of Problem
        Shared by all readers of one document.
    known : sequence of str
        Fields it may have; any other one is a problem.
    """

    def __init__(self, content: object, path: str, problems: list[Problem], known: Sequence[str]) -> None:
        self.path = path
        self.problems = problems
        self._content: Mapping[str, Any] = {}
        self.usable = isinstance(content, Mapping)
        if isinstance(content, Mapping):
            self._content = content
            for key in content:
                if key not in known:
                    problems.append(unknown_name(self.place(key), key, known))
        elif content is not UNUSABLE:
            given = Problem.ABSENT if content is None else content
            problems.append(Problem(path, given, f"fields: {', '.join(known)}", "write one per line"))

    def __contains__(self, key: str) -> bool:
        return self._content.get(key) is not None

    def place(self, key: str) -> str:
        """Path of a field, for messages."""
        return f"{self.path}.{key}" if self.path else key

    def raw(self, key: str) -> Any:
        """Return the value as it stands, or None."""
        return self._content.get(key)

    def is_unusable(self, key: str) -> bool:
        """Whether the value was already reported as a problem."""
        return self._content.get(key) is UNUSABLE

    def report(self, key: str, expected: str, remedy: str, value: object = UNUSABLE) -> None:
        """Add a problem with a field; the value shown is the field's own unless another one is given."""
        shown = self.raw(key) if value is UNUSABLE else value
        shown = Problem.ABSENT if shown is None else shown
        self.problems.append(Problem(self.place(key), shown, expected, remedy))

    def require(self, key: str, expected: str, remedy: str) -> bool:
        """Whether the field is given; reports it if not, unless there was no mapping to hold it."""
        if key in self or not self.usable:
            return self.usable
        self.report(key, expected, remedy)
        return False

    def read(self, key: str, reader: Callable[[Any, str], Value]) -> Value | None:
        """Read a field with a function of value and path that raises `InputError`."""
        if key not in self or self.is_unusable(key):
            return None
        try:
            return reader(self.raw(key), self.place(key))
        except InputError as error:
            self.problems.extend(error.problems)
            return None

    def quantity(
        self,
        key: str,
        kind: str,
        *,
        default_unit: str | None = None,
        within: tuple[float, float] | None = None,
    ) -> float | None:
        """Read a quantity (see `osteocast.units.read`) in its canonical unit."""
        return self.read(
            key,
            lambda given, place: units.read(
                kind, given, field=place, default_unit=default_unit, within=within
            ),
        )

    def date(self, key: str, *, partial: bool = False) -> date | None:
        """Read an ISO date (see `osteocast.units.read_date`)."""
        return self.read(key, lambda given, place: units.read_date(given, field=place, partial=partial))

    def duration(self, key: str) -> float | None:
        """Read a duration (see `osteocast.units.read_duration`), days."""
        return self.read(key, lambda given, place: units.read_duration(given, field=place))

    def number(self, key: str, low: float, high: float, expected: str) -> float | None:
        """Read a bare number within bounds."""
        given = self.raw(key)
        if given is None or given is UNUSABLE:
            return None
        if isinstance(given, bool) or not isinstance(given, int | float) or not low <= given <= high:
            quoted = isinstance(given, str) and given.strip().lstrip("+-").replace(".", "", 1).isdecimal()
            remedy = "remove the quotes" if quoted else "correct the number"
            self.report(key, f"{expected}, a number from {low:g} to {high:g}", remedy)
            return None
        return float(given)

    def whole(self, key: str, low: int, high: int, expected: str) -> int | None:
        """Read a whole number within bounds."""
        value = self.number(key, low, high, expected)
        if value is None or value.is_integer():
            return None if value is None else int(value)
        self.report(key, f"{expected}, a whole number", "round it")
        return None

    def text(self, key: str, expected: str) -> str | None:
        """Read a text that is not empty."""
        given = self.raw(key)
        if given is None or given is UNUSABLE:
            return None
        if isinstance(given, Mapping | list | bool) or not str(given).strip():
            self.report(key, expected, "write a short text")
            return None
        return str(given).strip()

    def choice(
        self, key: str, known: Sequence[str], what: str, synonyms: Mapping[str, str] | None = None
    ) -> str | None:
        """Read one of the known names; case, hyphens and spaces do not matter."""
        given = self.raw(key)
        if given is None or given is UNUSABLE:
            return None
        name = match_name(given, known, synonyms)
        if name is None:
            self.problems.append(unknown_name(self.place(key), given, known, what))
        return name

    def items(self, key: str) -> Iterator[tuple[Any, str]]:
        """Yield the items of a list with their paths; an absent list has none."""
        given = self.raw(key)
        if given is None or given is UNUSABLE:
            return
        if not isinstance(given, list):
            self.report(key, "a list", "start every item with '- '")
            return
        for index, item in enumerate(given):
            yield item, f"{self.place(key)}[{index}]"

    def pairs(self, key: str, expected: str) -> Iterator[tuple[str, Any, str]]:
        """Yield keys, values and paths of a mapping; an absent mapping has none."""
        given = self.raw(key)
        if given is None or given is UNUSABLE:
            return
        if not isinstance(given, Mapping):
            self.report(key, expected, "write a mapping, as in {name: value}")
            return
        for name, value in given.items():
            yield str(name), value, f"{self.place(key)}.{name}"


def match_name(given: object, known: Sequence[str], synonyms: Mapping[str, str] | None = None) -> str | None:
    """Return the known name that `given` stands for, or None.

    Examples
    --------
    >>> match_name("Total hip", ["total_hip"])
    'total_hip'
    """
    if not isinstance(given, str):
        return None
    text = given.strip().casefold()
    folded = text.replace("-", "_").replace(" ", "_")
    for name in known:
        if folded == name.casefold().replace("-", "_"):
            return name
    return (synonyms or {}).get(text)

"""Facts of a case, by name: what rules ask for, where it comes from, and how to give it if it is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from osteocast.person import Case, Plan
from osteocast.therapies import Course

__all__ = ["Definition", "Fact", "Facts", "fact", "number_words"]


@dataclass(frozen=True)
class Fact:
    """One thing known of a person, or not.

    Parameters
    ----------
    name : str
    label : str
        In words.
    value : bool, float or None
        None if it is not known.
    unit : str
        Of a number; empty for none.
    origin : str
        Where it comes from.
    ask : str
        The field of a case that would give it.
    """

    name: str
    label: str
    value: bool | float | None
    unit: str = ""
    origin: str = ""
    ask: str = ""

    def words(self) -> str:
        """Say the fact with its origin.

        Examples
        --------
        >>> Fact("age", "age", 61.8, "years", "birth date").words()
        'age 61.8 years (birth date)'
        """
        if self.value is None:
            return f"{self.label}: not known"
        origin = f" ({self.origin})" if self.origin else ""
        if isinstance(self.value, bool):
            return f"{self.label}: {'yes' if self.value else 'no'}{origin}"
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.label} {number_words(self.value)}{unit}{origin}"


def number_words(value: float) -> str:
    """Write a number to three figures, with a minus sign.

    Examples
    --------
    >>> number_words(-1.25), number_words(1250.0), number_words(12.0194)
    ('−1.25', '1,250', '12')
    """
    return (f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}").replace("-", "−")


Answer = tuple[bool | float | None, str]


@dataclass(frozen=True)
class Definition:
    """How a fact is found.

    Parameters
    ----------
    name, label, unit, ask : str
        As in `Fact`.
    find : callable
        From the facts, which know case and plan, to the value and its origin.
    kind : str or None
        Quantity of `osteocast.units`, in whose canonical unit the value is.
    """

    name: str
    label: str
    unit: str
    ask: str
    find: Callable[[Facts], Answer]
    kind: str | None = None


_DEFINITIONS: dict[str, Definition] = {}


def fact(
    name: str, label: str, unit: str = "", ask: str = "", kind: str | None = None
) -> Callable[[Callable[[Facts], Answer]], Callable[[Facts], Answer]]:
    """Register how a fact is found."""

    def register(find: Callable[[Facts], Answer]) -> Callable[[Facts], Answer]:
        _DEFINITIONS[name] = Definition(name, label, unit, ask, find, kind)
        return find

    return register


class Facts:
    """The facts of a case, each found when it is first asked for.

    Parameters
    ----------
    case : Case
    plan : Plan, optional
        What is looked at; none for the treatments as they run.
    """

    def __init__(self, case: Case, plan: Plan | None = None) -> None:
        self.case = case
        self.plan = plan
        self.courses: tuple[Course, ...] = case.treatments if plan is None else case.regimen(plan)
        self._found: dict[str, Fact] = {}

    def __getitem__(self, name: str) -> Fact:
        """Return a fact by name."""
        if name not in self._found:
            definition = _definition(name)
            blank = Fact(name, definition.label, None, definition.unit, ask=definition.ask)
            value, origin = definition.find(self)
            self._found[name] = replace(blank, value=value, origin=origin)
        return self._found[name]

    @staticmethod
    def names() -> tuple[str, ...]:
        """Names of all facts."""
        _load()
        return tuple(_DEFINITIONS)

    @staticmethod
    def kind_of(name: str) -> str | None:
        """Return the quantity that a fact is measured as.

        Raises
        ------
        ValueError
            If there is no such fact.
        """
        return _definition(name).kind


def _definition(name: str) -> Definition:
    _load()
    if name not in _DEFINITIONS:
        raise ValueError(f"no fact is called {name!r}")
    return _DEFINITIONS[name]


def _load() -> None:
    """Register the facts, which live in rooms of their own."""
    from osteocast.guidance import facts_body, facts_treatment  # noqa: F401

"""The language of rules: conditions over facts, with a third answer for what is not known.

A rule is data. Its condition is built of a few forms, each a mapping in YAML::

    {fact: lowest_t_score, below: joint-statement-2017-inhibitors/treat-below}  # at_most, above, at_least
    {fact: smoking}                                                            # is true
    {fact: smoking, is: no}
    {all: [...]}    {any: [...]}    {not: ...}
    {count: [...], at_least: 2, complete: no}     # a list that the source may continue counts as open
    {unread: what the source says there but could not be read}

A threshold is a number of the evidence registry, by reference; of a range, ``#low`` or ``#high``. Conditions
are answered in the logic of Kleene: true, false, or None where what is known decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from osteocast import evidence, units
from osteocast.errors import EvidenceError
from osteocast.guidance.facts import Fact, Facts, number_words

__all__ = ["Compare", "Condition", "Leaf", "Truth", "Unread", "condition_from", "leaves", "threshold"]

Truth = bool | None
Operator = Literal["below", "at_most", "above", "at_least"]

_OPERATORS: tuple[Operator, ...] = ("below", "at_most", "above", "at_least")
_WORDS = {"below": "below", "at_most": "at or below", "above": "above", "at_least": "at or above"}
_OPPOSITE: Mapping[Operator, Operator] = {
    "below": "at_least",
    "at_most": "above",
    "above": "at_most",
    "at_least": "below",
}


@dataclass(frozen=True, eq=False)
class Compare:
    """A fact against a threshold, or a fact that holds or not.

    Parameters
    ----------
    fact : str
        Name in `osteocast.guidance.facts`.
    operator : {"below", "at_most", "above", "at_least"} or None
        None for a fact that is yes or no.
    limit : float or bool
    """

    fact: str
    operator: Operator | None
    limit: float | bool

    def truth(self, facts: Facts, assumed: Mapping[int, bool]) -> Truth:
        """Answer, unless an answer is assumed."""
        if id(self) in assumed:
            return assumed[id(self)]
        value = facts[self.fact].value
        if value is None:
            return None
        if self.operator is None:
            return bool(value) is self.limit
        return {
            "below": value < self.limit,
            "at_most": value <= self.limit,
            "above": value > self.limit,
            "at_least": value >= self.limit,
        }[self.operator]

    def words(self, facts: Facts, holds: bool) -> str:
        """Say what it would be like if this held, or not."""
        fact = facts[self.fact]
        if self.operator is None:
            return f"{fact.label}: {'yes' if bool(self.limit) is holds else 'no'}"
        operator = self.operator if holds else _OPPOSITE[self.operator]
        unit = f" {fact.unit}" if fact.unit else ""
        return f"{fact.label} {_WORDS[operator]} {number_words(self.limit)}{unit}"


@dataclass(frozen=True, eq=False)
class Unread:
    """Something that the source says and nobody here has read: never known."""

    what: str

    def truth(self, facts: Facts, assumed: Mapping[int, bool]) -> Truth:
        """Answer that it is not known."""
        return None


@dataclass(frozen=True, eq=False)
class All:
    """Every part holds."""

    parts: tuple[Condition, ...]

    def truth(self, facts: Facts, assumed: Mapping[int, bool]) -> Truth:
        """Answer false if any part is, else None if any part is."""
        found = [part.truth(facts, assumed) for part in self.parts]
        return False if False in found else None if None in found else True


@dataclass(frozen=True, eq=False)
class Any_:
    """One part holds or more."""

    parts: tuple[Condition, ...]

    def truth(self, facts: Facts, assumed: Mapping[int, bool]) -> Truth:
        """Answer true if any part is, else None if any part is."""
        found = [part.truth(facts, assumed) for part in self.parts]
        return True if True in found else None if None in found else False


@dataclass(frozen=True, eq=False)
class Not:
    """The part does not hold."""

    part: Condition

    def truth(self, facts: Facts, assumed: Mapping[int, bool]) -> Truth:
        """Turn the answer round."""
        found = self.part.truth(facts, assumed)
        return None if found is None else not found


@dataclass(frozen=True, eq=False)
class Count:
    """So many parts hold; of a list that is not complete, fewer decide nothing."""

    parts: tuple[Condition, ...]
    at_least: float
    complete: bool = True

    def truth(self, facts: Facts, assumed: Mapping[int, bool]) -> Truth:
        """Count what holds and what might."""
        found = [part.truth(facts, assumed) for part in self.parts]
        if found.count(True) >= self.at_least:
            return True
        possible = found.count(True) + found.count(None)
        return None if not self.complete or possible >= self.at_least else False


Condition = Compare | Unread | All | Any_ | Not | Count
Leaf = Compare | Unread


@dataclass(frozen=True)
class Reading:
    """What went into an answer."""

    used: tuple[Fact, ...]
    missing: tuple[Fact, ...]
    unread: tuple[str, ...] = field(default=())


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Yield the comparisons of a condition, in order."""
    if isinstance(condition, Compare | Unread):
        yield condition
    elif isinstance(condition, Not):
        yield from leaves(condition.part)
    else:
        for part in condition.parts:
            yield from leaves(part)


def reading(condition: Condition, facts: Facts) -> Reading:
    """Collect the facts of a condition, known and missing, each once, and what of its source was not read."""
    used: dict[str, Fact] = {}
    missing: dict[str, Fact] = {}
    unread = []
    for leaf in leaves(condition):
        if isinstance(leaf, Unread):
            unread.append(leaf.what)
            continue
        fact = facts[leaf.fact]
        (missing if fact.value is None else used)[fact.name] = fact
    if _is_open(condition):
        unread.append("further risk factors that the source may name")
    return Reading(tuple(used.values()), tuple(missing.values()), tuple(unread))


def _is_open(condition: Condition) -> bool:
    if isinstance(condition, Count):
        return not condition.complete
    if isinstance(condition, All | Any_):
        return any(_is_open(part) for part in condition.parts)
    return isinstance(condition, Not) and _is_open(condition.part)


def threshold(given: object, kind: str | None = None) -> float:
    """Return a threshold: a reference to the evidence registry, or a count.

    Parameters
    ----------
    given : object
        ``source-id/value-id``, with ``#low`` or ``#high`` for an end of a range; or a number.
    kind : str, optional
        Quantity of `osteocast.units` in whose canonical unit it is wanted.

    Raises
    ------
    EvidenceError
        If the registry has no such number.
    """
    if not isinstance(given, str):
        return float(given)  # type: ignore[arg-type]
    reference, _, end = given.partition("#")
    value = evidence.load().value(reference)
    if end:
        bound = None if value.range is None else value.range[0 if end == "low" else 1]
        if bound is None:
            raise EvidenceError(f"{reference} has no {end} end")
        number = bound
    else:
        number = value.number
    return units.convert(kind, number, value.unit) if kind is not None else number


def condition_from(content: Any) -> Condition:
    """Build a condition from what the YAML holds.

    Raises
    ------
    ValueError
        If it has none of the forms, or names an unknown fact.
    """
    if not isinstance(content, Mapping):
        raise ValueError(f"{content!r} is not a condition")
    keys = set(content)
    if "all" in keys:
        return All(tuple(condition_from(part) for part in content["all"]))
    if "any" in keys:
        return Any_(tuple(condition_from(part) for part in content["any"]))
    if "not" in keys:
        return Not(condition_from(content["not"]))
    if "count" in keys:
        parts = tuple(condition_from(part) for part in content["count"])
        return Count(parts, threshold(content["at_least"]), bool(content.get("complete", True)))
    if "unread" in keys:
        return Unread(str(content["unread"]))
    if "fact" not in keys:
        raise ValueError(f"{dict(content)} has none of the forms of a condition")
    name = str(content["fact"])
    kind = Facts.kind_of(name)
    operators: list[Operator] = [operator for operator in _OPERATORS if operator in keys]
    if len(operators) == 1:
        return Compare(name, operators[0], threshold(content[operators[0]], kind))
    if operators or keys - {"fact", "is"}:
        raise ValueError(f"{dict(content)}: one of {', '.join(_OPERATORS)}, or is")
    return Compare(name, None, bool(content.get("is", True)))

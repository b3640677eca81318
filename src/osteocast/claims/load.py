"""Reading files of claims: every mistake of all files at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast, get_args

from osteocast.claims.published import published
from osteocast.claims.readings import READING_FIELDS, as_printed, observable, read_reading, shown_unit, text
from osteocast.claims.schema import (
    Claim,
    Criterion,
    Curve,
    FromRegistry,
    Measure,
    Picture,
    Side,
    Unit,
)
from osteocast.errors import EvidenceError, InputError, Problem, unknown_name
from osteocast.evidence import load as load_registry
from osteocast.files import read_data
from osteocast.lifestyle import Grade
from osteocast.person.fields import Fields

__all__ = ["FOLDER", "GROUPS", "document", "load_claims"]

#: The claims that come with osteocast.
FOLDER = Path(__file__).parent
#: Groups in their order, and what they are called.
GROUPS = {
    "system": "The system",
    "loss": "How much is lost",
    "lifestyle": "What the way of life can do",
    "medicine": "What medicine can do",
    "watching": "How to watch",
}

_CLAIM = (
    "id",
    "claim",
    "question",
    "grade",
    "because",
    "numbers",
    "rule",
    "words",
    "sources",
    "chart",
)
_NUMBER = ("what", "unit", "simulate", "published")
_RULE = ("number", "at_least", "at_most", "of", "clear", "within")
_PUBLISHED = ("value", "minus", "over", "percent_of", "reads")
_CHART = ("observable", "title", "months", "unit", "lines")
_LINE = ("label", "arm", "minus", "points")


def load_claims(folder: Path = FOLDER) -> tuple[Claim, ...]:
    """Read the claims of a folder, group after group.

    Parameters
    ----------
    folder : Path
        Holds a file for each of `GROUPS`.

    Returns
    -------
    tuple of Claim

    Raises
    ------
    InputError
        If anything in any file is wrong; lists all of it.

    Examples
    --------
    >>> [claim.id for claim in load_claims()][:3]
    ['S1', 'S2', 'S3']
    """
    problems: list[Problem] = []
    claims: list[Claim] = []
    for group in GROUPS:
        content = document(folder / f"{group}.yaml")
        for index, given in enumerate(content):
            name = given.get("id", f"[{index}]") if isinstance(given, Mapping) else f"[{index}]"
            claims += _claim(Fields(given, f"{group}.{name}", problems, _CLAIM), group)
    ids = [claim.id for claim in claims]
    for twice in sorted({one for one in ids if ids.count(one) > 1}):
        problems.append(Problem("id", twice, "an id of its own for every claim", "rename one of them"))
    if problems:
        raise InputError(problems, "claims")
    return tuple(claims)


def document(path: Path) -> list[Any]:
    """Return the entries of a YAML file.

    Raises
    ------
    InputError
        If it is not a list.
    """
    content = read_data(path)
    if not isinstance(content, list):
        raise InputError([Problem("", path.name, "a list of entries", "start every entry with '- '")])
    return content


def _claim(given: Fields, group: str) -> Iterator[Claim]:
    before = len(given.problems)
    measures = {
        name: measure
        for name, item, place in given.pairs("numbers", "numbers by name")
        for measure in _measure(name, Fields(item, place, given.problems, _NUMBER))
    }
    criteria = tuple(
        criterion
        for item, place in given.items("rule")
        for criterion in _criteria(Fields(item, place, given.problems, _RULE), measures)
    )
    unused = set(measures) - {one.measure for one in criteria}
    if criteria and unused:
        given.report("rule", "a condition on every number", f"add one for {', '.join(sorted(unused))}")
    chart = Fields(given.raw("chart") or {}, given.place("chart"), given.problems, _CHART)
    picture = _picture(chart) if "chart" in given else None
    grade = given.choice("grade", get_args(Grade), "grade")
    texts = {key: text(given, key) for key in ("id", "claim", "question", "because", "words")}
    if len(given.problems) == before:
        yield Claim(
            group=group,
            grade=cast(Grade, grade),
            measures=measures,
            criteria=criteria,
            sources=tuple(_sources(given)),
            picture=picture,
            **texts,
        )


def _sources(given: Fields) -> Iterator[str]:
    registry = load_registry()
    for item, place in given.items("sources"):
        if str(item) in registry.ids:
            yield str(item)
        else:
            given.problems.append(unknown_name(place, item, registry.ids, "source"))


def _measure(name: str, given: Fields) -> Iterator[Measure]:
    reading = None
    published = tuple(_published(given, "published"))
    if "simulate" in given:
        reading = read_reading(
            Fields(given.raw("simulate"), given.place("simulate"), given.problems, READING_FIELDS)
        )
        if reading is not None and reading.trial is not None and "published" not in given:
            published = tuple(as_printed(reading))
        if reading is not None and reading.unit == "pct_per_year":
            published = tuple(_yearly(one) for one in published)
    unit = given.text("unit", "a unit") or ("" if reading is None else shown_unit(reading))
    yield Measure(name, text(given, "what"), "" if unit == "1" else unit, reading, published)


def _yearly(one: FromRegistry) -> FromRegistry:
    return FromRegistry(one.value, one.minus, one.over, one.percent_of, one.reads, year=True)


def _published(given: Fields, key: str) -> Iterator[FromRegistry]:
    for item, place in given.items(key):
        if isinstance(item, Mapping):
            fields = Fields(item, place, given.problems, _PUBLISHED)
            value, minus, over, percent_of = (fields.text(name, "source/value") for name in _PUBLISHED[:-1])
            reads = fields.number("reads", -1e6, 1e6, "the number that words stand for")
            one = FromRegistry(value or "", minus, over, percent_of, reads)
        else:
            one = FromRegistry(str(item))
        if _registered(one.references, place, given.problems):
            yield one


def _registered(references: Iterable[str], place: str, problems: list[Problem]) -> bool:
    before = len(problems)
    for reference in references:
        try:
            # With a reading given, nothing but the existence of the value is asked for.
            published(FromRegistry(reference, reads=0.0))
        except EvidenceError as error:
            problems.append(Problem(place, reference, "a value of the registry", str(error)))
    return len(problems) == before


def _criteria(given: Fields, measures: Mapping[str, Measure]) -> Iterator[Criterion]:
    """Read one condition, of one number or of several."""
    raw = given.raw("number")
    names = [str(one) for one in raw] if isinstance(raw, list) else [text(given, "number")]
    low = given.number("at_least", -1e6, 1e6, "a bound")
    high = given.number("at_most", -1e6, 1e6, "a bound")
    within = given.number("within", 0, 1e6, "a distance")
    side = given.choice("of", get_args(Side), "side") or "both"
    if (low is None and high is None) == (within is None):
        given.report("number", "bounds (at_least, at_most) or within", "give one of the two", str(names))
        return
    for name in names:
        if name not in measures:
            given.problems.append(unknown_name(given.place("number"), name, measures, "number"))
        elif measures[name].reading is None and side != "published":
            given.report("of", "of: published for a number that is not simulated", "write it", side)
        else:
            yield Criterion(name, low, high, cast(Side, side), bool(given.raw("clear")), within)


def _picture(given: Fields) -> Picture:
    curves = []
    for item, place in given.items("lines"):
        line = Fields(item, place, given.problems, _LINE)
        points = tuple(_published(line, "points"))
        curves.append(Curve(text(line, "label"), text(line, "arm"), line.text("minus", "a scenario"), points))
    unit = given.choice("unit", ("pct", "absolute"), "unit")
    return Picture(
        observable(given),
        text(given, "title"),
        given.number("months", 1, 600, "a month") or 24.0,
        cast(Unit, unit or "pct"),
        tuple(curves),
    )

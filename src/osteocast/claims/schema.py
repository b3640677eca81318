"""What a file of claims holds, once read: the question, the scenarios that ask it, and the rule that answers.

A claim is somebody's sentence about bone. It becomes a question by its *measures*: numbers that the model
computes and, beside each, the values of the registry that measured the same thing in people. Its *criteria*
say which of these numbers would bear the claim out. Nothing in a file says what the answer is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from osteocast.lifestyle import Exposure, Grade
from osteocast.simulation import Subject
from osteocast.therapies import Course

__all__ = [
    "Claim",
    "Column",
    "Criterion",
    "Curve",
    "FromRegistry",
    "Measure",
    "Picture",
    "Reading",
    "Scenario",
    "Side",
    "TableSpec",
    "Unit",
]

#: pct: change from `from_month` in percent; pct_per_year: the same, by year; change: the same in the
#: observable's unit; absolute: the value itself.
Unit = Literal["pct", "pct_per_year", "change", "absolute"]
#: Which numbers a criterion looks at.
Side = Literal["both", "published", "simulated"]


@dataclass(frozen=True)
class Scenario:
    """One person under one course of things.

    Parameters
    ----------
    name : str
    subject : Subject
        Who it is on day 0.
    courses : tuple of Course
        Drugs taken, day 0 being the start of the scenario.
    exposures : tuple of Exposure
        What else reaches the skeleton: exercise, food, habits, states.
    hazards : mapping of str to float
        Multipliers of the hazard of fracture that the way of life brings beside bone density, by outcome.
    says : str
        The scenario in words.
    """

    name: str
    subject: Subject
    courses: tuple[Course, ...] = ()
    exposures: tuple[Exposure, ...] = ()
    hazards: Mapping[str, float] = field(default_factory=dict)
    says: str = ""


@dataclass(frozen=True)
class Reading:
    """How a number is read off the simulated scenarios.

    Parameters
    ----------
    arm : str
        Scenario; or, with `trial`, an observation of a published trial.
    observable : str
        Name in `osteocast.physiology.OBSERVABLE_NAMES`, or, with ``hazard``, an outcome.
    month, from_month : float
        When, and what a change is counted from.
    unit : {"pct", "pct_per_year", "change", "absolute"}
    minus, over : str, optional
        Scenario (or observation of the trial) whose value is taken off, or by which the value is divided.
    over_observable : str, optional
        Observable of the scenario `over`, where it is another one.
    over_minus : str, optional
        Scenario whose value is taken off that of `over`, so that two effects are divided.
    trial : str, optional
        Trial whose observation `arm` is simulated, with its rescue rules.
    hazard : bool
        Whether the number is a multiplier of the fracture hazard.
    person : str, optional
        Person in `osteocast.claims.persons` who is asked `arm`: a kind of plan, or a part of a titration.
    """

    arm: str
    observable: str = ""
    month: float = 0.0
    from_month: float = 0.0
    unit: Unit = "pct"
    minus: str | None = None
    over: str | None = None
    over_observable: str | None = None
    over_minus: str | None = None
    trial: str | None = None
    hazard: bool = False
    person: str | None = None

    @property
    def of_scenarios(self) -> bool:
        """Whether it is read off scenarios over time."""
        return self.trial is None and self.person is None and not self.hazard


@dataclass(frozen=True)
class FromRegistry:
    """A published number: one value of the registry, or two of them put together.

    Parameters
    ----------
    value : str
        ``source/value``.
    minus, over, percent_of : str, optional
        A second value: taken off, divided by, or the baseline of a change in percent.
    reads : float, optional
        The number that stands for a result printed in words, such as 0 for "no difference".
    year : bool
        Whether the value is a change over several years, of which the yearly part is wanted.
    """

    value: str
    minus: str | None = None
    over: str | None = None
    percent_of: str | None = None
    reads: float | None = None
    year: bool = False

    @property
    def references(self) -> tuple[str, ...]:
        """The values of the registry behind it."""
        return tuple(one for one in (self.value, self.minus, self.over, self.percent_of) if one)


@dataclass(frozen=True)
class Measure:
    """One number of a claim: simulated, and what was published of it.

    Parameters
    ----------
    name : str
        Unique within the claim.
    what : str
        In words.
    unit : str
        As shown: ``%``, ``% a year``, ``pg/mL``; empty for a ratio.
    reading : Reading, optional
        None where the model does not contain it.
    published : tuple of FromRegistry
        Empty where nobody measured it.
    """

    name: str
    what: str
    unit: str
    reading: Reading | None
    published: tuple[FromRegistry, ...] = ()


@dataclass(frozen=True)
class Criterion:
    """One condition of a claim: a measure lies within bounds, or simulation and publication agree.

    Parameters
    ----------
    measure : str
    low, high : float, optional
        Bounds, inclusive.
    side : {"both", "published", "simulated"}
    clear : bool
        Whether a published 95% confidence interval has to lie within the bounds, and not its middle alone.
    within : float, optional
        Instead of bounds: how far the simulation may lie from the published values.
    """

    measure: str
    low: float | None = None
    high: float | None = None
    side: Side = "both"
    clear: bool = False
    within: float | None = None


@dataclass(frozen=True)
class Curve:
    """One line of a picture: a scenario, less another one if `minus` is given, and published points on it."""

    label: str
    arm: str
    minus: str | None = None
    points: tuple[FromRegistry, ...] = ()


@dataclass(frozen=True)
class Picture:
    """A chart of a claim: one observable over time.

    Parameters
    ----------
    observable : str
    title : str
        Of the vertical axis.
    months : float
        Last month shown.
    unit : {"pct", "absolute"}
    curves : tuple of Curve
    """

    observable: str
    title: str
    months: float
    unit: Unit
    curves: tuple[Curve, ...]


@dataclass(frozen=True)
class Claim:
    """A claim and what would bear it out.

    Parameters
    ----------
    id, group : str
        As in ``S7`` and ``system``.
    claim : str
        What is claimed, in our words.
    question : str
        What is simulated to test it.
    grade : {"A", "B", "C", "D"}
        Of the evidence that answers it.
    because : str
        Why this grade.
    measures : mapping of str to Measure
    criteria : tuple of Criterion
        Empty for a claim without a quantitative question.
    words : str
        What a reader has to know beside the numbers; for a claim without criteria, the answer.
    sources : tuple of str
        Sources of the registry that the words rest on.
    picture : Picture, optional
    """

    id: str
    group: str
    claim: str
    question: str
    grade: Grade
    because: str
    measures: Mapping[str, Measure]
    criteria: tuple[Criterion, ...]
    words: str
    sources: tuple[str, ...] = ()
    picture: Picture | None = None


@dataclass(frozen=True)
class Column:
    """One column of a table: an observable in a month, of the row's scenario."""

    title: str
    observable: str
    month: float
    unit: Unit


@dataclass(frozen=True)
class TableSpec:
    """A table of scenarios.

    Parameters
    ----------
    key, title, intro : str
    columns : tuple of Column
    rows : tuple of (str, str, str or None)
        Label, scenario, and the scenario it is compared with; values are then differences, or for
        ``absolute`` columns quotients.
    """

    key: str
    title: str
    intro: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, str, str | None], ...]

"""What comes out: numbers, findings, a verdict, and the curves behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from osteocast.claims.schema import Claim, TableSpec
from osteocast.lifestyle import Grade

__all__ = ["Answer", "Filled", "Finding", "Number", "Published", "Series", "Verdict"]

Verdict = Literal["supported", "partly", "not supported", "not studied", "answered in words"]


@dataclass(frozen=True)
class Published:
    """A published number as a criterion sees it.

    Parameters
    ----------
    references : tuple of str
        Values of the registry.
    value : float or None
        In the unit of its measure; none where the source prints no number that could be one.
    ci : (float, float) or None
        95% confidence interval, printed or from a standard error; none is made up.
    in_words : bool
        Whether the source prints words for which `value` stands.
    apart : str or None
        Why the model does not rest on it, for a value that the registry excludes.
    """

    references: tuple[str, ...]
    value: float | None
    ci: tuple[float, float] | None = None
    in_words: bool = False
    apart: str | None = None


@dataclass(frozen=True)
class Number:
    """A measure with its values.

    Parameters
    ----------
    name, what, unit : str
    simulated : float or None
        None where the model does not contain it.
    low, high : float or None
        90% of what the trials leave open about the average person; none without draws.
    published : tuple of Published
    """

    name: str
    what: str
    unit: str
    simulated: float | None
    low: float | None
    high: float | None
    published: tuple[Published, ...]


@dataclass(frozen=True)
class Finding:
    """What became of one criterion on one side.

    Parameters
    ----------
    side : {"published", "simulated", "agreement"}
    text : str
        The condition in words.
    met, of : int
        How many of the values meet it; ``of`` is 0 where there is none.
    """

    side: Literal["published", "simulated", "agreement"]
    text: str
    met: int
    of: int

    @property
    def holds(self) -> bool | None:
        """Whether every value meets it; None without values."""
        return None if self.of == 0 else self.met == self.of


@dataclass(frozen=True)
class Series:
    """One line of a claim's chart.

    Parameters
    ----------
    label : str
    months, middle, low, high : ndarray (n_month,)
        The simulation, with 90% of what the trials leave open.
    points : tuple of (float, Published)
        Published values and their months.
    """

    label: str
    months: np.ndarray
    middle: np.ndarray
    low: np.ndarray
    high: np.ndarray
    points: tuple[tuple[float, Published], ...]


@dataclass(frozen=True)
class Answer:
    """The answer to one claim.

    Parameters
    ----------
    claim : Claim
        What was asked.
    verdict : {"supported", "partly", "not supported", "not studied", "answered in words"}
        Follows from the findings (`osteocast.claims.rules.verdict`).
    reason : str
        How it follows, in a sentence.
    numbers : tuple of Number
    findings : tuple of Finding
    series : tuple of Series
        For the chart; empty without one.
    scenarios : tuple of str
        Who was simulated, on what, in words.
    """

    claim: Claim
    verdict: Verdict
    reason: str
    numbers: tuple[Number, ...]
    findings: tuple[Finding, ...]
    series: tuple[Series, ...] = ()
    scenarios: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """As in ``S7``."""
        return self.claim.id

    @property
    def grade(self) -> Grade:
        """Grade of the evidence."""
        return self.claim.grade

    @property
    def references(self) -> tuple[str, ...]:
        """Sources of the registry behind numbers and words, each once."""
        used = [one for number in self.numbers for given in number.published for one in given.references]
        used += [one for line in self.series for _, given in line.points for one in given.references]
        return tuple(dict.fromkeys([*(one.split("/", 1)[0] for one in used), *self.claim.sources]))


@dataclass(frozen=True)
class Filled:
    """A table with its numbers.

    Parameters
    ----------
    spec : TableSpec
    cells : tuple of tuples of float
        By row and column.
    """

    spec: TableSpec
    cells: tuple[tuple[float, ...], ...]

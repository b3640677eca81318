"""A titration, once it is made: hormones and bone density against the dose of anastrozole."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from osteocast.forecast.inputs import Input
from osteocast.forecast.provenance import Provenance
from osteocast.person import Case

__all__ = ["Crossing", "DoseCurve", "Pattern", "Threshold", "Titration", "Uncertain"]


@dataclass(frozen=True)
class Uncertain:
    """A number with its band.

    Parameters
    ----------
    value : float
    low, high : float or None
        Ends of the central 90% of the draws; None without draws.
    """

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class DoseCurve:
    """One quantity against the weekly dose, divided into daily tablets.

    Parameters
    ----------
    unit : str
    value : ndarray (n_dose,)
    low, high : ndarray (n_dose,) or None
        Ends of the central 90% of the draws; None without draws.
    """

    unit: str
    value: np.ndarray
    low: np.ndarray | None = None
    high: np.ndarray | None = None

    def at(self, weekly: np.ndarray, dose: float) -> Uncertain:
        """Interpolate at a dose."""
        value, low, high = (
            None if series is None else float(np.interp(dose, weekly, series))
            for series in (self.value, self.low, self.high)
        )
        assert value is not None
        return Uncertain(value, low, high)


@dataclass(frozen=True)
class Pattern:
    """One way of taking anastrozole, in the long run.

    Parameters
    ----------
    words : str
    dose : float
        mg at a time.
    times : float
        A week.
    is_current : bool
        Whether it is what he takes today.
    estradiol : Uncertain
        Mean over a week, pg/mL.
    swing : (float, float)
        Lowest and highest oestradiol within a week, pg/mL.
    testosterone : Uncertain
        Mean over a week, ng/dL.
    spine : mapping of float to Uncertain
        Change of BMD of the lumbar spine from today, percent, by years.
    """

    words: str
    dose: float
    times: float
    is_current: bool
    estradiol: Uncertain
    swing: tuple[float, float]
    testosterone: Uncertain
    spine: Mapping[float, Uncertain]

    @property
    def weekly(self) -> float:
        """Milligrams a week."""
        return self.dose * self.times


@dataclass(frozen=True)
class Threshold:
    """A level of oestradiol below which something was seen to rise in men.

    Parameters
    ----------
    id, label : str
    low, high : float
        pg/mL; the same where there is one source.
    text : str
        Who was looked at, and what was seen.
    evidence : tuple of str
        Values in the evidence registry.
    """

    id: str
    label: str
    low: float
    high: float
    text: str
    evidence: tuple[str, ...]

    @property
    def shown(self) -> str:
        """The level in words."""
        same = math.isclose(self.low, self.high)
        return f"{self.low:g} pg/mL" if same else f"{self.low:g} to {self.high:g} pg/mL"


@dataclass(frozen=True)
class Crossing:
    """The weekly dose from which oestradiol is below a level.

    Parameters
    ----------
    threshold : str
        Id of a `Threshold`.
    level : float
        pg/mL.
    dose : Uncertain
        mg a week in daily parts; 0 where it is below without anastrozole, infinite where it never is.
    """

    threshold: str
    level: float
    dose: Uncertain


@dataclass(frozen=True)
class Titration:
    """Oestradiol, testosterone and bone density of a man on testosterone against his dose of anastrozole.

    Parameters
    ----------
    case : Case
    testosterone : str
        His testosterone, in words.
    weekly : ndarray (n_dose,)
        Anastrozole, mg a week, in daily parts.
    estradiol, testosterone_level : DoseCurve
        In the long run.
    spine : mapping of float to DoseCurve
        Change of BMD of the lumbar spine from today, percent, by years.
    patterns : tuple of Pattern
        None first, then by dose; his own among them.
    thresholds : tuple of Threshold
    crossings : tuple of Crossing
    inputs : tuple of Input
    unstudied : tuple of str
        What nobody has studied.
    widening : float
        By how much the bands of bone density are widened for it.
    n_draws : int
    provenance : Provenance
    """

    case: Case
    testosterone: str
    weekly: np.ndarray
    estradiol: DoseCurve
    testosterone_level: DoseCurve
    spine: Mapping[float, DoseCurve]
    patterns: tuple[Pattern, ...]
    thresholds: tuple[Threshold, ...]
    crossings: tuple[Crossing, ...]
    inputs: tuple[Input, ...]
    unstudied: tuple[str, ...]
    widening: float
    n_draws: int
    provenance: Provenance

    @property
    def current(self) -> Pattern:
        """What he takes today."""
        return next(pattern for pattern in self.patterns if pattern.is_current)

    @property
    def without(self) -> Pattern:
        """No anastrozole."""
        return self.patterns[0]

    def threshold(self, name: str) -> Threshold:
        """Return a threshold by id."""
        return next(one for one in self.thresholds if one.id == name)

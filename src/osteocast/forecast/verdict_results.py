"""A verdict, once it is reached: frozen, and complete enough to be drawn, printed and read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from osteocast.forecast.adequacy import Criteria
from osteocast.forecast.inputs import Input
from osteocast.forecast.provenance import Provenance
from osteocast.forecast.results import Learnt
from osteocast.forecast.scans import SiteBasis
from osteocast.forecast.settling import CLEAR, Outlook
from osteocast.fracture import FractureRisk
from osteocast.lifestyle import Effect, Grade
from osteocast.person import Case
from osteocast.therapies import Course

__all__ = ["Kind", "Mover", "PlanVerdict", "Settling", "Verdict", "likelihood"]

#: What a plan is made of.
Kind = Literal["nothing", "lifestyle", "drug", "combined", "without inhibitor"]


@dataclass(frozen=True)
class Mover:
    """Something uncertain that the verdict hangs on.

    Parameters
    ----------
    name : str
        In plain words.
    share : float
        Part of the variance of the outcome that knowing it would remove, 0 to 1.
    test : str
        What would narrow it, or that nothing does.
    testable : bool
        Whether a test done today could narrow it.
    """

    name: str
    share: float
    test: str
    testable: bool


@dataclass(frozen=True)
class Settling:
    """When a scan would settle whether a plan is good enough.

    Parameters
    ----------
    day : float or None
        First of the days looked at on which it would; None if none would within the course.
    why : {"clear already", "change exceeds error", "verdict clear", "never"}
        Why then: the expected change is more than a least significant change, or a clear verdict is likely.
    outlooks : tuple of Outlook
        What a scan on each day looked at would bring; none where it is clear already.
    """

    day: float | None
    why: Literal["clear already", "change exceeds error", "verdict clear", "never"]
    outlooks: tuple[Outlook, ...]


@dataclass(frozen=True)
class PlanVerdict:
    """One plan, judged.

    Parameters
    ----------
    name, key : str
    kind : {"nothing", "lifestyle", "drug", "combined", "without inhibitor"}
    courses : tuple of Course
        Everything taken under it, the past included.
    effects : tuple of osteocast.lifestyle.Effect
        What acts besides drugs.
    probability : float
        That it is adequate, from the virtual people.
    error : float
        Monte Carlo standard error of `probability`.
    stays_above, loses_little : float
        Probability of each half of adequate alone.
    barred : str or None
        Why it is not called adequate whatever the probability.
    reason : str
        In one sentence.
    grade : {"A", "B", "C", "D"}
    grade_reason : str
    movers : tuple of Mover
        What the outcome hangs on, largest first.
    settling : Settling
    extrapolated : tuple of str
        Where it goes beyond what the trials observed.
    change : mapping of str to tuple of float
        By site, median and ends of the central 80% of the change at the end of the course, percent.
    t_score : mapping of str to tuple of float
        The same for the T-score of each scanned site.
    fracture : FractureRisk or None
        Probabilities of fracture; None where they were not asked for.
    """

    name: str
    key: str
    kind: Kind
    courses: tuple[Course, ...]
    effects: tuple[Effect, ...]
    probability: float
    error: float
    stays_above: float
    loses_little: float
    barred: str | None
    reason: str
    grade: Grade
    grade_reason: str
    movers: tuple[Mover, ...]
    settling: Settling
    extrapolated: tuple[str, ...]
    change: Mapping[str, tuple[float, float, float]]
    t_score: Mapping[str, tuple[float, float, float]]
    fracture: FractureRisk | None = None

    @property
    def adequate(self) -> bool | None:
        """True or False where that is clear (above 90%, below 10%, or barred), else None."""
        if self.barred is not None or self.probability < CLEAR:
            return False
        return True if self.probability > 1 - CLEAR else None

    @property
    def in_a_word(self) -> str:
        """How likely it is to be enough, in words (`likelihood`)."""
        return likelihood(self.probability, self.barred)


def likelihood(probability: float, barred: str | None = None) -> str:
    """Say in words how likely a plan is to be enough.

    Parameters
    ----------
    probability : float
    barred : str, optional
        Why it is not called adequate whatever the probability.

    Returns
    -------
    str
        "very likely" from 90%, "likely" from 70%, "uncertain" from 30%, "unlikely" from 10%, else
        "very unlikely"; "never" where it is barred.

    Examples
    --------
    >>> likelihood(0.27), likelihood(0.97), likelihood(0.97, "a bone broke")
    ('unlikely', 'very likely', 'never')
    """
    if barred is not None:
        return "never"
    for least, word in ((0.9, "very likely"), (0.7, "likely"), (0.3, "uncertain"), (CLEAR, "unlikely")):
        if probability >= least:
            return word
    return "very unlikely"


@dataclass(frozen=True)
class Verdict:
    """Whether lifestyle alone is enough for one person, and what would be.

    Parameters
    ----------
    case : Case
        With the plans that were judged.
    criteria : Criteria
        What adequate means.
    plans : tuple of PlanVerdict
    sites : mapping of str to SiteBasis
    inputs : tuple of Input
    assumptions, cautions : tuple of str
        What was assumed; what limits the verdict as a whole.
    learnt : Learnt
    n_people : int
        Virtual people simulated.
    effective : float
        How many the weighted ones are worth.
    provenance : Provenance
    margins : mapping of str to ndarray (n,)
        By plan, distance of each virtual person to the nearest limit, percent of BMD.
    weights : ndarray (n,)
        Of the virtual people.
    """

    case: Case
    criteria: Criteria
    plans: tuple[PlanVerdict, ...]
    sites: Mapping[str, SiteBasis]
    inputs: tuple[Input, ...]
    assumptions: tuple[str, ...]
    cautions: tuple[str, ...]
    learnt: Learnt
    n_people: int
    effective: float
    provenance: Provenance
    margins: Mapping[str, np.ndarray]
    weights: np.ndarray

    def plan(self, name: str) -> PlanVerdict:
        """Return a plan by name, key or kind.

        Raises
        ------
        KeyError
            If there is none; names the plans.
        """
        for plan in self.plans:
            if name in (plan.name, plan.key, plan.kind):
                return plan
        raise KeyError(f"no plan {name!r}; there are {', '.join(plan.name for plan in self.plans)}")

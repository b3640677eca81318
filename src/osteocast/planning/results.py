"""A search for a plan, once it is done: frozen, and complete enough to be drawn, printed and read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from osteocast.forecast.adequacy import Criteria
from osteocast.forecast.inputs import Input
from osteocast.forecast.provenance import Provenance
from osteocast.forecast.results import Learnt
from osteocast.forecast.scans import SiteBasis
from osteocast.fracture import FractureRisk
from osteocast.guidance import Finding
from osteocast.lifestyle import Effect, Grade
from osteocast.person import Case, Constraints, Goal, Plan
from osteocast.therapies import Course

__all__ = [
    "MAJOR",
    "YEARS",
    "Burden",
    "Difference",
    "Excluded",
    "Harm",
    "HarmPart",
    "Kind",
    "PlanOption",
    "PlanSearch",
    "RefusedPlan",
    "Spread",
    "Stopping",
]

#: What a plan is made of.
Kind = Literal[
    "as it is", "nothing", "lifestyle", "drug", "combined", "watch", "without inhibitor", "own", "stop"
]
#: Median and ends of the central 80% of virtual people.
Spread = tuple[float, float, float]

#: Kind of fracture that plans are ranked by, and how far ahead every plan is looked at, years.
MAJOR, YEARS = "major_osteoporotic", 10.0


@dataclass(frozen=True)
class HarmPart:
    """One serious harm of one drug.

    Parameters
    ----------
    drug, what : str
    per_10000_years : float
        Events per 10,000 person-years while exposed.
    years : float
        Exposed within the time looked at.
    expected : float
        Events per 10,000 people within the time looked at.
    population : str
        In whom it was counted.
    sources : tuple of str
        References into the evidence registry.
    note : str
        Why it may not hold here; empty if nothing is to be said.
    """

    drug: str
    what: str
    per_10000_years: float
    years: float
    expected: float
    population: str
    sources: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class Harm:
    """Serious harm to be expected of the drugs of a plan.

    Parameters
    ----------
    per_10000 : float
        Events per 10,000 people within the time looked at, of the harms whose rate is known.
    parts : tuple of HarmPart
    unknown : tuple of str
        Harms whose rate at this dose is not known; they are not nought.
    """

    per_10000: float
    parts: tuple[HarmPart, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Burden:
    """What a plan asks of a person, beside what every plan asks.

    Parameters
    ----------
    per_year : float
        Doses, visits and sessions a year, the mean over the time looked at: the comparable number.
    tablet_days, infusions, injections, visits, sessions : float
        A year, the mean over the time looked at: days on which a tablet is taken; doses by drip and by
        needle; visits for blood, teeth, scans and doses, several on one day counted once; training sessions.
    supplement_days : float
        Days a year on which calcium or vitamin D is taken; not counted in `per_year`.
    busiest_year_visits : int
        Visits in the year that has most of them.
    supervised : bool
        Whether training sessions are supervised.
    """

    per_year: float
    tablet_days: float
    infusions: float
    injections: float
    visits: float
    sessions: float
    supplement_days: float
    busiest_year_visits: int
    supervised: bool


@dataclass(frozen=True)
class Stopping:
    """What the end of a drug for bone does.

    Parameters
    ----------
    drug : str
    day : float
        On which the last dose has worn off.
    change : mapping of str to Spread
        By site, change of density in the two years after it, percent.
    rebound : bool
        Whether denosumab ends with nothing to follow.
    words : str
    """

    drug: str
    day: float
    change: Mapping[str, Spread]
    rebound: bool
    words: str


@dataclass(frozen=True)
class Difference:
    """A plan against another one, person by person among the same virtual people.

    Parameters
    ----------
    against : str
        Key of the other plan.
    measure : {"major_osteoporotic", "lumbar_spine", "total_hip"}
        Probability of a fracture within ten years, in points; density after ten years, percent of today.
    mean : float
        This plan less the other.
    low, high : float
        Ends of the central 80% of virtual people.
    error : float
        Monte Carlo standard error of `mean`.
    """

    against: str
    measure: str
    mean: float
    low: float
    high: float
    error: float

    @property
    def told_apart(self) -> bool:
        """Whether 80% of virtual people lie on one side of nought, and chance does not explain the mean."""
        return (self.low > 0.0 or self.high < 0.0) and abs(self.mean) > 1.96 * self.error


@dataclass(frozen=True)
class PlanOption:
    """One plan that may be chosen.

    Parameters
    ----------
    name, key : str
    kind : str
        What it is made of (`Kind`).
    plan : Plan
    courses : tuple of Course
        Everything taken under it, the past included.
    effects : tuple of osteocast.lifestyle.Effect
        What acts besides drugs.
    fracture : FractureRisk
        Of 5 and 10 years. Of a plan that waits for a scan it holds no curves between them.
    change_end, change : mapping of str to Spread
        By site, change of density until the inhibitor ends, and until ten years from now, percent.
    t_end, t_score : mapping of str to Spread
        The same for the T-score of each scanned site.
    kept : float
        Bone kept: the lowest of the median changes at spine and hip, at the end and after ten years, percent.
    harm : Harm
    burden : Burden
    adequate : float
        Probability that it is adequate, as in the verdict.
    barred : str or None
        Why it is not called adequate whatever the probability.
    findings : tuple of osteocast.guidance.Finding
        Of its safety: what comes first, then notes; numbers of benefit and harm left out.
    grade : {"A", "B", "C", "D"}
    grade_reason : str
    stopping : tuple of Stopping
    differences : tuple of Difference
        Against doing nothing, against lifestyle alone, and against the plan that is ranked first.
    extrapolated : tuple of str
        Where it goes beyond what the trials observed.
    starts : float or None
        Day of the first dose that the plan adds; None without a drug.
    share_treated : float
        Of the virtual people, who gets the drug within the time looked at: less than 1 where it waits.
    rank : int
        From 1.
    on_front : bool
        Whether no other plan is better in one thing and as good in the others.
    dominated_by : tuple of str
        Keys of plans that are; empty on the front.
    tied : bool
        Whether it cannot be told apart, for the goal, from the plan that is ranked first.
    """

    name: str
    key: str
    kind: Kind
    plan: Plan
    courses: tuple[Course, ...]
    effects: tuple[Effect, ...]
    fracture: FractureRisk
    change_end: Mapping[str, Spread]
    change: Mapping[str, Spread]
    t_end: Mapping[str, Spread]
    t_score: Mapping[str, Spread]
    kept: float
    harm: Harm
    burden: Burden
    adequate: float
    barred: str | None
    findings: tuple[Finding, ...]
    grade: Grade
    grade_reason: str
    stopping: tuple[Stopping, ...]
    differences: tuple[Difference, ...] = ()
    extrapolated: tuple[str, ...] = ()
    starts: float | None = None
    share_treated: float = 1.0
    rank: int = 0
    on_front: bool = False
    dominated_by: tuple[str, ...] = ()
    tied: bool = False

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What has to be done or known before it."""
        return tuple(finding for finding in self.findings if finding.level == "warn")

    @property
    def major(self) -> float:
        """Probability of a major osteoporotic fracture within ten years, 0 to 1."""
        return self.fracture.at(MAJOR, YEARS).value

    def difference(self, against: str, measure: str = MAJOR) -> Difference | None:
        """Return the difference from a plan by key, if it was computed."""
        for one in self.differences:
            if (one.against, one.measure) == (against, measure):
                return one
        return None


@dataclass(frozen=True)
class RefusedPlan:
    """A plan that is unsafe, and was not simulated.

    Parameters
    ----------
    name, key : str
    plan : Plan
    findings : tuple of osteocast.guidance.Finding
        Those that refuse it.
    """

    name: str
    key: str
    plan: Plan
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Excluded:
    """A plan that a constraint leaves out.

    Parameters
    ----------
    name, key : str
    reason : str
    """

    name: str
    key: str
    reason: str


@dataclass(frozen=True)
class PlanSearch:
    """Feasible plans for one person, ranked for a goal, with those that were refused or left out.

    Parameters
    ----------
    case : Case
        As the plans were looked at: ten years ahead, with an inhibitor that has a stop.
    goal : {"balanced", "fewest_fractures", "hold_bone", "least_burden"}
    constraints : Constraints
    options : tuple of PlanOption
        By rank.
    refused : tuple of RefusedPlan
    excluded : tuple of Excluded
    reference : str
        Key of the plan that the others are compared with: doing nothing more, or going on.
    firsts : mapping of str to str
        By goal, key of the plan that would be ranked first.
    changes : tuple of str
        What would change the ranking, one sentence each.
    criteria : Criteria
        What adequate means.
    sites : mapping of str to SiteBasis
    inputs : tuple of Input
    assumptions, cautions : tuple of str
        What was assumed; what limits the answer as a whole.
    learnt : Learnt or None
        What the person's own measurements changed; None if nothing was simulated.
    tolerance : mapping of str to float
        How far two plans must lie apart in each of the four things, for one to dominate the other.
    n_people : int
        Virtual people simulated.
    effective : float
        How many the weighted ones are worth.
    weights : ndarray (n,)
    provenance : Provenance
    """

    case: Case
    goal: Goal
    constraints: Constraints
    options: tuple[PlanOption, ...]
    refused: tuple[RefusedPlan, ...]
    excluded: tuple[Excluded, ...]
    reference: str
    firsts: Mapping[Goal, str]
    changes: tuple[str, ...]
    criteria: Criteria | None
    sites: Mapping[str, SiteBasis]
    inputs: tuple[Input, ...]
    assumptions: tuple[str, ...]
    cautions: tuple[str, ...]
    learnt: Learnt | None
    tolerance: Mapping[str, float]
    n_people: int
    effective: float
    weights: np.ndarray
    provenance: Provenance

    @property
    def front(self) -> tuple[PlanOption, ...]:
        """The plans that no other one dominates, by rank."""
        return tuple(option for option in self.options if option.on_front)

    @property
    def course_end(self) -> date | None:
        """Date of the end at which density and adequacy are judged."""
        return None if self.criteria is None else self.case.date_of(self.criteria.last_day)

    def option(self, name: str) -> PlanOption:
        """Return a plan by name or key.

        Raises
        ------
        KeyError
            If there is none; names the plans.
        """
        for option in self.options:
            if name in (option.name, option.key):
                return option
        raise KeyError(f"no plan {name!r}; there are {', '.join(option.key for option in self.options)}")

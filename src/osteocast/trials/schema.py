"""What a trial file holds, once read: population, arms, rules, observations.

Times are days from randomisation (day 0) in courses and rules, months in observations and visits, as they are
written in the file.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from osteocast.lifestyle import Lifestyle
from osteocast.therapies import Course

__all__ = ["Arm", "Observation", "Population", "RescueRule", "Trial"]

Statistic = Literal["mean", "median"]
#: women: drugs, menopause and ageing; lifestyle: training and nutrition in women; men: anything in men.
Kind = Literal["women", "men", "lifestyle"]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: pct: change from `from_month`, percent of the value there; pct_per_year: the same, divided by the years
#: between; change: the same in the observable's own unit; absolute: the value itself, in its own unit;
#: g_per_cm2: change of bone density in g/cm2.
Unit = Literal["pct", "pct_per_year", "change", "absolute", "g_per_cm2"]


@dataclass(frozen=True)
class Population:
    """The people of a trial or an arm, as a mean and, where it matters, a spread.

    Parameters
    ----------
    sex : {"female", "male"}
    age : float
        Years at randomisation.
    age_sd : float, optional
    menopause_age : float, optional
        Age at the final menstrual period, years; later than `age` where it lies ahead; none before menopause.
    surgical : bool
        Whether the ovaries were removed, on day 0 if `menopause_age` equals `age`.
    t_score : mapping of str to (float, float)
        Mean and standard deviation of the T-score at baseline by site; a site left out has the mean of
        the age.
    t_score_range : mapping of str to (float or None, float or None)
        T-scores that the protocol admitted, by site.
    calcium_intake : float, optional
        mg a day with the diet.
    calcium_supplement : float
        mg a day that the protocol adds from day 0 on.
    vitamin_d, vitamin_d_after : float, optional
        25OHD before and, under the protocol's supplement, after day 0, ng/mL.
    weight_kg : float, optional
    estradiol : float, optional
        Serum oestradiol at baseline, pg/mL; of men: their own, without treatment.
    testosterone : float, optional
        Men's own total testosterone, without treatment, ng/dL.
    history : tuple of Course
        Treatment before day 0.
    assumed : mapping of str to str
        Fields that were not read in a source, each with the reason for its value.
    """

    sex: str
    age: float
    age_sd: float | None = None
    menopause_age: float | None = None
    surgical: bool = False
    t_score: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    t_score_range: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    calcium_intake: float | None = None
    calcium_supplement: float = 0.0
    vitamin_d: float | None = None
    vitamin_d_after: float | None = None
    weight_kg: float | None = None
    estradiol: float | None = None
    testosterone: float | None = None
    history: tuple[Course, ...] = ()
    assumed: Mapping[str, str] = field(default_factory=dict)

    @property
    def premenopausal(self) -> bool:
        """Whether no menopause is known, neither past nor ahead."""
        return self.menopause_age is None


@dataclass(frozen=True)
class RescueRule:
    """Treatment that the protocol starts when a T-score falls below a limit at a visit.

    Parameters
    ----------
    from_month : float
        First month at which a visit can start it.
    sites : tuple of str
        Sites looked at; one below the limit is enough.
    below : float
        T-score.
    give : tuple of Course
        Courses with day 0 at the visit that starts them.
    """

    from_month: float
    sites: tuple[str, ...]
    below: float
    give: tuple[Course, ...]


@dataclass(frozen=True)
class Arm:
    """One arm: what its people get and do and, where they differ from the trial's, who they are.

    Parameters
    ----------
    name : str
    courses : tuple of Course
    population : Population
    rules : tuple of RescueRule
    lifestyle : Lifestyle, optional
        Exercise, nutrition and habits that the arm was given, beside what its people do anyway.
    """

    name: str
    courses: tuple[Course, ...]
    population: Population
    rules: tuple[RescueRule, ...] = ()
    lifestyle: Lifestyle | None = None


@dataclass(frozen=True)
class Observation:
    """One published result.

    Parameters
    ----------
    id : str
        Unique within the trial.
    arm : str
    observable : str
        A name in `osteocast.physiology.observables.OBSERVABLE_NAMES`.
    month, from_month : float
        When it was measured, and what it is compared with.
    value : float
        In `unit`; a difference of arms, `arm` minus `versus`, if `versus` is given.
    unit : {"pct", "pct_per_year", "change", "absolute", "g_per_cm2"}
    statistic : {"mean", "median"}
    versus : str, optional
        Arm that the value is compared with.
    ci : (float or None, float or None), optional
        95% confidence interval.
    sd, se : float, optional
    n : int, optional
        People in the arm behind the value.
    null_result : bool
        Whether the trial found no effect: `ci` then says how large an effect it would have overlooked.
    evidence : str, optional
        ``source/value`` of the registry in which the number stands.
    versus_evidence : str, optional
        The same for `versus`, where the means of both arms were printed and not their difference.
    source : str, optional
        Where it was read, if not in the registry.
    note : str, optional
    """

    id: str
    arm: str
    observable: str
    month: float
    value: float
    unit: Unit
    statistic: Statistic = "mean"
    from_month: float = 0.0
    versus: str | None = None
    ci: tuple[float | None, float | None] | None = None
    sd: float | None = None
    se: float | None = None
    n: int | None = None
    null_result: bool = False
    evidence: str | None = None
    versus_evidence: str | None = None
    source: str | None = None
    note: str | None = None

    @property
    def is_bmd(self) -> bool:
        """Whether it is of bone density rather than of a marker or a hormone."""
        return self.observable.startswith("bmd_")

    @property
    def standard_error(self) -> float | None:
        """Sampling error of the published number, in `unit`; None where nothing was printed to tell it."""
        if self.se is not None:
            return self.se
        if self.ci is not None:
            low, high = self.ci
            if low is not None and high is not None:
                return (high - low) / 3.92
        if self.sd is not None and self.n:
            return self.sd / math.sqrt(self.n)
        return None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95% confidence interval, as printed or from the standard error."""
        if self.ci is not None:
            low, high = self.ci
            if low is not None and high is not None:
                return low, high
        error = self.standard_error
        if error is None:
            return None
        # Rounded to more than was printed, to what a reader can take in.
        return round(self.value - 1.96 * error, 4), round(self.value + 1.96 * error, 4)


@dataclass(frozen=True)
class Trial:
    """A published trial that can be simulated.

    Parameters
    ----------
    name : str
        The file's name without suffix.
    title : str
    population : Population
        Of the trial; an arm may differ.
    arms : mapping of str to Arm
    observations : tuple of Observation
    sources : tuple of str
        Registry ids.
    visits : tuple of float
        Months at which rules are checked.
    notes : str, optional
    path : Path, optional
    """

    name: str
    title: str
    population: Population
    arms: Mapping[str, Arm]
    observations: tuple[Observation, ...]
    sources: tuple[str, ...] = ()
    visits: tuple[float, ...] = ()
    notes: str | None = None
    path: Path | None = None

    @property
    def kind(self) -> Kind:
        """What the trial is about, for errors by kind: men, or else training and nutrition, or else women."""
        if self.population.sex == "male":
            return "men"
        return "lifestyle" if any(arm.lifestyle for arm in self.arms.values()) else "women"

    @property
    def last_month(self) -> float:
        """Month of the last observation."""
        return max(observation.month for observation in self.observations)

    def observation(self, observation_id: str) -> Observation:
        """Return an observation by id.

        Raises
        ------
        KeyError
            If the trial has none of that id.
        """
        for observation in self.observations:
            if observation.id == observation_id:
                return observation
        raise KeyError(f"{self.name} has no observation {observation_id!r}")

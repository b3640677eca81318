"""Who the person is, as far as fractures are concerned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from osteocast.fracture.data import data
from osteocast.lifestyle import Lifestyle
from osteocast.person import Person
from osteocast.units import DAYS_PER_YEAR

__all__ = ["PriorFracture", "RiskProfile", "profile_of"]

_UNDERWEIGHT = 18.5  # kg/m2, as in harvey-body-mass
_UNITS_OF_ALCOHOL = 16.0  # g/d, two units of 8 g, as in kanis-2005-alcohol


@dataclass(frozen=True)
class PriorFracture:
    """A fragility fracture before day 0.

    Parameters
    ----------
    vertebral : bool
    years_ago : float or None
        None if the date is not known.
    """

    vertebral: bool = False
    years_ago: float | None = None


@dataclass(frozen=True)
class RiskProfile:
    """Age, sex and risk factors on day 0.

    Parameters
    ----------
    sex : {"female", "male"}
    age : float
        Years.
    fractures : tuple of PriorFracture or None
        Empty if there were none; None if that is not known.
    factors : mapping of str to bool
        Names as in ``factors.yaml``, True with the factor and False without it. A factor that is left out is
        not known, and counts as in the average of the population.
    glucocorticoid : float or None
        Prednisolone, mg/d; None if not known, 0 for none.

    Raises
    ------
    ValueError
        If a factor has no such name, or the age or sex cannot be used.
    """

    sex: str
    age: float
    fractures: tuple[PriorFracture, ...] | None = None
    factors: Mapping[str, bool] = field(default_factory=dict)
    glucocorticoid: float | None = None

    def __post_init__(self) -> None:
        if self.sex not in ("female", "male"):
            raise ValueError(f"sex is female or male, not {self.sex!r}")
        if not 30.0 <= self.age <= 110.0:
            raise ValueError(
                f"rates of fracture and death are known from 30 to 110 years, not at {self.age:g}"
            )
        unknown = set(self.factors) - (set(data("factors")) - {"previous_fracture", "glucocorticoid"})
        if unknown:
            known = ", ".join(data("factors"))
            raise ValueError(f"unknown risk factors {sorted(unknown)}; known are {known}")


def profile_of(person: Person, as_of: date, lifestyle: Lifestyle | None = None) -> RiskProfile:
    """Return the profile of a person on a day.

    Parameters
    ----------
    person : Person
    as_of : date
        Day 0.
    lifestyle : Lifestyle, optional
        Of a plan: the habits it names count instead of those of the person today.

    Returns
    -------
    RiskProfile

    Examples
    --------
    >>> from datetime import date
    >>> from osteocast.person import Fracture
    >>> who = Person("female", date(1955, 6, 1), weight=62, height=165, fractures=(Fracture("hip"),), falls=0)
    >>> profile = profile_of(who, date(2025, 6, 1))
    >>> round(profile.age), profile.fractures, profile.factors["falls"], profile.factors["underweight"]
    (70, (PriorFracture(vertebral=False, years_ago=None),), False, False)
    """
    factors: dict[str, bool] = {}
    if person.parental_hip_fracture is not None:
        factors["parental_hip_fracture"] = person.parental_hip_fracture
    if person.falls is not None:
        factors["falls"] = person.falls > 0
    if person.body_mass_index is not None:
        factors["underweight"] = person.body_mass_index < _UNDERWEIGHT
    named = {"copd": "asthma"}
    for condition in person.conditions:
        name = named.get(condition, condition)
        if name in data("factors") and name != "previous_fracture":
            factors[name] = True
    dose = None
    for life in (person.lifestyle, lifestyle):
        own = _habits(life, factors)
        dose = own if own is not None else dose
    return RiskProfile(person.sex, person.age_on(as_of), _fractures(person, as_of), factors, dose)


def _habits(life: Lifestyle | None, factors: dict[str, bool]) -> float | None:
    """Add the habits to the factors, and return the dose of prednisolone."""
    habits = None if life is None else life.habits
    if habits is None:
        return None
    if habits.smoking is not None:
        factors["current_smoking"] = habits.smoking == "current"
        factors["former_smoking"] = habits.smoking == "former"
    if habits.alcohol is not None:
        factors["alcohol"] = habits.alcohol > _UNITS_OF_ALCOHOL
    if habits.rheumatoid_arthritis is not None:
        factors["rheumatoid_arthritis"] = habits.rheumatoid_arthritis
    for medicine in habits.medicines:
        factors[medicine.replace("-", "_")] = True
    span = habits.span_of("glucocorticoid")
    runs = span.start_day <= 0.0 and (span.stop_day is None or span.stop_day > 0.0)
    return habits.glucocorticoid if runs or habits.glucocorticoid is None else None


def _fractures(person: Person, as_of: date) -> tuple[PriorFracture, ...] | None:
    if not person.fractures:
        if "previous_fracture" in person.conditions:
            return (PriorFracture(),)
        return None if person.fractures is None else ()
    return tuple(
        PriorFracture(
            fracture.site == "vertebra",
            None if fracture.date is None else max((as_of - fracture.date).days / DAYS_PER_YEAR, 0.0),
        )
        for fracture in person.fractures
    )

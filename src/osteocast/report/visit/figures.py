"""The numbers of a visit, printed once: every reader and every format takes these strings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from osteocast.forecast.summary import signed
from osteocast.forecast.verdict_words import percent
from osteocast.fracture import FractureRisk
from osteocast.planning import YEARS as HORIZON
from osteocast.planning import AssessedPlan, Assessment
from osteocast.planning.results import MAJOR
from osteocast.units import DAYS_PER_YEAR

__all__ = ["COUNTED", "YEARS", "Bone", "HarmFigure", "PlanFigures", "count", "figures", "of_100"]

#: Years from day 0 at which densities stand in the table.
YEARS = (2.0, 5.0, 10.0)
#: Years over which fractures are counted.
COUNTED = (5.0, HORIZON)
_HIP = "hip"
_LEVEL = 80
_WHOLE = 10.0  # from here on a digit after the point would be too much


@dataclass(frozen=True)
class Bone:
    """One site at one time under one plan.

    Parameters
    ----------
    site : str
        In words.
    change : str
        Since day 0, with its sign and "%".
    t_score : str
        Empty for a site never scanned.
    """

    site: str
    change: str
    t_score: str


@dataclass(frozen=True)
class HarmFigure:
    """One serious harm.

    Parameters
    ----------
    drug, what : str
    expected : str
        Of 10,000 people within ten years.
    """

    drug: str
    what: str
    expected: str


@dataclass(frozen=True)
class PlanFigures:
    """What is printed of one plan.

    Parameters
    ----------
    name : str
    enough : str
        Probability of staying within the limits.
    major, hip : mapping of float to str
        Probability of a major osteoporotic and of a hip fracture, by years of `COUNTED`.
    major_range : str
        What 80% of virtual people span over ten years; empty where it is not known.
    bones : tuple of tuples of Bone
        By year of `YEARS`, the first site and then the hip.
    harm : str
        Serious harms of 10,000 people within ten years.
    harms : tuple of HarmFigure
    burden : str
        Doses, visits and sessions a year.
    grade : str
    """

    name: str
    enough: str
    major: Mapping[float, str]
    hip: Mapping[float, str]
    major_range: str
    bones: tuple[tuple[Bone, ...], ...]
    harm: str
    harms: tuple[HarmFigure, ...]
    burden: str
    grade: str


def figures(found: Assessment, plan: AssessedPlan) -> PlanFigures:
    """Print the numbers of one plan.

    Parameters
    ----------
    found : Assessment
    plan : AssessedPlan
        One of its plans.
    """
    option = plan.option
    return PlanFigures(
        name=plan.name,
        enough=percent(option.adequate),
        major=_chances(option.fracture, MAJOR),
        hip=_chances(option.fracture, _HIP),
        major_range=_range(option.fracture),
        bones=tuple(_bones(found, plan, year) for year in YEARS),
        harm=count(option.harm.per_10000),
        harms=tuple(HarmFigure(part.drug, part.what, count(part.expected)) for part in option.harm.parts),
        burden=f"{option.burden.per_year:.0f}",
        grade=option.grade,
    )


def count(value: float) -> str:
    """Print events of 10,000 people.

    Examples
    --------
    >>> count(0.0), count(3.74), count(26.0)
    ('0', '3.7', '26')
    """
    return f"{value:.1f}" if 0.0 < value < _WHOLE else f"{value:.0f}"


def of_100(chance: str) -> str:
    """Say a printed probability as people out of a hundred, with the same digits.

    Examples
    --------
    >>> of_100("27%"), of_100("under 1%"), of_100("over 99%")
    ('27 in 100', 'fewer than 1 in 100', 'more than 99 in 100')
    """
    words = {"under": "fewer than", "over": "more than"}
    head, _, number = chance.removesuffix("%").rpartition(" ")
    return f"{words[head]} {number} in 100" if head else f"{number} in 100"


def _chances(risk: FractureRisk, kind: str) -> dict[float, str]:
    return {years: percent(risk.at(kind, years).value) for years in COUNTED}


def _range(risk: FractureRisk) -> str:
    ends = risk.at(MAJOR, HORIZON).intervals
    if _LEVEL not in ends:
        return ""
    low, high = (percent(end) for end in ends[_LEVEL])
    return f"{low.removesuffix('%')} to {high}"


def _bones(found: Assessment, plan: AssessedPlan, year: float) -> tuple[Bone, ...]:
    made, curves = found.forecast, plan.forecast.curves
    day = year * DAYS_PER_YEAR
    bones = []
    for site in dict.fromkeys((made.first_site, "total_hip")):
        score = curves.get(f"t_{site}")
        t_score = "" if score is None else signed(score.at(made.days, day))
        change = f"{signed(curves[f'change_{site}'].at(made.days, day))}%"
        bones.append(Bone(made.sites[site].label, change, t_score))
    return tuple(bones)

"""A person and what was measured: frozen records in canonical units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from osteocast.lifestyle import Lifestyle
from osteocast.person.precautions import Precautions
from osteocast.therapies import Course
from osteocast.units import DAYS_PER_YEAR

__all__ = [
    "FRACTURE_SITES",
    "SITES",
    "SITE_LABELS",
    "VENDORS",
    "DxaScan",
    "Fracture",
    "Frax",
    "LabResult",
    "Menopause",
    "Person",
    "Plan",
    "SiteScan",
]

Sex = Literal["female", "male"]
Vendor = Literal["hologic", "lunar", "norland"]
MenopauseType = Literal["natural", "surgical", "premenopausal"]
Method = Literal["lc-ms", "immunoassay"]

SITES = ("lumbar_spine", "total_hip", "femoral_neck")
SITE_LABELS = {"lumbar_spine": "lumbar spine", "total_hip": "total hip", "femoral_neck": "femoral neck"}
VENDORS = ("hologic", "lunar", "norland")
#: Bones whose fracture a case may name.
FRACTURE_SITES = ("hip", "vertebra", "forearm", "humerus", "pelvis", "rib", "other")


@dataclass(frozen=True)
class Menopause:
    """When and how oestradiol fell.

    Parameters
    ----------
    type : {"natural", "surgical", "premenopausal"}
    age : float or None
        Age at the last period or at the removal of the ovaries, years; None while premenopausal.
    """

    type: MenopauseType
    age: float | None = None


@dataclass(frozen=True)
class Fracture:
    """A bone that broke without an accident that would break any bone.

    Parameters
    ----------
    site : str
        Among `FRACTURE_SITES`.
    date : date or None
        None if it is not known.
    """

    site: str
    date: date | None = None


@dataclass(frozen=True)
class Frax:
    """A result of the FRAX tool, which guidelines ask for; nothing here is computed from it.

    Parameters
    ----------
    major, hip : float or None
        Probability within ten years of a major osteoporotic fracture, and of the hip, percent.
    """

    major: float | None = None
    hip: float | None = None


@dataclass(frozen=True)
class Person:
    """Who is simulated.

    Parameters
    ----------
    sex : {"female", "male"}
    birth_date : date
    menopause : Menopause or None
        None for a man.
    weight : float or None
        kg.
    height : float or None
        cm.
    calcium_diet, calcium_supplement : float or None
        mg/d.
    conditions : tuple of str
        Names in `osteocast.person.CONDITIONS`.
    lifestyle : Lifestyle or None
        Exercise, nutrition and habits of today; lifelong unless they say since when.
    fractures : tuple of Fracture or None
        Fragility fractures; empty if there were none, None if that is not known.
    parental_hip_fracture : bool or None
        Whether the mother or the father broke the hip.
    falls : int or None
        In the last year.
    frax : Frax or None
    precautions : Precautions or None
        What decides on the safety of a plan; None if nothing was asked.
    """

    sex: Sex
    birth_date: date
    menopause: Menopause | None = None
    weight: float | None = None
    height: float | None = None
    calcium_diet: float | None = None
    calcium_supplement: float | None = None
    conditions: tuple[str, ...] = ()
    lifestyle: Lifestyle | None = None
    fractures: tuple[Fracture, ...] | None = None
    parental_hip_fracture: bool | None = None
    falls: int | None = None
    frax: Frax | None = None
    precautions: Precautions | None = None

    def age_on(self, day: date) -> float:
        """Return the age on a day, years."""
        return (day - self.birth_date).days / DAYS_PER_YEAR

    @property
    def calcium_intake(self) -> float | None:
        """Calcium from diet and supplement, mg/d; None if neither is known."""
        if self.calcium_diet is None and self.calcium_supplement is None:
            return None
        return (self.calcium_diet or 0.0) + (self.calcium_supplement or 0.0)

    @property
    def body_mass_index(self) -> float | None:
        """Weight over squared height, kg/m2; None if either is unknown."""
        if self.weight is None or self.height is None:
            return None
        return self.weight / (self.height / 100) ** 2


@dataclass(frozen=True)
class SiteScan:
    """One site of one scan, on the scale of the scan's own device.

    Parameters
    ----------
    bmd : float or None
        g/cm2.
    t_score, z_score : float or None
        As the report prints them.
    reference : str or None
        Reference population that the report names for its scores.
    vertebrae : int or None
        How many of L1-L4 the spine value rests on; None if the report does not say.
    """

    bmd: float | None = None
    t_score: float | None = None
    z_score: float | None = None
    reference: str | None = None
    vertebrae: int | None = None


@dataclass(frozen=True)
class DxaScan:
    """One visit to a densitometer.

    Parameters
    ----------
    date : date
    vendor : {"hologic", "lunar", "norland"}
    model : str or None
        The device, as text.
    sites : mapping of str to SiteScan
        Keys are among `SITES`.
    precision : mapping of str to float
        The centre's own precision error per site, CV in percent, where it is known.
    """

    date: date
    vendor: Vendor
    sites: Mapping[str, SiteScan]
    model: str | None = None
    precision: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class LabResult:
    """One laboratory value.

    Parameters
    ----------
    date : date
    analyte : str
        Name in `osteocast.units.ANALYTES`.
    value : float
        In the canonical unit of the analyte.
    given : str
        Value and unit as they were written.
    hours_since_dose : float or None
        Hours since the last dose of the drug that moves it.
    method : {"lc-ms", "immunoassay"} or None
        How it was measured; matters for hormones at low levels. None if the report does not say.
    """

    date: date
    analyte: str
    value: float
    given: str
    hours_since_dose: float | None = None
    method: Method | None = None


@dataclass(frozen=True)
class Plan:
    """What may be done from a day on.

    Parameters
    ----------
    name : str
    courses : tuple of Course
        Courses that the plan adds; day 0 is the day the case is seen from.
    stop_days : mapping of str to float
        Day on which a treatment that runs today ends under this plan.
    horizon_days : float or None
        How far the plan is looked at; None is the horizon of the case.
    start_day : float
        Day on which the plan starts.
    lifestyle : Lifestyle or None
        What the plan changes in exercise, nutrition and habits.
    """

    name: str
    courses: tuple[Course, ...] = ()
    stop_days: Mapping[str, float] = field(default_factory=dict)
    horizon_days: float | None = None
    start_day: float = 0.0
    lifestyle: Lifestyle | None = None

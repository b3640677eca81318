"""T- and Z-scores from published reference populations.

A T-score compares with young white women, for everybody (the standard of the World Health Organization); a
Z-score compares with people of the same sex and age. Both are computed on the scale of the reference
population's maker (Hologic). Every score carries the name of its reference, and one that cannot be given
carries the reason.

T-scores of different makers or references are never subtracted from each other: changes are computed from
BMD on one device (`osteocast.person.precision.change`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from osteocast.person.models import SITE_LABELS, DxaScan, SiteScan
from osteocast.person.published import is_published, published, published_sd
from osteocast.person.vendors import CONVERSION_SOURCE, convert_bmd, relation

__all__ = [
    "Reference",
    "Score",
    "TScale",
    "age_reference",
    "recognised",
    "t_scale",
    "t_score",
    "who_class",
    "young_reference",
    "z_score",
]


@dataclass(frozen=True)
class Reference:
    """A reference population.

    Parameters
    ----------
    name : str
        How a report names it.
    site : str
    mean, sd : float
        g/cm2, Hologic.
    source : str
        Id of the value in the evidence registry.
    broad : bool
        Whether the age band is wider than a decade.
    """

    name: str
    site: str
    mean: float
    sd: float
    source: str
    broad: bool = False


@dataclass(frozen=True)
class Score:
    """A T- or Z-score, or the reason why there is none.

    Parameters
    ----------
    kind : {"T", "Z"}
    site : str
    value : float or None
        In standard deviations of the reference.
    reference : str or None
        Name of the reference population.
    sources : tuple of str
        Ids in the evidence registry.
    note : str or None
        What limits the score, or why there is none.
    """

    kind: Literal["T", "Z"]
    site: str
    value: float | None
    reference: str | None = None
    sources: tuple[str, ...] = ()
    note: str | None = None


_YOUNG = {
    "lumbar_spine": ("hologic-lumbar-spine-reference/young-female", "Hologic, white women of 30, L1-L4"),
    "total_hip": ("nhanes-iii-total-femur/young-female", "NHANES III, white women 20-29"),
    "femoral_neck": ("nhanes-iii-femoral-neck/young-female", "NHANES III, white women 20-29"),
}

# The equations of the femoral neck disagree by 8% on women measured on both makers (see the source's notes).
_CONVERSION_ERROR = {
    "lumbar_spine": "about 3.5% for one person",
    "total_hip": "about 3.5% for one person",
    "femoral_neck": "up to 8%",
}

_DECADE_TABLE = "nhanes-dxa-reference-table"
_DECADES = ("21-30", "31-40", "41-50", "51-60", "61-70", "71-80")
# Above 80 the broad bands would compare a woman with people two decades younger.
_BROAD_TABLE = "wang-2022-bmd-cutoffs"
_BROAD_BANDS = ((60, 81, "60-and-over", "60 and over"), (50, 60, "50-and-over", "50 and over"))


@cache
def young_reference(site: str) -> Reference:
    """Return the young reference of a site, from which T-scores count.

    Sources: hologic-lumbar-spine-reference, nhanes-iii-total-femur, nhanes-iii-femoral-neck.
    """
    source, name = _YOUNG[site]
    return _reference(site, source, name)


@cache
def age_reference(site: str, sex: str, age: int) -> Reference | None:
    """Return the reference of a site for sex and age (completed years), or None if none was readable.

    Sources: nhanes-dxa-reference-table, wang-2022-bmd-cutoffs.
    """
    people = "women" if sex == "female" else "men"
    for band in _DECADES:
        low, high = map(int, band.split("-"))
        source = f"{_DECADE_TABLE}/{site}-{sex}-{band}"
        if low <= age <= high and is_published(source):
            return _reference(site, source, f"NHANES, {people} {band}")
    for low, high, band, label in _BROAD_BANDS:
        source = f"{_BROAD_TABLE}/{site}-{sex}-{band}"
        if low <= age < high and is_published(source):
            return _reference(site, source, f"NHANES 2005-2008, white {people} {label}", broad=True)
    return None


def _reference(site: str, source: str, name: str, *, broad: bool = False) -> Reference:
    return Reference(name, site, published(source), published_sd(source), source, broad)


def t_score(site: str, bmd: float, *, vendor: str = "hologic") -> Score:
    """Return the T-score of a BMD.

    ``T = (bmd - mean of young women) / their SD``, after conversion to Hologic where the maker differs.

    Parameters
    ----------
    site : str
        ``lumbar_spine``, ``total_hip`` or ``femoral_neck``.
    bmd : float
        g/cm2, on the scale of `vendor`.
    vendor : str
        ``hologic``, ``lunar`` or ``norland``.

    Examples
    --------
    >>> score = t_score("femoral_neck", 0.738)
    >>> round(score.value, 2), score.reference
    (-1.0, 'NHANES III, white women 20-29')
    """
    return _score("T", site, bmd, vendor, young_reference(site))


def z_score(site: str, bmd: float, age: float, sex: str, *, vendor: str = "hologic") -> Score:
    """Return the Z-score of a BMD among people of the same sex and age.

    Where only a broad age band was readable, the score says so; where none was, it has no value but a reason.

    Parameters
    ----------
    site : str
    bmd : float
        g/cm2, on the scale of `vendor`.
    age : float
        Years.
    sex : str
        ``female`` or ``male``.
    vendor : str
        ``hologic``, ``lunar`` or ``norland``.
    """
    reference = age_reference(site, sex, int(age))
    if reference is None:
        people = "women" if sex == "female" else "men"
        note = f"no reference of the {SITE_LABELS[site]} for {people} aged {int(age)} is in the registry"
        return Score("Z", site, None, note=note)
    return _score("Z", site, bmd, vendor, reference)


def _score(kind: Literal["T", "Z"], site: str, bmd: float, vendor: str, reference: Reference) -> Score:
    value = (convert_bmd(site, bmd, vendor) - reference.mean) / reference.sd
    sources: tuple[str, ...] = (reference.source,)
    notes = []
    if vendor != "hologic":
        sources += (CONVERSION_SOURCE,)
        notes.append(f"converted from {vendor.capitalize()}, which is off by {_CONVERSION_ERROR[site]}")
    if reference.broad:
        notes.append("the reference is a broad age band")
    return Score(kind, site, value, reference.name, sources, "; ".join(notes) or None)


@dataclass(frozen=True)
class TScale:
    """The straight line between BMD on one device and T-score against one reference.

    Parameters
    ----------
    site : str
    vendor : str
        Maker whose scale the BMD has.
    mean, sd : float
        BMD at a T-score of 0, and BMD of one unit of T-score, g/cm2 on that scale.
    reference : str
        Name of the reference, and of the scan it was tied to.
    sources : tuple of str
        Ids in the evidence registry.
    """

    site: str
    vendor: str
    mean: float
    sd: float
    reference: str
    sources: tuple[str, ...]

    def t_score(self, bmd: float) -> float:
        """Return the T-score of a BMD, g/cm2."""
        return (bmd - self.mean) / self.sd

    def bmd(self, t_score: float) -> float:
        """Return the BMD of a T-score, g/cm2."""
        return self.mean + t_score * self.sd


def t_scale(site: str, vendor: str = "hologic", anchor: tuple[DxaScan, SiteScan] | None = None) -> TScale:
    """Return the T-scale of a site, tied to a person's own report where there is one.

    Reports use the reference built into the device, which may differ from the published one. With an anchor
    that has both BMD and T-score, the scale passes through that pair, so that a forecast starts from the
    T-score printed on the report; its slope comes from the published SD.

    Parameters
    ----------
    site : str
    vendor : str
        Maker whose scale the BMD has; that of the anchor if one is given.
    anchor : (DxaScan, SiteScan), optional
        As in `Case.baseline`.
    """
    reference = young_reference(site)
    if anchor is not None:
        vendor = anchor[0].vendor
    slope, intercept = relation(site, "hologic", vendor)
    mean, sd = intercept + slope * reference.mean, slope * reference.sd
    sources: tuple[str, ...] = (reference.source,)
    if vendor != "hologic":
        sources += (CONVERSION_SOURCE,)
    name = reference.name
    if anchor is not None and anchor[1].bmd is not None and anchor[1].t_score is not None:
        mean = anchor[1].bmd - anchor[1].t_score * sd
        name = f"{anchor[1].reference}, as reported on {anchor[0].date.isoformat()}"
    return TScale(site, vendor, mean, sd, name, sources)


def recognised(site: str, reference: str | None) -> bool:
    """Whether a reference named on a report is the one used here, so that its T-score can give a BMD.

    Examples
    --------
    >>> recognised("total_hip", "NHANES III (white women)")
    True
    """
    name = re.sub(r"[^a-z0-9]", "", (reference or "").casefold())
    return ("hologic" if site == "lumbar_spine" else "nhanes") in name


def who_class(t_scores: dict[str, float], *, postmenopausal: bool) -> str | None:
    """Return the class of the World Health Organization from the lowest T-score of the three sites.

    Parameters
    ----------
    t_scores : dict of str to float
        By site; those of lumbar spine, total hip and femoral neck count.
    postmenopausal : bool
        The classes hold for postmenopausal women and men from 50; for anybody else the answer is None.

    Returns
    -------
    {"normal", "osteopenia", "osteoporosis"} or None

    Sources: iscd-2005-reporting.
    """
    counted = [score for site, score in t_scores.items() if site in SITE_LABELS]
    if not postmenopausal or not counted:
        return None
    lowest = min(counted)
    if lowest <= published("iscd-2005-reporting/osteoporosis"):
        return "osteoporosis"
    if lowest < published("iscd-2005-reporting/normal"):
        return "osteopenia"
    return "normal"

"""When a plan is good enough: out of the next class of T-score, and no loss that matters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from osteocast.forecast.scans import SiteBasis
from osteocast.person import SITE_LABELS, Case, least_significant_change
from osteocast.person.published import published
from osteocast.units import DAYS_PER_YEAR

__all__ = [
    "LOSS_SITES",
    "LOSS_SOURCE",
    "Criteria",
    "Judgement",
    "Start",
    "criteria_of",
    "has_fractured",
    "judge",
    "judged_days",
]

#: Where the bones stand when the verdict is asked for, by the lowest T-score of the three sites.
Start = Literal["normal", "osteopenia", "osteoporosis", "unknown"]

#: Sites at which a loss counts. The femoral neck is measured too imprecisely to be followed.
LOSS_SITES = ("lumbar_spine", "total_hip")
#: Change of hip density from which fractures of the hip reliably follow, and where it stands.
LOSS_SOURCE = "eastell-2022-surrogate-threshold/hip-fracture"

_OSTEOPENIA, _OSTEOPOROSIS = "iscd-2005-reporting/normal", "iscd-2005-reporting/osteoporosis"


@dataclass(frozen=True)
class Criteria:
    """What adequate means for one person.

    Parameters
    ----------
    start : {"normal", "osteopenia", "osteoporosis", "unknown"}
        Class on day 0 by the lowest T-score, to one digit; unknown without a scan.
    fractured : bool
        Whether the person has had a fragility fracture.
    today : mapping of str to float
        T-score on day 0 by site.
    thresholds : mapping of str to float
        T-score above which each scanned site has to stay.
    losses : mapping of str to float
        Loss from day 0 that matters, percent, by site.
    last_day : float
        Until when both are judged, days: the end of the inhibitor, or of the forecast.
    """

    start: Start
    fractured: bool
    today: Mapping[str, float]
    thresholds: Mapping[str, float]
    losses: Mapping[str, float]
    last_day: float

    @property
    def never_alone(self) -> str | None:
        """Why no plan without a drug for bone is called adequate whatever the forecast says, if so."""
        if self.fractured:
            return "after a fragility fracture, no plan without a drug for bone is called adequate"
        if self.start == "osteoporosis":
            return "with osteoporosis to begin with, no plan without a drug for bone is called adequate"
        return None

    def in_words(self) -> str:
        """Say what adequate means here, in one sentence."""
        losses = " and ".join(
            f"{limit:.1f}% at the {SITE_LABELS[site]}" for site, limit in self.losses.items()
        )
        text = f"loses less than {losses}"
        if self.start == "normal":
            text = f"stays out of osteopenia (T below −1.0 by more than the error of a scan) and {text}"
        elif self.start == "osteopenia":
            text = f"stays out of osteoporosis (T −2.5 or below) at every site and {text}"
        elif self.start == "osteoporosis":
            text = f"lets no site fall further, nor into osteoporosis where it is not there yet, and {text}"
        return f"Adequate: {text}."


def criteria_of(
    case: Case, sites: Mapping[str, SiteBasis], levels: Mapping[str, float], last_day: float
) -> Criteria:
    """Choose what adequate means from where a person starts.

    A normal start has to stay out of osteopenia, one with osteopenia out of osteoporosis. Where a limit is
    nearer than a least significant change, crossing it could be error alone: out of a normal start, and where
    osteoporosis is there already, a site must fall by more than its least significant change to count. The
    loss that matters is the larger of the least significant change on the person's device and the change of
    hip density from which fractures reliably follow.

    Parameters
    ----------
    case : Case
    sites : mapping of str to SiteBasis
    levels : mapping of str to float
        BMD on day 0 by site, g/cm2, of the sites that were scanned.
    last_day : float

    Sources: iscd-2005-reporting, eastell-2022-surrogate-threshold, wilson-dxa-precision.
    """
    today: dict[str, float] = {}
    error: dict[str, float] = {}
    losses = {site: max(published(LOSS_SOURCE), _least_percent(sites[site])) for site in LOSS_SITES}
    for site, level in levels.items():
        scale = sites[site].scale
        if scale is not None:
            today[site] = scale.t_score(level)
            error[site] = _least_percent(sites[site]) / 100 * level / scale.sd
    osteopenia, osteoporosis = published(_OSTEOPENIA), published(_OSTEOPOROSIS)
    # To one digit, as a report prints it and classes are read.
    lowest = min((round(t, 1) for t in today.values()), default=None)
    start: Start
    if lowest is None:
        start = "unknown"
    elif lowest <= osteoporosis:
        start = "osteoporosis"
    else:
        start = "osteopenia" if lowest < osteopenia else "normal"
    thresholds = {site: osteoporosis for site in today}
    if start == "normal":
        thresholds = {site: min(osteopenia, t - error[site]) for site, t in today.items()}
    elif start == "osteoporosis":
        thresholds = {site: min(osteoporosis, t - error[site]) for site, t in today.items()}
    return Criteria(start, has_fractured(case), today, thresholds, losses, last_day)


def has_fractured(case: Case) -> bool:
    """Whether the person has had a fragility fracture, named one by one or as a condition."""
    named = getattr(case.person, "fractures", None)
    return bool(named) or "previous_fracture" in case.person.conditions


def _least_percent(basis: SiteBasis) -> float:
    """Least significant change of a site on the person's device, percent; on a Hologic without a scan."""
    if basis.scans and basis.scans[-1].least_significant_change is not None:
        return 100 * basis.scans[-1].least_significant_change / basis.scans[-1].bmd
    least = least_significant_change(basis.site, 1.0, "hologic")
    assert least is not None, "the registry holds the precision of a Hologic"
    return least.percent


@dataclass(frozen=True)
class Judgement:
    """Which virtual people a plan is good enough for.

    Parameters
    ----------
    crossed, lost : ndarray (n,) of bool
        Whether a threshold was crossed, and whether too much was lost.
    margin : ndarray (n,)
        Distance to the nearest limit, percent of BMD; negative where it was overstepped.
    by_loss : mapping of str to ndarray (n,) of bool
        By site, whether too much was lost there.
    by_threshold : mapping of str to ndarray (n,) of bool
    """

    crossed: np.ndarray
    lost: np.ndarray
    margin: np.ndarray
    by_loss: Mapping[str, np.ndarray]
    by_threshold: Mapping[str, np.ndarray]

    @property
    def adequate(self) -> np.ndarray:
        """Whether neither happened, ndarray (n,) of bool."""
        return np.asarray(~(self.crossed | self.lost))


def judged_days(last_day: float) -> np.ndarray:
    """Return the days on which people are held against the criteria: once a year, and on the last."""
    years = np.arange(1, np.floor(last_day / DAYS_PER_YEAR + 1e-9) + 1) * DAYS_PER_YEAR
    return np.union1d(years[years < last_day - 30], [last_day])


def judge(
    criteria: Criteria,
    sites: Mapping[str, SiteBasis],
    days: np.ndarray,
    relative: Mapping[str, np.ndarray],
    levels: Mapping[str, np.ndarray],
) -> Judgement:
    """Hold every virtual person against the criteria.

    Parameters
    ----------
    criteria : Criteria
    sites : mapping of str to SiteBasis
    days : ndarray (n_time,)
        Days from day 0, those of `judged_days` among them.
    relative : mapping of str to ndarray (n, n_time)
        BMD over BMD on day 0, by site.
    levels : mapping of str to ndarray (n,)
        BMD on day 0, g/cm2, of the scanned sites.

    Returns
    -------
    Judgement
    """
    judged = np.isin(np.round(days, 3), np.round(judged_days(criteria.last_day), 3))
    lowest = {site: values[:, judged].min(axis=1) for site, values in relative.items()}
    margins, by_loss, by_threshold = [], {}, {}
    for site, limit in criteria.losses.items():
        left = 100 * (lowest[site] - 1) + limit
        by_loss[site] = left < 0
        margins.append(left)
    for site, threshold in criteria.thresholds.items():
        scale = sites[site].scale
        assert scale is not None, "a threshold belongs to a scanned site"
        bmd = levels[site] * lowest[site]
        left = 100 * (bmd - scale.bmd(threshold)) / levels[site]
        by_threshold[site] = left <= 0
        margins.append(left)
    none = np.zeros(margins[0].size, dtype=bool)
    return Judgement(
        np.logical_or.reduce(list(by_threshold.values())) if by_threshold else none,
        np.logical_or.reduce(list(by_loss.values())),
        np.minimum.reduce(margins),
        by_loss,
        by_threshold,
    )

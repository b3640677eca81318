"""A forecast, once it is made: frozen, and complete enough to be drawn, printed and read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from osteocast.forecast.events import Span
from osteocast.forecast.provenance import Provenance
from osteocast.forecast.scans import SiteBasis
from osteocast.forecast.subjects import Input
from osteocast.fracture import FractureRisk
from osteocast.lifestyle.effects import Effect
from osteocast.person import Case
from osteocast.therapies import Course
from osteocast.units import DAYS_PER_YEAR

__all__ = ["LEVELS", "Alert", "Band", "Crossing", "Curve", "Forecast", "Learnt", "PlanForecast"]


#: Shares of people that the bands of a curve hold, percent, innermost first.
LEVELS = (50, 80, 95)


@dataclass(frozen=True)
class Band:
    """Ends of the central part of what is possible.

    Parameters
    ----------
    level : int
        Percent of virtual people inside: one of `LEVELS`.
    low, high : ndarray (n_time,)
        NaN beyond the plan's horizon.
    """

    level: int
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class Curve:
    """One quantity over time.

    Parameters
    ----------
    unit : str
    value : ndarray (n_time,)
        Median of the virtual people, weighted by the person's own scans and blood values; without virtual
        people, the response of the average person. NaN beyond the plan's horizon.
    bands : tuple of Band
        Innermost first; empty without virtual people.
    paths : ndarray (n_path, n_time) or None
        Courses of about 20 virtual people, drawn by weight so that together they are spread as all are
        (`osteocast.forecast.paths`). Row for row they are the same people in every plan and at every site. Of
        densities and their changes only; None for other curves, and without virtual people. NaN beyond the
        plan's horizon.
    """

    unit: str
    value: np.ndarray
    bands: tuple[Band, ...] = ()
    paths: np.ndarray | None = None

    def at(self, days: np.ndarray, day: float) -> float:
        """Interpolate the value on a day."""
        return float(np.interp(day, days, self.value))

    def band(self, level: int) -> Band | None:
        """Return the band that holds so many percent, if there is one."""
        return next((band for band in self.bands if band.level == level), None)

    def band_at(self, days: np.ndarray, day: float, level: int = 80) -> tuple[float, float] | None:
        """Interpolate the ends of a band on a day; None where there is none."""
        band = self.band(level)
        if band is None:
            return None
        return float(np.interp(day, days, band.low)), float(np.interp(day, days, band.high))


@dataclass(frozen=True)
class Crossing:
    """A T-score threshold and when a plan first goes below it.

    Parameters
    ----------
    site : str
    name : {"osteopenia", "osteoporosis"}
    threshold : float
        T-score.
    day : float or None
        Days from day 0, 0 if it is below already; None if it stays above within the horizon.
    """

    site: str
    name: Literal["osteopenia", "osteoporosis"]
    threshold: float
    day: float | None


@dataclass(frozen=True)
class Alert:
    """Something to know before a plan is chosen.

    Parameters
    ----------
    kind : {"rebound", "caution", "case"}
    text : str
        One sentence or two.
    day, until : float or None
        From when to when, if it happens at a time.
    """

    kind: Literal["rebound", "caution", "case"]
    text: str
    day: float | None = None
    until: float | None = None


@dataclass(frozen=True)
class Learnt:
    """What the person's own scans and blood values changed.

    Parameters
    ----------
    method : {"prior", "reweighted", "moved"}
        Nothing to learn from; virtual people reweighted; people simulated anew around those who fitted.
    effective : float
        Number of virtual people that the weighted ones are worth.
    sentences : tuple of str
    flags : tuple of str
        What does not fit: a scan, a marker, a whole series.
    before, after : tuple of float or None
        Median and the ends of the 80% band of the change on `day` under the first plan without a drug for
        bone, percent, for people of whom only age and history are known, and for this person.
    day : float
    """

    method: str
    effective: float
    sentences: tuple[str, ...]
    flags: tuple[str, ...]
    before: tuple[float, float, float] | None = None
    after: tuple[float, float, float] | None = None
    day: float = 0.0


@dataclass(frozen=True)
class PlanForecast:
    """One plan, simulated.

    Parameters
    ----------
    name : str
    key : str
        The name as a file name or an HTML id.
    courses : tuple of Course
        Everything taken under it, the past included.
    spans : tuple of Span
        The same as a timeline.
    curves : dict of str to Curve
        ``bmd_<site>`` (g/cm2) and ``t_<site>``, both left out for a site never scanned, ``change_<site>``
        (percent of day 0), markers and hormones by the names of `osteocast.physiology.OBSERVABLES`.
    crossings : tuple of Crossing
    alerts : tuple of Alert
    horizon : float
        Days.
    effects : tuple of osteocast.lifestyle.Effect
        What the person does and what the plan adds to it, each with its grade, null effects included.
    fracture : FractureRisk or None
        Probabilities of fracture (`osteocast.forecast.fractures`); None where they were not asked for.
    """

    name: str
    key: str
    courses: tuple[Course, ...]
    spans: tuple[Span, ...]
    curves: Mapping[str, Curve]
    crossings: tuple[Crossing, ...]
    alerts: tuple[Alert, ...]
    horizon: float
    effects: tuple[Effect, ...] = ()
    fracture: FractureRisk | None = None


@dataclass(frozen=True)
class Forecast:
    """Plans side by side for one person.

    Parameters
    ----------
    case : Case
        What was forecast, with what was filled in.
    days : ndarray (n_time,)
        Days from day 0 (`Case.as_of`), a month apart, from before the first scan to the horizon.
    plans : tuple of PlanForecast
    sites : dict of str to SiteBasis
    inputs : tuple of Input
        What the forecast started from, each measured, given or assumed.
    assumptions : tuple of str
        What was assumed beyond the inputs.
    extrapolated : tuple of str
        Where the plans go beyond what the trials observed.
    alerts : tuple of Alert
        What concerns every plan.
    origin : float
        Day from which charts count years: the start of the aromatase inhibitor, or day 0.
    origin_label : str
    n_draws : int
        Number of virtual people behind the bands; 0 means there are none.
    provenance : Provenance
    learnt : Learnt or None
        What the person's own measurements changed; None without virtual people.
    """

    case: Case
    days: np.ndarray
    plans: tuple[PlanForecast, ...]
    sites: Mapping[str, SiteBasis]
    inputs: tuple[Input, ...]
    assumptions: tuple[str, ...]
    extrapolated: tuple[str, ...]
    alerts: tuple[Alert, ...]
    origin: float
    origin_label: str
    n_draws: int
    provenance: Provenance
    learnt: Learnt | None = None

    @property
    def years(self) -> np.ndarray:
        """Years from `origin`, ndarray (n_time,)."""
        return (self.days - self.origin) / DAYS_PER_YEAR

    @property
    def horizon(self) -> float:
        """Last day of the longest plan."""
        return max(plan.horizon for plan in self.plans)

    @property
    def first_site(self) -> str:
        """The site to show first: the spine if it was scanned, else the first that was."""
        measured = [site for site, basis in self.sites.items() if basis.measured]
        return measured[0] if measured else next(iter(self.sites))

    def plan(self, name: str) -> PlanForecast:
        """Return a plan by name or key.

        Raises
        ------
        KeyError
            If there is none; names the plans.
        """
        for plan in self.plans:
            if name in (plan.name, plan.key):
                return plan
        raise KeyError(f"no plan {name!r}; there are {', '.join(plan.name for plan in self.plans)}")

    def at(self, plan: PlanForecast, curve: str, years: float) -> float:
        """Value of a curve some years after day 0."""
        return plan.curves[curve].at(self.days, years * DAYS_PER_YEAR)

    def milestones(self) -> tuple[float, ...]:
        """Years after day 0 that tables show: 1, 2, 5, 10 and the horizon."""
        last = self.horizon / DAYS_PER_YEAR
        usual = [year for year in (1.0, 2.0, 5.0, 10.0) if year < last - 0.25]
        return (*usual, round(last, 1))

    def date_of(self, day: float) -> date:
        """Calendar date of a day number."""
        return self.case.date_of(day)

"""What a person's own measurements changed, and how far two scans lie apart against measurement error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from osteocast.inference.personal.checking import left_out_weights
from osteocast.inference.personal.likelihood import PersonalLikelihood
from osteocast.person import SITE_LABELS, Case, change
from osteocast.population import Futures, quantiles
from osteocast.units import DAYS_PER_YEAR
from osteocast.units.writing import signed

__all__ = ["ScanChange", "SiteLearnt", "learnt_of", "scan_changes", "sentences"]

_BAND = (0.5, 0.05, 0.95)
_SHORTEST_PAST = 0.5 * DAYS_PER_YEAR
_AHEAD = 2.0 * DAYS_PER_YEAR


@dataclass(frozen=True)
class ScanChange:
    """Change between two successive scans of a site on one maker's device, against measurement error.

    Parameters
    ----------
    site : str
    first, last : date
    percent : float or None
        Measured change; None if the two cannot be compared.
    least_significant : float or None
        Percent.
    significant : bool or None
        Whether the change exceeds measurement error.
    expected : tuple of float
        Central 90% of the true change in people alike before their scans are known, percent.
    reason : str or None
        Why something is missing.
    """

    site: str
    first: date
    last: date
    percent: float | None
    least_significant: float | None
    significant: bool | None
    expected: tuple[float, float]
    reason: str | None = None


@dataclass(frozen=True)
class SiteLearnt:
    """What measurements changed at a site: the underlying rate of change, percent a year.

    Parameters
    ----------
    site : str
    from_day, to_day : float
        Time over which the rate is taken: from the first scan to day 0, or the next two years under the
        first plan if there is no past to speak of.
    before, after : tuple of float
        Median and central 90% before and after the measurements.
    without : mapping of str to tuple of float
        The same when one scan of the site is left out, by its date.
    """

    site: str
    from_day: float
    to_day: float
    before: tuple[float, float, float]
    after: tuple[float, float, float]
    without: Mapping[str, tuple[float, float, float]]


def scan_changes(case: Case, likelihood: PersonalLikelihood, futures: Futures) -> tuple[ScanChange, ...]:
    """Compare each scan with the one before it.

    Parameters
    ----------
    case : Case
    likelihood : PersonalLikelihood
    futures : Futures
        Before their weights are known.
    """
    found = []
    for site in dict.fromkeys(r.name for r in likelihood.measured.readings if r.kind == "scan"):
        series = case.series(site)
        for first, last in pairwise(series):
            days = [case.day(scan.date) for scan in (first[0], last[0])]
            measured = change(site, first, last)
            yearly = likelihood.traits.wander[site].sd
            years = (days[1] - days[0]) / DAYS_PER_YEAR
            course = np.log(_at(futures, site, days[1]) / _at(futures, site, days[0]))
            # Plus wandering, which widens what the courses alone would have shown.
            middle, low, high = quantiles(course, futures.weights, _BAND)
            widened = [
                middle + side * float(np.hypot(reach, 1.645 * yearly * np.sqrt(max(years, 0.0))))
                for side, reach in ((-1.0, middle - low), (1.0, high - middle))
            ]
            least = measured.least_significant
            found.append(
                ScanChange(
                    site,
                    first[0].date,
                    last[0].date,
                    measured.percent,
                    None if least is None else least.percent,
                    measured.significant,
                    (100.0 * float(np.expm1(widened[0])), 100.0 * float(np.expm1(widened[1]))),
                    measured.reason,
                )
            )
    return tuple(found)


def learnt_of(
    likelihood: PersonalLikelihood, stored: Futures, before: np.ndarray, fitted: Futures, after: np.ndarray
) -> tuple[SiteLearnt, ...]:
    """Compare rates before and after the measurements, and with each scan left out.

    Parameters
    ----------
    likelihood : PersonalLikelihood
    stored, before : Futures, ndarray (n,)
        People and weights before the measurements.
    fitted, after : Futures, ndarray (n,)
        People and weights after them.
    """
    readings = likelihood.measured.readings
    _, log_density = likelihood.left_out(likelihood.courses(dict(fitted.past), fitted.past_days))
    with np.errstate(divide="ignore"):
        others = left_out_weights(np.log(after), log_density)
    found = []
    for site in dict.fromkeys(r.name for r in readings if r.kind == "scan"):
        own = [i for i, reading in enumerate(readings) if reading.name == site]
        span = _span([readings[i].day for i in own], fitted.days[-1])
        rate = _rate(fitted, site, span)
        found.append(
            SiteLearnt(
                site,
                *span,
                _band(_rate(stored, site, span), before),
                _band(rate, after),
                {readings[i].date.isoformat(): _band(rate, others[:, i]) for i in own},
            )
        )
    return tuple(found)


def _span(days: list[float], horizon: float) -> tuple[float, float]:
    first = min(days)
    return (first, 0.0) if -first >= _SHORTEST_PAST else (0.0, min(_AHEAD, float(horizon)))


def _rate(futures: Futures, site: str, span: tuple[float, float]) -> np.ndarray:
    """Rate of change over a span, percent a year, ndarray (n,)."""
    begin, end = (_at(futures, site, day) for day in span)
    return np.asarray(100.0 * np.log(end / begin) / ((span[1] - span[0]) / DAYS_PER_YEAR))


def _at(futures: Futures, site: str, day: float) -> np.ndarray:
    """Density of everybody on a day, relative to day 0; after it, under the first plan."""
    name = f"bmd_{site}"
    if day <= 0:
        return np.asarray(futures.past[name][:, int(np.argmin(np.abs(futures.past_days - day)))])
    return np.asarray(
        futures.values[name][0][:, int(np.argmin(np.abs(futures.days - day)))], dtype=np.float64
    )


def _band(values: np.ndarray, weights: np.ndarray) -> tuple[float, float, float]:
    middle, low, high = quantiles(values, weights, _BAND)
    return float(middle), float(low), float(high)


def sentences(learnt: tuple[SiteLearnt, ...], changes: tuple[ScanChange, ...]) -> tuple[str, ...]:
    """Say what the measurements changed, a sentence for each site and pair of scans."""
    lines = []
    for one in learnt:
        span = (
            f"over the last {-one.from_day / DAYS_PER_YEAR:.1f} years"
            if one.from_day < 0
            else f"over the next {one.to_day / DAYS_PER_YEAR:.0f} years"
        )
        narrower = 1.0 - (one.after[2] - one.after[1]) / max(one.before[2] - one.before[1], 1e-9)
        verb = (
            f"narrowed the range by {100 * narrower:.0f}%"
            if narrower >= 0.05
            else "hardly narrowed the range"
            if narrower > -0.05
            else f"widened the range by {-100 * narrower:.0f}%"
        )
        lines.append(
            f"{SITE_LABELS[one.site].capitalize()}: people alike change by {_rate_words(one.before)} {span}; "
            f"with the measurements it is {_rate_words(one.after)}. They {verb}."
        )
    for pair in changes:
        if pair.percent is None or pair.least_significant is None:
            if pair.reason:
                lines.append(f"{SITE_LABELS[pair.site].capitalize()}: {pair.reason}.")
            continue
        more = "more" if pair.significant else "no more"
        lines.append(
            f"{SITE_LABELS[pair.site].capitalize()}: {signed(pair.percent)}% from {pair.first} to "
            f"{pair.last}, {more} than measurement error ({pair.least_significant:.1f}%); "
            f"{signed(pair.expected[0])} to {signed(pair.expected[1])}% was to be expected."
        )
    return tuple(lines)


def _rate_words(band: tuple[float, float, float]) -> str:
    middle, low, high = (signed(value) for value in band)
    return f"{middle}% a year (90% between {low} and {high})"

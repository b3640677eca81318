"""A case's scans and blood values as readings on one scale, with what they share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from osteocast.inference.personal.errors import MeasurementErrors, measurement_errors
from osteocast.person import (
    SITES,
    Case,
    DxaScan,
    SiteScan,
    age_reference,
    convert_bmd,
    t_scale,
    young_reference,
)

__all__ = ["Level", "Measured", "Reading", "measured"]


@dataclass(frozen=True)
class Reading:
    """One measured value of one quantity.

    Parameters
    ----------
    kind : {"scan", "marker"}
    name : str
        Site or analyte.
    date : date
    day : float
        From day 0.
    log_value : float
        Of g/cm2 on the scale of the site's last scanner, or of the analyte's unit.
    sd : float
        Error of the measurement, of the logarithm.
    scanner : str
        Maker and model of a scan.
    offset_sd : float
        What the conversion to the scale of the last scanner leaves, shared by the scans of one scanner.
    """

    kind: Literal["scan", "marker"]
    name: str
    date: date
    day: float
    log_value: float
    sd: float
    scanner: str = ""
    offset_sd: float = 0.0

    @property
    def observable(self) -> str:
        """What the model calls it."""
        return f"bmd_{self.name}" if self.kind == "scan" else self.name


@dataclass(frozen=True)
class Level:
    """What is believed about a quantity's own level before anything was measured: normal in the logarithm.

    Parameters
    ----------
    name : str
        Site or analyte.
    mean, sd : float
        Of density on day 0; for an analyte, of its ratio to what the equations give.
    """

    name: str
    mean: float
    sd: float


@dataclass(frozen=True)
class Measured:
    """What was measured in a person.

    Parameters
    ----------
    readings : tuple of Reading
        Scans first, by site and date; then blood values.
    levels : tuple of Level
        One for each site or analyte that was measured.
    left_out : tuple of str
        Sentences on values that nothing is learnt from.
    """

    readings: tuple[Reading, ...]
    levels: tuple[Level, ...]
    left_out: tuple[str, ...] = ()

    @property
    def days(self) -> np.ndarray:
        """Days measured, ascending, with day 0: the `past_days` of `osteocast.population.futures`."""
        return np.union1d([reading.day for reading in self.readings], [0.0])

    @property
    def observables(self) -> tuple[str, ...]:
        """Densities, and the markers measured: its `past_observables`."""
        markers = dict.fromkeys(r.observable for r in self.readings if r.kind == "marker")
        return (*(f"bmd_{site}" for site in SITES), *markers)

    def without(self, *left: int) -> Measured:
        """Return the same without some readings, by their place."""
        return Measured(
            tuple(reading for i, reading in enumerate(self.readings) if i not in left),
            self.levels,
            self.left_out,
        )


def measured(case: Case) -> Measured:
    """Collect every scan and every blood value that a forecast can learn from.

    Scans of another maker are brought to the scale of the site's last scanner. A scan that reports a T-score
    alone is read through its reference. Blood values count up to day 0. Oestradiol and testosterone that
    stand for the person without treatment are left out: the virtual people start from them already.

    Parameters
    ----------
    case : Case
    """
    errors = measurement_errors()
    scans: list[Reading] = []
    levels: list[Level] = []
    for site in SITES:
        own = list(_scans(case, site, errors))
        if own:
            scans += own
            levels.append(_density_level(case, site, errors))
    blood, left_out = _blood(case, errors)
    levels += [Level(name, 0.0, errors.level(name)) for name in dict.fromkeys(r.name for r in blood)]
    return Measured((*scans, *blood), tuple(levels), tuple(left_out))


def _scans(case: Case, site: str, errors: MeasurementErrors) -> Iterator[Reading]:
    if site not in case.baseline():
        return
    last, _ = case.baseline()[site]
    for scan in case.scans:
        day = case.day(scan.date)
        if site not in scan.sites or day > 0:
            continue
        value = scan.sites[site]
        bmd, rounding = _density(site, scan, value, case.baseline()[site], errors)
        sd = errors.scan(site, bmd, scan.vendor, value, scan.precision.get(site))
        other_maker = scan.vendor != last.vendor
        other_model = scan.model is not None and last.model is not None and scan.model != last.model
        offset = errors.scanner_change(site, other_maker=other_maker) if other_maker or other_model else 0.0
        on_last = convert_bmd(site, bmd, scan.vendor, last.vendor)
        yield Reading(
            "scan",
            site,
            scan.date,
            day,
            float(np.log(on_last)),
            float(np.hypot(sd, rounding)),
            scan.vendor if not other_model or other_maker else f"{scan.vendor} {scan.model}",
            offset,
        )


def _density(
    site: str, scan: DxaScan, value: SiteScan, anchor: tuple[DxaScan, SiteScan], errors: MeasurementErrors
) -> tuple[float, float]:
    """BMD of a scan in g/cm2 of its own scanner, and its relative error from rounding."""
    if value.bmd is not None:
        return value.bmd, 0.0
    scale = t_scale(site, scan.vendor, anchor if anchor[0].vendor == scan.vendor else None)
    bmd = scale.bmd(value.t_score or 0.0)
    return bmd, errors.t_score_rounding * scale.sd / bmd


def _density_level(case: Case, site: str, errors: MeasurementErrors) -> Level:
    last, _ = case.baseline()[site]
    reference = age_reference(site, case.person.sex, int(case.age))
    mean = (young_reference(site) if reference is None else reference).mean
    sd = errors.unknown_level if reference is None else reference.sd / reference.mean
    return Level(site, float(np.log(convert_bmd(site, mean, "hologic", last.vendor))), sd)


def _blood(case: Case, errors: MeasurementErrors) -> tuple[list[Reading], list[str]]:
    """Blood values that can be compared with the model, and sentences on those that cannot."""
    own = (case.own_estradiol(), case.own_testosterone())
    found, left_out = [], []
    for result in case.labs:
        day = case.day(result.date)
        if result.analyte not in errors.markers or day > 0 or any(result is one for one in own):
            continue
        if result.analyte in ("estradiol", "testosterone") and case.person.sex == "female":
            if case.movers(day):
                left_out.append(
                    f"{result.analyte} of {result.date}: not used, a usual assay cannot read what "
                    "treatment leaves"
                )
            continue
        found.append(
            Reading(
                "marker",
                result.analyte,
                result.date,
                day,
                float(np.log(result.value)),
                errors.within(result.analyte),
            )
        )
    return sorted(found, key=lambda reading: (reading.name, reading.day)), left_out

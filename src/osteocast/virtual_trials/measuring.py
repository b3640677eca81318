"""How far what is measured in a trial lies from the truth."""

from __future__ import annotations

from osteocast.inference.personal.errors import measurement_errors
from osteocast.person import SiteScan
from osteocast.virtual_trials.design import Measurement

__all__ = ["error_of"]


def error_of(measurement: Measurement, observable: str) -> float:
    """Return the error of one measurement, as the standard deviation of its logarithm.

    Of a scan: what the design says of one; else the precision (the centres' own or the maker's published one)
    times what lies between measurements of one day and of several years. Of a blood sample: what the design
    says, else the usual one; 0 for what no error is known of.

    Parameters
    ----------
    measurement : Measurement
    observable : str

    Examples
    --------
    >>> error_of(Measurement(scan={"total_hip": 1.5}), "bmd_total_hip")
    0.015
    >>> error_of(Measurement(precision={"total_hip": 1.0}), "bmd_total_hip") > 0.01
    True
    """
    usual = measurement_errors()
    if observable.startswith("bmd_"):
        site = observable.removeprefix("bmd_")
        if site in measurement.scan:
            return measurement.scan[site] / 100.0
        # Precision is relative: the density does not matter.
        own = measurement.precision.get(site)
        return usual.scan(site, 1.0, measurement.vendor, SiteScan(1.0), own)
    if observable in measurement.assay:
        return measurement.assay[observable] / 100.0
    return usual.within(observable) if observable in usual.markers else 0.0

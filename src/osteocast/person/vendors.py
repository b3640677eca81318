"""Densitometers of different makers, brought to one scale.

Makers calibrate differently: the same femur reads about a tenth higher on a Lunar than on a Hologic. The
equations of Hui 1997 (spine, femoral neck) and their later counterpart for the total hip bring each maker
to a standardised BMD, and from there to any other. One person's conversion is off by about 3.5%, more than
a least significant change, so a conversion only serves to read a scan against a reference population
measured on another maker. It never enters a series.
"""

from __future__ import annotations

from functools import cache

from osteocast.person.published import published

__all__ = ["CONVERSION_SOURCE", "convert_bmd"]

CONVERSION_SOURCE = "hui-1997-standardised-bmd"


def convert_bmd(site: str, bmd: float, vendor: str, to: str = "hologic") -> float:
    """Express a BMD of one maker on the scale of another.

    Both makers' readings stand for the same standardised BMD, ``intercept + slope * bmd``.

    Parameters
    ----------
    site : str
        ``lumbar_spine``, ``total_hip`` or ``femoral_neck``.
    bmd : float
        g/cm2, on the scale of `vendor`.
    vendor, to : str
        ``hologic``, ``lunar`` or ``norland``.

    Returns
    -------
    float
        g/cm2, on the scale of `to`; rough, see the module.

    Sources: hui-1997-standardised-bmd.
    """
    slope, intercept = relation(site, vendor, to)
    return intercept + slope * bmd


@cache
def relation(site: str, vendor: str, to: str) -> tuple[float, float]:
    """Slope and intercept (g/cm2) that turn a BMD of one maker into one of another."""
    if vendor == to:
        return 1.0, 0.0
    slope, intercept = _standardised(site, vendor)
    target_slope, target_intercept = _standardised(site, to)
    return slope / target_slope, (intercept - target_intercept) / target_slope


def _standardised(site: str, vendor: str) -> tuple[float, float]:
    """Slope and intercept (g/cm2) of the standardised BMD of a maker."""
    slope = _coefficient(f"{site}-{vendor}-slope")
    if site == "lumbar_spine":
        # The spine is tabulated about its centre.
        return slope, _coefficient(f"{site}-mean") - slope * _coefficient(f"{site}-{vendor}-centre")
    return slope, _coefficient(f"{site}-{vendor}-intercept")


def _coefficient(name: str) -> float:
    return published(f"{CONVERSION_SOURCE}/{name}")

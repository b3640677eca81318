"""Where a person's bones stand on day 0: her scans, read with the model's own slope between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from osteocast.person import SITE_LABELS, Case, DxaScan, SiteScan, TScale, least_significant_change, t_scale
from osteocast.person.precision import LSC_FACTOR
from osteocast.person.reference import recognised

__all__ = ["ScanPoint", "SiteBasis", "level", "precision_of", "relative_error", "site_basis"]

# Precision (CV, percent) where the registry has none for a device; it only weighs scans of one device against
# each other, all with the same precision, so that its size hardly matters.
_UNKNOWN_PRECISION = 1.5


@dataclass(frozen=True)
class ScanPoint:
    """One scan of one site, as a point of a chart.

    Parameters
    ----------
    date : date
    day : float
        Days from day 0.
    bmd : float
        g/cm2, on the scale of the scan's device.
    t_score : float or None
        As the report prints it.
    least_significant_change : float or None
        g/cm2.
    used : bool
        Whether the level on day 0 rests on it: a scan on another maker's device does not count.
    """

    date: date
    day: float
    bmd: float
    t_score: float | None
    least_significant_change: float | None
    used: bool


@dataclass(frozen=True)
class SiteBasis:
    """What a site's forecast stands on.

    Parameters
    ----------
    site : str
    scans : tuple of ScanPoint
        In order of date; empty if the site was never scanned, which leaves percent changes only.
    scale : TScale or None
        Between BMD and T-score, in the reference of the last scan.
    note : str
        How the level on day 0 was found, or why there is none.
    """

    site: str
    scans: tuple[ScanPoint, ...] = ()
    scale: TScale | None = None
    note: str = ""

    @property
    def label(self) -> str:
        """The site's name in words."""
        return SITE_LABELS[self.site]

    @property
    def measured(self) -> bool:
        """Whether BMD can be given in g/cm2."""
        return bool(self.scans)

    @property
    def used(self) -> tuple[ScanPoint, ...]:
        """Scans on which the level rests."""
        return tuple(scan for scan in self.scans if scan.used)


def site_basis(case: Case, site: str) -> SiteBasis:
    """Collect what is known of a site.

    Parameters
    ----------
    case : Case
    site : str

    Returns
    -------
    SiteBasis
    """
    if site not in case.baseline():
        return SiteBasis(site, note="never scanned: changes in percent only, and no T-score")
    anchor = case.baseline()[site]
    scale = t_scale(site, anchor=anchor)
    points = []
    for scan in case.scans:
        if site in scan.sites:
            points.append(_point(case, site, scan, scan.sites[site], scale))
    used = [point for point in points if point.used]
    note = f"{len(used)} scan{'s' if len(used) > 1 else ''} on {anchor[0].vendor.capitalize()}"
    if len(used) < len(points):
        note += f"; {len(points) - len(used)} on another maker's device shown but not used"
    if anchor[1].bmd is None:
        known = recognised(site, anchor[1].reference)
        note += ", BMD computed from the T-score" + (
            "" if known else f", as if its reference were {scale.reference}"
        )
    return SiteBasis(site, tuple(points), scale, note)


def _point(case: Case, site: str, scan: DxaScan, measured: SiteScan, scale: TScale) -> ScanPoint:
    bmd = scale.bmd(measured.t_score or 0.0) if measured.bmd is None else measured.bmd
    least = least_significant_change(
        site, bmd, scan.vendor, vertebrae=measured.vertebrae, precision=scan.precision.get(site)
    )
    return ScanPoint(
        scan.date,
        case.day(scan.date),
        bmd,
        measured.t_score,
        None if least is None else least.absolute,
        scan.vendor == scale.vendor,
    )


def level(basis: SiteBasis, course: np.ndarray) -> np.ndarray:
    r"""Estimate BMD on day 0 from every scan on the last device, around the model's own course between them.

    With :math:`c_i` the model's change of log BMD from day 0 to scan *i*, each scan gives the level as
    :math:`\log b_i - c_i`. Its error has two parts: that of the measurement, of relative size :math:`p` (the
    precision), and that of the slope, which all scans share and which is taken to be as large as the change
    itself, because women lose bone at rates that differ about as much as their mean:

    .. math:: V = p^2 I + c c^T, \qquad \hat a = \frac{1^T V^{-1} (\log b - c)}{1^T V^{-1} 1}.

    So scans of the same week are averaged, and an old one counts little against a new one.

    Parameters
    ----------
    basis : SiteBasis
        With at least one scan used.
    course : ndarray (n, n_scan)
        Simulated BMD on the days of the used scans, relative to day 0, for n simulations.

    Returns
    -------
    ndarray (n,)
        BMD on day 0, g/cm2.
    """
    scans = basis.used
    log_bmd = np.log([scan.bmd for scan in scans])
    precision = np.array([precision_of(scan) for scan in scans])
    change = np.log(course)
    ones = np.ones(len(scans))
    levels = np.empty(change.shape[0])
    for i, c in enumerate(change):
        weights = np.linalg.solve(np.diag(precision**2) + np.outer(c, c), ones)
        levels[i] = weights @ (log_bmd - c) / weights.sum()
    return np.exp(levels)


def relative_error(basis: SiteBasis) -> float:
    """Return the relative error of one measurement on the last device; on a Hologic without a scan."""
    if basis.scans:
        return precision_of(basis.scans[-1])
    least = least_significant_change(basis.site, 1.0, "hologic")
    return _UNKNOWN_PRECISION / 100 if least is None else least.percent / 100 / LSC_FACTOR


def precision_of(scan: ScanPoint) -> float:
    """Return the relative error of one measurement."""
    if scan.least_significant_change is None:
        return _UNKNOWN_PRECISION / 100
    return scan.least_significant_change / scan.bmd / LSC_FACTOR

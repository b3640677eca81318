"""How large a change of BMD must be to be more than measurement error.

The least significant change (95%) is ``1.96 * sqrt(2) = 2.77`` times the precision error. It holds within
one device; across makers no change is computed at all, because a conversion errs by more than the change
looked for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from osteocast.person.models import SITE_LABELS, DxaScan, SiteScan
from osteocast.person.published import is_published, published

__all__ = ["Change", "LeastSignificantChange", "change", "least_significant_change"]

#: Two-sided 95% quantile of the difference of two measurements, per unit of precision error.
LSC_FACTOR = 1.96 * math.sqrt(2)
_ALL_VERTEBRAE = 4


@dataclass(frozen=True)
class LeastSignificantChange:
    """The smallest change that is probably real.

    Parameters
    ----------
    site : str
    absolute : float
        g/cm2.
    percent : float
        Of the BMD it was computed at.
    source : str
        Id of the precision in the evidence registry, or "the centre's own precision".
    """

    site: str
    absolute: float
    percent: float
    source: str


@dataclass(frozen=True)
class Change:
    """Change of BMD between two scans, or the reason why none can be given.

    Parameters
    ----------
    site : str
    absolute : float or None
        g/cm2.
    percent : float or None
    least_significant : LeastSignificantChange or None
    significant : bool or None
        Whether the change exceeds measurement error; None if that cannot be said.
    reason : str or None
        Why a value is missing.
    """

    site: str
    absolute: float | None
    percent: float | None
    least_significant: LeastSignificantChange | None
    significant: bool | None
    reason: str | None = None


def least_significant_change(
    site: str, bmd: float, vendor: str, *, vertebrae: int | None = None, precision: float | None = None
) -> LeastSignificantChange | None:
    """Return the least significant change at a BMD, or None if the maker's precision is not in the registry.

    Parameters
    ----------
    site : str
    bmd : float
        g/cm2.
    vendor : str
        ``hologic``, ``lunar`` or ``norland``.
    vertebrae : int, optional
        Number of vertebrae the spine value rests on; fewer than four widen it.
    precision : float, optional
        The centre's own precision error, CV in percent; it replaces the published one.

    Sources: wilson-dxa-precision, manitoba-2024-vertebrae-lsc.
    """
    source = "the centre's own precision"
    if precision is None:
        # The hip was published for all makers together.
        source = f"wilson-dxa-precision/{site}-{'all' if site == 'total_hip' else vendor}"
        if not is_published(source):
            return None
        precision = published(source)
    percent = LSC_FACTOR * precision
    if site == "lumbar_spine" and vertebrae is not None and vertebrae < _ALL_VERTEBRAE:
        percent *= 1 + published(f"manitoba-2024-vertebrae-lsc/vertebrae-{vertebrae}") / 100
    return LeastSignificantChange(site, percent / 100 * bmd, percent, source)


def change(site: str, first: tuple[DxaScan, SiteScan], last: tuple[DxaScan, SiteScan]) -> Change:
    """Return the change of BMD between two scans of a site.

    Parameters
    ----------
    site : str
    first, last : (DxaScan, SiteScan)
        As in `Case.series`.

    Returns
    -------
    Change
        Without values if the makers differ, or if a scan has no BMD.
    """
    before, after = first[1].bmd, last[1].bmd
    label = SITE_LABELS[site]
    if before is None or after is None:
        return Change(site, None, None, None, None, f"a scan of the {label} has no BMD")
    if first[0].vendor != last[0].vendor:
        makers = f"{first[0].vendor.capitalize()} and {last[0].vendor.capitalize()}"
        reason = f"{makers} cannot be compared: a conversion errs by more than a least significant change"
        return Change(site, None, None, None, None, reason)
    vertebrae = [scan.vertebrae for scan in (first[1], last[1]) if scan.vertebrae is not None]
    least = least_significant_change(
        site,
        before,
        first[0].vendor,
        vertebrae=min(vertebrae, default=None),
        precision=last[0].precision.get(site),
    )
    absolute = after - before
    if least is None:
        reason = f"no precision of the {label} on a {first[0].vendor.capitalize()} is in the registry"
        return Change(site, absolute, 100 * absolute / before, None, None, reason)
    return Change(site, absolute, 100 * absolute / before, least, abs(absolute) > least.absolute)

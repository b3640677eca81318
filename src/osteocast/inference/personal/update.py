"""Weights of virtual people given a person's own measurements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from osteocast.person import Case
from osteocast.population import Futures

__all__ = ["Flag", "ScanChange", "SiteLearnt", "Update", "update"]


@dataclass(frozen=True)
class Flag:
    """A measurement, or a series, that does not fit.

    Parameters
    ----------
    what : str
        ``scan``, ``marker``, ``series`` or ``sample``.
    text : str
        A sentence for the reader.
    site : str or None
        Site of a scan, or the analyte.
    date : date or None
    p : float or None
        Probability of a value at least as far off, given everything else.
    """

    what: str
    text: str
    site: str | None = None
    date: date | None = None
    p: float | None = None


@dataclass(frozen=True)
class ScanChange:
    """Change between two successive scans of a site on one device, against measurement error.

    Parameters
    ----------
    site : str
    first, last : date
    percent : float
        Measured change.
    least_significant : float or None
        Percent; None where the precision is not known.
    significant : bool or None
    expected : tuple of float
        Central 90% of what people like her would have shown on that device, percent.
    """

    site: str
    first: date
    last: date
    percent: float
    least_significant: float | None
    significant: bool | None
    expected: tuple[float, float]


@dataclass(frozen=True)
class SiteLearnt:
    """What her own measurements changed at a site: the rate in her own past, percent a year.

    Parameters
    ----------
    site : str
    from_day, to_day : float
        Time over which the rate is taken.
    before, after : tuple of float
        Median and central 90%, for people like her and for her.
    without : mapping of str to tuple of float
        The same when one scan is left out, by its date.
    """

    site: str
    from_day: float
    to_day: float
    before: tuple[float, float, float]
    after: tuple[float, float, float]
    without: Mapping[str, tuple[float, float, float]]


@dataclass(frozen=True)
class Update:
    """Virtual people, weighted by how well they explain what was measured.

    Parameters
    ----------
    futures : Futures
        The people that the weights belong to: those given, or new ones after the fallback.
    weights : ndarray (n,)
        Sum 1; 0 for people who could not be simulated.
    ess : float
        Effective number of people.
    method : {"prior", "reweighted", "moved"}
        Nothing to learn from; stored people reweighted; people simulated anew around those who fitted.
    levels : mapping of str to ndarray (n,)
        Density today of each person, g/cm2 on the scale of the site's last scanner: one draw of what the
        scans leave open, by site ever scanned.
    flags : tuple of Flag
    changes : tuple of ScanChange
    learnt : tuple of SiteLearnt
    summary : tuple of str
        What the measurements changed, in sentences.
    """

    futures: Futures
    weights: np.ndarray
    ess: float
    method: Literal["prior", "reweighted", "moved"]
    levels: Mapping[str, np.ndarray]
    flags: tuple[Flag, ...] = ()
    changes: tuple[ScanChange, ...] = ()
    learnt: tuple[SiteLearnt, ...] = ()
    summary: tuple[str, ...] = ()

    def bmd(self, site: str, plan: int) -> np.ndarray:
        """Density under a plan, g/cm2 on the scale of the site's last scanner, ndarray (n, n_time)."""
        return np.asarray(self.levels[site][:, None] * self.futures.values[f"bmd_{site}"][plan])


def update(
    case: Case,
    futures: Futures,
    *,
    least_ess: float = 400.0,
    fallback: bool = True,
) -> Update:
    """Weigh virtual people by a person's own scans and blood values.

    Parameters
    ----------
    case : Case
    futures : Futures
        Observed on `measured(case).days` in the past.
    least_ess : float
        Effective number of people below which new people are simulated around those who fit.
    fallback : bool
        Whether that may be done; without it, a flag says that the weights rest on few.

    Returns
    -------
    Update
    """
    raise NotImplementedError

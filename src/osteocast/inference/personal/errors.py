"""How far one measurement of a person lies from the truth (`errors.yaml`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from osteocast.files import read_data
from osteocast.person import SiteScan, least_significant_change
from osteocast.person.precision import LSC_FACTOR

__all__ = ["MeasurementErrors", "measurement_errors"]


@dataclass(frozen=True)
class MeasurementErrors:
    """Errors of scans and blood values, standard deviations of logarithms.

    Parameters
    ----------
    content : mapping
        `errors.yaml` as read.
    """

    content: Mapping[str, Any]

    def scan(self, site: str, bmd: float, vendor: str, scan: SiteScan, precision: float | None) -> float:
        """Return the error of one scan of a site.

        Parameters
        ----------
        site : str
        bmd : float
            g/cm2.
        vendor : str
        scan : SiteScan
            For the number of vertebrae.
        precision : float or None
            The centre's own, CV in percent.
        """
        least = least_significant_change(site, bmd, vendor, vertebrae=scan.vertebrae, precision=precision)
        short = self._sd("unknown_precision") if least is None else least.percent / 100.0 / LSC_FACTOR
        return short * float(self.content["scan"]["long_term"]["factor"])

    @property
    def t_score_rounding(self) -> float:
        """Error of a printed T-score by its rounding, T-scores."""
        return self._sd("t_score_rounding")

    @property
    def unknown_level(self) -> float:
        """Spread of density among people where no reference of the age is known."""
        return self._sd("unknown_level")

    def scanner_change(self, site: str, *, other_maker: bool) -> float:
        """Return what the conversion between two scanners leaves."""
        return (
            float(self.content["scan"]["other_maker"][site]["sd"]) if other_maker else self._sd("other_model")
        )

    def _sd(self, name: str) -> float:
        return float(self.content["scan"][name]["sd"])

    @property
    def markers(self) -> tuple[str, ...]:
        """Blood values of which the error is known."""
        return tuple(self.content["marker"])

    def within(self, marker: str) -> float:
        """Return how far one sample lies from the person's own mean."""
        return float(self.content["marker"][marker]["within"]["sd"])

    def level(self, marker: str) -> float:
        """Return how far a person's own mean lies from what the equations give."""
        return float(self.content["marker"][marker]["level"]["sd"])


@cache
def measurement_errors() -> MeasurementErrors:
    """Return the errors that `update` reckons with."""
    return MeasurementErrors(read_data(Path(__file__).parent / "errors.yaml"))

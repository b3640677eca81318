"""The likelihood of a person's readings given the course of a virtual person.

Given the course, the logarithms of all readings are jointly normal, with the same covariance whoever the
virtual person is: errors of measurement, the unknown level of each site and marker, offsets of scanners, and
the wandering of density. So one factorisation serves everybody, and levels and offsets are integrated out
exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from osteocast.inference.personal.evidence import Measured
from osteocast.physiology import SITES
from osteocast.population import Variability
from osteocast.units import DAYS_PER_YEAR

__all__ = ["PersonalLikelihood"]


@dataclass(frozen=True)
class PersonalLikelihood:
    r"""Normal likelihood of the readings :math:`y` about :math:`\mu + c_i`.

    .. math:: V = \mathrm{diag}(p^2) + A\,\mathrm{diag}(\tau^2) A^T + \sum_d o_d^2 1_d 1_d^T + W

    with precisions p, levels A, offsets o of scanners and wandering W.

    Parameters
    ----------
    measured : Measured
    traits : Variability
        For how density wanders.
    """

    measured: Measured
    traits: Variability

    @cached_property
    def values(self) -> np.ndarray:
        """Logarithms of the readings, ndarray (m,)."""
        return np.array([reading.log_value for reading in self.measured.readings])

    @cached_property
    def assignment(self) -> np.ndarray:
        """Which level each reading has, ndarray (m, n_level) of 0 and 1."""
        names = [level.name for level in self.measured.levels]
        return np.array(
            [[reading.name == name for name in names] for reading in self.measured.readings], float
        )

    @cached_property
    def mean(self) -> np.ndarray:
        """Prior mean of the readings where the course is flat, ndarray (m,)."""
        return np.asarray(self.assignment @ np.array([level.mean for level in self.measured.levels]))

    @cached_property
    def level_variance(self) -> np.ndarray:
        """Prior variances of the levels, ndarray (n_level,)."""
        return np.array([level.sd**2 for level in self.measured.levels])

    @cached_property
    def covariance(self) -> np.ndarray:
        """Covariance of the readings given a course, ndarray (m, m)."""
        return np.asarray(self.noise + self.assignment * self.level_variance @ self.assignment.T)

    @cached_property
    def noise(self) -> np.ndarray:
        """The same without the uncertainty of the levels, ndarray (m, m)."""
        readings = self.measured.readings
        m = len(readings)
        total = np.diag([reading.sd**2 for reading in readings])
        yearly = self.traits.wander_covariance
        for i in range(m):
            for j in range(m):
                a, b = readings[i], readings[j]
                if a.kind != "scan" or b.kind != "scan":
                    continue
                years = min(-a.day, -b.day) / DAYS_PER_YEAR
                total[i, j] += years * yearly[SITES.index(a.name), SITES.index(b.name)]
                if a.offset_sd > 0 and (a.name, a.scanner) == (b.name, b.scanner):
                    total[i, j] += a.offset_sd**2
        return total

    def courses(self, past: dict[str, np.ndarray], days: np.ndarray) -> np.ndarray:
        """Pick what the readings saw out of simulated pasts.

        Parameters
        ----------
        past : dict of str to ndarray (n, n_past)
            Densities relative to day 0, markers in their units.
        days : ndarray (n_past,)

        Returns
        -------
        ndarray (n, m)
            Logarithms: of density relative to day 0, or of a marker.
        """
        columns = [
            past[reading.observable][:, int(np.argmin(np.abs(days - reading.day)))]
            for reading in self.measured.readings
        ]
        n = len(next(iter(past.values())))
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(np.log(np.array(columns).T.reshape(n, len(columns))))

    def residuals(self, courses: np.ndarray) -> np.ndarray:
        """Subtract from the readings what each course has them expect, ndarray (n, m)."""
        return np.asarray(self.values - self.mean - courses)

    @cached_property
    def precision(self) -> np.ndarray:
        """Inverse of the covariance, ndarray (m, m)."""
        return np.linalg.inv(self.covariance)

    def distance(self, courses: np.ndarray) -> np.ndarray:
        """Squared Mahalanobis distance of the readings from each course, ndarray (n,)."""
        residual = self.residuals(courses)
        return np.asarray(np.einsum("ni,ij,nj->n", residual, self.precision, residual, optimize=True))

    def log(self, courses: np.ndarray) -> np.ndarray:
        """Log likelihood of each course up to a constant, ndarray (n,); minus infinity for a failed one."""
        value = -0.5 * self.distance(courses)
        return np.where(np.isfinite(value), value, -np.inf)

    def left_out(self, courses: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Predict each reading from the others.

        Returns
        -------
        z : ndarray (n, m)
            Where the reading lies in the prediction by each course and all other readings, in its SD.
        log_density : ndarray (n, m)
            Log density there, up to a constant.
        """
        scale = np.sqrt(np.diag(self.precision))
        z = self.residuals(courses) @ self.precision / scale
        return z, -0.5 * z**2

    def levels(self, courses: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Levels given each course and the readings.

        Returns
        -------
        mean : ndarray (n, n_level)
            Logarithms of density on day 0, and of the ratios of markers.
        covariance : ndarray (n_level, n_level)
            The same for every course.
        """
        gain = self.level_variance[:, None] * self.assignment.T @ self.precision
        prior = np.array([level.mean for level in self.measured.levels])
        mean = prior + self.residuals(courses) @ gain.T
        covariance = np.diag(self.level_variance) - gain @ self.assignment * self.level_variance
        return mean, (covariance + covariance.T) / 2

"""How much people differ from the average that the trials report, and how much a life wanders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np

from osteocast.engine.kernel import PARAMETERS as KERNEL_PARAMETERS
from osteocast.errors import OsteocastError
from osteocast.files import read_data
from osteocast.physiology import SITES

__all__ = ["Spread", "Trait", "Variability", "variability"]


@dataclass(frozen=True)
class Spread:
    """A standard deviation, and what it rests on.

    Parameters
    ----------
    sd : float
        Of a logarithm.
    error : float or None
        Uncertainty of ``log(sd)`` where it was fitted.
    basis : str
        ``fitted`` to published standard deviations of change, ``published``, ``derived`` or ``estimate``.
    sources : tuple of str
        Registry ids.
    note : str
    """

    sd: float
    basis: str
    error: float | None = None
    sources: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Trait:
    """Something in which people differ, standard normal among people, and what it does to parameters.

    Parameters
    ----------
    name, meaning : str
    spread : Spread
        Standard deviation among people of the log of a parameter with a loading of 1.
    loadings : mapping of str to float
        By parameter, what its log gains for each such unit.
    """

    name: str
    meaning: str
    spread: Spread
    loadings: Mapping[str, float]


@dataclass(frozen=True)
class Variability:
    """How people differ, all on the scale of logarithms.

    Parameters
    ----------
    traits : tuple of Trait
        Independent of each other; parameters that share a trait are correlated.
    wander : mapping of str to Spread
        By site, how far density strays in a year from the course that the equations give a person (weight,
        illness, activity): a random walk, so that it strays by the square root of the years.
    wander_correlation : ndarray (n_site, n_site)
        Between sites, in the order of `osteocast.physiology.SITES`.
    scanner : mapping of str to Spread
        By site, error of one scan in the trials behind the fit. A person's own scans have their own.
    measurement : mapping of str to Spread
        Error of one measurement of a hormone, by the parameter that it tells of.
    """

    traits: tuple[Trait, ...]
    wander: Mapping[str, Spread]
    wander_correlation: np.ndarray
    scanner: Mapping[str, Spread]
    measurement: Mapping[str, Spread]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the traits."""
        return tuple(trait.name for trait in self.traits)

    def loading_matrix(self, parameters: Sequence[str]) -> np.ndarray:
        """Return what one standard deviation of each trait adds to the log of each parameter.

        Returns
        -------
        ndarray (n_trait, n_parameter)
        """
        rows = [
            [trait.spread.sd * trait.loadings.get(name, 0.0) for name in parameters] for trait in self.traits
        ]
        return np.array(rows).reshape(len(self.traits), len(parameters))

    @cached_property
    def wander_factor(self) -> np.ndarray:
        """Cholesky factor of the yearly covariance of wandering, ndarray (n_site, n_site)."""
        return np.linalg.cholesky(self.wander_covariance)

    @property
    def wander_covariance(self) -> np.ndarray:
        """Covariance of log density that a year of wandering adds, ndarray (n_site, n_site)."""
        sd = np.array([self.wander[site].sd for site in SITES])
        return np.asarray(self.wander_correlation * np.outer(sd, sd))


@cache
def variability() -> Variability:
    """Return how much people differ, as fitted (`population/variability.yaml`).

    Raises
    ------
    OsteocastError
        If the file names a parameter that the equations do not have.
    """
    return variability_from(read_data(Path(__file__).parent / "variability.yaml"))


def variability_from(content: Mapping[str, Any]) -> Variability:
    """Read what the file says, or what the fit is about to write."""
    traits = tuple(
        Trait(name, str(entry["meaning"]), _spread(entry), dict(entry["loadings"]))
        for name, entry in content["traits"].items()
    )
    for trait in traits:
        # A parameter that only doses use would have to be dosed person by person.
        unknown = sorted(set(trait.loadings) - set(KERNEL_PARAMETERS))
        if unknown:
            raise OsteocastError(
                f"variability.yaml: {trait.name} acts on {', '.join(unknown)}, which no equation has"
            )
    return Variability(
        traits,
        {site: _spread(content["wander"][site]) for site in SITES},
        np.array([[content["wander_correlation"][a][b] for b in SITES] for a in SITES], dtype=np.float64),
        {site: _spread(content["scanner"][site]) for site in SITES},
        {name: _spread(entry) for name, entry in content["measurement"].items()},
    )


def _spread(entry: Mapping[str, Any]) -> Spread:
    error = entry.get("error")
    return Spread(
        float(entry["sd"]),
        str(entry["basis"]),
        None if error is None else float(error),
        tuple(entry.get("sources", ())),
        str(entry.get("note", "")),
    )

"""How much more often bones break below the density of the population."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np

from osteocast.fracture.coefficients import Coefficient, coefficient
from osteocast.fracture.data import data

__all__ = ["Gradient", "gradient", "preferred_site"]


class Gradient:
    """How much more often bones break per standard deviation of density below the mean of the age.

    Parameters
    ----------
    at_65 : Coefficient
    per_year : float
        Change of the logarithm per year of age.
    per_year_sd : float
    """

    def __init__(self, at_65: Coefficient, per_year: float, per_year_sd: float) -> None:
        self.at_65 = at_65
        self.per_year = per_year
        self.per_year_sd = per_year_sd

    def log_ratio(self, z: np.ndarray, age: np.ndarray, n: int) -> np.ndarray:
        """Return the logarithm of the rate against the population's.

        The published rate is a mean over people of all densities: with a normal distribution and gradient
        ``g`` it is ``exp(g**2 / 2)`` times that at the mean density.

        Parameters
        ----------
        z : ndarray (n_people, n_time)
        age : ndarray (n_time,)
        n : int
            Draws of the gradient, one per person; 0 for its median.

        Returns
        -------
        ndarray (n_people, n_time)
        """
        limits = data("density")["per_year"]
        years = np.clip(age, *limits["ages"]) - float(limits["age"])
        # The change with age has a stream of its own.
        change = np.log(Coefficient(f"{self.at_65.name}, by age", 1.0, self.per_year_sd).draw(n))
        slope = np.log(self.at_65.draw(n))[:, None] + (self.per_year + change)[:, None] * years
        slope = np.maximum(slope, 0.0)
        return np.asarray(-slope * z - 0.5 * slope**2)


@cache
def gradient(component: str, site: str, sex: str) -> Gradient:
    """Return the gradient of a kind of fracture with the density of a site.

    Sources: johnell-2005-density, marshall-1996-density, sabre-placebo-2024.
    """
    entry = data("density")
    reference = entry["gradients"][component][site][sex]
    at_65 = coefficient(
        f"gradient of {component} with {site}", {"evidence": reference, "log_sd": entry["log_sd"]}
    )
    change = entry["per_year"].get(component, {"value": 0.0, "sd": 0.0})
    return Gradient(at_65, float(change["value"]), float(change["sd"]))


def preferred_site(component: str, sex: str, known: Mapping[str, object]) -> str | None:
    """Return the site that tells most about a kind of fracture, among those that are known."""
    order = data("density")["sites"][component]
    order = order if isinstance(order, list) else order[sex]
    return next((site for site in order if site in known), None)

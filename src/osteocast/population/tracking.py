"""How density hangs together with the life before: loadings of its logarithm on covariates and traits.

``tracking.yaml`` holds, by sex, site and age, what one unit of the normal score of a covariate or trait has
added to the log of density by then in an untreated life (`osteocast.population.derivatives` writes it).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from osteocast.population.data import data

__all__ = ["loadings"]


def loadings(sex: str, site: str, table: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return what a unit of each normal score has done to the log of density of people by their age.

    Parameters
    ----------
    sex : {"female", "male"}
    site : str
    table : mapping of str to ndarray (n,)
        Covariates; the age is used.

    Returns
    -------
    dict of str to ndarray (n,)
        By covariate or trait.
    """
    entry = data("tracking")
    ages = np.asarray(entry["ages"], dtype=np.float64)
    return {
        name: np.interp(table["age"], ages, np.asarray(by_site[site], dtype=np.float64))
        for name, by_site in entry[sex].items()
    }

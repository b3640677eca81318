"""The healthy premenopausal skeleton at peak bone mass, from which every life history starts."""

from __future__ import annotations

from collections.abc import Mapping

from osteocast.physiology.quantities import SITES
from osteocast.physiology.states import STATES

DAYS_PER_YEAR = 365.25


def peak_state(p: Mapping[str, float]) -> dict[str, float]:
    """Return the state in which formation and resorption balance at every site.

    With all signals at 1, formation and resorption both are ``turnover * (1 + modelling)``. That flux fixes
    the shares of osteoid, young and mature bone and the mean tissue age, per unit of mineralised volume.

    Parameters
    ----------
    p : mapping of str to float
        Parameter values by name.

    Returns
    -------
    dict of str to float
        Value of each state, in storage order.
    """
    state = {item.name: item.initial for item in STATES}
    state["testosterone"] = p["testosterone_own"]
    maturation = p["maturation"] / DAYS_PER_YEAR
    for site in SITES:
        flux = p[f"turnover_{site}"] / DAYS_PER_YEAR * (1 + p["modelling"])
        young = flux / (maturation + flux)
        state[f"osteoid_{site}"] = flux / p["primary_mineralisation"]
        state[f"young_{site}"] = young
        state[f"mature_{site}"] = 1 - young
        state[f"tissue_age_{site}"] = 1 / (flux * DAYS_PER_YEAR)
    return state

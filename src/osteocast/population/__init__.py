"""Virtual people: how much people differ, tables of their parameters, and their futures under plans.

`variability` reads how much people differ from the average that the trials report, `people` draws virtual
people who share what is known of one person, and `futures` simulates their common past once and every plan
from there. `quantiles` and `share` summarise people with weights.

`population` reads a population of a country, `draw` takes virtual people from it with correlated covariates
(within the limits of an `Eligibility`), and `lives`, `live` and `follow` simulate thousands of them at once.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from osteocast.population.futures import DENSITY, RELATIVE_TOLERANCE, Futures, futures, pasts
from osteocast.population.people import People, people
from osteocast.population.summaries import effective_size, quantiles, share
from osteocast.population.variability import Spread, Trait, Variability, variability

if TYPE_CHECKING:
    from osteocast.population.covariates import Cohort, draw
    from osteocast.population.eligibility import Eligibility
    from osteocast.population.living import Followed, Lives, Standing, follow, live, lives
    from osteocast.population.virtual import VirtualPopulation, names, population

__all__ = [
    "DENSITY",
    "RELATIVE_TOLERANCE",
    "Cohort",
    "Eligibility",
    "Followed",
    "Futures",
    "Lives",
    "People",
    "Spread",
    "Standing",
    "Trait",
    "Variability",
    "VirtualPopulation",
    "draw",
    "effective_size",
    "follow",
    "futures",
    "live",
    "lives",
    "names",
    "pasts",
    "people",
    "population",
    "quantiles",
    "share",
    "variability",
]

# What only populations need is loaded when it is asked for: a forecast of one person does without.
_HOME = {
    "Cohort": "covariates",
    "draw": "covariates",
    "Eligibility": "eligibility",
    "Followed": "living",
    "Lives": "living",
    "Standing": "living",
    "follow": "living",
    "live": "living",
    "lives": "living",
    "VirtualPopulation": "virtual",
    "names": "virtual",
    "population": "virtual",
}


def __getattr__(name: str) -> object:
    """Load a name of populations on its first use (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value

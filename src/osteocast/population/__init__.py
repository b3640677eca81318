"""Virtual people: how much people differ, tables of their parameters, and their futures under plans.

`variability` reads how much people differ from the average that the trials report, `people` draws virtual
people who share what is known of one person, and `futures` simulates their common past once and every plan
from there. `quantiles` and `share` summarise people with weights.
"""

from osteocast.population.futures import DENSITY, RELATIVE_TOLERANCE, Futures, futures, pasts
from osteocast.population.people import People, people
from osteocast.population.summaries import effective_size, quantiles, share
from osteocast.population.variability import Spread, Trait, Variability, variability

__all__ = [
    "DENSITY",
    "RELATIVE_TOLERANCE",
    "Futures",
    "People",
    "Spread",
    "Trait",
    "Variability",
    "effective_size",
    "futures",
    "pasts",
    "people",
    "quantiles",
    "share",
    "variability",
]

"""Virtual people: how much people differ, tables of their parameters, and their futures under plans.

`variability` reads how much people differ from the average that the trials report, `people` draws virtual
people who share what is known of one person (or of nobody), and `futures` simulates their common past once
and every plan from there.
"""

from osteocast.population.futures import Futures, futures
from osteocast.population.people import People, people
from osteocast.population.summaries import effective_size, quantiles, share
from osteocast.population.variability import Trait, Variability, variability

__all__ = [
    "Futures",
    "People",
    "Trait",
    "Variability",
    "effective_size",
    "futures",
    "people",
    "quantiles",
    "share",
    "variability",
]

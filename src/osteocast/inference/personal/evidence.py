"""A case's scans and blood values as what a likelihood can use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from osteocast.person import Case

__all__ = ["Measured", "measured"]


@dataclass(frozen=True)
class Measured:
    """What was measured in a person.

    Parameters
    ----------
    days : ndarray (n_past,)
        Days of scans and samples, ascending, with day 0: the `past_days` of `osteocast.population.futures`.
    observables : tuple of str
        Densities and markers measured: its `past_observables`.
    """

    days: np.ndarray
    observables: tuple[str, ...]


def measured(case: Case) -> Measured:
    """Collect every scan and every blood value that a forecast can learn from."""
    raise NotImplementedError

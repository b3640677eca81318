"""Virtual people as a table of parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from osteocast.population.streams import normals, uniforms
from osteocast.population.variability import Variability, variability
from osteocast.simulation import Subject

__all__ = ["People", "people"]


@dataclass(frozen=True)
class People:
    """Virtual people who share what is known of one subject and differ in the rest.

    Parameters
    ----------
    subject : Subject
        Age, menopause, intake, weight and measured hormones of all of them.
    names : tuple of str (n_parameter,)
        Columns of `table`.
    table : ndarray (n, n_parameter)
        Parameter values, before the subject's own (menopause, weight) are put in.
    deviations : ndarray (n, n_trait)
        How far each person lies from the average in each trait, in its standard deviations.
    draw : ndarray (n,) of int
        Which draw of the average response each person deviates from.
    draws : ndarray (n_draw, n_parameter)
        Those draws.
    variability : Variability
        What the traits do.
    """

    subject: Subject
    names: tuple[str, ...]
    table: np.ndarray
    deviations: np.ndarray
    draw: np.ndarray
    draws: np.ndarray
    variability: Variability

    def __len__(self) -> int:
        """Return how many they are."""
        return int(self.table.shape[0])

    def column(self, parameter: str) -> np.ndarray:
        """Return one parameter of everybody, ndarray (n,)."""
        return np.asarray(self.table[:, self.names.index(parameter)])

    def like(self, deviations: np.ndarray, draw: np.ndarray) -> People:
        """Return other people of the same population, at given deviations and draws."""
        raise NotImplementedError


def people(
    subject: Subject,
    n: int,
    draws: Sequence[Mapping[str, float]],
    *,
    study: str = "",
    first: int = 0,
    traits: Variability | None = None,
) -> People:
    """Draw virtual people who might be the subject.

    Each takes one draw of what the trials leave open about the average, and deviates from it in every trait.
    Where a hormone was measured in the subject, theirs scatters about the measurement.

    Parameters
    ----------
    subject : Subject
        What they share.
    n : int
        How many.
    draws : sequence of mapping of str to float
        Draws of the average response (`osteocast.inference.posterior.draws`); person i takes draw ``i`` modulo
        their number.
    study : str
        Key of the random streams: person i of a study is the same whatever n.
    first : int
        Number of the first person.
    traits : Variability, optional
        How much people differ; as fitted by default.

    Returns
    -------
    People
    """
    raise NotImplementedError

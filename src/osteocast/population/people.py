"""Virtual people as a table of parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from osteocast import physiology
from osteocast.physiology import PARAMETER_NAMES
from osteocast.population.streams import mirrored_normals, uniforms
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
    study : str
        Key of their random streams.
    number : ndarray (n,) of int
        Number of each person in the study.
    draws : tuple of mapping of str to float
        Draws of the average response.
    draw : ndarray (n,) of int
        Which of them each person deviates from.
    deviations : ndarray (n, n_trait)
        How far each person lies from the average in each trait, in standard deviations of the trait.
    table : ndarray (n, n_parameter)
        Parameter values of each person, columns as in `osteocast.physiology.PARAMETER_NAMES`.
    traits : Variability
        What the traits do.
    """

    subject: Subject
    study: str
    number: np.ndarray
    draws: tuple[Mapping[str, float], ...]
    draw: np.ndarray
    deviations: np.ndarray
    table: np.ndarray
    traits: Variability

    def __len__(self) -> int:
        """Return how many they are."""
        return int(self.table.shape[0])

    def column(self, parameter: str) -> np.ndarray:
        """Return one parameter of everybody, ndarray (n,)."""
        return np.asarray(self.table[:, PARAMETER_NAMES.index(parameter)])

    def columns(self) -> dict[str, np.ndarray]:
        """Return every parameter of everybody by name, ndarray (n,) each."""
        return {name: self.table[:, i] for i, name in enumerate(PARAMETER_NAMES)}

    def like(self, deviations: np.ndarray, draw: np.ndarray) -> People:
        """Return people of the same numbers at other deviations and draws.

        Parameters
        ----------
        deviations : ndarray (n, n_trait)
        draw : ndarray (n,) of int
        """
        table = _table(self.subject, self.draws, draw, deviations, self.traits)
        return replace(self, draw=draw, deviations=deviations, table=table)


def people(
    subject: Subject,
    n: int,
    draws: Sequence[Mapping[str, float]],
    *,
    study: str = "",
    first: int = 0,
    traits: Variability | None = None,
) -> People:
    r"""Draw virtual people who might be the subject.

    Each takes one draw of what the trials leave open about the average, and deviates from it in every trait:
    :math:`\log p_{ij} = \log \bar p_{d(i)j} + \sum_k \lambda_{jk} \sigma_k z_{ik}`. Where a hormone was
    measured in the subject, theirs scatter about the measurement, drawn a little towards the mean of people
    as far as the measurement errs.

    Parameters
    ----------
    subject : Subject
        What they share.
    n : int
        How many.
    draws : sequence of mapping of str to float
        Draws of the average response (`osteocast.inference.posterior.draws`).
    study : str
        Key of the random streams: person i of a study is the same whatever n and `first`.
    first : int
        Number of the first person.
    traits : Variability, optional
        How much people differ; as fitted by default.

    Returns
    -------
    People

    Examples
    --------
    >>> from osteocast import physiology
    >>> woman = Subject(age=61, menopause_age=50)
    >>> four, two = (people(woman, n, [physiology.values()], study="doctest") for n in (4, 2))
    >>> bool((four.table[:2] == two.table).all())
    True
    """
    spread = variability() if traits is None else traits
    deviations = mirrored_normals(study, "traits", first, n, len(spread.traits))
    drawn = uniforms(study, "draw of the average", first, n, 1)[:, 0]
    draw = np.minimum((drawn * len(draws)).astype(np.int64), len(draws) - 1)
    return People(
        subject,
        study,
        np.arange(first, first + n),
        tuple(draws),
        draw,
        deviations,
        _table(subject, draws, draw, deviations, spread),
        spread,
    )


def _table(
    subject: Subject,
    draws: Sequence[Mapping[str, float]],
    draw: np.ndarray,
    deviations: np.ndarray,
    traits: Variability,
) -> np.ndarray:
    average = physiology.values()
    needed = np.unique(draw)
    rows = {int(d): subject.own_parameters({**average, **draws[d]}) for d in needed}
    own = np.zeros((len(draws), len(PARAMETER_NAMES)))
    for d, row in rows.items():
        own[d] = [row[name] for name in PARAMETER_NAMES]
    table = own[draw]
    logs = deviations @ traits.loading_matrix(PARAMETER_NAMES)
    usual = replace(subject, estradiol=None, testosterone=None).own_parameters(average)
    for name, value in _measured(subject).items():
        j = PARAMETER_NAMES.index(name)
        variance = float((traits.loading_matrix([name]) ** 2).sum())
        trust = variance / (variance + traits.measurement[name].sd ** 2)
        # Conjugate: normal among people on the log scale, normal error of the measurement.
        logs[:, j] = (trust - 1.0) * np.log(value / usual[name]) + np.sqrt(1.0 - trust) * logs[:, j]
    return np.asarray(table * np.exp(logs))


def _measured(subject: Subject) -> dict[str, float]:
    """Parameters of which the subject's own value was measured, not assumed."""
    found = {"postmenopausal_e2" if subject.sex == "female" else "male_e2_own": subject.estradiol}
    if subject.sex == "male":
        found["testosterone_own"] = subject.testosterone
    return {name: value for name, value in found.items() if value is not None}

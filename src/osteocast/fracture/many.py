"""Fractures of many people of different ages under one plan: probabilities, and times drawn from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from osteocast.fracture.exposures import Exposures
from osteocast.fracture.hazards import hazards
from osteocast.fracture.profile import RiskProfile
from osteocast.fracture.risk import cumulative, interpolated, kinds_of
from osteocast.population.mortality import death_rate
from osteocast.population.streams import uniforms
from osteocast.units import DAYS_PER_YEAR

__all__ = ["DRAWN", "ManyRisks", "Times", "fractures_of_many"]

_STEPS_PER_YEAR = 12
_ANY_AGE = 65.0  # of a profile that says nothing but the sex; everybody's own age takes its place
#: Kinds whose first times are drawn; the same luck for a person under every plan.
DRAWN = ("hip", "clinical_vertebral", "non_vertebral")


@dataclass(frozen=True)
class Times:
    """When something first happens, years from day 0; infinity if it does not.

    Parameters
    ----------
    fracture : mapping of str to ndarray (n_people,)
        By kind in `DRAWN`, before death.
    death : ndarray (n_people,)
    """

    fracture: Mapping[str, np.ndarray]
    death: np.ndarray


@dataclass(frozen=True)
class ManyRisks:
    """Rates of fracture and death of many people over the same time.

    Parameters
    ----------
    edges : ndarray (n_time + 1,)
        Months from day 0, in years.
    rates : mapping of str to ndarray (n_people, n_time)
        By kind, per year, constant within a month.
    dying : ndarray (n_people, n_time)
        The same of death.
    """

    edges: np.ndarray
    rates: Mapping[str, np.ndarray]
    dying: np.ndarray

    def probability(self, kind: str, years: np.ndarray) -> np.ndarray:
        """Return the probability of a first fracture of a kind before death.

        Parameters
        ----------
        kind : str
            One of `osteocast.fracture.KINDS`.
        years : ndarray (n_wanted,)
            From day 0; the month that is not over counts as a whole.

        Returns
        -------
        ndarray (n_people, n_wanted)
        """
        broken = cumulative(self.rates[kind], self.dying, np.diff(self.edges))
        place = np.minimum(np.searchsorted(self.edges, years - 1e-9), self.edges.size - 1)
        return np.asarray(broken[:, place])

    def times(self, study: str, number: np.ndarray) -> Times:
        """Draw when each person first breaks a bone, and dies.

        Parameters
        ----------
        study : str
            Key of the random streams.
        number : ndarray (n_people,) of int, ascending
            Number of each person in the study.
        """
        death = self._first(self.dying, study, "death", number)
        found = {}
        # Of hip fractures and of other ones the earlier is a non-vertebral fracture.
        other = self._first(self.rates["non_vertebral"] - self.rates["hip"], study, "other", number)
        for kind in DRAWN[:2]:
            found[kind] = self._first(self.rates[kind], study, kind, number)
        found[DRAWN[2]] = np.minimum(other, found["hip"])
        living = {kind: np.where(time < death, time, np.inf) for kind, time in found.items()}
        return Times(living, death)

    def _first(self, rate: np.ndarray, study: str, what: str, number: np.ndarray) -> np.ndarray:
        """First time of a process with this rate, from one uniform number of each person."""
        first = int(number[0])
        luck = uniforms(study, f"first {what}", first, int(number[-1]) - first + 1, 1)[number - first, 0]
        wanted = -np.log(luck)
        passed = np.cumsum(rate * np.diff(self.edges), axis=1)
        month = np.sum(passed < wanted[:, None], axis=1)
        inside = np.minimum(month, rate.shape[1] - 1)
        rows = np.arange(len(wanted))
        before = np.where(inside > 0, passed[rows, inside - 1], 0.0)
        step = (wanted - before) / np.maximum(rate[rows, inside], 1e-300)
        return np.where(month < rate.shape[1], self.edges[inside] + step, np.inf)


def fractures_of_many(
    sex: str,
    ages: np.ndarray,
    days: np.ndarray,
    t_scores: Mapping[str, np.ndarray],
    turnover: np.ndarray | None,
    exposures: Exposures,
) -> ManyRisks:
    """Return the rates of fracture and death of people of different ages.

    Coefficients are at their medians; what is not known of a person, falls and earlier fractures among it,
    counts as in the average of the population.

    Parameters
    ----------
    sex : {"female", "male"}
    ages : ndarray (n_people,)
        Years on day 0.
    days : ndarray (n_time,)
        Of the trajectories, from day 0, increasing.
    t_scores : mapping of str to ndarray (n_people, n_time)
    turnover : ndarray (n_people, n_time) or None
        CTX against that of the average untreated person (`osteocast.fracture.relative_turnover`).
    exposures : Exposures
        Of the plan, which all of them follow.

    Examples
    --------
    >>> ages, days = np.array([60.0, 80.0]), np.array([0.0, 1826.25])
    >>> risks = fractures_of_many("female", ages, days, {}, None, Exposures())
    >>> risks.probability("hip", np.array([5.0]))[:, 0].round(3)
    array([0.005, 0.06 ])
    """
    months = int(np.floor(days[-1] / DAYS_PER_YEAR * _STEPS_PER_YEAR + 1e-9))
    edges = np.arange(months + 1) / _STEPS_PER_YEAR
    middles = 0.5 * (edges[1:] + edges[:-1]) * DAYS_PER_YEAR
    found = hazards(
        RiskProfile(sex, _ANY_AGE),
        middles,
        {site: interpolated(values, days, middles) for site, values in t_scores.items()},
        None if turnover is None else interpolated(turnover, days, middles),
        exposures,
        0,
        ages,
    )
    shape = (len(ages), middles.size)
    rates = {kind: np.broadcast_to(rate, shape) for kind, rate in kinds_of(found, middles, exposures).items()}
    dying = death_rate(sex, ages[:, None] + middles[None, :] / DAYS_PER_YEAR)
    return ManyRisks(edges, rates, dying)

"""What acts on fractures beside density, and from when to when."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from osteocast.fracture.data import data
from osteocast.lifestyle import Effect
from osteocast.therapies import DRUGS, Course

__all__ = ["Exposures", "Rebound", "Spell", "exposures_of"]

_THREE_YEARS = 3.0 * 365.25
_ANTIRESORPTIVE = ("bisphosphonate",)


@dataclass(frozen=True)
class Spell:
    """A stretch of time.

    Parameters
    ----------
    start_day, stop_day : float
        From the first day to before the last one, counted from day 0.
    """

    start_day: float
    stop_day: float = math.inf

    def during(self, days: np.ndarray) -> np.ndarray:
        """Return which days lie within, ndarray of bool."""
        return np.asarray((days >= self.start_day) & (days < self.stop_day))


@dataclass(frozen=True)
class Rebound:
    """The time after denosumab was stopped without anything to follow.

    Parameters
    ----------
    spell : Spell
    long : bool
        Whether denosumab had been taken for more than three years.
    """

    spell: Spell
    long: bool


@dataclass(frozen=True)
class Exposures:
    """What a person is exposed to, past and to come.

    Parameters
    ----------
    inhibitor : tuple of Spell
        On an aromatase inhibitor.
    denosumab : tuple of float
        Days of the doses, in order.
    antiresorptive : tuple of Spell
        On a bisphosphonate.
    testosterone : tuple of Spell
        Testosterone given to a man.
    exercise : tuple of Spell
        Exercise that trains strength and balance.
    denosumab_goes_on : bool
        Whether nothing ends it, so that the last dose listed is not the last.
    """

    inhibitor: tuple[Spell, ...] = ()
    denosumab: tuple[float, ...] = ()
    antiresorptive: tuple[Spell, ...] = ()
    testosterone: tuple[Spell, ...] = ()
    exercise: tuple[Spell, ...] = ()
    denosumab_goes_on: bool = False

    def ever_antiresorptive(self, days: np.ndarray) -> np.ndarray:
        """Return on which days denosumab or a bisphosphonate has been given, ever, ndarray of bool."""
        starts = [*self.denosumab[:1], *(spell.start_day for spell in self.antiresorptive)]
        return np.asarray(days >= min(starts, default=math.inf))

    def rebounds(self) -> tuple[Rebound, ...]:
        """Return the times of the rebound: after each dose that no other one followed in time.

        A bisphosphonate that runs in that time ends it, and one that was started before it keeps it away.
        """
        return tuple(self._rebounds())

    def _rebounds(self) -> Iterator[Rebound]:
        entry = data("exposures")["denosumab"]
        begins, ends = float(entry["rebound_from"]), float(entry["rebound_until"])
        first = None
        for dose, following in pairwise((*self.denosumab, math.inf)):
            first = dose if first is None else first
            if following - dose <= begins or (math.isinf(following) and self.denosumab_goes_on):
                continue
            start, stop = dose + begins, min(dose + ends, following)
            for spell in self.antiresorptive:
                if spell.start_day < stop and spell.stop_day > dose:
                    stop = min(stop, spell.start_day)
            if stop > start:
                lasted = dose + float(entry["protected_days"]) - first
                yield Rebound(Spell(start, stop), lasted > _THREE_YEARS)
            first = None


def exposures_of(
    courses: Sequence[Course], effects: Sequence[Effect] = (), *, until: float = 30.0 * 365.25
) -> Exposures:
    """Return the exposures of a regimen and a lifestyle.

    Parameters
    ----------
    courses : sequence of Course
        Past and to come, on the person's clock with day 0 today (`Case.regimen`).
    effects : sequence of osteocast.lifestyle.Effect
        Rows of a lifestyle (`Lifestyle.effects`); only exercise that trains falls is taken from them, because
        the risk profile holds the habits.
    until : float
        Last day that matters.

    Examples
    --------
    >>> exposed = exposures_of([Course("denosumab", n_doses=6), Course("letrozole", stop_day=1826.0)])
    >>> exposed.inhibitor
    (Spell(start_day=0.0, stop_day=1826.0),)
    >>> [rebound.spell.start_day for rebound in exposed.rebounds()]
    [1126.125]
    """
    inhibitor, bisphosphonate, testosterone, doses = [], [], [], []
    goes_on = False
    for course in courses:
        if course.adherence == 0.0:
            continue
        drug = DRUGS[course.drug]
        interval = course.interval_days or drug.label_interval_days or 1.0
        spell = Spell(course.start_day, course.end_day(interval))
        if drug.drug_class == "aromatase inhibitor":
            inhibitor.append(spell)
        elif course.drug == "denosumab":
            doses += list(course.dose_days(interval, until))
            goes_on = goes_on or course.end_day(interval) > until
        elif drug.drug_class in _ANTIRESORPTIVE:
            bisphosphonate.append(spell)
        elif course.drug.startswith("testosterone"):
            testosterone.append(spell)
    exercise = [
        Spell(row.start_day, math.inf if row.stop_day is None else row.stop_day)
        for row in effects
        if row.group == "exercise" and any(hazard.outcome == "falls" for hazard in row.hazards)
    ]
    return Exposures(
        tuple(inhibitor),
        tuple(sorted(doses)),
        tuple(bisphosphonate),
        tuple(testosterone),
        tuple(exercise),
        goes_on,
    )

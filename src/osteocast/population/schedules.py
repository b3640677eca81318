"""Events of virtual people: those of one regimen, with each person's own amounts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from osteocast import physiology
from osteocast.engine.schedule import Event, Schedule
from osteocast.lifestyle.exposure import Exposure
from osteocast.physiology import INPUT_INDEX, STATE_INDEX
from osteocast.population.people import People
from osteocast.simulation import events_of
from osteocast.therapies import Course, find

__all__ = ["STEADY_BELOW_DAYS", "Regimen", "regimen"]

#: Doses less than this apart act on virtual people as their mean rate, where a drug knows one: every dose
#: restarts the integrator, and weekly injections over ten years would cost more than all else together.
STEADY_BELOW_DAYS = 22.0


@dataclass(frozen=True)
class Regimen:
    """What happens to everybody, and by how much to each.

    Parameters
    ----------
    events : tuple of Event
        In order of time; the values are those of the first draw.
    values : ndarray (n_row, n_event)
        Amounts by row; one row if they are the same for all draws of the average, else one for each.
    """

    events: tuple[Event, ...]
    values: np.ndarray

    def before(self, day: float) -> Regimen:
        """Return what happens before a day."""
        return self._where([event.day < day for event in self.events])

    def since(self, day: float) -> Regimen:
        """Return what happens on a day and after it."""
        return self._where([event.day >= day for event in self.events])

    def _where(self, kept: Sequence[bool]) -> Regimen:
        chosen = np.flatnonzero(kept)
        return Regimen(tuple(self.events[i] for i in chosen), self.values[:, chosen])

    def same(self, other: Regimen) -> bool:
        """Whether the same happens in another regimen."""
        return [(event.day, event.kind, event.target) for event in self.events] == [
            (event.day, event.kind, event.target) for event in other.events
        ] and bool(np.all(self.values == other.values))

    def schedule(self, draw: np.ndarray) -> Schedule:
        """Lay the events out for people with the given draws, ndarray (n,) of int."""
        own = self.values[draw] if len(self.values) > 1 else None
        return Schedule.shared(self.events, draw.size, own)

    def inputs(self, first: np.ndarray, names: Sequence[str], draw: np.ndarray) -> np.ndarray:
        """Return the level of each input after all events.

        Parameters
        ----------
        first : ndarray (n_input,)
            Levels before any event.
        names : sequence of str
            Inputs in the order of `first`.
        draw : ndarray (n,) of int

        Returns
        -------
        ndarray (n, n_input)
        """
        level = np.tile(first, (draw.size, 1))
        for i, event in enumerate(self.events):
            if event.kind == "input" and event.target in names:
                value = self.values[:, i]
                level[:, names.index(event.target)] = value[draw] if value.size > 1 else value
        return level


def _steady(course: Course) -> Course:
    """Spread doses that are given every few days or weeks over the days between them."""
    drug = find(course.drug)
    amount = drug.label_dose if course.dose is None else course.dose
    interval = drug.label_interval_days if course.interval_days is None else course.interval_days
    knows_both = drug.enters_as_rate is not None and drug.enters_as_dose is not None
    if not knows_both or not 1.0 < interval < STEADY_BELOW_DAYS or course.missed or course.late:
        return course
    end = course.end_day(interval)
    return replace(
        course,
        dose=amount / interval,
        interval_days=1.0,
        n_doses=None,
        stop_day=None if math.isinf(end) else end,
    )


def _order(event: Event) -> tuple[float, bool, int]:
    """Place of an event among those of a patient, as `Schedule.of` has it."""
    inputs = event.kind == "input"
    return event.day, not inputs, (INPUT_INDEX if inputs else STATE_INDEX)[event.target]


class _Looked(Mapping[str, float]):
    """Parameters that remember which of them were looked at."""

    def __init__(self, values: Mapping[str, float]) -> None:
        self._values = values
        self.looked_at: set[str] = set()

    def __getitem__(self, name: str) -> float:
        self.looked_at.add(name)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def regimen(
    people: People, courses: Sequence[Course], exposures: Sequence[Exposure], start: float, until: float
) -> Regimen:
    """Lay out courses and exposures for virtual people.

    Amounts depend on a few parameters (how much of a bisphosphonate bone keeps), which differ between draws
    of the average and not between people of one draw, so that each draw is dosed once. Doses every few days
    or weeks act as their mean rate (`STEADY_BELOW_DAYS`), unless one is missed or late.

    Parameters
    ----------
    people : People
    courses : sequence of Course
    exposures : sequence of Exposure
        Beside the subject's own.
    start, until : float
        First and last day.
    """
    subject, average = people.subject, physiology.values()
    steady = [_steady(course) for course in courses]

    def events(values: Mapping[str, float]) -> list[Event]:
        found = events_of(subject, steady, values, start, until, exposures)
        return sorted(found, key=_order)

    first = _Looked({**average, **people.draws[0]})
    common = events(first)
    differ = any(len({draw.get(name) for draw in people.draws}) > 1 for name in first.looked_at)
    rows = [common, *(events({**average, **draw}) for draw in people.draws[1:])] if differ else [common]
    return Regimen(
        tuple(common), np.array([[event.value for event in row] for row in rows], dtype=np.float64)
    )

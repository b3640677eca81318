"""Events of a batch: when an input changes or an amount is added to a state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from osteocast.errors import InputError, Problem, unknown_name
from osteocast.physiology import INPUT_INDEX, STATE_INDEX

_KINDS = {"input": 0, "dose": 1}


@dataclass(frozen=True, order=True)
class Event:
    """Something that happens to a patient at one instant.

    Events of one instant act in a fixed order: inputs first, then doses, each in storage order. Two settings
    of one input at one instant: the later one listed holds.

    Parameters
    ----------
    day : float
        Time on the patient's clock.
    kind : {"input", "dose"}
        Set an input to `value`, or add `value` to a state.
    target : str
        Name of the input or state.
    value : float
        In the unit of the target.
    """

    day: float
    kind: Literal["input", "dose"]
    target: str
    value: float


@dataclass(frozen=True)
class Schedule:
    """Events of many patients, flattened: those of patient i are ``offset[i]:offset[i + 1]``."""

    offset: np.ndarray
    day: np.ndarray
    kind: np.ndarray
    index: np.ndarray
    value: np.ndarray

    @classmethod
    def of(cls, events: Sequence[Sequence[Event]]) -> Schedule:
        """Flatten one list of events per patient.

        Raises
        ------
        InputError
            For an unknown target or a time or amount that is not finite, each with the patient's number.
        """
        offset = np.zeros(len(events) + 1, dtype=np.int64)
        np.cumsum([len(own) for own in events], out=offset[1:])
        every = [event for own in events for event in own]
        day = np.array([event.day for event in every], dtype=np.float64)
        value = np.array([event.value for event in every], dtype=np.float64)
        places = [_PLACES.get((event.kind, event.target), _NOWHERE) for event in every]
        if _NOWHERE in places or not (np.isfinite(day).all() and np.isfinite(value).all()):
            _refuse(events)
        kind, index = np.array(places, dtype=np.int64).reshape(-1, 2).T
        patient = np.repeat(np.arange(len(events)), np.diff(offset))
        # Stable: of two settings of one input the later listed comes last.
        order = np.lexsort((index, kind, day, patient))
        return cls(offset, day[order], kind[order], index[order], value[order])

    @classmethod
    def shared(cls, events: Sequence[Event], n: int, values: np.ndarray | None = None) -> Schedule:
        """Let the same happen to many patients, without a list for each.

        Parameters
        ----------
        events : sequence of Event
        n : int
            Number of patients.
        values : ndarray (n, n_event), optional
            Amount of each patient's own, in the order of `events`; those of the events by default.

        Raises
        ------
        InputError
            As `of`; the patient's number is 0.
        ValueError
            If `values` has another shape or is not finite.

        Examples
        --------
        >>> Schedule.shared([Event(0.0, "dose", "denosumab_depot", 60.0)], 3).offset
        array([0, 1, 2, 3])
        """
        one = cls.of([events])
        if values is None:
            amounts = np.tile(one.value, n)
        else:
            if np.shape(values) != (n, len(events)) or not np.isfinite(values).all():
                raise ValueError(f"values have to be {n} rows of {len(events)} finite numbers")
            numbered = [replace(event, value=float(i)) for i, event in enumerate(events)]
            order = cls.of([numbered]).value.astype(np.int64)
            amounts = np.asarray(values, dtype=np.float64)[:, order].ravel()
        offset = np.arange(n + 1, dtype=np.int64) * len(events)
        return cls(offset, np.tile(one.day, n), np.tile(one.kind, n), np.tile(one.index, n), amounts)


# Kind and storage number of everything that an event can be aimed at.
_PLACES = {("input", name): (_KINDS["input"], i) for name, i in INPUT_INDEX.items()} | {
    ("dose", name): (_KINDS["dose"], i) for name, i in STATE_INDEX.items()
}
_NOWHERE = (-1, -1)


def _refuse(events: Sequence[Sequence[Event]]) -> None:
    """Raise `InputError` with everything that is wrong with events, if anything is."""
    problems: list[Problem] = []
    for i, own in enumerate(events):
        for event in own:
            known = INPUT_INDEX if event.kind == "input" else STATE_INDEX
            if event.target not in known:
                problems.append(unknown_name(f"events[{i}].target", event.target, known))
            elif not (np.isfinite(event.day) and np.isfinite(event.value)):
                problems.append(
                    Problem(f"events[{i}]", event, "finite time and amount", "check dates and doses")
                )
    if problems:
        raise InputError(tuple(problems))

"""Events of a batch: when an input changes or an amount is added to a state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
        problems: list[Problem] = []
        rows: list[tuple[float, int, int, float]] = []
        offset = [0]
        for i, own in enumerate(events):
            mine = []
            for event in own:
                known = INPUT_INDEX if event.kind == "input" else STATE_INDEX
                if event.target not in known:
                    problems.append(unknown_name(f"events[{i}].target", event.target, known))
                elif not (np.isfinite(event.day) and np.isfinite(event.value)):
                    problems.append(
                        Problem(f"events[{i}]", event, "finite time and amount", "check dates and doses")
                    )
                else:
                    mine.append((event.day, _KINDS[event.kind], known[event.target], event.value))
            mine.sort(
                key=lambda row: row[:3]
            )  # stable: of two settings of one input the later listed comes last
            rows += mine
            offset.append(len(rows))
        if problems:
            raise InputError(tuple(problems))
        table = np.array(rows, dtype=np.float64).reshape(-1, 4)
        return cls(
            np.array(offset, dtype=np.int64),
            np.ascontiguousarray(table[:, 0]),
            table[:, 1].astype(np.int64),
            table[:, 2].astype(np.int64),
            np.ascontiguousarray(table[:, 3]),
        )

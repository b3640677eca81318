"""Lives that between them use every drug and every kind of event, laid out as a batch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from osteocast.engine.kernel import INPUTS, PARAMETERS
from osteocast.engine.schedule import Event, Schedule
from osteocast.engine.solver import Batch
from osteocast.physiology import STATE_NAMES
from osteocast.simulation import Subject, batch_of
from osteocast.therapies import Course

YEAR = 365.25

LIVES: dict[str, tuple[Subject, list[Course]]] = {
    "menopause and no drug": (Subject(age=49.0, menopause_age=51.0), []),
    "anastrozole": (Subject(age=61.0, menopause_age=50.0), [Course("anastrozole", stop_day=5 * YEAR)]),
    "letrozole with zoledronate": (
        Subject(age=66.0, menopause_age=48.0, calcium_intake=500.0, calcium_intake_after=1200.0),
        [Course("letrozole", stop_day=3 * YEAR), Course("zoledronate", n_doses=4)],
    ),
    "exemestane after tamoxifen": (
        Subject(age=58.0, menopause_age=52.0, vitamin_d=12.0, vitamin_d_after=30.0),
        [
            Course("tamoxifen", start_day=-2 * YEAR, stop_day=1 * YEAR),
            Course("exemestane", start_day=1 * YEAR),
        ],
    ),
    "denosumab stopped, then zoledronate": (
        Subject(age=70.0, menopause_age=50.0, weight_kg=55.0),
        [
            Course("anastrozole", adherence=0.8),
            Course("denosumab", n_doses=5, missed=(2,), late={3: 40.0}),
            Course("zoledronate", start_day=4 * YEAR, n_doses=1),
        ],
    ),
    "tablets": (
        Subject(age=72.0, menopause_age=47.0),
        [
            Course("alendronate", stop_day=2 * YEAR),
            Course("risedronate", start_day=2 * YEAR, stop_day=3 * YEAR),
            Course("ibandronate", start_day=3 * YEAR, stop_day=4 * YEAR),
        ],
    ),
    "ovaries removed at 40": (
        Subject(age=45.0, menopause_age=40.0, surgical=True),
        [Course("estradiol", dose=20.0)],
    ),
    "goserelin before menopause": (
        Subject(age=42.0, menopause_age=None),
        [Course("goserelin", stop_day=2 * YEAR), Course("anastrozole", stop_day=2 * YEAR)],
    ),
    "younger than peak bone mass": (
        Subject(age=25.0, menopause_age=None),
        [Course("tamoxifen", stop_day=YEAR)],
    ),
}

DAYS = np.arange(0.0, 5 * YEAR + 1.0, 30.4375)


def lives(*names: str, days: np.ndarray = DAYS) -> Batch:
    """Lay out the named lives, or all of them."""
    chosen = [LIVES[name] for name in names or LIVES]
    return batch_of([subject for subject, _ in chosen], [courses for _, courses in chosen], days)


def crowd(n: int, days: np.ndarray = DAYS[:25], seed: int = 1) -> Batch:
    """Lay out `n` lives that all differ in age, drug and turnover."""
    random = np.random.default_rng(seed)
    kinds = list(LIVES.values())
    subjects, courses = [], []
    for i in range(n):
        subject, own = kinds[i % len(kinds)]
        subjects.append(replace(subject, parameters={"turnover_lumbar_spine": 0.1 + 0.2 * random.random()}))
        courses.append(own)
    return batch_of(subjects, courses, days)


def only(batch: Batch, *patients: int) -> Batch:
    """Take some patients out of a batch, in the order given."""
    rows = np.array(patients)
    schedule = batch.schedule
    taken = [np.arange(schedule.offset[i], schedule.offset[i + 1]) for i in patients]
    events = np.concatenate([*taken, np.empty(0, dtype=np.int64)])
    return Batch(
        parameters=batch.parameters[rows],
        inputs=batch.inputs[rows],
        initial=batch.initial[rows],
        start=batch.start[rows],
        end=batch.end[rows],
        schedule=Schedule(
            offset=np.cumsum([0, *(one.size for one in taken)]),
            day=schedule.day[events],
            kind=schedule.kind[events],
            index=schedule.index[events],
            value=schedule.value[events],
        ),
        days=batch.days,
    )


def stretch(events: list[Event], days: np.ndarray, start: float = 0.0, end: float = 365.0) -> Batch:
    """Lay out one postmenopausal woman between two days, with the events given."""
    base = batch_of([Subject(age=60.0, menopause_age=50.0)], [[]], np.array([0.0, 1.0]))
    return replace(
        base,
        start=np.array([start]),
        end=np.array([end]),
        schedule=Schedule.of([events]),
        days=np.asarray(days, dtype=np.float64),
    )


def with_parameter(batch: Batch, patient: int, name: str, value: float) -> Batch:
    """Change one parameter of one patient."""
    table = batch.parameters.copy()
    table[patient, PARAMETERS.index(name)] = value
    return replace(batch, parameters=table)


def with_input(batch: Batch, name: str, value: float) -> Batch:
    """Change what an input is at the start, for all patients."""
    table = batch.inputs.copy()
    table[:, INPUTS.index(name)] = value
    return replace(batch, inputs=table)


def state(table: np.ndarray, name: str) -> np.ndarray:
    """Take the column of a state."""
    column: np.ndarray = table[..., STATE_NAMES.index(name)]
    return column

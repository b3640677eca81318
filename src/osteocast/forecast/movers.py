"""What a verdict hangs on, in words, and whether a test could narrow it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from osteocast.forecast.drivers import Share, shares
from osteocast.forecast.verdict_results import Mover
from osteocast.person import Case

if TYPE_CHECKING:
    from osteocast.inference.personal import Update

__all__ = ["groups", "movers"]

_SHOWN = 3


@dataclass(frozen=True)
class _Told:
    """How an uncertain quantity is told: its name, what would narrow it, and analytes that speak about it."""

    name: str
    test: str
    analytes: tuple[str, ...] = ()


#: By trait of `osteocast.population.variability`.
_TRAITS: Mapping[str, _Told] = {
    "turnover": _Told(
        "how fast this person's bone is renewed",
        "CTX and P1NP, fasting in the morning, narrow it",
        ("ctx", "p1np", "ntx", "bsap"),
    ),
    "oestrogen": _Told(
        "how much oestradiol this person's bone needs",
        "no test of today shows it; a second scan after a year on the inhibitor does in part",
    ),
    "coupling": _Told(
        "the balance of formation and resorption in this person",
        "no test of today shows it well; a second scan after a year does in part",
    ),
    "ageing": _Told("how much bone age takes", "no test of today shows it; later scans do"),
    "bisphosphonate": _Told(
        "how this person responds to a bisphosphonate", "CTX three months after the first dose narrows it"
    ),
    "denosumab": _Told("how fast this person clears denosumab", "CTX just before the second dose narrows it"),
    "loading": _Told(
        "how this person's bone answers to exercise",
        "no test of today shows it; a scan after a year of training does",
    ),
    "estradiol": _Told(
        "this person's own oestradiol", "oestradiol by mass spectrometry narrows it", ("estradiol",)
    ),
    "testosterone": _Told(
        "this person's own testosterone", "testosterone, in the morning, narrows it", ("testosterone",)
    ),
}
_AVERAGE = _Told(
    "what the trials leave open about the average response",
    "no test of this person narrows it; more trials would",
)
_TODAY = _Told("where the bones stand today", "a second scan now narrows it")
_WANDERING = _Told(
    "ups and downs of bone that nothing explains", "nothing foresees them; later scans show them"
)
_DONE = "measured already, so that only repeating it would narrow it further"


def groups(update: Update, last_day: float) -> dict[str, np.ndarray]:
    """Return the uncertain quantities of the virtual people, ndarray (n, k) for each group.

    Parameters
    ----------
    update : Update
    last_day : float
        Until when the outcome is judged.
    """
    from osteocast.population.wandering import wandering

    people = update.futures.people
    found = {name: people.deviations[:, [k]] for k, name in enumerate(people.traits.names)}
    table = np.array([list(draw.values()) for draw in people.draws])[people.draw]
    varied = table[:, table.std(axis=0) > _SAME * np.abs(table).max(axis=0)]
    if varied.shape[1]:
        # What matters of forty correlated parameters lies in few directions.
        scores = (varied - varied.mean(axis=0)) / varied.std(axis=0)
        _, directions = np.linalg.eigh(scores.T @ scores)
        found["average"] = scores @ directions[:, -_DIRECTIONS:]
    if update.levels:
        found["today"] = np.log(np.column_stack(list(update.levels.values())))
    strayed = wandering(people, np.array([0.0, last_day / 2, last_day]))
    found["wandering"] = np.column_stack([path[:, 1:] for path in strayed.values()])
    return found


# A parameter that differs by rounding only was not drawn.
_SAME = 1e-9
#: Principal directions of the posterior that are looked at.
_DIRECTIONS = 20


def movers(
    case: Case, margins: np.ndarray, weights: np.ndarray, grouped: Mapping[str, np.ndarray]
) -> list[tuple[Mover, ...]]:
    """Say what each of some outcomes hangs on most.

    Parameters
    ----------
    case : Case
        Tells which tests have been done.
    margins : ndarray (n, n_plan)
        Distance of each virtual person to the nearest limit.
    weights : ndarray (n,)
    grouped : mapping of str to ndarray (n, k)
        From `groups`.
    """
    known = weights > 0
    held = {name: members[known] for name, members in grouped.items()}
    found = shares(margins[known], weights[known] / weights[known].sum(), held)
    return [tuple(_mover(case, one) for one in shown[:_SHOWN]) for shown in found]


def _mover(case: Case, one: Share) -> Mover:
    special = {"today": _TODAY, "average": _AVERAGE, "wandering": _WANDERING}
    told = special.get(one.name) or _TRAITS.get(one.name) or _Told(one.name, "not known what would narrow it")
    if one.name == "today" and not case.scans:
        return Mover(told.name, one.share, "a first scan shows it", True)
    if any(case.latest(analyte) is not None for analyte in told.analytes):
        return Mover(told.name, one.share, _DONE, False)
    return Mover(told.name, one.share, told.test, one.name == "today" or bool(told.analytes))

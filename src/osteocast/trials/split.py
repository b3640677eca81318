"""Which published observations are fitted, predicted, or only shown; read from `split.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from osteocast.files import read_data
from osteocast.trials.schema import Observation, Trial

Role = Literal["fitted", "predicted", "shown", "new"]


@dataclass(frozen=True)
class Placement:
    """Where an observation stands.

    Parameters
    ----------
    role : {"fitted", "predicted", "shown", "new"}
        ``new`` for a trial that the project has never seen.
    counted : bool
        Whether it counts in the error over bone-density means.
    apart : bool
        Whether its error is reported apart from the total.
    reason : str
        Why it is only shown, or why its trial was reserved.
    """

    role: Role
    counted: bool
    apart: bool = False
    reason: str = ""


@cache
def _split() -> dict[str, Any]:
    content: dict[str, Any] = read_data(Path(__file__).parent / "split.yaml")
    return content


def placement(trial: Trial, observation: Observation) -> Placement:
    """Look up one observation; a trial not listed is ``new``, and counts where it is bone density."""
    split = _split()
    density = observation.is_bmd and observation.unit in ("pct", "pct_per_year")
    shown = (split["shown"] or {}).get(trial.name, {})
    reason = shown.get("all") or shown.get(observation.id)
    if reason:
        return Placement("shown", False, reason=str(reason))
    apart = trial.name in split["apart"]
    if trial.name in split["fitted"]:
        return Placement("fitted", density, apart)
    if trial.name in split["predicted"]:
        return Placement("predicted", density, apart, str(split["reserved"].get(trial.name, "")))
    return Placement("new", density)

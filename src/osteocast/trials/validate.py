"""Published beside simulated, for every observation of every trial."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from osteocast.errors import EngineError
from osteocast.trials.load import load_trials
from osteocast.trials.schema import KINDS, Kind, Trial
from osteocast.trials.simulate import simulate_trials
from osteocast.trials.split import Role, placement

_ROUNDING = 1e-4  # what a zero of the engine may be off a zero in print


@dataclass(frozen=True)
class Row:
    """One published result and its simulation.

    Parameters
    ----------
    trial, id, arm, versus, observable : str
        What it is of; `versus` for a difference of two arms.
    kind : {"women", "men", "lifestyle"}
        What its trial is about.
    from_month, month : float
        When.
    unit, statistic : str
        As in the trial file.
    published, simulated, error : float
        In `unit`; `error` is simulated minus published.
    role : {"fitted", "predicted", "shown", "new"}
        Whether the parameters were fitted to it.
    counted : bool
        Whether it counts in the root mean square errors over bone-density means.
    apart : bool
        Whether its error is reported apart.
    reason : str
        Why it is only shown, or reserved.
    evidence : str or None
        Registry value in which the number stands.
    note : str or None
    null_result : bool
        Whether the trial found no effect.
    interval : (float, float) or None
        95% confidence interval of the published number, in `unit`.
    """

    trial: str
    kind: Kind
    id: str
    arm: str
    versus: str | None
    observable: str
    from_month: float
    month: float
    unit: str
    statistic: str
    published: float
    simulated: float
    error: float
    role: Role
    counted: bool
    apart: bool
    reason: str
    evidence: str | None
    note: str | None
    null_result: bool = False
    interval: tuple[float, float] | None = None

    @property
    def within(self) -> bool:
        """Whether the simulated value lies in the published confidence interval; not if there is none."""
        if self.interval is None:
            return False
        low, high = self.interval
        return low - _ROUNDING <= self.simulated <= high + _ROUNDING


@dataclass(frozen=True)
class Validation:
    """All rows, and their errors in brief."""

    rows: tuple[Row, ...]

    def summary(self, kind: Kind | None = None) -> dict[str, dict[str, float]]:
        """Errors over counted bone-density means, percentage points of change.

        Parameters
        ----------
        kind : {"women", "men", "lifestyle"}, optional
            Trials to look at; all by default.

        Returns
        -------
        dict
            For ``fitted``, ``predicted``, ``apart`` and ``new`` (where there are any): number of means `n`,
            root mean square error `rmse`, mean error `bias`, and share of means within 2 points `within_2`.
        """
        groups: dict[str, list[float]] = {"fitted": [], "predicted": [], "apart": [], "new": []}
        for row in self.rows:
            if row.counted and kind in (None, row.kind):
                groups["apart" if row.apart else row.role].append(row.error)
        return {name: _errors(errors) for name, errors in groups.items() if errors}

    def nulls(self) -> tuple[Row, ...]:
        """Return the published nulls: a simulated effect outside their intervals contradicts them."""
        return tuple(row for row in self.rows if row.null_result)

    def to_dict(self) -> dict[str, Any]:
        """Return summary, rows and nulls, of which a null says whether the simulated value is within."""
        nulls = [
            {"trial": row.trial, "id": row.id, "simulated": row.simulated, "interval": row.interval}
            | {"within": row.within}
            for row in self.nulls()
        ]
        kinds = {kind: self.summary(kind) for kind in KINDS if self.summary(kind)}
        rows = [asdict(row) for row in self.rows]
        return {"summary": self.summary(), "kinds": kinds, "rows": rows, "nulls": nulls}

    def to_json(self) -> str:
        """Everything as JSON."""
        return json.dumps(self.to_dict(), indent=1, allow_nan=False)


def validate(
    directory: Path | None = None,
    parameters: Mapping[str, float] | None = None,
    *,
    trials: Sequence[Trial] | None = None,
) -> Validation:
    """Re-simulate trials and set them beside what was published.

    Parameters
    ----------
    directory : Path, optional
        Folder of trial files; the trials that come with osteocast by default.
    parameters : mapping of str to float, optional
        Parameter values; the calibrated ones by default.
    trials : sequence of Trial, optional
        Trials already read, instead of `directory`.

    Raises
    ------
    TrialError
        If a trial file is wrong; lists every problem of all files.
    EngineError
        If a trial could not be simulated.
    """
    own = list(trials) if trials is not None else load_trials(directory)
    simulated = simulate_trials(own, None if parameters is None else [parameters])[0]
    return Validation(tuple(_rows(own, simulated)))


def _rows(trials: Iterable[Trial], simulated: np.ndarray) -> Iterable[Row]:
    values = iter(simulated)
    for trial in trials:
        for observation in trial.observations:
            value = float(next(values))
            if not np.isfinite(value):
                raise EngineError(f"{trial.name}, {observation.id}: the simulation failed")
            place = placement(trial, observation)
            yield Row(
                trial=trial.name,
                kind=trial.kind,
                id=observation.id,
                arm=observation.arm,
                versus=observation.versus,
                observable=observation.observable,
                from_month=observation.from_month,
                month=observation.month,
                unit=observation.unit,
                statistic=observation.statistic,
                published=observation.value,
                simulated=value,
                error=value - observation.value,
                role=place.role,
                counted=place.counted,
                apart=place.apart,
                reason=place.reason,
                evidence=observation.evidence,
                note=observation.note,
                null_result=observation.null_result,
                interval=observation.interval,
            )


def _errors(errors: Sequence[float]) -> dict[str, float]:
    e = np.array(errors)
    return {
        "n": float(e.size),
        "rmse": float(np.sqrt(np.mean(e**2))),
        "bias": float(e.mean()),
        "within_2": float(np.mean(np.abs(e) <= 2.0)),
    }

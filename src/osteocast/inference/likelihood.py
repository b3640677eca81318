"""How far the model may lie from a published mean: sampling error, effects of the study, and a remainder.

Means of one trial share an effect of the study (its people, scanners, supplements), per observable; the rest
is sampling error, where it was published, and a remainder of the model. The whole is a normal likelihood with
block covariance, so that a trial that reports six means does not outweigh six trials.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from osteocast.files import read_data
from osteocast.simulation import Subject, run
from osteocast.therapies import Course
from osteocast.trials.schema import Observation, Trial
from osteocast.trials.simulate import DAYS_PER_MONTH, simulate_trials
from osteocast.trials.split import placement

#: Standard deviations, percentage points of change: (effect of the study, remainder). For density they lie
# 1.2 units below the highest log likelihood of the residuals on a grid of tenths (at 0.5 and 0.5), leaving
# out the one trial that lies apart (IES); for markers they are estimates.
SPREAD = {"bmd": (0.3, 0.6), "bmd_indirect": (0.6, 1.0), "marker": (6.0, 7.0)}
_MARKERS = ("ctx", "ntx", "p1np", "bsap")


def is_fitted(trial: Trial, observation: Observation) -> bool:
    """Whether an observation informs the parameters: density and turnover markers of fitted trials."""
    return placement(trial, observation).role == "fitted" and (
        observation.is_bmd or (observation.observable in _MARKERS and observation.unit == "pct")
    )


@dataclass(frozen=True)
class Likelihood:
    """Published values, what whitens their residuals, and the shapes that go with them.

    `whitener` is the inverse Cholesky factor of the covariance: whitened residuals are independent and
    standard normal.
    """

    trials: tuple[Trial, ...]
    used: np.ndarray
    published: np.ndarray
    whitener: np.ndarray
    labels: tuple[str, ...]
    shapes: Shapes

    @classmethod
    def of(cls, trials: Sequence[Trial]) -> Likelihood:
        """Collect the fitted observations of the trials; trials without any are left out."""
        trials = [trial for trial in trials if any(is_fitted(trial, one) for one in trial.observations)]
        pairs = [(trial, observation) for trial in trials for observation in trial.observations]
        used = np.array([is_fitted(trial, observation) for trial, observation in pairs])
        mine = [pair for pair, use in zip(pairs, used, strict=True) if use]
        n = len(mine)
        covariance = np.zeros((n, n))
        for i, (trial, one) in enumerate(mine):
            study, remainder = spread(trial, one)
            covariance[i, i] = study**2 + remainder**2 + (one.standard_error or 0.0) ** 2
            for j, (other_trial, other) in enumerate(mine):
                alike = (other.observable, other.unit, other.versus is None) == (
                    one.observable,
                    one.unit,
                    one.versus is None,
                )
                if i != j and other_trial is trial and alike:
                    covariance[i, j] = study**2
        return cls(
            trials=tuple(trials),
            used=used,
            published=np.array([observation.value for _, observation in mine]),
            whitener=np.linalg.inv(np.linalg.cholesky(covariance)),
            labels=tuple(f"{trial.name}/{observation.id}" for trial, observation in mine),
            shapes=Shapes.load(),
        )

    def residuals(
        self, parameter_sets: Sequence[Mapping[str, float]], *, fallback: bool = True
    ) -> np.ndarray:
        """Whitened residuals, simulated minus published, ndarray (n_set, n_used + n_shape).

        Without the fallback a set that the engine cannot solve in a moment has residuals of NaN.
        """
        simulated = simulate_trials(self.trials, parameter_sets, fallback=fallback)[:, self.used]
        whitened = (simulated - self.published) @ self.whitener.T
        return np.hstack([whitened, self.shapes.residuals(parameter_sets)])


@dataclass(frozen=True)
class Shapes:
    """Facts that were published in words or as ranges, quantified in `shapes.yaml`."""

    facts: tuple[dict[str, Any], ...]
    subject: Subject
    courses: tuple[Course, ...]

    @classmethod
    def load(cls) -> Shapes:
        """Read `shapes.yaml`."""
        content = read_data(Path(__file__).parent / "shapes.yaml")
        course = content["course"]
        return cls(
            facts=tuple(content["facts"]),
            subject=Subject(**content["population"]),
            courses=(Course(course["drug"], n_doses=course["doses"]),),
        )

    def simulate(self, parameter_sets: Sequence[Mapping[str, float]]) -> np.ndarray:
        """Return changes from day 0 in percent, ndarray (n_set, n_fact)."""
        days = np.array(sorted({0.0, *(fact["month"] * DAYS_PER_MONTH for fact in self.facts)}))
        subjects = [
            replace(self.subject, parameters=self.subject.own_parameters(one)) for one in parameter_sets
        ]
        result = run(
            subjects,
            [self.courses] * len(subjects),
            days,
            observables=sorted({fact["observable"] for fact in self.facts}),
            parameters=parameter_sets[0],
        )
        columns = []
        for fact in self.facts:
            column = int(np.argmin(np.abs(result.days - fact["month"] * DAYS_PER_MONTH)))
            columns.append(result.change(fact["observable"])[:, column])
        return np.array(columns).T

    def residuals(self, parameter_sets: Sequence[Mapping[str, float]]) -> np.ndarray:
        """Return simulated minus published over the sd of the reading, ndarray (n_set, n_fact)."""
        value = np.array([fact["value"] for fact in self.facts], dtype=np.float64)
        sd = np.array([fact["sd"] for fact in self.facts], dtype=np.float64)
        return np.asarray((self.simulate(parameter_sets) - value) / sd)


def spread(trial: Trial, observation: Observation) -> tuple[float, float]:
    """Return the standard deviations of the study's effect and of the remainder, in the observation's unit.

    Trials of men and of training lie further off: own hormones, time on treatment and what was trained were
    mostly not reported and stand in the trial files as assumed.

    Raises
    ------
    ValueError
        If the observation is in g/cm2.
    """
    if observation.unit == "g_per_cm2":
        raise ValueError(f"{trial.name}: a change in g/cm2 has no known spread; give it in percent to fit it")
    indirect = trial.population.sex == "male" or any(arm.lifestyle for arm in trial.arms.values())
    study, remainder = SPREAD[("bmd_indirect" if indirect else "bmd") if observation.is_bmd else "marker"]
    years = max((observation.month - observation.from_month) / 12.0, 1.0)
    return (study / years, remainder / years) if observation.unit == "pct_per_year" else (study, remainder)

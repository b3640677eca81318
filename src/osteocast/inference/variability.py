r"""How much people differ, fitted to published standard deviations of change.

A published spread of change holds measurement error, the wandering of lives, and differences between people
in the traits of `osteocast.population`. With the trial's own people and drugs simulated at each trait moved
by its present standard deviation both ways, the variance of change in an arm is

.. math:: V = 2 p^2 + w^2 t + \sum_k \sigma_k^2 J_k^2 + \sigma_{age}^2 J_{age}^2,

with the error p of one scan, the yearly wandering w, and the sensitivity J of the mean change to a trait (a
secant, which moves with the standard deviation: run the fit until it stays). The
standard deviations that are sought (traits, wandering, scanner) are fitted on the log scale with their
priors; what studies differ in is kept apart as a scatter of each published spread.

Run ``python -m osteocast.inference.variability`` to fit and write `population/variability.yaml`; with
``--show`` it prints published and fitted spreads and writes nothing.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from osteocast import physiology
from osteocast.files import read_data
from osteocast.physiology import SITES
from osteocast.population.variability import Trait, Variability, variability
from osteocast.trials import load_trials
from osteocast.trials.schema import Observation, Trial
from osteocast.trials.simulate import simulate_trials

__all__ = ["Arm", "Spreads", "fit", "main"]

_FITTED = ("turnover", "oestrogen", "ageing", "coupling", "bisphosphonate", "loading")
_YEARS_OF_AGE = 3.0
_PERCENT = 100.0
_HEADER = """\
# How much people differ, on the scale of logarithms: a standard deviation of 0.3 is 30% either way.
# `sd` and `error` (of its logarithm) of what is `fitted` are written by
# `python -m osteocast.inference.variability`; the rest is written by hand and kept.
"""


@dataclass(frozen=True)
class Arm:
    """One side of a published spread.

    Parameters
    ----------
    entry : int
        Which spread it belongs to.
    n : int
        People.
    per : float
        What a change in percent is divided by: the years of a rate, else 1.
    years : float
        Between the two measurements.
    site : str
    age_sd : float
        Years.
    """

    entry: int
    n: int
    per: float
    years: float
    site: str
    age_sd: float


@dataclass(frozen=True)
class Spreads:
    """Published spreads, and the sensitivity of each arm behind them to traits and age.

    Parameters
    ----------
    labels : tuple of str (n_entry,)
    published : ndarray (n_entry,)
        Log of a standard deviation of change, or of a standard error of its mean, percent.
    error : ndarray (n_entry,)
        Of it: sampling, rounding, and scatter of studies.
    is_sd : ndarray (n_entry,) of bool
        Whether it is a standard deviation of people, not an error of a mean.
    arms : tuple of Arm
    sensitivity : ndarray (n_arm, n_trait)
        Change in percent per unit of log in each trait.
    ageing : ndarray (n_arm,)
        Change in percent per year of age.
    traits : tuple of Trait
    priors : mapping
    """

    labels: tuple[str, ...]
    published: np.ndarray
    error: np.ndarray
    is_sd: np.ndarray
    arms: tuple[Arm, ...]
    sensitivity: np.ndarray
    ageing: np.ndarray
    traits: tuple[Trait, ...]
    priors: Mapping[str, Any]

    @classmethod
    def load(cls, base: Mapping[str, float] | None = None) -> Spreads:
        """Read `spreads.yaml` and simulate every arm at every trait moved both ways.

        Parameters
        ----------
        base : mapping of str to float, optional
            Parameters about which to move; the calibrated ones by default.
        """
        content = read_data(Path(__file__).parent / "spreads.yaml")
        trials = {trial.name: trial for trial in load_trials()}
        traits = variability().traits
        labels, published, error, is_sd, arms = [], [], [], [], []
        sides: list[tuple[Trial, Observation]] = []
        for k, entry in enumerate(content["spreads"]):
            trial = trials[entry["trial"]]
            (observed,) = [one for one in trial.observations if one.id == entry["observation"]]
            value, kind, rounding = _spread(observed, entry)
            people = [int(entry["n"])] + ([int(entry["n_versus"])] if "n_versus" in entry else [])
            labels.append(f"{trial.name}/{observed.id}")
            published.append(np.log(value))
            sampling = 0.5 / (sum(people) - len(people))
            error.append(np.sqrt(sampling + rounding**2 + float(content["study_scatter"]) ** 2))
            is_sd.append(kind == "sd")
            years = (observed.month - observed.from_month) / 12.0
            age_sd = float(entry.get("age_sd", content["usual_age_sd"]))
            for n, name in zip(people, (observed.arm, observed.versus), strict=False):
                assert name is not None, f"{labels[-1]} compares no arms"
                per = years if observed.unit == "pct_per_year" else 1.0
                arms.append(Arm(k, n, per, years, observed.observable.removeprefix("bmd_"), age_sd))
                sides.append((trial, replace(observed, arm=name, versus=None, id=f"{k}-{name}")))
        parameters = dict(physiology.values() if base is None else base)
        moved = [_moved(parameters, trait, sign * trait.spread.sd) for trait in traits for sign in (1, -1)]
        changes = _simulate(sides, moved)
        size = np.array([2.0 * trait.spread.sd for trait in traits])
        sensitivity = (changes[0::2] - changes[1::2]).T / size
        older, younger = (
            _simulate([(_aged(trial, years), one) for trial, one in sides], [parameters])[0]
            for years in (_YEARS_OF_AGE, -_YEARS_OF_AGE)
        )
        return cls(
            tuple(labels),
            np.array(published),
            np.array(error),
            np.array(is_sd),
            tuple(arms),
            sensitivity,
            (older - younger) / (2.0 * _YEARS_OF_AGE),
            traits,
            content["priors"],
        )

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What is fitted: traits, then wandering and scanner by site."""
        return (*_FITTED, *(f"wander_{site}" for site in SITES), *(f"scanner_{site}" for site in SITES))

    @cached_property
    def prior(self) -> tuple[np.ndarray, np.ndarray]:
        """Log median and spread of what is fitted, ndarray (n_fitted,) each."""
        entries = [self.priors["wander" if name.startswith("wander") else name] for name in self.names]
        return np.log([one["median"] for one in entries]), np.array([one["spread"] for one in entries])

    def parts(self, logs: np.ndarray) -> dict[str, np.ndarray]:
        """Variances of change in each arm by where they come from, percent squared, ndarray (n_arm,) each.

        Parameters
        ----------
        logs : ndarray (n_fitted,)
            Logs of the standard deviations sought, in the order of `names`.
        """
        sd = dict(zip(self.names, np.exp(logs), strict=True))
        scale = np.array([_PERCENT / arm.per for arm in self.arms])
        years = np.array([arm.years for arm in self.arms])
        wander = np.array([sd[f"wander_{arm.site}"] for arm in self.arms])
        scanner = np.array([sd[f"scanner_{arm.site}"] for arm in self.arms])
        found = {
            "scanner": 2.0 * (scale * scanner) ** 2,
            "wandering": (scale * wander) ** 2 * years,
            "age": (self.ageing * np.array([arm.age_sd for arm in self.arms])) ** 2,
        }
        for j, trait in enumerate(self.traits):
            found[trait.name] = (self.sensitivity[:, j] * sd.get(trait.name, trait.spread.sd)) ** 2
        return found

    def predicted(self, logs: np.ndarray) -> np.ndarray:
        """Log of each published spread as the model has it, ndarray (n_entry,)."""
        variance = np.sum(list(self.parts(logs).values()), axis=0)
        total = np.zeros(len(self.labels))
        for arm, own in zip(self.arms, variance, strict=True):
            total[arm.entry] += own if self.is_sd[arm.entry] else own / arm.n
        return np.asarray(0.5 * np.log(total))

    def residuals(self, logs: np.ndarray) -> np.ndarray:
        """Standardised differences from publications and priors, ndarray (n_entry + n_fitted,)."""
        mean, spread = self.prior
        return np.concatenate([(self.predicted(logs) - self.published) / self.error, (logs - mean) / spread])


def fit(spreads: Spreads) -> tuple[np.ndarray, np.ndarray]:
    """Find the most probable standard deviations.

    Returns
    -------
    logs : ndarray (n_fitted,)
        In the order of `Spreads.names`.
    error : ndarray (n_fitted,)
        Their standard deviations by the curvature there.
    """
    from scipy.optimize import least_squares

    found = least_squares(spreads.residuals, spreads.prior[0])
    covariance = np.linalg.inv(found.jac.T @ found.jac)
    return np.asarray(found.x), np.sqrt(np.diag(covariance))


def _spread(observed: Observation, entry: Mapping[str, Any]) -> tuple[float, str, float]:
    """Return a published spread, of what kind it is, and the relative error of its last digit."""
    if "sd" in entry:
        return float(entry["sd"]), "sd", 0.0
    if observed.sd is not None:
        return observed.sd, "sd", _rounding(observed.sd, 1.0)
    if observed.se is not None:
        return observed.se, "se", _rounding(observed.se, 1.0)
    assert observed.ci is not None and None not in observed.ci, f"{observed.id} has no spread"
    low, high = (float(bound) for bound in observed.ci)  # type: ignore[arg-type]
    return (high - low) / 3.92, "se", _rounding(high - low, np.sqrt(2.0))


def _rounding(value: float, digits: float) -> float:
    """Relative standard deviation of a number that was rounded to its last digit."""
    last = 0.1 if round(value, 1) == round(value, 6) else 0.01
    return float(digits * last / np.sqrt(12.0) / value)


def _moved(parameters: Mapping[str, float], trait: Trait, log: float) -> dict[str, float]:
    return {
        **parameters,
        **{name: parameters[name] * float(np.exp(weight * log)) for name, weight in trait.loadings.items()},
    }


def _aged(trial: Trial, years: float) -> Trial:
    """Return a trial whose people are older; their menopause stays where it was in life."""
    arms = {
        name: replace(arm, population=replace(arm.population, age=arm.population.age + years))
        for name, arm in trial.arms.items()
    }
    return replace(trial, arms=arms)


def _simulate(
    sides: Sequence[tuple[Trial, Observation]], parameter_sets: Sequence[Mapping[str, float]]
) -> np.ndarray:
    """Return the mean change of each side under each set, ndarray (n_set, n_side)."""
    trials = [replace(trial, observations=(one,)) for trial, one in sides]
    return simulate_trials(trials, parameter_sets)


def written(content: dict[str, Any], spreads: Spreads, logs: np.ndarray, error: np.ndarray) -> dict[str, Any]:
    """Return the content of `variability.yaml` with what was fitted."""
    for name, log, own in zip(spreads.names, logs, error, strict=True):
        group, _, site = name.partition("_")
        entry = content["traits"][name] if name in _FITTED else content[group][site]
        entry["sd"] = float(f"{np.exp(log):.3g}")
        entry["error"] = float(f"{own:.2g}")
        entry["basis"] = "fitted"
    return content


def table(spreads: Spreads, logs: np.ndarray) -> list[str]:
    """Return published and fitted spreads as lines of text."""
    lines = [f"{'spread, percent':68} {'published':>9} {'model':>6} {'off by':>6}"]
    predicted = spreads.predicted(logs)
    for label, seen, own, error in zip(
        spreads.labels, spreads.published, predicted, spreads.error, strict=True
    ):
        lines.append(f"{label:68} {np.exp(seen):9.2f} {np.exp(own):6.2f} {(own - seen) / error:+6.1f}")
    off = (predicted - spreads.published) / spreads.error
    lines.append(f"root mean square of what is off: {np.sqrt(np.mean(off**2)):.2f} of its error")
    return lines


def main(arguments: Sequence[str] | None = None) -> Variability:
    """Fit, print, and write `population/variability.yaml` unless told to show only."""
    parser = argparse.ArgumentParser(description="Fit how much people differ to published spreads of change.")
    parser.add_argument("--show", action="store_true", help="print the fit and write nothing")
    options = parser.parse_args(arguments)
    spreads = Spreads.load()
    logs, error = fit(spreads)
    print("\n".join(table(spreads, logs)))
    for name, log, own, median in zip(spreads.names, logs, error, spreads.prior[0], strict=True):
        print(f"{name:24} {np.exp(log):.4f}  (x/ {np.exp(own):.2f}; before the fit {np.exp(median):.4f})")
    if not options.show:
        path = Path(str(files("osteocast.population") / "variability.yaml"))
        content = written(yaml.safe_load(path.read_text(encoding="utf-8")), spreads, logs, error)
        body = yaml.safe_dump(
            content, sort_keys=False, allow_unicode=True, width=110, default_flow_style=False
        )
        path.write_text(_HEADER + body, encoding="utf-8")
        variability.cache_clear()
    return variability()


if __name__ == "__main__":
    main()

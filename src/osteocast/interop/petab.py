"""The calibration as a PEtab problem, so that other tools can fit the same model to the same trials.

Each arm of a fitted trial is a model of its own, the SBML of its average person from peak bone mass on, with
one condition, its observations and their errors; one table of parameters with their priors is shared by all.
PEtab 1 has no word for three things of our likelihood: differences between arms, people of an arm rescued
at different visits (``left-out.tsv`` lists both), and the part of an error that the observations of one trial
share, which is counted here as if it were independent.
"""

from __future__ import annotations

import csv
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from osteocast import physiology
from osteocast.errors import InputError, Problem, unknown_name
from osteocast.inference.likelihood import Shapes, is_fitted, spread
from osteocast.inference.scales import estimated, from_scale, to_scale
from osteocast.interop.sbml import Mark, Scenario, to_sbml
from osteocast.simulation import Subject
from osteocast.simulation.run import start_day
from osteocast.trials import Observation, Trial, load_trials
from osteocast.trials.people import exposures_of, subject_of
from osteocast.units import DAYS_PER_MONTH

__all__ = ["Exported", "export"]

# Samples and scans come before a dose of the same day; simulators show what is after it.
_BEFORE_DOSE_DAYS = 1e-3
# Bounds of the search, in standard deviations of the prior.
_BOUND = 5.0
_FILES = {
    "sbml": "model.xml",
    "condition": "conditions.tsv",
    "measurement": "measurements.tsv",
    "observable": "observables.tsv",
}


@dataclass(frozen=True)
class Exported:
    """What was written.

    Parameters
    ----------
    problem : Path
        The YAML file that names all others.
    models, observations, parameters : int
        How many.
    left_out : tuple of (str, str)
        Observations that PEtab cannot hold, ``trial/id``, each with the reason.
    """

    problem: Path
    models: int
    observations: int
    parameters: int
    left_out: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _Row:
    """One published value: its formula in the model, when it was taken, and how far it may lie off."""

    id: str
    formula: str
    day: float
    value: float
    sd: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class _Arm:
    """Average people of an arm, and what was published of them."""

    id: str
    name: str
    scenario: Scenario
    rows: tuple[_Row, ...]


def export(folder: str | Path, *, trials: Sequence[str] = ()) -> Exported:
    """Write the calibration as a PEtab problem.

    Parameters
    ----------
    folder : str or Path
        New or empty; it appears complete or not at all.
    trials : sequence of str
        Names of fitted trials; all of them by default.

    Returns
    -------
    Exported

    Raises
    ------
    InputError
        If the folder holds something, or a trial is not among those fitted.
    OsteocastError
        If SymPy or libSBML is not installed.
    """
    target = Path(folder)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        expected = "a new or empty folder"
        raise InputError([Problem("FILE", str(target), expected, "choose another; nothing was written")])
    left_out: list[tuple[str, str]] = []
    arms = [*_arms(_chosen(trials), left_out), *(() if trials else (_shapes(),))]
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as scratch:
        made = Path(scratch) / target.name
        made.mkdir()
        _write(made, arms, left_out)
        if target.exists():
            target.rmdir()
        shutil.move(made, target)
    rows = sum(len(arm.rows) for arm in arms)
    return Exported(target / "problem.yaml", len(arms), rows, len(estimated()), tuple(left_out))


def _chosen(names: Sequence[str]) -> list[Trial]:
    fitted = {
        trial.name: trial
        for trial in load_trials()
        if any(is_fitted(trial, observation) for observation in trial.observations)
    }
    problems = [
        unknown_name("--trial", name, list(fitted), "fitted trial") for name in names if name not in fitted
    ]
    if problems:
        raise InputError(problems)
    return [fitted[name] for name in names or fitted]


def _arms(trials: Iterable[Trial], left_out: list[tuple[str, str]]) -> Iterator[_Arm]:
    for trial in trials:
        rows: dict[str, list[_Row]] = {}
        for observation in trial.observations:
            if not is_fitted(trial, observation):
                continue
            reason = _why_not(trial, observation)
            if reason:
                left_out.append((f"{trial.name}/{observation.id}", reason))
            else:
                rows.setdefault(observation.arm, []).append(_row(trial, observation))
        for name, own in rows.items():
            arm = trial.arms[name]
            marks = sorted({mark for row in own for mark in row.marks})
            scenario = Scenario(
                subject_of(arm.population),
                (*arm.population.history, *arm.courses),
                trial.last_month * DAYS_PER_MONTH,
                exposures_of(arm),
                marks,
            )
            yield _Arm(_identifier(f"{trial.name}__{name}"), f"{trial.title}: {name}", scenario, tuple(own))


def _why_not(trial: Trial, observation: Observation) -> str:
    if observation.versus is not None:
        return "a difference between two arms, which are two models here"
    if trial.arms[observation.arm].rules:
        return "its people are rescued at different visits"
    return ""


def _row(trial: Trial, observation: Observation) -> _Row:
    mark = Mark(observation.observable, observation.from_month * DAYS_PER_MONTH)
    years = (observation.month - observation.from_month) / 12.0
    per = f" / {years!r}" if observation.unit == "pct_per_year" else ""
    study, remainder = spread(trial, observation)
    return _Row(
        _identifier(f"{trial.name}__{observation.id}"),
        f"100 * ({observation.observable} / {mark.id} - 1){per}",
        observation.month * DAYS_PER_MONTH,
        observation.value,
        (study**2 + remainder**2 + (observation.standard_error or 0.0) ** 2) ** 0.5,
        (mark,),
    )


def _shapes() -> _Arm:
    """Return what was published in words about turnover on and off denosumab."""
    shapes = Shapes.load()
    rows = []
    for fact in shapes.facts:
        mark = Mark(str(fact["observable"]), 0.0)
        rows.append(
            _Row(
                _identifier(f"shape__{fact['id']}"),
                f"100 * ({mark.observable} / {mark.id} - 1)",
                float(fact["month"]) * DAYS_PER_MONTH,
                float(fact["value"]),
                float(fact["sd"]),
                (mark,),
            )
        )
    last = max(row.day for row in rows)
    marks = sorted({mark for row in rows for mark in row.marks})
    scenario = Scenario(shapes.subject, shapes.courses, last, marks=marks)
    return _Arm("shapes__denosumab", "Facts published in words", scenario, tuple(rows))


def _identifier(text: str) -> str:
    return re.sub(r"\W", "_", text)


def _write(folder: Path, arms: Sequence[_Arm], left_out: Sequence[tuple[str, str]]) -> None:
    values = physiology.values()
    shares = {item.name for item in estimated() if item.prior is not None and item.prior.scale == "logit"}
    for arm in arms:
        own = folder / arm.id
        own.mkdir()
        text = to_sbml(arm.scenario, parameters=values, through_logit=shares)
        (own / _FILES["sbml"]).write_text(text, encoding="utf-8")
        replaced = _own_values(arm.scenario.subject, values, shares)
        condition = {"conditionId": arm.id, "conditionName": arm.name, **replaced}
        _table(own / _FILES["condition"], [condition])
        _table(own / _FILES["observable"], [_observable(row) for row in arm.rows])
        start = start_day(arm.scenario.subject)
        _table(own / _FILES["measurement"], [_measurement(arm, row, start) for row in arm.rows])
    _table(folder / "parameters.tsv", list(_parameters(values)))
    _table(folder / "left-out.tsv", [{"observation": name, "reason": why} for name, why in left_out])
    problem = {
        "format_version": 1,
        "parameter_file": "parameters.tsv",
        "problems": [
            {f"{kind}_files": [f"{arm.id}/{name}"] for kind, name in _FILES.items()}
            | {"visualization_files": []}  # some readers miss the key
            for arm in arms
        ],
    }
    (folder / "problem.yaml").write_text(yaml.safe_dump(problem, sort_keys=False), encoding="utf-8")


def _own_values(subject: Subject, values: Mapping[str, float], shares: set[str]) -> dict[str, float]:
    """Return fitted parameters that a measurement of the arm replaces."""
    own = subject.own_parameters(values)
    names = [item.name for item in estimated()]
    return {_written(name, shares): own[name] for name in names if own[name] != values[name]}


def _written(name: str, shares: set[str]) -> str:
    return f"logit_{name}" if name in shares else name


def _observable(row: _Row) -> dict[str, Any]:
    return {
        "observableId": row.id,
        "observableFormula": row.formula,
        "observableTransformation": "lin",
        "noiseFormula": repr(row.sd),
        "noiseDistribution": "normal",
    }


def _measurement(arm: _Arm, row: _Row, start: float) -> dict[str, Any]:
    return {
        "observableId": row.id,
        "simulationConditionId": arm.id,
        "measurement": repr(row.value),
        "time": repr(row.day - start - _BEFORE_DOSE_DAYS),
    }


def _parameters(values: Mapping[str, float]) -> Iterator[dict[str, Any]]:
    """Yield the fitted parameters; a logit is a parameter of its own, on its own scale."""
    for item in estimated():
        prior = item.prior
        assert prior is not None
        middle = to_scale(item, prior.median)
        low, high = middle - _BOUND * prior.sd, middle + _BOUND * prior.sd
        logit = prior.scale == "logit"
        log = prior.scale == "log"
        yield {
            "parameterId": f"logit_{item.name}" if logit else item.name,
            "parameterName": item.meaning,
            "parameterScale": "log" if log else "lin",
            "lowerBound": repr(from_scale(item, low) if log else low),
            "upperBound": repr(from_scale(item, high) if log else high),
            "nominalValue": repr(to_scale(item, values[item.name]) if logit else values[item.name]),
            "estimate": 1,
            "objectivePriorType": "parameterScaleNormal",
            "objectivePriorParameters": f"{middle!r};{prior.sd!r}",
        }


def _table(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]) if rows else ["observation", "reason"], delimiter="\t")
        writer.writeheader()
        writer.writerows(rows)

"""Parameters of the model: declared values with sources, overlaid by the calibrated ones.

`parameters.yaml` declares every parameter with unit, meaning, source and (for those to be estimated) a prior.
`calibrated.yaml` is written by the calibration and replaces the values of the estimated ones, with their
uncertainty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from osteocast.errors import InputError, Problem
from osteocast.files import read_data


@dataclass(frozen=True)
class Prior:
    """What is believed about an estimated parameter before the trials.

    Parameters
    ----------
    scale : str
        ``log``, ``logit`` or ``linear``: the scale on which the belief is normal.
    median, sd : float
        Median in the parameter's unit; standard deviation on `scale`.
    """

    scale: str
    median: float
    sd: float


@dataclass(frozen=True)
class Parameter:
    """One parameter: a number, its unit, what it means and what it rests on.

    `basis` is ``published`` (a source gives it), ``derived`` (arithmetic on published values, see `note`),
    ``estimate`` (chosen by us, see `note`), ``calibrated`` (fitted to trials under `prior`) or ``person``
    (differs by person). `informed_by` names the trials behind a calibrated one, each with its share.
    """

    name: str
    value: float
    unit: str
    meaning: str
    basis: str
    sources: tuple[str, ...] = ()
    note: str = ""
    prior: Prior | None = None
    sd: float | None = None
    informed_by: tuple[str, ...] = ()


def _read(name: str) -> dict[str, dict[str, object]]:
    resource = Path(__file__).parent / name
    return read_data(resource) if resource.is_file() else {}


@cache
def declared() -> dict[str, Parameter]:
    """Return all parameters as declared, before calibration, keyed by name in file order."""
    parameters = {}
    for name, entry in _read("parameters.yaml").items():
        prior = entry.get("prior")
        value = entry.get("value", prior["median"] if isinstance(prior, dict) else None)
        parameters[name] = Parameter(
            name=name,
            value=float(value),  # type: ignore[arg-type]
            unit=str(entry["unit"]),
            meaning=str(entry["meaning"]),
            basis=str(entry["basis"]),
            sources=tuple(entry.get("sources", ())),  # type: ignore[arg-type]
            note=str(entry.get("note", "")),
            prior=Prior(**prior) if isinstance(prior, dict) else None,
        )
    return parameters


@cache
def parameters() -> dict[str, Parameter]:
    """Return all parameters with calibrated values in place, keyed by name in file order."""
    from dataclasses import replace

    merged = dict(declared())
    calibrated: Any = _read("calibrated.yaml").get("parameters") or {}
    for name, entry in calibrated.items():
        merged[name] = replace(
            merged[name],
            value=float(entry["value"]),
            sd=float(entry["sd"]),
            informed_by=tuple(entry.get("informed_by", ())),
        )
    return merged


PARAMETER_NAMES: tuple[str, ...] = tuple(declared())


def values(overrides: Mapping[str, float] | None = None) -> dict[str, float]:
    """Return parameter values by name, with overrides.

    Parameters
    ----------
    overrides : mapping of str to float, optional
        Values that replace the calibrated ones.

    Raises
    ------
    InputError
        If a name is unknown; each problem proposes close names.
    """
    result = {name: parameter.value for name, parameter in parameters().items()}
    problems = []
    for name, value in (overrides or {}).items():
        if name not in result:
            close = (
                ", ".join(get_close_matches(name, result, n=3))
                or "see `osteocast.physiology.PARAMETER_NAMES`"
            )
            problems.append(
                Problem(f"parameters.{name}", value, "a parameter of the model", f"did you mean {close}?")
            )
        else:
            result[name] = float(value)
    if problems:
        raise InputError(tuple(problems))
    return result

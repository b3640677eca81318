"""What numbers were made with, so that each of them can be made again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from osteocast import engine, evidence, physiology
from osteocast.population.streams import uniforms
from osteocast.version import __version__

__all__ = ["Provenance", "provenance"]


@dataclass(frozen=True)
class Provenance:
    """Versions.

    Parameters
    ----------
    version : str
        Of osteocast.
    parameters : str
        First 12 digits of the SHA-256 of all parameter values.
    evidence : str
        The same of all files of the registry.
    calibrated : bool
        Whether the parameters were fitted to the trials; if not, they are what was believed before.
    engine : str
        First 12 digits of the SHA-256 of what solves the equations.
    seeds : str
        The same of the stored posterior and of the first numbers of the random streams: what virtual people
        are drawn from.
    """

    version: str
    parameters: str
    evidence: str
    calibrated: bool
    engine: str
    seeds: str


def provenance(values: Mapping[str, float] | None = None) -> Provenance:
    """Describe the versions that what is computed with these parameters rests on."""
    used = physiology.values() if values is None else dict(values)
    parameters = physiology.parameters().values()
    fitted = all(parameter.sd is not None for parameter in parameters if parameter.basis == "calibrated")
    digest = _digest(json.dumps(used, sort_keys=True).encode())
    return Provenance(__version__, digest, _registry(), fitted, _engine(), _seeds())


@cache
def _registry() -> str:
    directory = evidence.load().directory
    content = hashlib.sha256()
    for path in sorted(directory.glob("*.yaml")):
        content.update(path.name.encode() + path.read_bytes())
    return content.hexdigest()[:12]


@cache
def _engine() -> str:
    paths = sorted(Path(engine.__file__).parent.glob("*.py"))
    return _digest(b"".join(path.name.encode() + path.read_bytes() for path in paths))


@cache
def _seeds() -> str:
    # The streams themselves, not the name of their generator: a library may change what a seed means.
    drawn = uniforms("provenance", "streams", 0, 2, 4), np.random.default_rng(0).random(4)
    stored = (Path(__file__).parent / "posterior.npy").read_bytes()
    return _digest(stored + b"".join(numbers.tobytes() for numbers in drawn))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]

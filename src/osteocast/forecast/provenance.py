"""What a forecast was made with, so that every number can be made again."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from osteocast import evidence, physiology

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
    """

    version: str
    parameters: str
    evidence: str
    calibrated: bool


def provenance(values: Mapping[str, float] | None = None) -> Provenance:
    """Describe the versions that a forecast with these parameters rests on."""
    used = physiology.values() if values is None else dict(values)
    parameters = physiology.parameters().values()
    fitted = all(parameter.sd is not None for parameter in parameters if parameter.basis == "calibrated")
    return Provenance(_version(), _digest(json.dumps(used, sort_keys=True).encode()), _registry(), fitted)


def _version() -> str:
    # The package is loaded whenever one of its rooms is; importing it here would turn the house upside down.
    version: str = sys.modules["osteocast"].__version__
    return version


@cache
def _registry() -> str:
    directory = evidence.load().directory
    content = hashlib.sha256()
    for path in sorted(directory.glob("*.yaml")):
        content.update(path.name.encode() + path.read_bytes())
    return content.hexdigest()[:12]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]

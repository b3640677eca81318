"""Ratios of rates with their uncertainty, drawn from streams of their own name."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from osteocast.errors import EvidenceError
from osteocast.fracture.data import log_spread, value_of
from osteocast.population.streams import normals

__all__ = ["Coefficient", "coefficient"]


@dataclass(frozen=True)
class Coefficient:
    """A ratio, known up to a normal error of its logarithm.

    Parameters
    ----------
    name : str
        Key of its stream: the same draws wherever it is used.
    value : float
    log_sd : float
    sources : tuple of str
        Ids in the evidence registry.
    """

    name: str
    value: float
    log_sd: float = 0.0
    sources: tuple[str, ...] = ()

    def draw(self, n: int) -> np.ndarray:
        """Draw the ratio for `n` virtual people; the single one of ``n = 0`` is its median.

        Returns
        -------
        ndarray (max(n, 1),)

        Examples
        --------
        >>> gradient = Coefficient("an example", 2.0, 0.1)
        >>> gradient.draw(0)
        array([2.])
        >>> bool((gradient.draw(3) == gradient.draw(9)[:3]).all())
        True
        """
        if n == 0:
            return np.full(1, self.value)
        error = _errors(self.name, n) if self.log_sd > 0 else np.zeros(n)
        return np.asarray(self.value * np.exp(self.log_sd * error))


@lru_cache(maxsize=128)
def _errors(name: str, n: int) -> np.ndarray:
    """Draw standard normal errors; every plan of a person asks for the same ones."""
    return normals("fracture", name, 0, n, 1)[:, 0]


def coefficient(name: str, entry: Mapping[str, Any], **names: str) -> Coefficient:
    """Build a coefficient from its entry in a data file.

    Parameters
    ----------
    name : str
    entry : mapping
        ``evidence`` (a value of the registry) or ``value`` with ``sources``; ``kept``, the share of the
        logarithm that counts; ``log_sd`` where the source prints no interval.
    **names : str
        Fill the braces of ``evidence``.

    Raises
    ------
    EvidenceError
        If there is neither an interval nor an estimate of the spread.
    """
    kept = float(entry.get("kept", 1.0))
    if "evidence" not in entry:
        sources = tuple(entry.get("sources", ()))
        return Coefficient(name, float(entry["value"]) ** kept, kept * float(entry["log_sd"]), sources)
    reference = str(entry["evidence"]).format(**names)
    found = value_of(reference)
    log_value = found.number if found.quantity == "log_hazard_ratio" else math.log(found.number)
    spread = log_spread(found.ci)
    if spread is None:
        if "log_sd" not in entry:
            raise EvidenceError(f"{reference} has no interval, and {name} no estimate of its spread")
        spread = float(entry["log_sd"])
    return Coefficient(name, math.exp(kept * log_value), kept * spread, (reference.partition("/")[0],))

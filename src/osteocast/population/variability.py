"""How much people differ from the average that the trials report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from osteocast.errors import OsteocastError
from osteocast.physiology import declared

__all__ = ["Trait", "Variability", "variability"]

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Trait:
    """Something in which people differ, standard normal among people, and what it does to parameters.

    Parameters
    ----------
    name : str
    meaning : str
    sd : float
        Standard deviation among people of the log of a parameter with a loading of 1.
    sd_error : float or None
        Uncertainty of the log of `sd`; None where it was not fitted.
    loadings : mapping of str to float
        Change of the log of each parameter, per `sd`.
    basis : str
        ``fitted`` to published standard deviations of change, ``published`` or ``estimate``.
    sources : tuple of str
        Registry ids.
    note : str
    """

    name: str
    meaning: str
    sd: float
    loadings: Mapping[str, float]
    basis: str
    sd_error: float | None = None
    sources: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Variability:
    """All traits, and the precision of the trials' scanners that came out of the same fit.

    Parameters
    ----------
    traits : tuple of Trait
        Independent of each other; parameters that share a trait are correlated.
    """

    traits: tuple[Trait, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the traits."""
        return tuple(trait.name for trait in self.traits)


@cache
def variability() -> Variability:
    """Return how much people differ, as fitted (`population/variability.yaml`).

    Raises
    ------
    OsteocastError
        If the file names a parameter that the model does not have.
    """
    text = (files("osteocast.population") / "variability.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.load(text, Loader=_Loader)
    known = declared()
    traits = []
    for name, entry in content["traits"].items():
        unknown = sorted(set(entry["loadings"]) - set(known))
        if unknown:
            raise OsteocastError(
                f"variability.yaml: {name} acts on {', '.join(unknown)}, which the model lacks"
            )
        traits.append(
            Trait(
                name,
                str(entry["meaning"]),
                float(entry["sd"]),
                {parameter: float(loading) for parameter, loading in entry["loadings"].items()},
                str(entry["basis"]),
                None if entry.get("sd_error") is None else float(entry["sd_error"]),
                tuple(entry.get("sources", ())),
                str(entry.get("note", "")),
            )
        )
    return Variability(tuple(traits))

"""Calcium and protein of the diet, from a dozen portions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from osteocast.lifestyle.data import data

__all__ = ["FOODS", "Food", "diet_calcium", "diet_protein"]

#: Entry of the file that is no food to be asked about, but what everything else brings.
_OTHERS = "others"


@dataclass(frozen=True)
class Food:
    """A food of the questionnaire.

    Parameters
    ----------
    name : str
    portion : str
        What one portion is.
    calcium : float
        mg in a portion.
    protein : float
        g in a portion.
    note : str
    sources : tuple of str
    """

    name: str
    portion: str
    calcium: float
    protein: float
    note: str = ""
    sources: tuple[str, ...] = ()


@cache
def _foods() -> Mapping[str, Food]:
    made = {}
    for name, entry in data("foods").items():
        if name != _OTHERS:
            made[name] = Food(name, **{**entry, "sources": tuple(entry["sources"])})
    return MappingProxyType(made)


#: The foods that are asked about.
FOODS: Mapping[str, Food] = _foods()


def diet_calcium(portions: Mapping[str, float]) -> float:
    """Return the calcium of a diet, mg/d.

    Parameters
    ----------
    portions : mapping of str to float
        Portions per day by name in `FOODS`; a food that is not named is not eaten.

    Examples
    --------
    >>> diet_calcium({"milk": 1.0})
    505.0
    """
    return float(data("foods")[_OTHERS]["calcium"]) + sum(
        FOODS[name].calcium * count for name, count in portions.items()
    )


def diet_protein(portions: Mapping[str, float]) -> float:
    """Return the protein of a diet, g/d."""
    return float(data("foods")[_OTHERS]["protein"]) + sum(
        FOODS[name].protein * count for name, count in portions.items()
    )

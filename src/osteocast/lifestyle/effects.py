"""What one item of a lifestyle does: where it enters, how much, how well that is known, in a sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from osteocast.lifestyle.exposure import Exposure, Grade

__all__ = ["Effect", "Hazard", "Outcome", "hazard_from"]

#: What a ratio multiplies: the rate of fractures of a kind, or the rate of falls.
Outcome = Literal["any_fracture", "osteoporotic_fracture", "hip_fracture", "vertebral_fracture", "falls"]


@dataclass(frozen=True)
class Hazard:
    """A ratio of rates that acts beside bone density.

    Parameters
    ----------
    label : str
        What it is about.
    outcome : str
        What is multiplied.
    ratio : float
    ci : (float or None, float or None), optional
        95% confidence interval as published.
    grade : {"A", "B", "C", "D"}
        A and B for trials, C for cohorts.
    note : str
        What has to be known before it is multiplied with anything.
    sources : tuple of str
    """

    label: str
    outcome: Outcome
    ratio: float
    ci: tuple[float | None, float | None] | None = None
    grade: Grade = "C"
    note: str = ""
    sources: tuple[str, ...] = ()


def hazard_from(entry: Mapping[str, Any]) -> Hazard:
    """Return the hazard that an entry of a data file describes."""
    ci = tuple(entry["ci"]) if "ci" in entry else None
    return Hazard(**{**entry, "ci": ci, "sources": tuple(entry.get("sources", ()))})


@dataclass(frozen=True)
class Effect:
    """One row of the table that is shown wherever a lifestyle changes a result.

    Parameters
    ----------
    item : str
        Name of the field in a case file.
    label : str
        What the person does, in words.
    group : {"exercise", "nutrition", "habits"}
    grade : {"A", "B", "C", "D"}
        How well its effect on bone density is known; for an effect of zero, how well zero is known.
    sentence : str
        What is known, in plain words.
    sources : tuple of str
    inputs : mapping of str to float
        Added to the inputs of the physiology; empty where trials show nothing, or only fractures move.
    hazards : tuple of Hazard
        Ratios that act beside bone density.
    start_day : float
    stop_day : float, optional
    """

    item: str
    label: str
    group: Literal["exercise", "nutrition", "habits"]
    grade: Grade
    sentence: str
    sources: tuple[str, ...] = ()
    inputs: Mapping[str, float] = field(default_factory=dict)
    hazards: tuple[Hazard, ...] = ()
    start_day: float = -math.inf
    stop_day: float | None = None

    @property
    def exposure(self) -> Exposure | None:
        """The exposure of the skeleton, or None if nothing enters the physiology."""
        if not self.inputs:
            return None
        return Exposure(self.label, self.inputs, self.start_day, self.stop_day, self.grade, self.sources)

    @property
    def enters(self) -> str:
        """Where it enters, and how much."""
        parts = [f"{name.replace('_', ' ')} {value:+.3g}" for name, value in self.inputs.items()]
        parts += [f"{each.outcome.replace('_', ' ')} x {each.ratio:g}" for each in self.hazards]
        return ", ".join(parts) or "nothing"

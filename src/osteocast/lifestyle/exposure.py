"""A stretch of life that acts on the skeleton: what it adds to the inputs of physiology, how well known."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["Exposure", "Grade"]

#: A: trials on density; B: trials on markers, or consistent cohorts on density; C: indirect; D: mechanism.
Grade = Literal["A", "B", "C", "D"]


@dataclass(frozen=True)
class Exposure:
    """Something a person does or undergoes from one day to another.

    Parameters
    ----------
    label : str
        What it is, as a person would say it.
    inputs : mapping of str to float
        Amount added to each input of `osteocast.physiology.INPUTS` while it lasts.
    start_day : float
        First day, on the clock on which day 0 is the baseline; minus infinity for life so far.
    stop_day : float, optional
        First day without it; none means it goes on.
    grade : {"A", "B", "C", "D"}
        How well the size of the effect is known.
    sources : tuple of str
        Registry ids.

    Raises
    ------
    ValueError
        If it stops before it starts, or adds something that is no number.

    Examples
    --------
    >>> Exposure("calcium tablet", {"calcium_intake": 500.0}, start_day=0.0).stop_day is None
    True
    """

    label: str
    inputs: Mapping[str, float]
    start_day: float = -math.inf
    stop_day: float | None = None
    grade: Grade = "D"
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.stop_day is not None and self.stop_day < self.start_day:
            raise ValueError(f"{self.label}: stops at day {self.stop_day}, starts at day {self.start_day}")
        if not all(math.isfinite(value) for value in self.inputs.values()):
            raise ValueError(f"{self.label}: {dict(self.inputs)} must be finite numbers")

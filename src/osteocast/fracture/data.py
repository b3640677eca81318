"""Data files of this room, and the numbers of the evidence registry they point at."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from osteocast.files import read_data
from osteocast.person.published import middle, value_of

__all__ = ["COMPONENTS", "data", "log_spread", "middle", "value_of"]

_NORMAL_95 = 1.959963984540054

#: Kinds of fracture that the hazards are made of, without overlap.
COMPONENTS = ("hip", "clinical_vertebral", "forearm_humerus", "other")


@cache
def data(name: str) -> Mapping[str, Any]:
    """Return the content of a data file of this room."""
    return dict(read_data(Path(__file__).parent / f"{name}.yaml"))


def log_spread(ci: tuple[float | None, float | None] | None) -> float | None:
    """Return the standard deviation of the logarithm that a 95% confidence interval stands for."""
    if ci is None or ci[0] is None or ci[1] is None:
        return None
    return math.log(ci[1] / ci[0]) / (2.0 * _NORMAL_95)

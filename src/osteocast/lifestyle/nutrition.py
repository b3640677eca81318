"""What is eaten, drunk and swallowed, as far as bone has been asked about it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["PATTERNS", "SUNLIGHT", "Nutrition"]

#: Ways of eating that trials tested as a whole.
PATTERNS = ("anti-inflammatory", "mediterranean", "usual")
#: How much sun the skin gets.
SUNLIGHT = ("little", "usual", "much")

Pattern = Literal["anti-inflammatory", "mediterranean", "usual"]
Sunlight = Literal["little", "usual", "much"]


@dataclass(frozen=True)
class Nutrition:
    """What changes in eating, against what the person eats anyway.

    Parameters
    ----------
    calcium : float, optional, mg/d
        Calcium added to what is eaten.
    vitamin_d : float, optional, IU/d
        Vitamin D added.
    sun : {"little", "usual", "much"}, optional
    protein : float, optional, g/kg/d
        All protein eaten, per kilogram of body weight.
    vitamin_k2 : float, optional, ug/d
    magnesium, zinc : float, optional, mg/d
    omega_3 : float, optional, g/d
    isoflavones : float, optional, mg/d
    prunes : float, optional, g/d
    pattern : {"anti-inflammatory", "mediterranean", "usual"}, optional
    foods : mapping of str to float
        Portions per day of all foods of `osteocast.lifestyle.FOODS` that are eaten; gives the calcium of the
        diet and, without `protein`, an estimate of the protein.
    start_day : float
        Minus infinity for life so far.
    stop_day : float, optional
    """

    calcium: float | None = None
    vitamin_d: float | None = None
    sun: Sunlight | None = None
    protein: float | None = None
    vitamin_k2: float | None = None
    magnesium: float | None = None
    zinc: float | None = None
    omega_3: float | None = None
    isoflavones: float | None = None
    prunes: float | None = None
    pattern: Pattern | None = None
    foods: Mapping[str, float] = field(default_factory=dict)
    start_day: float = -math.inf
    stop_day: float | None = None

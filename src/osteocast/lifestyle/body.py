"""What has to be known of a person before a habit can be sized."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from osteocast.units import DAYS_PER_YEAR

__all__ = ["Body"]


@dataclass(frozen=True)
class Body:
    """What has to be known of a person before a habit can be sized.

    Parameters
    ----------
    sex : {"female", "male"}
    age : float
        Years on day 0.
    weight_kg : float, optional
    calcium_intake : float, mg/d
        Calcium from everything on day 0, as the simulation takes it.
    vitamin_d : float, ng/mL
        25-hydroxyvitamin D on day 0, as the simulation takes it.
    vitamin_d_measured : bool
        Whether it was measured on the person; a measured level already holds what is taken today.
    menopause_age : float, optional
        None for a man and before the menopause.
    """

    sex: Literal["female", "male"] = "female"
    age: float = 60.0
    weight_kg: float | None = None
    calcium_intake: float = 800.0
    vitamin_d: float = 25.0
    vitamin_d_measured: bool = False
    menopause_age: float | None = None

    def day_of_age(self, age: float) -> float:
        """Return the day on which the person has, or had, an age."""
        return (age - self.age) * DAYS_PER_YEAR

    @property
    def menopause_day(self) -> float:
        """Day of the menopause; infinity if it has not come."""
        return math.inf if self.menopause_age is None else self.day_of_age(self.menopause_age)

"""A course of a drug: what is taken, from when to when, and what goes wrong on the way."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Course:
    """One drug over one stretch of time.

    Parameters
    ----------
    drug : str
        A name in `osteocast.therapies.DRUGS`.
    start_day : float
        Day of the first dose on the person's clock.
    stop_day : float, optional
        Day from which no more is taken; none means it goes on.
    dose : float, optional
        Amount of one dose in the drug's unit; the label dose by default.
    interval_days : float, optional
        Time between doses; the label interval by default.
    adherence : float
        Share of doses taken, 0 to 1; it scales the mean rate, or each single dose. Single doses that were
        left out altogether are better named in `missed`.
    n_doses : int, optional
        Number of doses, as an alternative to `stop_day`.
    missed : tuple of int
        Numbers (from 1) of doses that are not given.
    late : mapping of int to float
        Days by which a dose is late; the doses after it keep their interval from the late one.

    Raises
    ------
    ValueError
        If a field cannot be right (adherence outside 0-1, stop before start, an interval of zero).
    """

    drug: str
    start_day: float = 0.0
    stop_day: float | None = None
    dose: float | None = None
    interval_days: float | None = None
    adherence: float = 1.0
    n_doses: int | None = None
    missed: tuple[int, ...] = ()
    late: Mapping[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0.0 <= self.adherence <= 1.0:
            raise ValueError(f"adherence {self.adherence} is outside 0 to 1")
        if self.stop_day is not None and self.stop_day < self.start_day:
            raise ValueError(
                f"{self.drug}: stops at day {self.stop_day} before it starts at day {self.start_day}"
            )
        if self.interval_days is not None and not self.interval_days > 0:
            raise ValueError(f"{self.drug}: interval must be above 0 days")
        if self.dose is not None and not (math.isfinite(self.dose) and self.dose >= 0):
            raise ValueError(f"{self.drug}: dose must be 0 or more")

    def end_day(self, interval_days: float) -> float:
        """First day without the drug's next dose, infinity when the course goes on."""
        end = math.inf if self.stop_day is None else self.stop_day
        if self.n_doses is not None:
            end = min(end, self.start_day + self.n_doses * interval_days)
        return end

    def dose_days(self, interval_days: float, until: float) -> Iterator[float]:
        """Yield the days on which a dose is given, in order, up to and including `until`.

        Examples
        --------
        >>> list(Course("denosumab", missed=(2,), late={3: 30.0}).dose_days(182.0, 800.0))
        [0.0, 394.0, 576.0, 758.0]
        """
        stop = math.inf if self.stop_day is None else self.stop_day
        day, number = self.start_day, 1
        while day < stop and day <= until and (self.n_doses is None or number <= self.n_doses):
            day += self.late.get(number, 0.0)
            if day >= stop or day > until:
                return
            if number not in self.missed:
                yield day
            day += interval_days
            number += 1

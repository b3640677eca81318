"""Who may take part: limits of covariates, as a country, a trial or a study sets them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

import numpy as np

from osteocast.physiology import SITES

__all__ = ["Eligibility", "Limits"]

#: Lowest and highest value admitted; none for no limit.
Limits = tuple[float | None, float | None]
_OF_ONE_SEX = ("years_since_menopause", "testosterone")


@dataclass(frozen=True)
class Eligibility:
    """Limits of what people are like on day 0; both ends are admitted.

    Parameters
    ----------
    age : (float or None, float or None), optional
        Years.
    years_since_menopause : optional
        Years; 0 at least means after the menopause. Men have none, and are never kept out by it.
    body_mass_index, weight_kg : optional
        kg/m2, kg.
    t_score : mapping of str to limits
        By site.
    lowest_t_score : optional
        Of the lowest T-score of the three sites.
    vitamin_d : optional
        25OHD, ng/mL.
    calcium_intake : optional
        mg a day, with food.
    filtration, creatinine_clearance : optional
        mL/min/1.73 m2 (CKD-EPI), mL/min (Cockcroft and Gault).
    estradiol, testosterone : optional
        pg/mL, ng/dL.

    Raises
    ------
    ValueError
        If a site is not known, or a lower limit is not below the upper one.
    """

    age: Limits | None = None
    years_since_menopause: Limits | None = None
    body_mass_index: Limits | None = None
    weight_kg: Limits | None = None
    t_score: Mapping[str, Limits] = field(default_factory=dict)
    lowest_t_score: Limits | None = None
    vitamin_d: Limits | None = None
    calcium_intake: Limits | None = None
    filtration: Limits | None = None
    creatinine_clearance: Limits | None = None
    estradiol: Limits | None = None
    testosterone: Limits | None = None

    def __post_init__(self) -> None:
        unknown = sorted(set(self.t_score) - set(SITES))
        if unknown:
            raise ValueError(f"no site {', '.join(unknown)}; there are {', '.join(SITES)}")
        for name, (low, high) in self.limits().items():
            if low is not None and high is not None and not low <= high:
                raise ValueError(f"{name}: the lower limit {low:g} is above the upper one {high:g}")

    def limits(self) -> dict[str, Limits]:
        """Return the limits that are set, by column of the table of covariates."""
        found = {
            item.name: getattr(self, item.name)
            for item in fields(self)
            if item.name != "t_score" and getattr(self, item.name) is not None
        }
        return found | {f"t_score_{site}": limits for site, limits in self.t_score.items()}

    def admits(self, table: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return who may take part.

        Parameters
        ----------
        table : mapping of str to ndarray (n,)
            Covariates (`osteocast.population.Cohort.table`).

        Returns
        -------
        ndarray (n,) of bool

        Examples
        --------
        >>> Eligibility(age=(60, None)).admits({"age": np.array([59.0, 61.0])})
        array([False,  True])
        """
        admitted = np.ones(len(table["age"]), dtype=bool)
        for name, (low, high) in self.limits().items():
            if name not in table and name in _OF_ONE_SEX:
                continue
            value = table[name]
            admitted &= (value >= (-np.inf if low is None else low)) & (
                value <= (np.inf if high is None else high)
            )
        return admitted

    def both(self, other: Eligibility) -> Eligibility:
        """Return the limits of which both hold."""
        mine, theirs = self.limits(), other.limits()
        joined = {
            name: _narrower(mine.get(name, (None, None)), theirs.get(name, (None, None)))
            for name in (*mine, *theirs)
        }
        sites = {
            name.removeprefix("t_score_"): limits
            for name, limits in joined.items()
            if name.startswith("t_score_")
        }
        rest = {name: limits for name, limits in joined.items() if not name.startswith("t_score_")}
        return Eligibility(t_score=sites, **rest)


def _narrower(one: Limits, other: Limits) -> Limits:
    lows = [x for x in (one[0], other[0]) if x is not None]
    highs = [x for x in (one[1], other[1]) if x is not None]
    return (max(lows) if lows else None, min(highs) if highs else None)

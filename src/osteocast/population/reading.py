"""Reading who may take part, from a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from osteocast.person.fields import Fields
from osteocast.physiology import SITES
from osteocast.population.eligibility import Eligibility, Limits

__all__ = ["ELIGIBILITY_FIELDS", "read_eligibility", "read_limits"]

#: Widest limits that can be meant, and what they are of.
_RANGES = {
    "age": (18.0, 110.0, "ages in years"),
    "years_since_menopause": (-30.0, 80.0, "years since menopause"),
    "body_mass_index": (10.0, 80.0, "kg/m2"),
    "weight_kg": (25.0, 250.0, "kg"),
    "lowest_t_score": (-8.0, 8.0, "T-scores"),
    "vitamin_d": (1.0, 200.0, "25OHD, ng/mL"),
    "calcium_intake": (0.0, 5000.0, "mg a day"),
    "filtration": (5.0, 200.0, "mL/min/1.73 m2"),
    "creatinine_clearance": (5.0, 400.0, "mL/min"),
    "estradiol": (0.1, 1000.0, "pg/mL"),
    "testosterone": (5.0, 2000.0, "ng/dL"),
}
ELIGIBILITY_FIELDS = tuple(item.name for item in fields(Eligibility))


def read_eligibility(parent: Fields, key: str) -> Eligibility:
    """Read who may take part; everybody, where the field is absent.

    Parameters
    ----------
    parent : Fields
        Of the document; problems are added to its own.
    key : str
        Field that holds limits by covariate, and T-scores by site under ``t_score``.
    """
    if key not in parent or parent.is_unusable(key):
        return Eligibility()
    own = Fields(parent.raw(key), parent.place(key), parent.problems, ELIGIBILITY_FIELDS)
    given: dict[str, Limits] = {}
    for name, (low, high, unit) in _RANGES.items():
        limits = read_limits(own, name, low, high, unit)
        if limits is not None:
            given[name] = limits
    scores: dict[str, Limits] = {}
    if "t_score" in own:
        holder = Fields(own.raw("t_score"), own.place("t_score"), parent.problems, SITES)
        for site in SITES:
            limits = read_limits(holder, site, -8.0, 8.0, "T-scores")
            if limits is not None:
                scores[site] = limits
    return Eligibility(t_score=scores, **given)


def read_limits(parent: Fields, key: str, low: float, high: float, unit: str) -> Limits | None:
    """Read a lower and an upper limit, either of which may be null.

    Parameters
    ----------
    parent : Fields
    key : str
    low, high : float
        What either may be.
    unit : str
        What they are, for messages.
    """
    given = parent.raw(key)
    if given is None or parent.is_unusable(key):
        return None
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) != 2 or given == [None, None]:
        parent.report(key, f"[lowest, highest] {unit}, null for no limit", "write it like [50, null]")
        return None
    pair: dict[str, Any] = {"lowest": given[0], "highest": given[1]}
    holder = Fields(pair, parent.place(key), parent.problems, ("lowest", "highest"))
    before = len(parent.problems)
    first, last = (holder.number(end, low, high, unit) for end in ("lowest", "highest"))
    if first is not None and last is not None and first > last:
        parent.report(key, "a lower limit that is not above the upper one", "exchange the two")
    return (first, last) if len(parent.problems) == before else None

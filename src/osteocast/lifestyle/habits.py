"""Habits and states of the body that bone has been asked about."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["GH_SECRETAGOGUES", "MEDICINES", "SMOKING", "STRESS", "Habits", "Span"]

#: Growth hormone secretagogues that are asked about.
GH_SECRETAGOGUES = ("ibutamoren", "sermorelin", "cjc-1295", "ipamorelin", "tesamorelin")
#: Medicines that act on fractures beside bone density.
MEDICINES = ("proton-pump-inhibitor", "ssri")
SMOKING = ("never", "former", "current")
STRESS = ("low", "high")

Smoking = Literal["never", "former", "current"]
Stress = Literal["low", "high"]


@dataclass(frozen=True)
class Span:
    """From when to when.

    Parameters
    ----------
    start_day : float
        Minus infinity for life so far.
    stop_day : float, optional
        None means it goes on.
    """

    start_day: float = -math.inf
    stop_day: float | None = None


@dataclass(frozen=True)
class Habits:
    """Habits and states; None is not asked, which counts as ordinary.

    Parameters
    ----------
    smoking : {"never", "former", "current"}, optional
    alcohol : float, optional, g/d
    sleep : float, optional, h
        Hours per night.
    shift_work : bool, optional
        Work that turns day and night around.
    stress : {"low", "high"}, optional
    glucocorticoid : float, optional, mg/d
        By mouth, as prednisolone.
    crp : float, optional, mg/L
    rheumatoid_arthritis : bool, optional
        Active.
    weight_change : float, optional, %
        Of body weight, negative for a loss, kept.
    gh_secretagogue : str, optional
        Among `GH_SECRETAGOGUES`.
    bed_rest : float, optional
        Share of the loading of daily life that is lost, 1 for strict bed rest.
    medicines : tuple of str
        Among `MEDICINES`.
    spans : mapping of str to Span
        By name of the habit, where it has its own times.
    span : Span
        Of all the others.
    """

    smoking: Smoking | None = None
    alcohol: float | None = None
    sleep: float | None = None
    shift_work: bool | None = None
    stress: Stress | None = None
    glucocorticoid: float | None = None
    crp: float | None = None
    rheumatoid_arthritis: bool | None = None
    weight_change: float | None = None
    gh_secretagogue: str | None = None
    bed_rest: float | None = None
    medicines: tuple[str, ...] = ()
    spans: Mapping[str, Span] = field(default_factory=dict)
    span: Span = Span()

    def span_of(self, name: str) -> Span:
        """Return from when to when a habit goes."""
        return self.spans.get(name, self.span)

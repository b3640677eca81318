"""From a kind of number to its evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from osteocast.forecast import Forecast, Verdict
from osteocast.web.errors import Refused
from osteocast.web.showing.behind import density, outcomes, quantities
from osteocast.web.showing.behind.asking import Asked, Parts, answered
from osteocast.web.showing.behind.parts import Behind, cited
from osteocast.web.showing.behind.trials import known_rows

__all__ = ["KINDS", "Kind", "behind", "behind_verdict", "prepare"]


@dataclass(frozen=True)
class Kind:
    """A kind of number.

    Parameters
    ----------
    find : callable
    of : {"", "site", "quantity", "visit", "input"}
        What it is asked of; nothing for numbers of a plan as a whole.
    place : str
        Part of the page of the forecast in which such numbers stand.
    """

    find: Callable[[Asked], Parts]
    of: Literal["", "site", "quantity", "visit", "input"] = ""
    place: str = "plans"


#: Every kind of number of a forecast. The verdict has numbers of its own (`behind_verdict`).
KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "density": Kind(density.density, "site"),
        "t-score": Kind(density.t_score, "site"),
        "least-change": Kind(density.least_change, "site", "why"),
        "scan": Kind(density.scan, "site", "why"),
        "fracture": Kind(outcomes.fracture),
        "harm": Kind(outcomes.harm, "", "safety"),
        "burden": Kind(outcomes.burden),
        "grade": Kind(outcomes.grades),
        "quantity": Kind(quantities.quantity, "quantity", "why"),
        "input": Kind(quantities.given, "input", "why"),
        "visit": Kind(quantities.visit, "visit", "next"),
    }
)


def behind(forecast: Forecast, kind: str, plan: int = 0, of: str = "", year: float | None = None) -> Behind:
    """Return what is behind a number of a forecast.

    Parameters
    ----------
    forecast : Forecast
    kind : str
        In `KINDS`.
    plan : int
        Place of the plan.
    of : str
        Site, quantity, or place of a visit or an input; the first site if left out.
    year : float, optional
        From today.

    Raises
    ------
    Refused
        If there is no such number.
    """
    if kind not in KINDS:
        raise Refused(
            404, f"there are no numbers of the kind {kind!r}", f"one of {', '.join(KINDS)}, verdict"
        )
    if not 0 <= plan < len(forecast.plans):
        raise Refused(404, f"the forecast has no plan {plan}", f"0 to {len(forecast.plans) - 1}")
    known = {"site": tuple(forecast.sites), "quantity": quantities.QUANTITIES}.get(KINDS[kind].of)
    if known is not None:
        of = of or (forecast.first_site if KINDS[kind].of == "site" else known[0])
        if of not in known:
            raise Refused(404, f"there is no {KINDS[kind].of} {of!r}", f"one of {', '.join(known)}")
    asked = Asked(forecast, plan, of, year)
    found = answered(KINDS[kind].find(asked))
    if kind == "fracture":
        checked = outcomes.fracture_checks_for(asked)
        more = cited([*(one.id for one in found.sources), *(one.reference for one in checked)])
        found = replace(found, published=checked, sources=more)
    return found


def prepare() -> None:
    """Compute what every drawer needs, so that the first one does not wait for it."""
    known_rows()
    outcomes.known_checks()


def behind_verdict(found: Verdict, plan: int = 0) -> Behind:
    """Return what is behind the verdict on a plan.

    Raises
    ------
    Refused
        If there is no such plan.
    """
    if not 0 <= plan < len(found.plans):
        raise Refused(404, f"the verdict has no plan {plan}", f"0 to {len(found.plans) - 1}")
    return answered(outcomes.verdict(found, plan))

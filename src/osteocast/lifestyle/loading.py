"""A week of exercise as osteogenic loading: 1 is supervised high-intensity resistance and impact training.

Bone answers to peaks, not to hours: only force above a threshold counts, the first cycles count most, and a
third session adds less than the second. For each session the bouts are ordered by intensity and

    dose = sum over bouts of (force - threshold)^exponent x speed x [ln(1 + cycles so far) - ln(1 + before)]

so that an exercise split into two bouts counts once, and adding anything never lowers the dose. Sessions
combine by a power mean, and the sum is divided by that of the reference programme; what goes far beyond the
reference bends towards a ceiling. What brings no force above the threshold (walking, swimming, a vibration
plate) is zero because of that, and not by decree.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType

from osteocast.lifestyle.data import data
from osteocast.lifestyle.exercise import PROGRAMMES, Bout, Programme, Session
from osteocast.physiology import SITES

__all__ = ["REFERENCE_PROGRAMME", "loading", "relative", "segments", "session_dose", "week"]

#: The programme whose loading is 1 at every site.
REFERENCE_PROGRAMME = "high-intensity-resistance-and-impact"

# How sharply the ceiling sets in: at half of it loading is still within a fiftieth of proportional.
_BEND = 4.0


@cache
def parameters() -> Mapping[str, float]:
    """Return the values of ``loading.yaml`` by name."""
    return MappingProxyType({name: float(entry["value"]) for name, entry in data("loading").items()})


def intensity(bout: Bout, site: str, p: Mapping[str, float], factor: float = 1.0) -> float:
    """Return what one cycle of a bout is worth at a site: force above the threshold, weighted by speed."""
    above = max(0.0, factor * bout.force(site) - p["threshold"])
    speed = {"explosive": p["explosive"], "slow": p["slow"]}.get(bout.speed, 1.0)
    return float(above ** p["exponent"] * speed)


def effective_cycles(bout: Bout, p: Mapping[str, float]) -> float:
    """Return the cycles of a bout; a rest between two of them keeps cells receptive."""
    return bout.cycles * (1.0 + p["rest_gain"] * min(bout.rest / p["rest_enough"], 1.0))


def session_dose(
    session: Session,
    site: str,
    p: Mapping[str, float] | None = None,
    factors: Mapping[str, float] | None = None,
) -> float:
    """Return the dose of one session at a site, in arbitrary units.

    Parameters
    ----------
    session : Session
    site : str
    p : mapping of str to float, optional
        Parameters; those of ``loading.yaml`` by default.
    factors : mapping of str to float, optional
        By exercise: a factor on its force.
    """
    p, factors = parameters() if p is None else p, factors or {}
    worth = sorted(
        (
            (intensity(bout, site, p, factors.get(bout.exercise, 1.0)), effective_cycles(bout, p))
            for bout in session.bouts
        ),
        reverse=True,
    )
    dose = done = 0.0
    for each, cycles in worth:
        if each == 0.0:
            break
        dose += each * (math.log1p(done + cycles) - math.log1p(done))
        done += cycles
    return dose


def week(
    programmes: Iterable[Programme],
    site: str,
    p: Mapping[str, float],
    factors: Mapping[str, float] | None = None,
) -> float:
    """Return the dose of a week of all sessions at a site, in arbitrary units."""
    total = sum(
        programme.adherence * len(session.days) * session_dose(session, site, p, factors) ** p["session_norm"]
        for programme in programmes
        for session in programme.sessions
    )
    return float(total ** (1.0 / p["session_norm"]))


def relative(
    programmes: Iterable[Programme],
    site: str,
    p: Mapping[str, float],
    factors: Mapping[str, float] | None = None,
) -> float:
    """Return the dose of a week over that of the reference programme, bent towards the ceiling.

    Returns
    -------
    float
        1 for the reference; NaN if even the reference brings no force above the threshold.
    """
    whole = week((PROGRAMMES[REFERENCE_PROGRAMME],), site, p, factors)
    if whole == 0.0:
        return math.nan
    ratio = week(programmes, site, p, factors) / whole
    bent = (1.0 + p["ceiling"] ** -_BEND) / (1.0 + (ratio / p["ceiling"]) ** _BEND)
    return float(ratio * bent ** (1.0 / _BEND))


def loading(
    programmes: Programme | Sequence[Programme], p: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Return the osteogenic loading of a week by site.

    Parameters
    ----------
    programmes : Programme or sequence of Programme
        What is done at the same time.
    p : mapping of str to float, optional
        Parameters; those of ``loading.yaml`` by default.

    Returns
    -------
    dict of str to float
        1 is the reference programme done in full, 0 daily life, -1 strict bed rest.

    Examples
    --------
    >>> loading(PROGRAMMES["walking"])["total_hip"]
    0.0
    """
    together = (programmes,) if isinstance(programmes, Programme) else tuple(programmes)
    p = parameters() if p is None else p
    lost = 1.0 - min((programme.daily_life for programme in together), default=1.0)
    return {site: relative(together, site, p) - lost for site in SITES}


def segments(programmes: Sequence[Programme]) -> list[tuple[float, float | None, tuple[Programme, ...]]]:
    """Cut time where a programme starts or stops.

    Returns
    -------
    list of (float, float or None, tuple of Programme)
        First day, first day after, and what is done between; stretches without a programme are left out.
    """
    edges = sorted(
        {edge for each in programmes for edge in (each.start_day, each.stop_day) if edge is not None}
    )
    cut = []
    for index, start in enumerate(edges):
        running = tuple(
            each
            for each in programmes
            if each.start_day <= start and (each.stop_day is None or each.stop_day > start)
        )
        if running:
            cut.append((start, edges[index + 1] if index + 1 < len(edges) else None, running))
    return cut

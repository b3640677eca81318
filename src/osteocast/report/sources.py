"""Sources that a forecast rests on, as citations."""

from __future__ import annotations

from collections.abc import Iterator

from osteocast import evidence
from osteocast.forecast.results import Forecast
from osteocast.forecast.unstudied import gaps
from osteocast.person import least_significant_change
from osteocast.therapies import DRUGS

__all__ = ["citations", "source_ids"]


def source_ids(forecast: Forecast) -> list[str]:
    """Return the registry's ids of everything that this forecast rests on, each once.

    The references behind its T-scores, the precision behind its least significant changes, and what the
    registry holds on each drug in its plans, on what nobody studied and on what the lifestyle does.
    """
    known = evidence.load()
    ids: dict[str, None] = {}
    for given in _references(forecast):
        source = given if given in known else given.rpartition("/")[0]
        if source in known:
            ids.setdefault(known.source(source).id)
    return list(ids)


def _references(forecast: Forecast) -> Iterator[str]:
    for site, basis in forecast.sites.items():
        if basis.scale is not None:
            yield from basis.scale.sources
            least = least_significant_change(site, basis.scale.mean, basis.scale.vendor)
            if least is not None:
                yield least.source
    yield "iscd-2005-reporting/osteoporosis"
    for plan in forecast.plans:
        for course in plan.courses:
            yield from DRUGS[course.drug].sources
        for gap in gaps(forecast.case, plan.courses):
            yield from gap.sources
        for effect in plan.effects:
            yield from effect.sources


def citations(forecast: Forecast) -> list[str]:
    """Return one line of citation per source."""
    ids = source_ids(forecast)
    return evidence.cite(ids).splitlines() if ids else []

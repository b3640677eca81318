"""Sources that a verdict rests on."""

from __future__ import annotations

from collections.abc import Iterator

from osteocast import evidence
from osteocast.forecast.adequacy import LOSS_SOURCE
from osteocast.forecast.titration_words import TRAVERSE
from osteocast.forecast.unstudied import gaps
from osteocast.forecast.verdict_results import Verdict
from osteocast.person import TESTOSTERONE, least_significant_change
from osteocast.therapies import DRUGS

__all__ = ["verdict_citations", "verdict_sources"]


def verdict_sources(found: Verdict) -> list[str]:
    """Return the registry's ids of everything that a verdict rests on, each once."""
    known = evidence.load()
    ids: dict[str, None] = {}
    for given in _references(found):
        source = given if given in known else given.rpartition("/")[0]
        if source in known:
            ids.setdefault(known.source(source).id)
    return list(ids)


def _references(found: Verdict) -> Iterator[str]:
    yield LOSS_SOURCE
    yield "iscd-2005-reporting/osteoporosis"
    if any(course.drug in TESTOSTERONE for course in found.case.treatments):
        yield TRAVERSE
    for site, basis in found.sites.items():
        if basis.scale is not None:
            yield from basis.scale.sources
            least = least_significant_change(site, basis.scale.mean, basis.scale.vendor)
            if least is not None:
                yield least.source
    for plan in found.plans:
        for course in plan.courses:
            yield from DRUGS[course.drug].sources
        for gap in gaps(found.case, plan.courses):
            yield from gap.sources
        for effect in plan.effects:
            yield from effect.sources


def verdict_citations(found: Verdict) -> list[str]:
    """Return one line of citation per source."""
    ids = verdict_sources(found)
    return evidence.cite(ids).splitlines() if ids else []

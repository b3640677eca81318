"""Sources that a search for a plan rests on."""

from __future__ import annotations

from collections.abc import Iterator

from osteocast import evidence
from osteocast.forecast.regimens import exit_sources, regimen
from osteocast.forecast.unstudied import gaps
from osteocast.planning import PlanSearch
from osteocast.planning.data import data
from osteocast.therapies import DRUGS

__all__ = ["search_citations", "search_sources"]


def search_sources(found: PlanSearch) -> list[str]:
    """Return the registry's ids of everything that a search rests on, each once."""
    known = evidence.load()
    ids: dict[str, None] = {}
    for given in _references(found):
        source = given if given in known else given.rpartition("/")[0]
        if source in known:
            ids.setdefault(known.source(source).id)
    return list(ids)


def _references(found: PlanSearch) -> Iterator[str]:
    taken = {course.drug for option in found.options for course in option.courses}
    chosen = data("options")
    for entry in chosen["plans"].values():
        given = regimen(entry["regimen"])
        if given["drug"] in taken:
            yield from (*given["sources"], *entry["sources"])
    yield from exit_sources()
    if any(option.kind == "watch" for option in found.options):
        yield from chosen["waiting"]["sources"]
    for basis in found.sites.values():
        if basis.scale is not None:
            yield from basis.scale.sources
    for one in found.refused:
        for finding in one.findings:
            yield from finding.sources
    for option in found.options:
        for finding in option.findings:
            yield from finding.sources
        for part in option.harm.parts:
            yield from part.sources
        yield from option.fracture.sources
        for course in option.courses:
            yield from DRUGS[course.drug].sources
        for gap in gaps(found.case, option.courses):
            yield from gap.sources
        for effect in option.effects:
            yield from effect.sources


def search_citations(found: PlanSearch) -> list[str]:
    """Return one line of citation per source."""
    ids = search_sources(found)
    return evidence.cite(ids).splitlines() if ids else []

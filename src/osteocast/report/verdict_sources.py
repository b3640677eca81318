"""Sources that a verdict rests on."""

from __future__ import annotations

from collections.abc import Iterator

from osteocast.forecast.adequacy import LOSS_SOURCE
from osteocast.forecast.titration_words import TRAVERSE
from osteocast.forecast.verdict_results import Verdict
from osteocast.person import TESTOSTERONE
from osteocast.report.sources import CLASSES, cited, known_ids, plan_references, site_references

__all__ = ["verdict_citations", "verdict_sources"]


def verdict_sources(found: Verdict) -> list[str]:
    """Return the registry's ids of everything that a verdict rests on, each once."""
    return known_ids(_references(found))


def verdict_citations(found: Verdict) -> list[str]:
    """Return one line of citation per source."""
    return cited(verdict_sources(found))


def _references(found: Verdict) -> Iterator[str]:
    yield LOSS_SOURCE
    yield CLASSES
    if any(course.drug in TESTOSTERONE for course in found.case.treatments):
        yield TRAVERSE
    yield from site_references(found.sites)
    yield from plan_references(found.case, found.plans)

"""Sources that a forecast or a verdict rests on, as citations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from osteocast import evidence
from osteocast.forecast.results import Forecast, PlanForecast
from osteocast.forecast.scans import SiteBasis
from osteocast.forecast.unstudied import gaps
from osteocast.forecast.verdict_results import PlanVerdict
from osteocast.person import Case, least_significant_change
from osteocast.report.safety import checked
from osteocast.therapies import DRUGS

__all__ = ["CLASSES", "citations", "cited", "known_ids", "plan_references", "site_references", "source_ids"]

#: Where the classes of T-score stand.
CLASSES = "iscd-2005-reporting/osteoporosis"


def source_ids(forecast: Forecast) -> list[str]:
    """Return the registry's ids of everything that this forecast rests on, each once.

    The references behind its T-scores, the precision behind its least significant changes, and what the
    registry holds on each drug in its plans, on fractures, on what nobody studied, on what is unsafe, and on
    what the lifestyle does.
    """
    return known_ids(
        [*site_references(forecast.sites), CLASSES, *plan_references(forecast.case, forecast.plans)]
    )


def citations(forecast: Forecast) -> list[str]:
    """Return one line of citation per source."""
    return cited(source_ids(forecast))


def cited(ids: list[str]) -> list[str]:
    """Return one line of citation for each source of the registry."""
    return evidence.cite(ids).splitlines() if ids else []


def known_ids(references: Iterable[str]) -> list[str]:
    """Return the ids of sources, each once, from references to sources or to their values.

    Parameters
    ----------
    references : iterable of str
        ``source-id`` or ``source-id/value-id``; what the registry does not hold is left out.
    """
    known = evidence.load()
    ids: dict[str, None] = {}
    for given in references:
        source = given if given in known else given.rpartition("/")[0]
        if source in known:
            ids.setdefault(known.source(source).id)
    return list(ids)


def site_references(sites: Mapping[str, SiteBasis]) -> Iterator[str]:
    """Yield what T-scores and least significant changes of the scanned sites rest on."""
    for site, basis in sites.items():
        if basis.scale is not None:
            yield from basis.scale.sources
            least = least_significant_change(site, basis.scale.mean, basis.scale.vendor)
            if least is not None:
                yield least.source


def plan_references(case: Case, plans: Iterable[PlanForecast | PlanVerdict]) -> Iterator[str]:
    """Yield what is known of the drugs, the lifestyle, the fractures and the dangers of some plans.

    Parameters
    ----------
    case : Case
        With the same plans.
    plans : iterable of PlanForecast or PlanVerdict
    """
    for plan in plans:
        for course in plan.courses:
            yield from DRUGS[course.drug].sources
        for gap in gaps(case, plan.courses):
            yield from gap.sources
        for effect in plan.effects:
            yield from effect.sources
        if plan.fracture is not None:
            yield from plan.fracture.sources
    for _, findings in checked(case):
        for finding in findings:
            yield from finding.sources

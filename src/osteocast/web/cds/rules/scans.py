"""A scan that is due: none was made, the last is older than guidelines allow, or the change can be seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from osteocast.guidance import check, surveillance
from osteocast.guidance.schedule import ends, intervals
from osteocast.therapies import DRUGS
from osteocast.units import DAYS_PER_MONTH
from osteocast.web.cds.cards import Card
from osteocast.web.cds.detail import written
from osteocast.web.cds.offers import test_for
from osteocast.web.cds.situations import Situation

__all__ = ["Due", "cards", "scan_due"]


@dataclass(frozen=True)
class Due:
    """A scan that is due.

    Parameters
    ----------
    reason : str
        A sentence without its full stop.
    overdue : bool
        Whether there is none, or guidelines would have had it before.
    sources : tuple of str
    """

    reason: str
    overdue: bool
    sources: tuple[str, ...]


def scan_due(situation: Situation) -> Due | None:
    """Return why a scan is due today, if it is."""
    case = situation.case
    source = intervals()["scan"]["interval"]["source"]
    earliest, latest = ends(source)
    if not case.scans:
        asking = [finding for finding in check(case) if finding.id == "inhibitor-density"]
        sources = tuple(source for finding in asking for source in finding.sources)
        return Due("No measurement of bone density is in the record", True, sources)
    months = -case.day(case.scans[-1].date) / DAYS_PER_MONTH
    if months > latest:
        text = (
            f"The last scan is {months:.0f} months old; guidelines want one every {earliest:g} to {latest:g}"
        )
        return Due(text, True, (source,))
    if situation.forecast is None:
        return None
    visits = surveillance(situation.forecast, situation.forecast.plans[0]).visits
    scan = next((visit for visit in visits if visit.kind == "scan"), None)
    if scan is None or scan.day > 0:
        return None
    return Due(f"A scan is due: {scan.why}", False, scan.sources)


def cards(situation: Situation) -> Iterator[Card]:
    """Yield a scan that is due for somebody on an inhibitor."""
    if situation.inhibitor is None or situation.begun is not None or "dxa" in situation.requested:
        return
    # Where orders are written, only those of an inhibitor bring it up.
    if situation.writing and situation.inhibitor not in {order.drug for order in situation.given}:
        return
    due = scan_due(situation)
    if due is None:
        return
    words = DRUGS[situation.inhibitor].words
    yield Card(
        "scan",
        "warning" if due.overdue else "info",
        f"On {words}: {due.reason[0].lower()}{due.reason[1:]}",
        written(situation, [f"{due.reason}."], due.sources),
        tuple(test_for(situation, ("dxa",), why=f"bone density under {words}")),
    )

"""A T-score that is about to cross a threshold, if everything goes on as it is."""

from __future__ import annotations

from collections.abc import Iterator

from osteocast.guidance.schedule import ends, intervals
from osteocast.person import SITE_LABELS
from osteocast.report.sources import CLASSES
from osteocast.therapies import DRUGS
from osteocast.units import DAYS_PER_MONTH
from osteocast.web.cds.cards import Card
from osteocast.web.cds.detail import points, written
from osteocast.web.cds.situations import Situation

__all__ = ["cards"]


def cards(situation: Situation) -> Iterator[Card]:
    """Yield the gravest threshold that is crossed before the latest day of the next scan."""
    forecast = situation.forecast
    if forecast is None or situation.writing or situation.inhibitor is None or situation.fact("bone_drug"):
        return
    until = ends(intervals()["scan"]["interval"]["source"])[1] * DAYS_PER_MONTH
    plan = forecast.plans[0]
    coming = sorted(
        (crossing.threshold, crossing.day, crossing)
        for crossing in plan.crossings
        if forecast.sites[crossing.site].measured and crossing.day is not None and 0 < crossing.day <= until
    )
    if not coming:
        return
    threshold = coming[0][0]
    gravest = [crossing for low, _, crossing in coming if low == threshold]
    first = gravest[0]
    assert first.day is not None
    words = DRUGS[situation.inhibitor].words
    label = SITE_LABELS[first.site]
    when = f"{situation.case.date_of(first.day):%B %Y}"
    number = f"{threshold:g}".replace("-", "−")
    told = [
        f"{SITE_LABELS[crossing.site]}: {situation.case.date_of(crossing.day):%B %Y}"
        for crossing in gravest
        if crossing.day is not None
    ]
    parts = [
        f"With {words} and no drug for bone the T-score is expected to reach {number} ({first.name}):",
        points(told),
        "This is the average response of people with this age, history and density; one person differs.",
    ]
    yield Card(
        "crossing",
        "warning" if first.name == "osteoporosis" else "info",
        f"On {words} the T-score of the {label} is expected to reach {number} in {when}",
        written(situation, parts, [CLASSES]),
    )

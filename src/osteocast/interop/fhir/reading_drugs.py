"""Orders, statements and administrations of drugs become courses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from osteocast.interop.fhir.dosage import Dosage, after, dosage_of, label_interval, route_of
from osteocast.interop.fhir.draft import Draft
from osteocast.interop.fhir.ingredients import product_of, recognised
from osteocast.interop.fhir.ledger import Row
from osteocast.interop.fhir.quantities import Unread
from osteocast.interop.fhir.tables import table
from osteocast.interop.fhir.values import Moment, Resource, first_moment, mapping, mappings, moment, text
from osteocast.therapies import DRUGS

__all__ = ["read_drugs"]

_NOT_TAKEN = {
    "entered-in-error": "entered in error",
    "cancelled": "cancelled",
    "not-taken": "not taken",
    "not-done": "not given",
    "draft": "a draft",
    "intended": "intended only",
    "unknown": "its status is unknown",
}
_ENDED = ("completed", "stopped")
_INTENTS = ("order", "original-order", "instance-order", "reflex-order", "filler-order", "")


@dataclass(frozen=True)
class _Span:
    """One course of a drug as one resource has it; no end while it goes on."""

    drug: str
    start: date
    stop: date | None
    dosage: Dosage
    partial: bool
    rows: tuple[Row, ...]
    adherence: str | None = None
    #: Whether somebody says that it is taken, which stands over what was ordered.
    stated: bool = False

    @property
    def same(self) -> tuple[Any, ...]:
        """What has to be alike for one course to go on as another."""
        return self.drug, self.dosage.dose, self.dosage.interval, self.adherence


def read_drugs(draft: Draft, resources: dict[str, Resource]) -> None:
    """Read every course of a drug that the model has."""
    spans: list[_Span] = []
    doses: list[_Span] = []
    denied: list[tuple[str, Moment | None]] = []
    for name, resource in resources.items():
        kind = text(resource, "resourceType")
        if kind not in ("MedicationRequest", "MedicationStatement", "MedicationAdministration"):
            continue
        product = product_of(draft, resource)
        row = draft.ledger.row(name, product.name)
        try:
            found = _read(kind, resource, draft, row)
        except Unread as why:
            row.drop(str(why))
            denied += _denied(kind, resource, draft)
            continue
        # A renewal says that the drug is taken still, though the course began before.
        draft.dates.append(found.start)
        (doses if kind == "MedicationAdministration" else spans).append(found)
    by_drug: dict[str, tuple[list[_Span], list[_Span]]] = defaultdict(lambda: ([], []))
    for one in _as_stated(spans, denied):
        by_drug[one.drug][0].append(one)
    for one in doses:
        by_drug[one.drug][1].append(one)
    for drug, (ordered, given) in by_drug.items():
        for one in _courses(drug, ordered, given):
            _write(draft, one)


def _read(kind: str, resource: Resource, draft: Draft, row: Row) -> _Span:
    product = product_of(draft, resource)
    dosages = mappings(resource, "dosageInstruction") or mappings(resource, "dosage")
    if kind == "MedicationAdministration" and mapping(resource, "dosage"):
        dosages = (mapping(resource, "dosage"),)
    drug, how = recognised(product, route_of(dosages, product.said))
    row.note(how)
    status = text(resource, "status")
    if status in _NOT_TAKEN:
        raise Unread(_NOT_TAKEN[status])
    if resource.get("doNotPerform") is True:
        raise Unread("an order not to give it")
    if text(resource, "intent") not in _INTENTS:
        raise Unread(f"a {text(resource, 'intent')}, not an order")
    dosage = dosage_of(DRUGS[drug], dosages, product.said)
    if dosage.as_needed:
        raise Unread("taken as needed: how often is not known")
    start = _start(kind, resource, dosage)
    if start is None:
        raise Unread("no start date")
    row.note(*dosage.notes)
    if not start.exact:
        row.note(f"its start is known as {start.written} only, taken as {start.day}")
    stop = _stop(resource, dosage, start, status)
    if kind != "MedicationAdministration" and status in _ENDED and stop is None and dosage.count is None:
        raise Unread("it has ended, but when is not said")
    if status == "on-hold":
        raise Unread("on hold: since when is not said")
    if stop is not None and stop <= start.day:
        raise Unread("it ends before it starts")
    stated = kind == "MedicationStatement"
    return _Span(drug, start.day, stop, dosage, not start.exact, (row,), _adherence(resource), stated)


def _denied(kind: str, resource: Resource, draft: Draft) -> Iterator[tuple[str, Moment | None]]:
    """Yield the drug of a statement that it is not taken, and since when; None if that is not said."""
    if kind != "MedicationStatement" or text(resource, "status") != "not-taken":
        return
    product = product_of(draft, resource)
    try:
        drug, _ = recognised(product, route_of(mappings(resource, "dosage"), product.said))
    except Unread:
        return
    yield (
        drug,
        first_moment(resource, ("effectivePeriod", "start"), ("effectiveDateTime",), ("dateAsserted",)),
    )


def _as_stated(spans: Sequence[_Span], denied: Sequence[tuple[str, Moment | None]]) -> Iterator[_Span]:
    """Yield courses; an order that runs on ends where a statement says that the drug is taken no more."""
    for one in spans:
        ends = [
            (each.stop, "a statement of this drug says when it ended")
            for each in spans
            if each.stated and each.drug == one.drug and each.stop is not None and each.stop > one.start
        ]
        ends += [
            (one.start if since is None else since.day, "a statement says that it is not taken")
            for drug, since in denied
            if drug == one.drug and (since is None or since.day >= one.start)
        ]
        # Somebody who took it again says so later.
        again = [each.start for each in spans if each.stated and each.drug == one.drug]
        stop, why = min(ends, default=(None, ""))
        if (
            one.stated
            or stop is None
            or (one.stop is not None and one.stop <= stop)
            or any(start >= stop for start in again)
        ):
            yield one
        elif stop <= one.start:
            for row in one.rows:
                row.drop(why)
        else:
            for row in one.rows:
                row.note(f"{why}: taken until {stop - timedelta(days=1)}")
            yield replace(one, stop=stop)


def _start(kind: str, resource: Resource, dosage: Dosage) -> Moment | None:
    if kind == "MedicationRequest":
        return dosage.bounds[0] or moment(resource, "authoredOn")
    return first_moment(resource, ("effectivePeriod", "start"), ("effectiveDateTime",)) or dosage.bounds[0]


def _stop(resource: Resource, dosage: Dosage, start: Moment, status: str) -> date | None:
    end = moment(resource, "effectivePeriod", "end") or dosage.bounds[1]
    if end is None:
        first = next(iter(mappings(resource, "dosageInstruction") or mappings(resource, "dosage")), {})
        end = after(start, mapping(first, "timing", "repeat"))
    # FHIR counts the last day in; a case names the first day without.
    return None if end is None else end.day + timedelta(days=1) if end.exact else end.day


def _adherence(resource: Resource) -> str | None:
    """Return the share of doses taken, where an export of this program says so in a note."""
    for note in mappings(resource, "note"):
        share, _, rest = text(note, "text").partition("%")
        if rest.strip() == "of doses taken" and share.replace(".", "", 1).isdecimal():
            return f"{share}%"
    return None


def _courses(drug: str, ordered: Sequence[_Span], given: Sequence[_Span]) -> list[_Span]:
    """Put renewals together, and let what was given stand over what was ordered."""
    joined = _joined(sorted(ordered, key=lambda one: one.start))
    if not given:
        return joined
    if label_interval(drug) < table("drugs")["joining"]["single_doses_days"]:
        return _joined(sorted([*joined, *_runs(given)], key=lambda one: one.start))
    kept = []
    first, last = min(one.start for one in given), max(one.start for one in given)
    for one in joined:
        if (one.stop is not None and one.stop <= first) or one.start > last:
            kept.append(one)
            continue
        for row in one.rows:
            row.drop("the administrations of this drug say when it was given")
    return [*kept, *_single(drug, given)]


def _joined(spans: Sequence[_Span]) -> list[_Span]:
    """Join courses that go on as one another; a change of dose ends the one before."""
    made: list[_Span] = []
    for one in spans:
        before = made[-1] if made else None
        if before is None or (
            before.stop is not None
            and one.start > before.stop + timedelta(days=table("drugs")["joining"]["renewal_days"])
        ):
            made.append(one)
        elif before.same == one.same and before.dosage.count is None and one.dosage.count is None:
            stops = (before.stop, one.stop)
            stop = None if None in stops else max(day for day in stops if day is not None)
            if before.stop is not None and one.start > before.stop:
                one.rows[0].note(
                    f"{(one.start - before.stop).days} days after the last one ended: taken as going on"
                )
            made[-1] = replace(before, stop=stop, rows=(*before.rows, *one.rows))
        elif before.start == one.start:
            for row in one.rows:
                row.drop("another record of this drug starts on the same day, with another dosage")
        else:
            if before.dosage.count is None and (before.stop is None or before.stop > one.start):
                made[-1] = replace(before, stop=one.start)
            made.append(one)
    return made


def _runs(given: Sequence[_Span]) -> list[_Span]:
    """Return administrations of a drug taken daily as stretches."""
    ends = []
    for one in given:
        days = one.dosage.interval or label_interval(one.drug)
        stop = one.stop or one.start + timedelta(days=max(round(days), 1))
        ends.append(replace(one, stop=stop))
    return ends


def _single(drug: str, given: Sequence[_Span]) -> list[_Span]:
    """Return doses that count one by one, each as a course of one dose until the next."""
    made: list[_Span] = []
    for one in sorted(given, key=lambda each: each.start):
        if made and made[-1].start == one.start:
            for row in one.rows:
                row.drop("another dose of the same day is taken")
            continue
        made.append(replace(one, stop=None, dosage=replace(one.dosage, count=1)))
    for i, following in enumerate(made[1:]):
        gap = float((following.start - made[i].start).days)
        usual = made[i].dosage.interval or label_interval(drug)
        made[i] = replace(made[i], dosage=replace(made[i].dosage, interval=min(gap, usual)))
    return made


def _write(draft: Draft, one: _Span) -> None:
    course: dict[str, Any] = {"drug": one.drug}
    if one.dosage.dose is not None:
        course["dose"] = one.dosage.dose
    if one.dosage.interval is not None:
        course["every"] = f"{one.dosage.interval:.10g} days"
    course["start"] = one.start.isoformat()
    if one.dosage.count is not None:
        course["doses"] = one.dosage.count
    elif one.stop is not None:
        course["stop"] = one.stop.isoformat()
    if one.adherence is not None:
        course["adherence"] = one.adherence
    for row in one.rows:
        row.use(f"treatments {one.drug}")
    draft.add("treatments", course, *one.rows)

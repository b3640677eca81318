"""Bone density: values of one day and one device become a scan."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from osteocast.interop.fhir.draft import Draft
from osteocast.interop.fhir.ledger import Row
from osteocast.interop.fhir.observations import Observed, said
from osteocast.interop.fhir.quantities import Unread, quantity
from osteocast.interop.fhir.sites import Measured, site_of
from osteocast.interop.fhir.tables import by_code
from osteocast.interop.fhir.values import codings, described, mapping, mappings, number, text, words

__all__ = ["Seen", "is_panel", "read_value", "write_scans"]

_VENDORS = (
    ("hologic", re.compile(r"hologic")),
    ("lunar", re.compile(r"lunar|\bge\b|prodigy|idxa")),
    ("norland", re.compile(r"norland")),
)
_REFERENCE = re.compile(r"(nhanes(?: iii)?[^|;.]*)", re.IGNORECASE)
_NAMED = re.compile(r"reference(?: population)?:\s*([^|;.]+)", re.IGNORECASE)
_SCORE_UNITS = ("", "1", "{t-score}", "{z-score}", "t-score", "z-score", "{score}", "sd", "{sd}", "[arb'u]")


@dataclass(frozen=True)
class Seen:
    """One value of a densitometer.

    Parameters
    ----------
    day : str
    site, side : str
    kind : {"bmd", "t_score", "z_score"}
    value : str or float
    vendor, model : str
        Empty if not said.
    reference : str
    vertebrae : int or None
    certainty : int
    row : Row
    """

    day: str
    site: str
    side: str
    kind: str
    value: str | float
    vendor: str
    model: str
    reference: str
    vertebrae: int | None
    certainty: int
    row: Row


def read_value(draft: Draft, observation: Observed, found: Measured) -> Seen | None:
    """Read one value; what is not taken is said in the ledger."""
    row = observation.row
    try:
        site, side, vertebrae = site_of(found, observation.own)
        if observation.on is None:
            raise Unread("no date")
        if not observation.on.exact:
            raise Unread(f"only {observation.on.written} is known of its date; the day matters")
        value: str | float
        value = quantity("bmd", observation.holders[0]) if found.kind == "bmd" else _score(observation)
    except Unread as why:
        row.drop(str(why))
        return None
    if found.by_name:
        row.note("recognised by its name: no code of LOINC")
    vendor, model = _device(draft, observation)
    if not vendor and draft.device:
        vendor = draft.device
        row.note(f"the device is not named: taken as {vendor}, as given beside the record")
    if not vendor:
        row.drop("the maker of the densitometer is not said: give it with --device")
        return None
    reference = _reference(observation) if found.kind != "bmd" else ""
    seen = (observation.on.written, site, side, found.kind, value, vendor, model, reference)
    return Seen(*seen, vertebrae, observation.certainty, row)


def _score(observation: Observed) -> float:
    holder = observation.holders[0]
    given = mapping(holder, "valueQuantity")
    value = number(given, "value")
    if value is None:
        value = number(holder, "valueDecimal") if "valueDecimal" in holder else number(holder, "valueInteger")
    if value is None:
        why = described(mapping(holder, "dataAbsentReason"))
        raise Unread(f"no value: {why}" if why else "no number")
    if text(given, "comparator"):
        raise Unread("a bound, not a value")
    unit = text(given, "code") or text(given, "unit")
    if unit.casefold() not in _SCORE_UNITS:
        raise Unread(f"a score in {unit}: code and unit contradict each other")
    if abs(value) > 8:
        raise Unread(f"a score of {value:g}, which nobody has")
    return value


def _device(draft: Draft, observation: Observed) -> tuple[str, str]:
    """Return maker and model, from the Device, from what the reference says, or from notes and method."""
    for holder in observation.holders:
        target = draft.pointed(holder, "device")
        told = [text(holder, "device", "display")]
        model = ""
        if target is not None:
            device = target[1]
            names = [text(one, "name") for one in mappings(device, "deviceName")]
            told += [text(device, "manufacturer"), *names, text(device, "modelNumber")]
            model = text(device, "modelNumber") or next(iter(names), "")
        vendor = _vendor(told)
        if vendor:
            return vendor, model
    return _vendor([said(observation)]), ""


def _vendor(told: Iterable[str]) -> str:
    said_by = " | ".join(told).casefold()
    found = [name for name, pattern in _VENDORS if pattern.search(said_by)]
    return found[0] if len(found) == 1 else ""


def _reference(observation: Observed) -> str:
    """Return the population that the score compares with, if the record names it."""
    for holder in observation.own:
        for each in mappings(holder, "referenceRange"):
            applies = mappings(each, "appliesTo")
            named = text(each, "text") or next(
                (one for concept in applies if (one := described(concept))), ""
            )
            if named:
                return named
    told = said(observation)
    match = _NAMED.search(told) or _REFERENCE.search(told)
    return match[1].strip() if match else ""


def write_scans(draft: Draft, values: Sequence[Seen]) -> None:
    """Put values together to scans: one side of the hip, one value of a kind, one device a day."""
    visits: dict[tuple[str, str, str], dict[str, dict[str, Any]]] = defaultdict(dict)
    parts: dict[tuple[str, str, str], dict[str, list[Row]]] = defaultdict(dict)
    groups: dict[tuple[str, str, str], list[Seen]] = defaultdict(list)
    models = _models(values)
    for one in values:
        groups[one.day, one.site, one.vendor].append(one)
    for (day, site, vendor), group in groups.items():
        own = _one_side(group)
        content, rows = _site(own)
        if not content:
            continue
        key = (day, vendor, models.get((day, vendor), ""))
        visits[key][site] = content
        parts[key][site] = rows
    for (day, vendor, model), sites in visits.items():
        device = {"vendor": vendor, "model": model} if model else {"vendor": vendor}
        rows = [row for each in parts[day, vendor, model].values() for row in each]
        for site, own_rows in parts[day, vendor, model].items():
            for row in own_rows:
                row.use(f"scans {day} {site}")
        scan = {"date": day, "device": device, "sites": sites}
        draft.add("scans", scan, *rows, parts=parts[day, vendor, model])


def _models(values: Sequence[Seen]) -> dict[tuple[str, str], str]:
    """Return the model of each day and vendor; two different ones are none."""
    named: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in values:
        if one.model:
            named[one.day, one.vendor].add(one.model)
    return {key: next(iter(models)) for key, models in named.items() if len(models) == 1}


def _one_side(group: Sequence[Seen]) -> list[Seen]:
    """Return the values of one side: the left, which is the usual one, or else what there is."""
    sides = {one.side for one in group}
    side = next(name for name in ("left", "", "right") if name in sides)
    if len(sides) == 1:
        return list(group)
    # A value without a side belongs to the other one only if there is no other of its kind.
    kinds = {one.kind for one in group if one.side == side}
    chosen = []
    for one in group:
        if one.side == side or (not one.side and one.kind not in kinds):
            chosen.append(one)
        else:
            one.row.drop(f"one value of a site and day: the {side or 'unnamed'} side is taken")
    return chosen


def _site(group: Sequence[Seen]) -> tuple[dict[str, Any], list[Row]]:
    """Return what a case says of a site, and where it comes from."""
    content: dict[str, Any] = {}
    rows: list[Row] = []
    for kind in ("bmd", "t_score", "z_score"):
        one = _one_value([each for each in group if each.kind == kind])
        if one is None:
            continue
        if kind == "t_score" and not one.reference:
            one.row.drop("a T-score without its reference population means nothing")
            continue
        if kind == "z_score" and not content:
            one.row.drop("a Z-score alone: BMD or T-score is needed")
            continue
        content[kind] = one.value
        rows.append(one.row)
        if one.reference and kind == "t_score":
            content["reference"] = one.reference
        if one.vertebrae is not None:
            content["vertebrae"] = one.vertebrae
    return content, rows


def _one_value(values: Sequence[Seen]) -> Seen | None:
    """Return the one value, the more certain of several, or none if they contradict each other."""
    if not values:
        return None
    best = max(one.certainty for one in values)
    certain = [one for one in values if one.certainty == best]
    for one in values:
        if one.certainty < best:
            one.row.drop("a corrected or final value of the same site and day is taken")
    if len({str(one.value) for one in certain}) > 1:
        for one in certain:
            one.row.drop("several values of one site and day that contradict each other")
        return None
    for one in certain[1:]:
        one.row.drop("the same value again")
    return certain[0]


def is_panel(code: object) -> bool:
    """Whether a code is one of a panel, whose values stand in its members."""
    return any(one.code in by_code("observations", "panels") for one in codings(code)) or "panel" in words(
        code
    )

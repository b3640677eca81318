"""Laboratory values, weight and height, age at menopause, receptors of a cancer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from osteocast.interop.fhir.draft import Draft
from osteocast.interop.fhir.observations import Observed, said
from osteocast.interop.fhir.quantities import Unread, quantity
from osteocast.interop.fhir.tables import LOINC, by_code, table
from osteocast.interop.fhir.values import Coding, codings, described, mapping, number, text, words
from osteocast.units import ANALYTE_SYNONYMS, ANALYTES, QUANTITIES

__all__ = ["read_other"]

_LC_MS = re.compile(r"lc[-/ ]?ms|mass spectrometry|gc[-/ ]?ms")
_IMMUNO = re.compile(r"immunoassay|immunochem|\beclia\b|\bclia\b|\belisa\b|\bria\b")
_HOURS = re.compile(r"([\d.]+) hours? since the last dose")
_YEARS = ("a", "year", "years", "yr", "y")


def read_other(draft: Draft, observation: Observed) -> None:
    """Read what is not bone density, or say why it is not read."""
    row = observation.row
    try:
        coded = codings(observation.code)
        code = _known(coded, "analytes")
        analyte = code["analyte"] if code else _by_name(observation)
        if analyte is not None:
            if code is None:
                row.note("recognised by its name: no code of LOINC")
            _lab(draft, observation, analyte)
            return
        body = _known(coded, "body")
        if body is not None:
            _body(draft, observation, body["field"])
            return
        if _known(coded, "receptors") is not None:
            _receptor(draft, observation)
            return
        refused = _known(coded, "not_taken")
        raise Unread(refused["why"] if refused else "not something that a case takes")
    except Unread as why:
        row.drop(str(why))


def _known(coded: Sequence[Coding], part: str) -> Mapping[str, Any] | None:
    known = by_code("observations", part)
    return next((known[one.code] for one in coded if one.system == LOINC and one.code in known), None)


def _by_name(observation: Observed) -> str | None:
    """Return the analyte that a code without LOINC names, by its whole name alone."""
    if any(one.system == LOINC and one.code for one in codings(observation.code)):
        return None
    for name in words(observation.code).split(" | "):
        for analyte in ANALYTES:
            if name in (analyte.replace("_", " "), QUANTITIES[analyte].label.casefold()):
                return analyte
        if len(name) > 1 and name in ANALYTE_SYNONYMS:
            return ANALYTE_SYNONYMS[name]
    return None


def _day(observation: Observed) -> str:
    if observation.on is None:
        raise Unread("no date")
    if not observation.on.exact:
        raise Unread(f"only {observation.on.written} is known of its date; the day matters")
    return observation.on.written


def _lab(draft: Draft, observation: Observed, analyte: str) -> None:
    value = quantity(analyte, observation.holders[0])
    lab: dict[str, Any] = {"date": _day(observation), "analyte": analyte, "value": value}
    told = f"{said(observation)} | {words(observation.code)}".casefold()
    methods = [
        name for name, pattern in (("lc-ms", _LC_MS), ("immunoassay", _IMMUNO)) if pattern.search(told)
    ]
    if len(methods) == 1:
        lab["method"] = methods[0]
    hours = _HOURS.search(told)
    if hours:
        lab["hours_since_dose"] = float(hours[1])
    if _is_best(draft, observation, lab):
        observation.row.use(f"labs {lab['date']} {analyte}")
        item = draft.add("labs", lab, observation.row)
        draft.seen[lab["date"], analyte].append((_time(observation), observation.certainty, item))


def _is_best(draft: Draft, observation: Observed, lab: Mapping[str, Any]) -> bool:
    """Whether no value of the same instant is more certain; those that are less certain are taken back."""
    before = draft.seen[lab["date"], lab["analyte"]]
    for time, certainty, item in list(before):
        if item.content["value"] == lab["value"] and certainty >= observation.certainty:
            observation.row.drop("the same value again")
            return False
        if time != _time(observation) or certainty == observation.certainty:
            continue
        if certainty > observation.certainty:
            observation.row.drop("a corrected or final value of the same time is taken")
            return False
        before.remove((time, certainty, item))
        draft.lists["labs"].remove(item)
        for row in item.rows:
            row.withdraw("a corrected or final value of the same time is taken")
    return True


def _time(observation: Observed) -> str:
    """Return when blood was taken, as written; two values of one day may be of different hours."""
    written = (text(one, "effectiveDateTime") for one in observation.holders)
    return next((one for one in written if one), "")


def _body(draft: Draft, observation: Observed, field: str) -> None:
    """Keep the last weight and height; the age at menopause."""
    row = observation.row
    if field == "menopause":
        given = mapping(observation.holders[0], "valueQuantity")
        years = number(given, "value")
        unit = text(given, "code") or text(given, "unit")
        if years is None:
            years, unit = number(observation.holders[0], "valueInteger"), "a"
        if years is None or unit.casefold() not in _YEARS:
            raise Unread("no age in years")
        draft.menopause.append(("natural", years, row))
        return
    value, day = quantity(field, observation.holders[0]), _day(observation)
    earlier = draft.latest.get(field)
    if earlier is not None and earlier[0] > day:
        row.drop(f"a later {field} is taken")
        return
    if earlier is not None:
        earlier[1].withdraw(f"a later {field} is taken")
    draft.latest[field] = (day, row)
    draft.person[field] = value
    row.use(f"person.{field}")


def _receptor(draft: Draft, observation: Observed) -> None:
    concept = mapping(observation.holders[0], "valueCodeableConcept")
    answers = table("observations")["receptor_answers"]
    given = {one.code for one in codings(concept)} | {described(concept).casefold()}
    for answer, codes in answers.items():
        if given & {*codes, answer}:
            draft.receptors.append((answer, observation.row))
            return
    raise Unread("neither positive nor negative")

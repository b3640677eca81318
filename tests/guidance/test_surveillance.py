from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache

import pytest

from osteocast import evidence
from osteocast.forecast import Forecast, run_forecast
from osteocast.guidance import Schedule, Visit, calendar, surveillance

from .cases import DENOSUMAB, MAN, WOMAN, load, plan


@cache
def forecast(who: str) -> Forecast:
    if who == "man":
        return run_forecast(load(MAN), draws=0)
    return run_forecast(
        load(WOMAN, ("plans", [{"name": "nothing"}, {"name": "denosumab", "courses": DENOSUMAB}])), draws=0
    )


def schedule(who: str, name: str, years: float = 4.0) -> Schedule:
    return surveillance(forecast(who), forecast(who).plan(name), years=years)


def of_kind(found: Schedule, kind: str, what: str = "") -> list[Visit]:
    return [visit for visit in found.visits if visit.kind == kind and what in visit.what]


def test_scans_come_within_the_guidelines_interval() -> None:
    for name in ("nothing", "denosumab"):
        days = [visit.day for visit in of_kind(schedule("woman", name), "scan")]
        assert days
        # The last scan of the case was made two weeks before day 0.
        gaps = [later - earlier for earlier, later in zip([-14.0, *days], days, strict=False)]
        assert all(360 < gap < 735 for gap in gaps), gaps


def test_a_scan_is_due_when_the_change_can_be_seen() -> None:
    visit = of_kind(schedule("woman", "denosumab"), "scan")[0]
    assert visit.basis == "model"
    match = re.search(r"([+−][\d.]+)%\) .* least significant change \(([\d.]+)%\)", visit.why)
    assert match is not None
    assert abs(float(match[1].replace("−", "-"))) >= float(match[2])
    assert any("guideline" in text for text in visit.if_so)


def test_a_person_never_scanned_is_scanned_first() -> None:
    made = run_forecast(load(WOMAN, ("scans", []), plan()), draws=0)
    first = of_kind(surveillance(made, made.plans[0]), "scan")[0]
    assert first.day == 0
    assert first.basis == "guideline"
    assert "never measured" in first.why


def test_every_dose_of_denosumab_has_its_day_and_its_blood_before() -> None:
    found = schedule("woman", "denosumab", years=3.5)
    doses = of_kind(found, "dose")
    assert len(doses) == 6
    before = of_kind(found, "laboratory", "calcium, creatinine")
    assert len(before) == 6
    assert all(0 <= dose.day - lab.day <= 14 for dose, lab in zip(doses, before, strict=True))
    assert of_kind(found, "laboratory", "CTX")
    assert of_kind(schedule("woman", "nothing"), "dose") == []


def test_a_mans_hormones_are_watched_and_it_is_said_that_no_guideline_says_when() -> None:
    found = schedule("man", "the plan")
    hormones = of_kind(found, "laboratory", "mass spectrometry")
    assert len(hormones) == 3
    assert {visit.basis for visit in hormones} == {"estimate"}
    assert any("No guideline exists" in note for note in found.notes)
    assert of_kind(schedule("woman", "nothing"), "laboratory", "mass spectrometry") == []


def test_a_mans_scan_never_claims_a_guideline_for_women() -> None:
    assert {visit.basis for visit in of_kind(schedule("man", "the plan", 8.0), "scan")} <= {
        "model",
        "estimate",
    }


def test_what_does_not_rest_on_an_estimate_names_a_source_that_exists() -> None:
    registry = evidence.load()
    for found in (schedule("woman", "denosumab"), schedule("man", "the plan")):
        for visit in found.visits:
            assert visit.sources
            assert all(registry.value(source) for source in visit.sources)
            assert visit.date == found.as_of + timedelta(days=round(visit.day))
            assert visit.if_so


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_the_calendar_keeps_to_the_standard() -> None:
    text = calendar(schedule("woman", "denosumab"))
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:")
    assert text.endswith("END:VCALENDAR\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    lines = unfolded(text)
    assert (
        lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == len(schedule("woman", "denosumab").visits)
    )
    for name in ("UID", "DTSTAMP", "DTSTART;VALUE=DATE", "SUMMARY"):
        assert sum(line.startswith(f"{name}:") for line in lines) == lines.count("BEGIN:VEVENT")


def test_an_event_has_one_identifier_whenever_it_is_written() -> None:
    def identifiers(text: str) -> list[str]:
        return [line for line in unfolded(text) if line.startswith("UID:")]

    once = identifiers(calendar(schedule("woman", "denosumab")))
    assert len(set(once)) == len(once)
    assert identifiers(calendar(schedule("woman", "denosumab"))) == once


@pytest.mark.parametrize(
    "text",
    [
        "a, b; c",
        "back\\slash",
        "two\nlines",
        "two\r\nlines",
        "é" * 80,
        "x" * 74 + "€" * 40,
        "−2.5 " * 40,
        "骨" * 50,
    ],
)
def test_any_text_comes_back_as_it_was(text: str) -> None:
    visit = Visit(0.0, date(2025, 3, 10), "scan", text, "why", (), "estimate")
    written = calendar(Schedule("plan", date(2025, 3, 10), (visit,), ()))
    assert max(len(line.encode()) for line in written.split("\r\n")) <= 75
    (summary,) = [line.removeprefix("SUMMARY:") for line in unfolded(written) if line.startswith("SUMMARY:")]
    plain = re.sub(r"\\(.)", lambda match: "\n" if match[1] in "nN" else match[1], summary)
    assert plain == text.replace("\r\n", "\n")


def test_days_are_whole_days() -> None:
    visit = Visit(0.0, date(2025, 12, 31), "scan", "DXA", "why", (), "estimate")
    lines = unfolded(calendar(Schedule("plan", date(2025, 3, 10), (visit,), ())))
    assert "DTSTART;VALUE=DATE:20251231" in lines
    assert "DTEND;VALUE=DATE:20260101" in lines
    assert "DTSTAMP:20250310T000000Z" in lines

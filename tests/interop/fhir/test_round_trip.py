"""Whatever a case holds that a record has a place for: out as FHIR, in again, and nothing has changed."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from osteocast.errors import InputError
from osteocast.interop.fhir import import_resources
from osteocast.interop.fhir.exporting import export_fhir
from osteocast.person import FRACTURE_SITES, Case, load_case
from osteocast.person.conditions import CONDITIONS
from osteocast.person.portable import document_text
from osteocast.units import ANALYTES, QUANTITIES

AT = datetime(2026, 1, 2, tzinfo=UTC)
AS_OF = date(2024, 6, 1)
SITES = ("lumbar_spine", "total_hip", "femoral_neck")
#: Days between doses and the dose of one, in mg.
DRUGS = {"tamoxifen": (1, 20.0), "letrozole": (1, 2.5), "alendronate": (7, 70.0), "denosumab": (182, 60.0)}
SINGLE = ("denosumab",)

past_days = st.dates(date(2012, 1, 1), date(2024, 5, 1))


def rounded(low: float, high: float, digits: int) -> st.SearchStrategy[float]:
    return st.floats(low, high).map(lambda value: round(value, digits))


@st.composite
def sites(draw: st.DrawFn) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for site in draw(st.lists(st.sampled_from(SITES), min_size=1, unique=True)):
        content: dict[str, Any] = {}
        if draw(st.booleans()):
            factor, unit = draw(st.sampled_from([(1, "g/cm2"), (1000, "mg/cm2")]))
            content["bmd"] = f"{factor * draw(rounded(0.5, 1.4, 3)):.10g} {unit}"
        if draw(st.booleans()) or not content:
            content["t_score"] = draw(rounded(-4, 2, 1))
            content["reference"] = draw(st.sampled_from(["NHANES III", "Hologic", "GE Lunar, Germany"]))
        if draw(st.booleans()):
            content["z_score"] = draw(rounded(-3, 3, 1))
        if site == "lumbar_spine" and draw(st.booleans()):
            content["vertebrae"] = draw(st.integers(2, 4))
        made[site] = content
    return made


@st.composite
def labs(draw: st.DrawFn) -> dict[str, Any]:
    analyte = draw(st.sampled_from(ANALYTES))
    known = QUANTITIES[analyte]
    unit = draw(st.sampled_from(known.units))
    # Near the middle of what is plausible: at its upper end a value may be one in another unit.
    middle = (known.low * known.high) ** 0.5 / known.factors[unit]
    made: dict[str, Any] = {
        "date": draw(past_days).isoformat(),
        "analyte": analyte,
        "value": f"{middle * draw(rounded(0.5, 1.5, 2)):.4g} {unit}",
    }
    if draw(st.booleans()):
        made["method"] = draw(st.sampled_from(["lc-ms", "immunoassay"]))
    if draw(st.booleans()):
        made["hours_since_dose"] = draw(rounded(0.5, 48, 1))
    return made


@st.composite
def courses(draw: st.DrawFn) -> list[dict[str, Any]]:
    made = []
    for drug in draw(st.lists(st.sampled_from(sorted(DRUGS)), unique=True)):
        every, dose = DRUGS[drug]
        start = draw(past_days)
        course: dict[str, Any] = {"drug": drug, "start": start.isoformat()}
        if draw(st.booleans()):
            course |= {"dose": f"{dose:g} mg", "every": f"{every} days"}
        end = draw(st.sampled_from(["goes on", "stopped", "counted"]))
        if end == "stopped":
            course["stop"] = (start + timedelta(days=draw(st.integers(30, 2000)))).isoformat()
        elif end == "counted":
            course["doses"] = draw(st.integers(1, 6))
        if draw(st.booleans()) and drug not in SINGLE:
            course["adherence"] = f"{draw(st.integers(20, 99))}%"
        made.append(course)
    return made


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A woman after menopause, with what a record can hold."""
    person: dict[str, Any] = {
        "sex": "female",
        "birth_date": draw(st.dates(date(1935, 1, 1), date(1962, 1, 1))).isoformat(),
        "menopause": {
            "age": draw(rounded(40, 52, 1)),
            "type": draw(st.sampled_from(["natural", "surgical"])),
        },
        "conditions": sorted(draw(st.sets(st.sampled_from(sorted(CONDITIONS)), max_size=4))),
    }
    if draw(st.booleans()):
        unit, low, high = draw(st.sampled_from([("kg", 45, 110), ("lb", 100, 240)]))
        person["weight"] = f"{draw(rounded(low, high, 1))} {unit}"
    if draw(st.booleans()):
        person["height"] = f"{draw(rounded(145, 185, 1))} cm"
    broken = draw(st.lists(st.sampled_from(sorted(FRACTURE_SITES)), max_size=3, unique=True))
    if broken:
        person["fractures"] = [{"site": site, "date": draw(past_days).isoformat()} for site in broken]
    if draw(st.booleans()):
        person["parental_hip_fracture"] = "yes"
    document = {
        "person": person,
        "scans": [
            {"date": day.isoformat(), "device": device, "sites": draw(sites())}
            for day, device in draw(
                st.lists(
                    st.tuples(past_days, st.sampled_from(["hologic", "norland", "lunar"])),
                    max_size=3,
                    unique_by=lambda each: each[0],
                )
            )
        ],
        "labs": draw(st.lists(labs(), max_size=4, unique_by=lambda each: (each["date"], each["analyte"]))),
        "treatments": draw(courses()),
        "options": {"as_of": AS_OF.isoformat()},
    }
    try:
        return load_case(document_text(document))
    except InputError:
        # Such as an orchiectomy of hers, or a bone density that no T-score goes with.
        assume(False)
        raise


def close(first: float, second: float) -> bool:
    return first == pytest.approx(second, rel=1e-12)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
@given(cases())
def test_every_value_of_any_case_comes_back(case: Case) -> None:
    made = export_fhir(case, at=AT)
    (one,) = import_resources(json.loads(made.text), as_of=case.as_of).cases
    again = one.case
    mine = sorted(case.scans, key=lambda scan: scan.date)
    theirs = sorted(again.scans, key=lambda scan: scan.date)
    assert [(scan.date, scan.vendor, scan.sites) for scan in mine] == [
        (scan.date, scan.vendor, scan.sites) for scan in theirs
    ]
    assert len(again.labs) == len(case.labs)
    for lab in case.labs:
        (found,) = [each for each in again.labs if (each.date, each.analyte) == (lab.date, lab.analyte)]
        assert close(found.value, lab.value)
        assert (found.method, found.hours_since_dose) == (lab.method, lab.hours_since_dose)
    assert sorted(again.treatments, key=lambda course: course.drug) == sorted(
        case.treatments, key=lambda course: course.drug
    )
    assert set(again.person.conditions) == set(case.person.conditions)
    assert set(again.person.fractures or ()) == set(case.person.fractures or ())
    for name in ("sex", "birth_date", "menopause", "parental_hip_fracture"):
        assert getattr(again.person, name) == getattr(case.person, name), name
    for name in ("weight", "height"):
        here, there = getattr(case.person, name), getattr(again.person, name)
        assert (here is None) == (there is None) and (here is None or close(here, there))

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from osteocast import units
from osteocast.errors import InputError, Problem

KIND_AND_UNIT = [(name, unit) for name, quantity in units.QUANTITIES.items() for unit in quantity.units]


def problem_of(kind: str, given: object, **options: object) -> Problem:
    with pytest.raises(InputError) as caught:
        units.read(kind, given, field="here", **options)  # type: ignore[arg-type]
    (problem,) = caught.value.problems
    assert problem.field == "here"
    return problem


# Conversion factors as laboratories print them: an independent check of molar masses and powers of ten.
@pytest.mark.parametrize(
    ("kind", "value", "unit", "to", "expected"),
    [
        ("estradiol", 1, "pg/mL", "pmol/L", 3.67),
        ("vitamin_d", 1, "ng/mL", "nmol/L", 2.5),
        ("pth", 1, "pg/mL", "pmol/L", 0.106),
        ("calcium", 1, "mg/dL", "mmol/L", 0.25),
        ("creatinine", 1, "mg/dL", "umol/L", 88.4),
        ("testosterone", 1, "ng/dL", "nmol/L", 0.0347),
        ("testosterone", 780, "ng/dL", "nmol/L", 27.05),
        ("free_testosterone", 15, "ng/dL", "pmol/L", 520),
        ("lh", 4, "mIU/mL", "IU/L", 4),
        ("ctx", 0.35, "ng/mL", "pg/mL", 350),
        ("ctx", 350, "ng/L", "ng/mL", 0.35),
        ("bmd", 1.0, "g/cm2", "mg/cm2", 1000),
        ("weight", 1, "kg", "lb", 2.2046),
        ("height", 1.64, "m", "cm", 164),
        ("calcium_intake", 25, "mmol/d", "mg/d", 1002),
        ("dose", 70, "mg", "ug", 70_000),
    ],
)
def test_conversions_agree_with_laboratory_tables(
    kind: str, value: float, unit: str, to: str, expected: float
) -> None:
    assert units.convert(kind, value, unit, to) == pytest.approx(expected, rel=3e-3)


@given(st.sampled_from(KIND_AND_UNIT), st.floats(0, 1))
def test_a_value_shown_in_any_unit_reads_back(kind_and_unit: tuple[str, str], share: float) -> None:
    kind, unit = kind_and_unit
    quantity = units.QUANTITIES[kind]
    value = quantity.low + share * (quantity.high - quantity.low)
    assume(value > 0)
    given_text = f"{units.convert(kind, value, quantity.canonical, unit)!r} {unit}"
    assert units.read(kind, given_text, within=(0, math.inf)) == pytest.approx(value, rel=1e-12)


@given(st.sampled_from(KIND_AND_UNIT), st.floats(1e-6, 1e6))
def test_conversion_there_and_back_changes_nothing(kind_and_unit: tuple[str, str], value: float) -> None:
    kind, unit = kind_and_unit
    there = units.convert(kind, value, unit)
    assert units.convert(kind, there, units.QUANTITIES[kind].canonical, unit) == pytest.approx(value)


@pytest.mark.parametrize("written", ["18 pmol/L", "18pmol/l", " 18.0  PMOL/L ", "1.8e1 pmol/L"])
def test_a_text_is_read_whatever_its_spacing_and_case(written: str) -> None:
    assert units.read("estradiol", written) == pytest.approx(4.903, rel=1e-3)


@pytest.mark.parametrize(
    ("kind", "written", "expected"),
    [
        ("creatinine", "68 µmol/L", 0.769),
        ("creatinine", "68 μmol/L", 0.769),
        ("bmd", "0.912 g/cm²", 0.912),
        ("bmd", "912 mg/cm^2", 0.912),
        ("dose", "500 mcg", 0.5),
        ("calcium_intake", "800 mg/day", 800),
        ("calcium_intake", "800 mg per day", 800),
    ],
)
def test_usual_spellings_of_units_are_understood(kind: str, written: str, expected: float) -> None:
    assert units.read(kind, written) == pytest.approx(expected, rel=1e-3)


def test_a_value_comes_as_text_mapping_pair_of_fields_or_number_with_default_unit() -> None:
    expected = units.read("vitamin_d", "62 nmol/L")
    assert units.read("vitamin_d", {"value": 62, "unit": "nmol/L"}) == expected
    assert units.read("vitamin_d", 62, unit="nmol/L") == expected
    assert units.read("vitamin_d", 62, default_unit="nmol/L") == expected


def test_the_unit_in_the_text_wins_over_the_default() -> None:
    assert units.read("bmd", "912 mg/cm2", default_unit="g/cm2") == pytest.approx(0.912)


@pytest.mark.parametrize(
    ("kind", "value", "within", "meant"),
    [
        ("estradiol", "110 pg/mL", (0.05, 50), "probably 110 pmol/L"),
        ("vitamin_d", "200 ng/mL", None, "probably 200 nmol/L"),
        ("calcium", "2.4 mg/dL", None, "probably 2.4 mmol/L"),
        ("calcium", "9.5 mmol/L", None, "probably 9.5 mg/dL"),
        ("creatinine", "75 mg/dL", None, "probably 75 umol/L"),
        ("ctx", "350 ng/mL", None, "probably 350 pg/mL"),
        ("bmd", "912 g/cm2", None, "probably 912 mg/cm2 (0.912 g/cm2)"),
        ("bmd", "0.912 mg/cm2", None, "probably 0.912 g/cm2"),
        ("height", "1.64 cm", None, "probably 1.64 m"),
    ],
)
def test_a_value_implausible_in_its_unit_names_the_unit_probably_meant(
    kind: str, value: str, within: tuple[float, float] | None, meant: str
) -> None:
    assert meant in problem_of(kind, value, within=within).remedy


def test_a_missing_unit_is_asked_for_and_named_where_only_one_is_plausible() -> None:
    assert "'2.4 mmol/L'" in problem_of("calcium", 2.4).remedy
    assert "add the unit" in problem_of("estradiol", 18).remedy


@pytest.mark.parametrize(
    ("kind", "given_value", "expected"),
    [
        ("estradiol", "18 pmol", "did you mean pmol/L?"),
        ("weight", "70 stone", "give weight in kg"),
        ("weight", "70,5 kg", "with a point for decimals"),
        ("weight", float("nan"), "with a point for decimals"),
        ("weight", float("inf"), "with a point for decimals"),
        ("weight", "nan kg", "with a point for decimals"),
        ("weight", "1e999 kg", "with a point for decimals"),
        ("weight", True, "with a point for decimals"),
        ("weight", None, "with a point for decimals"),
        ("weight", ["70 kg"], "with a point for decimals"),
        ("weight", {"amount": 70}, "with a point for decimals"),
        ("weight", {"value": 70, "unit": "kg", "date": "2024-01-01"}, "with a point for decimals"),
        ("dose", "-4 mg", "a negative value is impossible"),
        ("ntx", "40 nmol BCE/mmol creatinine", "only serum NTX"),
        ("bsap", "20 U/L", "no fixed mass"),
        ("pth", "4000 pg/mL", "check value and unit"),
    ],
)
def test_what_is_no_quantity_says_what_to_write(kind: str, given_value: object, expected: str) -> None:
    assert expected in problem_of(kind, given_value).remedy


def test_converting_to_a_foreign_unit_is_refused() -> None:
    with pytest.raises(InputError, match="a unit of oestradiol"):
        units.convert("estradiol", 1, "pg/mL", "mg/cm2")


def test_a_value_is_shown_in_the_unit_asked_for() -> None:
    assert units.shown("vitamin_d", 24.84, "nmol/L") == "62 nmol/L"
    assert units.shown("bmd", 0.912) == "0.912 g/cm2"


def test_every_analyte_is_a_quantity_and_every_synonym_an_analyte() -> None:
    assert set(units.ANALYTES) <= set(units.QUANTITIES)
    assert set(units.ANALYTE_SYNONYMS.values()) <= set(units.ANALYTES)


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("90 days", 90),
        ("1 day", 1),
        ("2 weeks", 14),
        ("6 months", 182.625),
        ("2 years", 730.5),
        ("1.5 years", 547.875),
        ("1 year 6 months", 547.875),
        ("1 year and 6 months", 547.875),
        ("3y", 1095.75),
        ("0", 0),
        (0, 0),
    ],
)
def test_durations_are_read(written: object, days: float) -> None:
    assert units.read_duration(written) == pytest.approx(days)


@given(st.integers(0, 600), st.sampled_from(["days", "weeks", "months", "years"]))
def test_a_duration_grows_with_its_number(number: int, unit: str) -> None:
    assume(unit != "years" or number < 100)
    assert units.read_duration(f"{number + 1} {unit}") > units.read_duration(f"{number} {unit}")


def test_a_negative_duration_is_read_only_where_it_makes_sense() -> None:
    assert units.read_duration("-2 years", negative=True) == -730.5
    with pytest.raises(InputError, match="not negative"):
        units.read_duration("-2 years")


@pytest.mark.parametrize(
    ("written", "remedy"),
    [
        (6, "'6 months'"),
        ("6", "use days, weeks, months or years"),
        ("6 m", "write months"),
        ("six months", "use days"),
        ("6 months later", "use days"),
        ("6 -months", "use days"),
        ("", "use days"),
        ("9999 years", "within a lifetime"),
        (None, "write a number and a unit"),
        (True, "write a number and a unit"),
        ({"months": 6}, "write a number and a unit"),
    ],
)
def test_what_is_no_duration_says_what_to_write(written: object, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        units.read_duration(written, field="every")
    assert caught.value.problems[0].field == "every"
    assert remedy in caught.value.problems[0].remedy


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_a_date_reads_back_from_its_iso_form(day: date) -> None:
    assert units.read_date(day.isoformat()) == day
    assert units.read_date(day) == day


def test_a_partial_date_stands_for_the_middle() -> None:
    assert units.read_date("2014-06", partial=True) == date(2014, 6, 15)
    assert units.read_date("2014", partial=True) == date(2014, 7, 1)
    assert units.read_date(2014, partial=True) == date(2014, 7, 1)


@pytest.mark.parametrize(
    "written", ["2024-02-30", "2024-13-01", "31.5.2024", "yesterday", 20240531, None, "2024-05"]
)
def test_what_is_no_date_is_refused(written: object) -> None:
    with pytest.raises(InputError) as caught:
        units.read_date(written, field="date")
    assert caught.value.problems[0].field == "date"

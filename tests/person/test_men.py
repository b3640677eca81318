"""Men in case files: hormones with plausible units, and which of them are a man's own."""

from __future__ import annotations

from typing import Any

import pytest

from osteocast.errors import InputError
from osteocast.person import Case

from .cases import REMOVE, changed, load

MAN: list[tuple[str, Any]] = [
    ("person.sex", "male"),
    ("person.menopause", REMOVE),
    ("labs", []),
    ("treatments.0.start", "2024-03-10"),
]


def man(*labs: dict[str, Any], conditions: tuple[str, ...] = ()) -> Case:
    return load(changed(*MAN, ("labs", list(labs)), ("person.conditions", list(conditions))))


def lab(analyte: str, value: str, date: str = "2025-03-03", **more: Any) -> dict[str, Any]:
    return {"date": date, "analyte": analyte, "value": value, **more}


@pytest.mark.parametrize(
    ("analyte", "value", "canonical"),
    [
        ("testosterone", "27 nmol/L", 779),
        ("free_testosterone", "15 ng/dL", 150),
        ("free testosterone", "520 pmol/L", 150),
        ("LH", "4.2 mIU/mL", 4.2),
        ("FSH", "5 IU/L", 5),
        ("SHBG", "32 nmol/L", 32),
        ("E2", "90 pmol/L", 24.5),
    ],
)
def test_a_mans_hormones_are_read_in_the_units_of_reports(analyte: str, value: str, canonical: float) -> None:
    (result,) = man(lab(analyte, value)).labs
    assert result.value == pytest.approx(canonical, rel=5e-3)


@pytest.mark.parametrize(
    ("analyte", "value", "meant"),
    [
        ("testosterone", "27 ng/dL", "27 nmol/L"),
        ("testosterone", "780 nmol/L", "780 ng/dL"),
        ("estradiol", "140 pg/mL", "140 pmol/L"),
        ("shbg", "3200 nmol/L", "check value and unit"),
    ],
)
def test_a_slip_of_the_unit_is_refused_with_the_unit_that_was_meant(
    analyte: str, value: str, meant: str
) -> None:
    with pytest.raises(InputError) as caught:
        man(lab(analyte, value))
    (problem,) = caught.value.problems
    assert meant in problem.remedy


def test_a_very_low_testosterone_needs_its_reason() -> None:
    (result,) = man(lab("testosterone", "27 ng/dL"), conditions=("hypogonadism",)).labs
    assert result.value == 27


def test_low_oestradiol_by_immunoassay_draws_a_warning() -> None:
    (warning,) = man(lab("estradiol", "9 pg/mL", method="ECLIA")).warnings
    assert "LC-MS" in warning
    assert man(lab("estradiol", "9 pg/mL", method="LC-MS/MS")).warnings == ()
    assert man(lab("estradiol", "28 pg/mL", method="immunoassay")).warnings == ()
    assert man(lab("estradiol", "9 pg/mL")).labs[0].method is None


def test_high_oestradiol_draws_a_warning() -> None:
    (warning,) = man(lab("estradiol", "70 pg/mL")).warnings
    assert "high for a man" in warning


def test_his_own_hormones_are_those_without_treatment() -> None:
    case = man(
        lab("testosterone", "300 ng/dL", "2024-01-10"),
        lab("estradiol", "22 pg/mL", "2024-01-10"),
        lab("testosterone", "420 ng/dL", "2025-03-03"),
        lab("estradiol", "12 pg/mL", "2025-03-03"),
    )
    testosterone, estradiol = case.own_testosterone(), case.own_estradiol()
    assert testosterone is not None and testosterone.value == 300
    assert estradiol is not None and estradiol.value == 22
    assert case.movers(case.day(case.labs[-1].date)) == ("anastrozole",)
    assert [course.drug for course in case.taken_on(-7.0)] == ["anastrozole"]


def test_nobody_has_an_own_testosterone_by_accident() -> None:
    assert man().own_testosterone() is None
    assert load(changed()).own_testosterone() is None

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osteocast import evidence
from osteocast.person import (
    SITES,
    VENDORS,
    DxaScan,
    SiteScan,
    age_reference,
    convert_bmd,
    t_scale,
    t_score,
    who_class,
    young_reference,
    z_score,
)
from osteocast.person.reference import recognised

BMD = st.floats(0.3, 1.8)
SITE = st.sampled_from(SITES)
VENDOR = st.sampled_from(VENDORS)


def scan(vendor: str, bmd: float, t: float | None, reference: str = "GE Lunar") -> tuple[DxaScan, SiteScan]:
    measured = SiteScan(bmd, t, None, reference)
    return DxaScan(date(2024, 1, 2), vendor, {"total_hip": measured}), measured  # type: ignore[arg-type]


@given(SITE, VENDOR, VENDOR, BMD)
def test_conversion_there_and_back_gives_the_same_bmd(site: str, vendor: str, to: str, bmd: float) -> None:
    assert convert_bmd(site, convert_bmd(site, bmd, vendor, to), to, vendor) == pytest.approx(bmd)


@given(SITE, BMD)
def test_conversion_by_way_of_a_third_maker_changes_nothing(site: str, bmd: float) -> None:
    direct = convert_bmd(site, bmd, "lunar", "hologic")
    assert convert_bmd(site, convert_bmd(site, bmd, "lunar", "norland"), "norland") == pytest.approx(direct)


# 100 women measured on both makers: the spine agrees, the femoral neck is known to be rough (8%).
@pytest.mark.parametrize(
    ("site", "lunar", "hologic", "error"),
    [("lumbar_spine", 1.068, 0.950, 0.01), ("femoral_neck", 0.895, 0.798, 0.085)],
)
def test_conversion_agrees_with_women_measured_on_both_makers(
    site: str, lunar: float, hologic: float, error: float
) -> None:
    assert convert_bmd(site, lunar, "lunar") == pytest.approx(hologic, rel=error)


def test_a_lunar_spine_reads_higher_than_a_hologic_as_the_older_equation_says() -> None:
    # Genant 1994 for the spine: Hologic = 0.906 x Lunar - 0.025.
    assert convert_bmd("lumbar_spine", 1.0, "lunar") == pytest.approx(0.906 * 1.0 - 0.025, rel=0.01)


@given(SITE, st.floats(-5, 3))
def test_a_bmd_of_so_many_standard_deviations_has_that_t_score(site: str, t: float) -> None:
    reference = young_reference(site)
    score = t_score(site, reference.mean + t * reference.sd)
    assert score.value == pytest.approx(t, abs=1e-9)
    assert score.reference == reference.name
    assert score.sources == (reference.source,)
    assert score.note is None


# The thresholds of osteoporosis that reports print for Hologic.
@pytest.mark.parametrize(
    ("site", "bmd"), [("lumbar_spine", 0.772), ("total_hip", 0.637), ("femoral_neck", 0.558)]
)
def test_the_threshold_of_osteoporosis_lies_where_reports_put_it(site: str, bmd: float) -> None:
    assert t_score(site, bmd).value == pytest.approx(-2.5, abs=0.01)


def test_a_converted_score_says_so_and_names_the_source_of_the_equations() -> None:
    score = t_score("total_hip", 0.85, vendor="lunar")
    assert "hui-1997-standardised-bmd" in score.sources
    assert "converted from Lunar" in str(score.note)
    assert "8%" in str(t_score("femoral_neck", 0.85, vendor="lunar").note)


def test_every_source_named_by_a_score_is_in_the_registry() -> None:
    registry = evidence.load()
    for site in SITES:
        for score in (t_score(site, 0.8, vendor="norland"), z_score(site, 0.8, 65, "female")):
            for source in score.sources:
                assert source.partition("/")[0] in registry


def test_a_z_score_compares_with_the_same_sex_and_decade() -> None:
    score = z_score("lumbar_spine", 0.952, 65, "female")
    assert score.value == pytest.approx(0)
    assert score.reference == "NHANES, women 61-70"
    assert z_score("lumbar_spine", 1.070, 65, "male").value == pytest.approx(0)
    assert z_score("total_hip", 0.997, 65.9, "male").value == pytest.approx(0)


@given(st.integers(61, 80), st.floats(0.5, 1.04))
def test_low_bone_is_less_unusual_among_older_women(age: int, bmd: float) -> None:
    t, z = t_score("lumbar_spine", bmd).value, z_score("lumbar_spine", bmd, age, "female").value
    assert t is not None and z is not None
    assert z > t


def test_a_z_score_from_a_broad_band_says_so() -> None:
    score = z_score("total_hip", 0.806, 61, "female")
    assert score.value == pytest.approx(0)
    assert "broad" in str(score.note)
    assert z_score("total_hip", 0.830, 55, "female").value == pytest.approx(0)


@pytest.mark.parametrize(
    ("site", "age", "sex"),
    [
        ("femoral_neck", 61, "female"),
        ("total_hip", 40, "female"),
        ("total_hip", 85, "female"),
        ("lumbar_spine", 19, "male"),
    ],
)
def test_a_z_score_without_a_reference_has_a_reason_instead_of_a_value(site: str, age: int, sex: str) -> None:
    score = z_score(site, 0.8, age, sex)
    assert score.value is None
    assert str(age) in str(score.note)
    assert age_reference(site, sex, age) is None


@given(SITE, VENDOR, BMD)
def test_a_t_scale_agrees_with_the_t_score_on_any_maker(site: str, vendor: str, bmd: float) -> None:
    scale = t_scale(site, vendor)
    assert scale.t_score(bmd) == pytest.approx(t_score(site, bmd, vendor=vendor).value)
    assert scale.bmd(scale.t_score(bmd)) == pytest.approx(bmd)


def test_a_t_scale_tied_to_a_report_starts_from_its_t_score_and_names_it() -> None:
    anchor = scan("lunar", 0.802, -1.4)
    scale = t_scale("total_hip", anchor=anchor)
    assert scale.t_score(0.802) == pytest.approx(-1.4)
    assert scale.vendor == "lunar"
    assert scale.sd == t_scale("total_hip", "lunar").sd
    assert scale.reference == "GE Lunar, as reported on 2024-01-02"


def test_a_report_without_a_t_score_leaves_the_published_scale() -> None:
    assert t_scale("total_hip", anchor=scan("hologic", 0.802, None)) == t_scale("total_hip", "hologic")


@pytest.mark.parametrize(
    ("site", "reference", "same"),
    [
        ("total_hip", "NHANES III", True),
        ("femoral_neck", "nhanes", True),
        ("lumbar_spine", "Hologic", True),
        ("lumbar_spine", "GE Lunar", False),
        ("total_hip", None, False),
    ],
)
def test_only_the_reference_used_here_is_recognised(site: str, reference: str | None, same: bool) -> None:
    assert recognised(site, reference) is same


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ({"lumbar_spine": -1.0}, "normal"),
        ({"lumbar_spine": -1.01}, "osteopenia"),
        ({"lumbar_spine": -0.5, "femoral_neck": -2.49}, "osteopenia"),
        ({"lumbar_spine": -0.5, "total_hip": -2.5}, "osteoporosis"),
        ({"forearm": -4.0}, None),
        ({}, None),
    ],
)
def test_the_class_comes_from_the_lowest_site(scores: dict[str, float], expected: str | None) -> None:
    assert who_class(scores, postmenopausal=True) == expected


def test_before_menopause_there_is_no_class() -> None:
    assert who_class({"lumbar_spine": -3.0}, postmenopausal=False) is None

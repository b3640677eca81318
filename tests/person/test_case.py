from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from osteocast.person import Case, Plan
from osteocast.therapies import Course

from .cases import CASE, REMOVE, changed, load


def test_a_case_is_read_into_canonical_units() -> None:
    case = load(CASE)
    assert case.as_of == date(2025, 3, 10)
    assert case.age == pytest.approx(61.8, abs=0.05)
    assert case.years_since_menopause == pytest.approx(11.8, abs=0.05)
    assert case.person.weight == 68
    assert case.person.calcium_intake == 1250
    assert case.person.body_mass_index == pytest.approx(25.3, abs=0.05)
    assert case.scans[0].sites["total_hip"].bmd == pytest.approx(0.842)
    assert case.labs[0].value == pytest.approx(5.18, abs=0.01)
    assert case.labs[0].given == "19 pmol/L"
    assert case.treatments == (Course("anastrozole", 0.0, dose=1.0),)
    assert case.forecast_years == 8


def test_times_of_a_plan_count_from_its_start() -> None:
    (plan,) = load(CASE).plans
    assert [course.start_day for course in plan.courses] == [0.0, 36 * 30.4375]
    assert plan.courses[0].interval_days == 182.625
    moved = load(changed(("plans.0.start", "2025-06-10"))).plans[0]
    assert [course.start_day for course in moved.courses] == [92.0, 92 + 36 * 30.4375]


def test_a_date_in_a_plan_is_a_date() -> None:
    case = load(changed(("plans.0.courses.0.start", "2025-09-10"), ("plans.0.courses.0.stop", "2 years")))
    course = case.plans[0].courses[0]
    assert (course.start_day, course.stop_day) == (184.0, 730.5)
    assert case.date_of(184.0) == date(2025, 9, 10)


def test_courses_carry_doses_missed_late_adherence_and_route() -> None:
    course = {
        "drug": "Prolia",
        "dose": "60 mg",
        "every": "6 months",
        "doses": 6,
        "missed": [4],
        "late": {"3": "60 days"},
        "adherence": "90%",
        "route": "SC",
    }
    (read,) = load(changed(("plans.0.courses", [course]))).plans[0].courses
    assert read == Course("denosumab", 0.0, None, 60.0, 182.625, 0.9, 6, (4,), {3: 60.0})


def test_the_route_chooses_the_form_of_a_drug() -> None:
    by_vein = {"drug": "ibandronate", "route": "iv", "dose": "3 mg"}
    assert load(changed(("plans.0.courses", [by_vein]))).plans[0].courses[0].drug == "ibandronate_iv"


def test_oestradiol_is_given_as_the_rise_of_serum_oestradiol() -> None:
    patch = {"drug": "estradiol", "dose": "13.6 pmol/L"}
    (course,) = load(changed(("plans.0.courses", [patch]))).plans[0].courses
    assert course.dose == pytest.approx(3.7, abs=0.01)


def test_the_case_is_seen_from_its_last_date_unless_told_otherwise() -> None:
    assert load(changed(("options", REMOVE))).as_of == date(2025, 3, 10)
    later = changed(("options", REMOVE), ("labs.0.date", "2025-04-02"))
    assert load(later).as_of == date(2025, 4, 2)


def test_a_case_without_dates_is_seen_from_today() -> None:
    bare = {"person": CASE["person"]}
    assert load(bare).as_of == date(2025, 6, 1)


def test_menopause_is_given_by_age_date_or_not_yet() -> None:
    by_date = load(changed(("person.menopause", {"date": "2013-06", "type": "natural"}))).person.menopause
    assert by_date is not None and by_date.age == pytest.approx(50.1, abs=0.05)
    surgical = load(changed(("person.menopause", {"age": 34, "type": "surgical"}))).person.menopause
    assert surgical is not None and (surgical.type, surgical.age) == ("surgical", 34)
    young = changed(("person.birth_date", "1979-05-14"), ("person.menopause", "premenopausal"))
    assert load(young).years_since_menopause is None


def test_calcium_may_be_one_number_and_may_be_unknown() -> None:
    assert load(changed(("person.calcium_intake", "0.9 g/d"))).person.calcium_intake == pytest.approx(900)
    assert load(changed(("person.calcium_intake", REMOVE))).person.calcium_intake is None


def test_a_reference_named_for_the_scan_holds_for_its_sites() -> None:
    content = changed(("scans.1.sites.lumbar_spine.reference", REMOVE), ("scans.1.reference", "Hologic"))
    assert load(content).scans[1].sites["lumbar_spine"].reference == "Hologic"


def test_scans_and_laboratory_values_are_sorted_by_date() -> None:
    content = changed(("scans", CASE["scans"][::-1]))
    content["labs"].insert(0, {"date": "2025-03-09", "analyte": "25OHD", "value": 62, "unit": "nmol/L"})
    case = load(content)
    assert [scan.date.year for scan in case.scans] == [2023, 2025]
    assert [lab.analyte for lab in case.labs] == ["estradiol", "vitamin_d"]


def test_the_baseline_is_the_last_scan_of_each_site() -> None:
    baseline = load(CASE).baseline()
    assert {site: scan.date.year for site, (scan, _) in baseline.items()} == {
        "lumbar_spine": 2025,
        "total_hip": 2023,
    }
    assert len(load(CASE).series("lumbar_spine")) == 2
    assert load(CASE).series("femoral_neck") == ()


def test_the_latest_value_of_an_analyte_is_found() -> None:
    content = changed(("labs.1", {"date": "2024-03-03", "analyte": "E2", "value": "6 pg/mL"}))
    latest = load(content).latest("estradiol")
    assert latest is not None and latest.date.year == 2025
    assert load(CASE).latest("ctx") is None


def test_own_oestradiol_is_measured_after_menopause_and_off_the_drugs_that_move_it() -> None:
    own = load(CASE).own_estradiol()
    assert own is not None and own.date == date(2025, 3, 3)
    on_drug = changed(("treatments.0.start", "2025-01-10"))
    assert load(on_drug).own_estradiol() is None
    just_stopped = changed(
        ("treatments.0", {"drug": "letrozole", "start": "2024-01-10", "stop": "2025-02-10"})
    )
    assert load(just_stopped).own_estradiol() is None
    long_stopped = changed(
        ("treatments.0", {"drug": "letrozole", "start": "2023-01-10", "stop": "2024-02-10"})
    )
    assert load(long_stopped).own_estradiol() is not None
    before_menopause = changed(("labs.0.date", "2012-03-03"), ("labs.0.value", "80 pg/mL"))
    assert load(before_menopause).own_estradiol() is None


def regimen(case: Case, plan: Plan) -> list[tuple[str, float, float | None]]:
    return [(course.drug, course.start_day, course.stop_day) for course in case.regimen(plan)]


def test_a_treatment_goes_on_under_a_plan_until_the_plan_ends_or_replaces_it() -> None:
    case = replace(load(CASE), treatments=(Course("anastrozole", -100.0), Course("denosumab", -400.0, -50.0)))
    past = ("denosumab", -400.0, -50.0)
    assert regimen(case, Plan("as now")) == [("anastrozole", -100.0, None), past]
    assert regimen(case, Plan("stop", stop_days={"anastrozole": 365.0}))[0] == ("anastrozole", -100.0, 365.0)
    restart = Plan("again", (Course("denosumab", 30.0),))
    assert regimen(case, restart) == [("anastrozole", -100.0, None), past, ("denosumab", 30.0, None)]
    replaced = Plan("twice the dose", (Course("anastrozole", 30.0, dose=2.0),))
    assert regimen(case, replaced) == [("anastrozole", -100.0, 30.0), past, ("anastrozole", 30.0, None)]


def test_a_treatment_yet_to_start_is_replaced_by_an_earlier_course_of_a_plan() -> None:
    case = replace(load(CASE), treatments=(Course("anastrozole", 60.0),))
    assert regimen(case, Plan("now", (Course("anastrozole", 0.0),))) == [("anastrozole", 0.0, None)]


def test_a_plan_may_end_a_treatment_that_runs() -> None:
    case = load(changed(("plans.0.stop", {"anastrozole": "5 years"})))
    assert case.plans[0].stop_days == {"anastrozole": 1826.25}


def test_a_plan_is_looked_at_for_its_own_horizon_or_that_of_the_case() -> None:
    case = load(changed(("plans.0.horizon", "3 years")))
    assert case.horizon_days(case.plans[0]) == 1095.75
    assert case.horizon_days(Plan("other")) == 8 * 365.25


def test_scans_of_two_makers_are_accepted_with_a_warning() -> None:
    (warning,) = load(changed(("scans.0.device.vendor", "GE Lunar"))).warnings
    assert "Lunar and Hologic cannot be compared" in warning


def test_two_devices_of_one_maker_are_accepted_with_a_warning() -> None:
    (warning,) = load(changed(("scans.1.device.model", "Discovery W"))).warnings
    assert "calibration" in warning


def test_a_t_score_that_does_not_fit_its_bmd_is_accepted_with_a_warning() -> None:
    (warning,) = load(changed(("scans.0.sites.total_hip.t_score", -1.8))).warnings
    assert "check both numbers" in warning
    other_reference = changed(
        ("scans.0.sites.total_hip.t_score", -1.8), ("scans.0.sites.total_hip.reference", "Danish women")
    )
    assert load(other_reference).warnings == ()


def test_an_oestradiol_high_after_menopause_is_accepted_with_a_warning() -> None:
    (warning,) = load(changed(("labs.0.value", "25 pg/mL"))).warnings
    assert "check the unit" in warning


def test_a_t_score_alone_is_enough_with_its_reference() -> None:
    content = changed(("scans.1.sites.lumbar_spine", {"t_score": -1.2, "reference": "Hologic"}))
    case = load(content)
    assert case.scans[1].sites["lumbar_spine"].bmd is None
    assert len(case.series("lumbar_spine")) == 1
    assert case.baseline()["lumbar_spine"][1].t_score == -1.2


def test_the_centres_precision_and_a_partial_date_are_read() -> None:
    content = changed(("scans.0.precision", {"LS": "1.2%"}), ("treatments.0.start", "2025-03"))
    content["options"]["as_of"] = "2025-03-20"
    case = load(content)
    assert case.scans[0].precision == {"lumbar_spine": 1.2}
    assert case.treatments[0].start_day == -5.0

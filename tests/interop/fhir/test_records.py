"""Records in the shapes of public examples become cases, and the report says what became of each resource."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from osteocast.errors import InputError
from osteocast.forecast import run_forecast
from osteocast.interop.fhir import FhirImport, ImportedCase, import_resources
from osteocast.person import Fracture, load_case

from .making import (
    HER,
    ICD10,
    LOINC,
    RXNORM,
    SNOMED,
    bundle,
    concept,
    condition,
    core_report,
    lab,
    mcode_medication,
    menopause,
    patient,
    request,
    us_core_dxa,
)

Resource = dict[str, Any]


def imported(*resources: Resource, **wishes: Any) -> ImportedCase:
    content = bundle(patient(), menopause(), *resources) if resources else bundle(patient(), menopause())
    (one,) = import_resources(content, **wishes).cases
    return one


def why(found: ImportedCase, name: str) -> str:
    """What the report says of a resource that was dropped."""
    (row,) = [one for one in found.findings if one.resource.endswith(f"/{name}")]
    assert not row.used, row
    return "; ".join(row.notes)


def test_us_core_keeps_the_hip_and_drops_a_femur_that_does_not_say_which_part() -> None:
    (one,) = import_resources(us_core_dxa(), device="hologic").cases
    (scan,) = one.case.scans
    assert scan.date == date(2024, 10, 21)
    assert set(scan.sites) == {"total_hip"}
    hip = scan.sites["total_hip"]
    assert (hip.bmd, hip.t_score, hip.z_score, hip.reference) == (0.734, -1.62, -0.19, "NHANES III")
    assert "site unspecified" in why(one, "femur-bmd")


def test_without_a_maker_a_bone_density_is_dropped_and_the_option_is_named() -> None:
    (one,) = import_resources(us_core_dxa()).cases
    assert one.case.scans == ()
    assert "--device" in why(one, "hip-bmd")
    assert "scans" in [each.field for each in one.missing]


def test_sites_in_words_components_and_a_contained_device() -> None:
    (one,) = import_resources(core_report()).cases
    (scan,) = one.case.scans
    assert (scan.vendor, scan.model) == ("lunar", "Prodigy")
    assert {name: site.bmd for name, site in scan.sites.items()} == {
        "lumbar_spine": 1.148,
        "femoral_neck": 0.891,
        "total_hip": 0.887,
    }
    spine = scan.sites["lumbar_spine"]
    assert (spine.t_score, spine.z_score, spine.reference, spine.vertebrae) == (-0.4, -0.5, "GE Lunar", 4)
    assert "site unspecified" in why(one, "unsaid")


def test_a_cancer_its_receptors_and_drugs_by_ingredient_product_and_reference() -> None:
    (one,) = import_resources(mcode_medication()).cases
    case = one.case
    assert case.person.conditions == ("breast_cancer",)
    assert case.person.precautions is not None
    assert case.person.precautions.hormone_receptor == "positive"
    letrozole, *doses = case.treatments
    assert (letrozole.drug, letrozole.dose, letrozole.interval_days) == ("letrozole", 2.5, 1.0)
    assert case.date_of(letrozole.start_day) == date(2023, 5, 8)
    assert [dose.drug for dose in doses] == ["denosumab"] * 3
    days = [
        case.date_of(day).isoformat() for dose in doses for day in dose.dose_days(dose.interval_days or 1, 0)
    ]
    assert days == ["2023-06-01", "2023-12-02", "2024-07-15"]


def test_a_case_that_is_made_is_one_that_can_be_read_again() -> None:
    (one,) = import_resources(core_report()).cases
    assert load_case(one.text) == one.case


def test_nothing_of_the_name_of_a_person_is_kept() -> None:
    (one,) = import_resources(core_report()).cases
    assert "Anna" not in one.text and "Nobody" not in one.text


@pytest.mark.parametrize(
    ("unit", "value", "expected"),
    [("pmol/L", 18, 4.9032), ("pg/mL", 5.2, 5.2), ("ng/L", 5.2, 5.2)],
)
def test_units_are_converted(unit: str, value: float, expected: float) -> None:
    one = imported(lab("e2", "14715-7", value, unit))
    (result,) = one.case.labs
    assert result.analyte == "estradiol"
    assert result.value == pytest.approx(expected, rel=1e-3)


def test_ucum_is_read() -> None:
    one = imported(lab("fsh", "15067-2", 62, "m[IU]/mL"), lab("ctx", "41171-0", 610, "pg/mL"))
    assert {each.analyte: each.value for each in one.case.labs} == pytest.approx({"fsh": 62, "ctx": 0.61})


@pytest.mark.parametrize(
    ("quantity", "reason"),
    [
        ({"value": 5.2, "unit": "pg/mL", "code": "pmol/L"}, "contradict"),
        ({"value": 5.2}, "without a unit"),
        ({"value": 5.2, "unit": "furlong"}, "not one of"),
        ({"value": 5, "unit": "pg/mL", "comparator": "<"}, "a bound"),
        ({"value": 5200, "unit": "pg/mL"}, "0.05 to 1000"),
        ({"value": 66, "unit": "pg/mL"}, "probably 66 pmol/L"),
        ({"unit": "pg/mL"}, "no number"),
        ({"value": True, "unit": "pg/mL"}, "no number"),
        ({"value": 10**400, "unit": "pg/mL"}, "no number"),
    ],
)
def test_a_value_that_is_not_one_is_dropped_with_the_reason(quantity: Resource, reason: str) -> None:
    one = imported(lab("e2", "2243-4", None, "", valueQuantity=quantity))
    assert one.case.labs == ()
    assert reason in why(one, "e2")


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"status": "entered-in-error"}, "entered in error"),
        ({"status": "cancelled"}, "cancelled"),
        ({"effectiveDateTime": "2024-10"}, "only 2024-10 is known"),
        ({"effectiveDateTime": "2024-02-31"}, "no date"),
        ({"effectiveDateTime": "2087-01-01"}, "not in the future"),
        ({"subject": {"reference": "Patient/somebody"}}, "belongs to Patient/somebody"),
        ({"subject": {}}, "whose it is"),
        ({"modifierExtension": [{"url": "http://example/not", "valueBoolean": True}]}, "changes its meaning"),
        ({"dataAbsentReason": {"text": "haemolysed"}, "valueQuantity": None}, "haemolysed"),
        ({"code": concept(LOINC, "718-7", "Hemoglobin")}, "not something that a case takes"),
    ],
)
def test_what_cannot_be_relied_on_is_dropped(more: Resource, reason: str) -> None:
    resource = lab("x", "2160-0", 0.9, "mg/dL") | more
    whole = import_resources(bundle(patient(), menopause(), resource))
    assert whole.cases[0].case.labs == ()
    (row,) = [one for one in (*whole.cases[0].findings, *whole.findings) if one.resource.endswith("/x")]
    assert not row.used
    assert reason in "; ".join(row.notes)


def test_a_preliminary_value_is_used_and_said_until_a_final_one_comes() -> None:
    first = lab("first", "24966-4", 0.9, "g/cm2", status="preliminary")
    one = imported(first, device="hologic")
    (row,) = [each for each in one.findings if each.resource.endswith("/first")]
    assert row.used and "preliminary" in row.notes
    one = imported(first, lab("last", "24966-4", 0.92, "g/cm2", status="corrected"), device="hologic")
    assert one.case.scans[0].sites["lumbar_spine"].bmd == 0.92
    assert "corrected or final" in why(one, "first")


def test_two_final_values_of_one_day_that_differ_are_both_dropped() -> None:
    one = imported(lab("a", "24966-4", 0.9, "g/cm2"), lab("b", "24966-4", 0.8, "g/cm2"), device="hologic")
    assert one.case.scans == ()
    assert "contradict" in why(one, "a") and "contradict" in why(one, "b")


def test_of_two_hips_the_left_is_taken() -> None:
    one = imported(lab("l", "46278-8", 0.8, "g/cm2"), lab("r", "46279-6", 0.7, "g/cm2"), device="hologic")
    assert one.case.scans[0].sites["total_hip"].bmd == 0.8
    assert "left side" in why(one, "r")


def test_a_change_of_maker_is_kept_and_warned_about() -> None:
    def scanner(name: str, maker: str) -> Resource:
        return {"resourceType": "Device", "id": name, "manufacturer": maker}

    on = {"device": {"reference": "Device/a"}, "effectiveDateTime": "2022-01-10"}
    one = imported(
        scanner("a", "Hologic, Inc."),
        scanner("b", "GE Healthcare Lunar"),
        lab("x", "24966-4", 0.95, "g/cm2", **on),
        lab("y", "24966-4", 1.02, "g/cm2", device={"reference": "Device/b"}),
    )
    assert [scan.vendor for scan in one.case.scans] == ["hologic", "lunar"]
    assert any("only the later one counts" in warning for warning in one.case.warnings)


@pytest.mark.parametrize(
    ("code", "more", "reason"),
    [
        ("38265-5", {"bodySite": concept(SNOMED, "122496007", "Lumbar spine")}, "different bones"),
        ("38265-5", {}, "a site that a case does not have"),
        ("24966-4", {"bodySite": concept(SNOMED, "29836001", "Hip")}, "different bones"),
        ("24966-4", {"valueQuantity": {"value": 0.9, "code": "ng/mL"}}, "not one of bmd"),
        ("38267-1", {"valueQuantity": {"value": -1.2, "code": "g/cm2"}}, "contradict"),
        ("38267-1", {"valueQuantity": {"value": -1.2, "code": "1"}}, "reference population"),
        ("104938-6", {"valueQuantity": {"value": -1.2, "code": "1"}}, "site is not said"),
    ],
)
def test_a_density_of_nowhere_is_dropped(code: str, more: Resource, reason: str) -> None:
    one = imported(lab("x", code, 0.9, "g/cm2", **more), device="hologic")
    assert one.case.scans == ()
    assert reason in why(one, "x")


def test_a_femoral_neck_is_one_by_its_body_site() -> None:
    neck = {"bodySite": concept(SNOMED, "29627003", "Structure of neck of femur")}
    # As FHIR's own example writes the unit.
    value = {"value": 0.7, "unit": "g/cm²", "code": "g/cm-2"}
    one = imported(lab("x", "24701-5", None, "", valueQuantity=value, **neck), device="hologic")
    assert one.case.scans[0].sites["femoral_neck"].bmd == 0.7


def test_weight_and_height_are_the_last_ones() -> None:
    one = imported(
        lab("w1", "29463-7", 70, "kg", effectiveDateTime="2020-01-01"),
        lab("w2", "29463-7", 61, "kg"),
        lab("w0", "29463-7", 75, "kg", effectiveDateTime="2015-01-01"),
        lab("h", "8302-2", 63, "[in_i]"),
    )
    assert one.case.person.weight == 61
    assert one.case.person.height == pytest.approx(160.02)
    assert "later weight" in why(one, "w1") and "later weight" in why(one, "w0")


def test_fractures_of_fragile_bone_are_taken_and_others_are_asked_about() -> None:
    one = imported(
        condition("spine", concept(ICD10, "M80.08XA", "Osteoporosis with fracture"), onsetDateTime="2021-04"),
        condition("again", concept(ICD10, "M80.08XD", "the same, a later visit")),
        condition("wrist", concept(ICD10, "S52.501A", "Fracture of radius")),
    )
    assert one.case.person.fractures == (Fracture("vertebra", date(2021, 4, 15)),)
    assert "osteoporosis" in one.case.person.conditions
    assert "may have been an accident" in why(one, "wrist")


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"verificationStatus": concept("s", "refuted")}, "refuted"),
        ({"verificationStatus": concept("s", "provisional")}, "not confirmed"),
        ({"clinicalStatus": concept("s", "resolved")}, "it is over"),
    ],
)
def test_a_diagnosis_that_is_not_one_now_is_dropped(more: Resource, reason: str) -> None:
    one = imported(condition("x", concept(ICD10, "J45.909", "Asthma"), **more))
    assert one.case.person.conditions == ()
    assert reason in why(one, "x")


def test_a_cancer_that_is_over_still_counts() -> None:
    one = imported(condition("x", concept(ICD10, "C50.911"), clinicalStatus=concept("s", "remission")))
    assert one.case.person.conditions == ("breast_cancer",)


def test_removed_ovaries_are_a_menopause() -> None:
    operation = {
        "resourceType": "Procedure",
        "id": "ovaries",
        "status": "completed",
        "code": concept(SNOMED, "29827000", "Bilateral salpingectomy with oophorectomy"),
        "subject": HER,
        "performedDateTime": "2004-05-06",
    }
    (one,) = import_resources(bundle(patient(), operation)).cases
    assert one.case.person.menopause is not None
    assert one.case.person.menopause.type == "surgical"
    assert one.case.person.menopause.age == pytest.approx(46.5, abs=0.1)


def operation(code: Resource) -> Resource:
    return {
        "resourceType": "Procedure",
        "id": "operation",
        "status": "completed",
        "code": code,
        "subject": HER,
        "performedDateTime": "2019-05-06",
    }


def test_tubes_that_were_removed_are_no_menopause() -> None:
    tubes = concept("http://www.cms.gov/Medicare/Coding/ICD10PCS", "0UT70ZZ", "Resection of fallopian tubes")
    one = imported(operation(tubes))
    assert one.case.person.menopause is not None and one.case.person.menopause.type == "natural"
    assert "not a procedure" in why(one, "operation")


@pytest.mark.parametrize(
    "code",
    [
        concept("http://www.cms.gov/Medicare/Coding/ICD10PCS", "0QS604Z"),
        {"text": "Open reduction and internal fixation of femoral neck fracture"},
        {"text": "Hemiarthroplasty for fractured neck of femur"},
    ],
)
def test_an_operation_for_a_broken_hip_is_asked_about(code: Resource) -> None:
    one = imported(operation(code))
    assert one.case.person.fractures is None
    assert "add it under person.fractures" in why(one, "operation")


def test_a_new_hip_is_no_broken_one() -> None:
    assert "not a procedure" in why(imported(operation({"text": "Total hip arthroplasty"})), "operation")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (concept(SNOMED, "353431000119107"), "breast_cancer"),
        ({"text": "Malignant neoplasm of female right breast"}, "breast_cancer"),
        ({"text": "Invasive ductal carcinoma of left breast"}, "breast_cancer"),
        (concept(SNOMED, "0", "Osteoporosis (disorder)"), "osteoporosis"),
        (concept(SNOMED, "84757009"), "epilepsy"),
        (concept(SNOMED, "0", "Type 2 diabetes mellitus"), "type_2_diabetes"),
    ],
)
def test_a_diagnosis_is_known_by_code_or_by_its_whole_name(code: Resource, expected: str) -> None:
    assert imported(condition("x", code)).case.person.conditions == (expected,)


@pytest.mark.parametrize(
    "said",
    [
        "Family history of malignant neoplasm of breast",
        "Suspected breast cancer",
        "At increased risk of breast cancer",
        "Benign neoplasm of female left breast",
        "Secondary malignant neoplasm of female breast",
        "Screening for breast cancer",
    ],
)
def test_words_round_a_diagnosis_make_it_another_one(said: str) -> None:
    one = imported(condition("x", {"text": said}))
    assert one.case.person.conditions == ()
    assert "not a condition" in why(one, "x")


@pytest.mark.parametrize(
    "code", ["69896004", "109989006", "94222008", "433146000", "46177005", "36348003", "4598005"]
)
def test_a_disease_outside_the_model_is_not_overlooked_in_snomed_ct(code: str) -> None:
    from osteocast.errors import NotCovered

    one = imported(condition("x", concept(SNOMED, code)))
    assert one.case.person.conditions
    with pytest.raises(NotCovered):
        run_forecast(one.case, years=1, draws=0)


def test_a_referral_is_no_fracture() -> None:
    one = imported(condition("x", concept(SNOMED, "306171006")))
    assert one.case.person.fractures is None


def test_a_fracture_in_snomed_ct_is_asked_about() -> None:
    one = imported(condition("x", concept(SNOMED, "263225007")))
    assert "may have been an accident" in why(one, "x")


def test_the_sex_of_us_core_without_a_gender() -> None:
    url = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-individual-sex"
    her = patient(extension=[{"url": url, "valueCoding": {"system": SNOMED, "code": "248152002"}}])
    del her["gender"]
    (one,) = import_resources(bundle(her, menopause())).cases
    assert one.case.person.sex == "female"


def test_values_that_stand_inside_a_report_are_read() -> None:
    def within(name: str, value: float, **more: Any) -> Resource:
        made = lab(name, "24966-4", value, "g/cm2", **more)
        return {key: each for key, each in made.items() if key not in ("subject", "effectiveDateTime")}

    report = {
        "resourceType": "DiagnosticReport",
        "id": "dxa",
        "status": "final",
        "code": concept(LOINC, "38269-7"),
        "subject": HER,
        "effectiveDateTime": "2023-06-17",
        "contained": [within("r1", 0.9), within("r2", 0.5, status="entered-in-error")],
        "result": [{"reference": "#r1"}, {"reference": "#r2"}],
    }
    one = imported(report, device="lunar")
    (scan,) = one.case.scans
    assert (scan.date, scan.sites["lumbar_spine"].bmd) == (date(2023, 6, 17), 0.9)
    (row,) = [each for each in one.findings if each.resource == "DiagnosticReport/dxa#r2"]
    assert not row.used and row.notes == ("entered in error",)
    wrong = imported(report | {"status": "entered-in-error"}, device="lunar")
    assert wrong.case.scans == ()


def test_a_post_coordinated_body_site_names_bone_and_side() -> None:
    def neck(name: str, side: str, value: float) -> Resource:
        where = {"bodySite": concept(SNOMED, f"29627003:272741003={side}")}
        return lab(name, "24701-5", value, "g/cm2", **where)

    one = imported(neck("right", "24028007", 0.6), neck("left", "7771000", 0.7), device="lunar")
    (scan,) = one.case.scans
    assert {name: site.bmd for name, site in scan.sites.items()} == {"femoral_neck": 0.7}
    assert "left side" in why(one, "right")


def test_a_corrected_blood_value_stands_over_the_one_before() -> None:
    wrong = lab("wrong", "2160-0", 9.0, "mg/dL")
    right = lab("right", "2160-0", 0.9, "mg/dL", status="amended")
    later = lab("later", "2160-0", 0.8, "mg/dL", effectiveDateTime="2024-10-21T18:00:00+02:00")
    for order in ((wrong, right, later), (right, wrong, later)):
        one = imported(*order)
        assert sorted(each.value for each in one.case.labs) == [0.8, 0.9]
        assert "corrected or final" in why(one, "wrong")


def test_a_parent_who_broke_the_hip() -> None:
    mother = {
        "resourceType": "FamilyMemberHistory",
        "id": "mother",
        "status": "completed",
        "patient": HER,
        "relationship": concept("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "MTH", "mother"),
        "condition": [{"code": {"text": "Hip fracture"}}],
    }
    assert imported(mother).case.person.parental_hip_fracture is True
    aunt = mother | {"relationship": concept("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "MAUNT")}
    one = imported(aunt)
    assert one.case.person.parental_hip_fracture is None
    assert "not a parent" in why(one, "mother")


def test_a_birth_date_that_is_known_by_its_year_is_said() -> None:
    (one,) = import_resources(bundle(patient(birthDate="1957"), menopause())).cases
    assert one.case.person.birth_date == date(1957, 7, 1)
    assert "1957 only" in one.document["notes"][0]


def test_two_people_make_two_cases_or_one_is_chosen() -> None:
    other = patient(id="bert", gender="male", birthDate="1960-01-01")
    values = bundle(
        patient(), menopause(), other, lab("x", "2160-0", 1.1, "mg/dL", subject={"reference": "Patient/bert"})
    )
    anna, bert = import_resources(values).cases
    assert (anna.case.labs, len(bert.case.labs)) == ((), 1)
    (only,) = import_resources(values, patient="bert").cases
    assert only.patient == "bert"
    with pytest.raises(InputError, match="a Patient"):
        import_resources(values, patient="carl")


def test_if_one_of_two_cannot_be_read_everything_wrong_is_said_at_once() -> None:
    content = bundle(patient(gender="unknown", birthDate="soon"), patient(id="bert", gender="male"))
    with pytest.raises(InputError) as caught:
        import_resources(content)
    assert {problem.field for problem in caught.value.problems} == {
        "Patient/anna: person.sex",
        "Patient/anna: person.birth_date",
        "Patient/anna: person.menopause",
    }


def test_what_the_record_does_not_say_can_stand_beside_it() -> None:
    with pytest.raises(InputError, match="menopause"):
        import_resources(bundle(patient()))
    extra: Mapping[str, Any] = {"person": {"menopause": {"age": 50}, "fractures": "none"}}
    (one,) = import_resources(bundle(patient()), extra=extra).cases
    assert one.case.person.fractures == ()


def test_references_by_urn_and_by_address_find_their_person() -> None:
    content = bundle(patient(), menopause(), lab("x", "2160-0", 0.9, "mg/dL"))
    content["entry"][0] = {"fullUrl": "urn:uuid:1f", "resource": patient()}
    content["entry"][1]["resource"]["subject"] = {"reference": "urn:uuid:1f"}
    content["entry"][2]["resource"]["subject"] = {
        "reference": "https://ehr.example/fhir/Patient/anna/_history/3"
    }
    (one,) = import_resources(content).cases
    assert [each.analyte for each in one.case.labs] == ["creatinine"]


def test_one_version_of_a_resource_is_used() -> None:
    old = lab("x", "2160-0", 0.9, "mg/dL", meta={"versionId": "9"})
    new = lab("x", "2160-0", 0.8, "mg/dL", meta={"versionId": "10"})
    for order in ((old, new), (new, old)):
        found: FhirImport = import_resources(bundle(patient(), menopause(), *order))
        assert [each.value for each in found.cases[0].case.labs] == [0.8]
        assert any("another version" in "".join(one.notes) for one in found.findings)


@pytest.mark.parametrize("shape", [us_core_dxa, core_report, mcode_medication])
def test_every_resource_is_in_the_report(shape: Callable[[], Resource]) -> None:
    content = shape()
    found = import_resources(content, device="hologic")
    told = {one.resource.split("/")[-1] for one in (*found.cases[0].findings, *found.findings)}
    expected = {one["resource"]["id"] for one in content["entry"]} - {"prolia"}
    assert expected <= told


def test_drugs_that_act_on_bone_and_are_not_in_the_model_are_said_loudly() -> None:
    one = imported(request("x", {"text": "Leuprolide acetate 11.25 mg injection"}))
    assert one.case.treatments == ()
    assert "acts on bone and is not in the forecast" in why(one, "x")
    assert RXNORM  # the code of the ingredient alone is enough
    one = imported(request("x", concept(RXNORM, "42375")))
    assert "acts on bone" in why(one, "x")


def test_an_imported_record_can_be_forecast() -> None:
    content = mcode_medication()
    content["entry"] += core_report()["entry"][2:]
    (one,) = import_resources(content).cases
    forecast = run_forecast(one.case, years=2, draws=0)
    assert forecast.sites["lumbar_spine"].measured
    assert forecast.plans[0].curves["bmd_lumbar_spine"].at(forecast.days, 0.0) == pytest.approx(
        1.148, rel=0.15
    )

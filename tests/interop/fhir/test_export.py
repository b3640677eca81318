"""Out and in again: every value comes back; what is computed is marked, and nothing unsafe is scheduled."""

from __future__ import annotations

import builtins
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from osteocast.errors import InputError, OsteocastError
from osteocast.forecast import Forecast, run_forecast
from osteocast.interop.fhir import import_resources
from osteocast.interop.fhir.exporting import FhirExport, check_bundle, export_fhir
from osteocast.interop.fhir.tables import table
from osteocast.interop.fhir.writing_forecast import MARK
from osteocast.person import FRACTURE_SITES, Case, load_case
from osteocast.person.conditions import CONDITIONS
from osteocast.report.data import NOT_A_DEVICE
from osteocast.therapies import DRUGS
from osteocast.units import ANALYTES

EXAMPLES = Path(__file__).parents[3] / "examples"
NAMES = sorted(path.name for path in EXAMPLES.glob("*.yaml"))
AT = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)

FULL = """
person:
  sex: female
  birth_date: 1957-11-02
  menopause: {age: 44.5, type: surgical}
  weight: 61.3 kg
  height: 160.5 cm
  conditions: [breast_cancer, osteoporosis, previous_fracture, atypical_femur_fracture, type_2_diabetes]
  fractures: [{site: vertebra, date: 2021-04-02}, {site: hip}, {site: rib, date: 2019-01-01}]
  parental_hip_fracture: yes
  precautions: {hormone_receptor: positive}
scans:
  - date: 2022-01-10
    device: {vendor: hologic, model: Horizon A}
    sites:
      lumbar_spine: {bmd: 0.919, t_score: -1.2, z_score: 0.3, reference: Hologic, vertebrae: 3}
      femoral_neck: {t_score: -2.2, reference: NHANES III}
  - date: 2024-01-10
    device: norland
    sites: {total_hip: {bmd: 0.801}, femoral_neck: {bmd: 0.699}}
labs:
  - {date: 2024-01-10, analyte: estradiol, value: 3.1 pg/mL, method: immunoassay, hours_since_dose: 12.5}
  - {date: 2024-01-10, analyte: p1np, value: 54 ug/L, method: immunoassay}
  - {date: 2024-01-10, analyte: bsap, value: 14 ug/L}
  - {date: 2024-01-10, analyte: ntx, value: 15 nmol BCE/L}
  - {date: 2024-01-10, analyte: lh, value: 30 mIU/mL}
  - {date: 2024-01-11, analyte: shbg, value: 60 nmol/L}
treatments:
  - {drug: tamoxifen, start: 2019-05-01, stop: 2021-05-01, adherence: 80%}
  - {drug: letrozole, dose: 2.5 mg, every: 1 day, start: 2021-05-01}
  - {drug: ibandronate_iv, start: 2021-06-01, doses: 3}
  - {drug: zoledronate, dose: 5 mg, every: 1 year, start: 2023-02-01}
options: {as_of: 2024-02-01}
"""


def back(case: Case) -> Case:
    (one,) = import_resources(export_fhir(case, at=AT).bundle, as_of=case.as_of).cases
    return one.case


def alike(case: Case, other: Case) -> None:
    """Hold everything of a case that a record can hold against another."""
    assert other.scans == tuple(replace(scan, precision={}) for scan in case.scans)
    assert [replace(lab, given="") for lab in other.labs] == [replace(lab, given="") for lab in case.labs]
    assert other.treatments == case.treatments
    for name in ("sex", "birth_date", "menopause", "weight", "height", "conditions", "fractures"):
        assert getattr(other.person, name) == getattr(case.person, name), name
    assert other.person.parental_hip_fracture == case.person.parental_hip_fracture


@pytest.mark.parametrize("name", NAMES)
def test_every_value_of_an_example_comes_back(name: str) -> None:
    case = load_case(EXAMPLES / name)
    alike(case, back(case))


def test_every_value_of_a_full_case_comes_back() -> None:
    case = load_case(FULL)
    again = back(case)
    assert set(again.person.conditions) == set(case.person.conditions)
    alike(case, replace(again, person=replace(again.person, conditions=case.person.conditions)))
    assert again.person.precautions == case.person.precautions
    assert export_fhir(case).left_out == ("precautions other than the receptors",)


def test_what_has_no_place_is_said() -> None:
    told = "person: {sex: male, birth_date: 1960-01-01, falls: 2, fractures: none, parental_hip_fracture: no}"
    case = load_case(told)
    assert export_fhir(case).left_out == (
        "that there were no fragility fractures",
        "that no parent broke the hip",
        "falls",
    )


def test_a_bundle_is_the_same_each_time() -> None:
    case = load_case(FULL)
    assert export_fhir(case, at=AT).text == export_fhir(case, at=AT).text


@pytest.fixture(scope="module")
def forecast() -> Forecast:
    case = load_case(EXAMPLES / "letrozole-denosumab-exit.yaml")
    return run_forecast(replace(case, plans=(case.plans[1], case.plans[3])), years=5, draws=16)


def of_kind(made: FhirExport, kind: str) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in made.bundle["entry"] if entry["resource"]["resourceType"] == kind]


def test_risks_and_schedule_of_a_plan(forecast: Forecast) -> None:
    plan = forecast.plans[0]
    made = export_fhir(forecast.case, forecast, plan, at=AT)
    (risks,), (schedule,) = of_kind(made, "RiskAssessment"), of_kind(made, "CarePlan")
    assert plan.fracture is not None
    hip = plan.fracture.at("hip", 5.0)
    (told,) = [one for one in risks["prediction"] if one["outcome"]["text"] == "hip fracture"]
    assert told["probabilityDecimal"] == pytest.approx(100 * hip.value, abs=0.01)
    assert told["whenPeriod"] == {"start": "2024-11-11", "end": "2029-11-11"}
    assert len(risks["basis"]) == len(of_kind(made, "Observation"))
    kinds = [one["detail"]["kind"] for one in schedule["activity"]]
    assert "MedicationRequest" in kinds and "ServiceRequest" in kinds
    assert (schedule["status"], schedule["intent"]) == ("draft", "proposal")
    drugs = [one["detail"]["productCodeableConcept"] for one in schedule["activity"][: len(plan.spans)]]
    assert {code["code"] for drug in drugs for code in drug.get("coding", ())} >= {"72965", "993449"}


def test_everything_computed_is_marked_as_made_by_software(forecast: Forecast) -> None:
    made = export_fhir(forecast.case, forecast, at=AT)
    for one in (*of_kind(made, "RiskAssessment"), *of_kind(made, "CarePlan")):
        assert NOT_A_DEVICE in [note["text"] for note in one["note"]]
    (software,) = [one for one in of_kind(made, "Device") if one["id"] == "osteocast"]
    address = next(each["fullUrl"] for each in made.bundle["entry"] if each["resource"] is software)
    assert software["type"]["text"] == MARK
    assert of_kind(made, "RiskAssessment")[0]["performer"] == {"reference": address}
    assert made.bundle["meta"]["tag"] == [{"display": MARK}]


def test_an_unsafe_plan_gets_no_schedule(forecast: Forecast) -> None:
    made = export_fhir(forecast.case, forecast, forecast.plans[1], at=AT)
    assert of_kind(made, "CarePlan") == []
    assert any("unsafe" in one for one in made.left_out)
    (risks,) = of_kind(made, "RiskAssessment")
    assert any(note["text"].startswith("refuse:") for note in risks["note"])


def test_references_lead_somewhere(forecast: Forecast) -> None:
    made = export_fhir(forecast.case, forecast, at=AT)
    known = {entry["fullUrl"] for entry in made.bundle["entry"]}
    assert len(known) == len(made.bundle["entry"])

    def pointed(content: object) -> set[str]:
        if isinstance(content, dict):
            own = {content["reference"]} if isinstance(content.get("reference"), str) else set()
            return own.union(*(pointed(each) for each in content.values()))
        return set().union(*map(pointed, content)) if isinstance(content, list) else set()

    assert pointed(list(made.bundle["entry"])) <= known


def test_what_is_not_fhir_is_never_given_away() -> None:
    made = export_fhir(load_case(FULL), at=AT)
    broken = dict(made.bundle) | {"entry": [{"resource": {"resourceType": "Observation", "status": 5}}]}
    with pytest.raises(OsteocastError, match="not FHIR R4"):
        check_bundle(broken)


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("fhir."):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match=r"osteocast\[fhir\]"):
        check_bundle({})


def test_every_condition_of_a_case_comes_back() -> None:
    for name in CONDITIONS:
        man = name in ("prostate_cancer", "orchiectomy")
        who = "sex: male" if man else "sex: female, menopause: premenopausal"
        case = load_case(f"person: {{{who}, birth_date: 1985-01-01, conditions: [{name}]}}")
        assert back(case).person.conditions == (name,)


def test_every_drug_of_a_case_comes_back() -> None:
    for name in DRUGS:
        case = load_case(
            f"person: {{sex: male, birth_date: 1960-01-01}}\n"
            f"treatments: [{{drug: {name}, start: 2024-01-01, stop: 2024-06-01}}]\n"
            "options: {as_of: 2024-05-01}"
        )
        assert back(case).treatments == case.treatments, name


def test_codes_of_the_tables_are_of_things_that_cases_have() -> None:
    observations, drugs, conditions = (table(name) for name in ("observations", "drugs", "conditions"))
    assert {row["analyte"] for row in observations["analytes"]} <= set(ANALYTES)
    assert {row["source"] for part in ("bone_density", "analytes") for row in observations[part]} <= set(
        observations["sources"]
    )
    forms = {*drugs["testosterone_forms"], "ibandronate_iv"}
    assert {name for name in drugs["drugs"] if name != "testosterone"} | forms == set(DRUGS)
    assert set(conditions["conditions"]) <= set(CONDITIONS)
    assert set(conditions["fragility_fractures"]["icd10"].values()) <= set(FRACTURE_SITES)
    for part in ("bone_density", "panels", "analytes", "not_taken", "body", "receptors"):
        codes = [row["code"] for row in observations[part]]
        assert len(set(codes)) == len(codes)
        assert all(checked_loinc(code) for code in codes), part


def checked_loinc(code: str) -> bool:
    """Whether the last digit is the check digit of the others (modulus 10, every second digit doubled)."""
    number, _, check = code.partition("-")
    odd = int(number[::-2][::-1]) * 2
    total = sum(int(digit) for digit in f"{odd}{number[-2::-2]}")
    return (10 - total % 10) % 10 == int(check)

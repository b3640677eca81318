"""Small resources in the shapes of public examples, written for these tests."""

from __future__ import annotations

from typing import Any

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
UCUM = "http://unitsofmeasure.org"
HER = {"reference": "Patient/anna"}

Resource = dict[str, Any]


def concept(system: str, code: str, display: str = "") -> Resource:
    return {"coding": [{"system": system, "code": code, "display": display}]}


def patient(**more: Any) -> Resource:
    return {
        "resourceType": "Patient",
        "id": "anna",
        "gender": "female",
        "birthDate": "1957-11-02",
        "name": [{"family": "Nobody", "given": ["Anna"]}],
    } | more


def observation(name: str, code: Resource, value: Any = None, unit: str = "", **more: Any) -> Resource:
    made: Resource = {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "code": code,
        "subject": HER,
        "effectiveDateTime": "2024-10-21T09:30:00+02:00",
    }
    if value is not None:
        made["valueQuantity"] = {"value": value, "unit": unit, "system": UCUM, "code": unit}
    return made | more


def lab(name: str, code: str, value: Any, unit: str, **more: Any) -> Resource:
    return observation(name, concept(LOINC, code), value, unit, **more)


def request(name: str, code: Resource, **more: Any) -> Resource:
    return {
        "resourceType": "MedicationRequest",
        "id": name,
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": code,
        "subject": HER,
        "authoredOn": "2023-05-08",
    } | more


def condition(name: str, code: Resource, **more: Any) -> Resource:
    return {
        "resourceType": "Condition",
        "id": name,
        "clinicalStatus": concept("http://terminology.hl7.org/CodeSystem/condition-clinical", "active"),
        "verificationStatus": concept(
            "http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed"
        ),
        "code": code,
        "subject": HER,
    } | more


def menopause(age: float = 50) -> Resource:
    return observation("menopause", concept(LOINC, "42802-9", "Age at menopause"), age, "a")


def bundle(*resources: Resource, of: str = "collection", **more: Any) -> Resource:
    entries = [
        {"fullUrl": f"https://ehr.example/fhir/{one['resourceType']}/{one['id']}", "resource": one}
        for one in resources
    ]
    return {"resourceType": "Bundle", "type": of, "entry": entries} | more


def us_core_dxa() -> Resource:
    """The shape of US Core's DXA example: a report that groups values of hip and femur, without a device."""
    left = {"bodySite": concept(SNOMED, "29836001", "Hip region structure")}
    femur = {"bodySite": concept(SNOMED, "71341001", "Bone structure of femur")}
    reference = {"referenceRange": [{"text": "NHANES III"}]}
    values = [
        observation(
            "hip-bmd",
            concept(LOINC, "46278-8", "DXA Hip - left [Mass/Area] Bone density"),
            0.734,
            "g/cm2",
            **left,
        ),
        observation(
            "hip-t",
            concept(LOINC, "80946-7", "DXA Hip - left [T-score] Bone density"),
            -1.62,
            "1",
            **left,
            **reference,
        ),
        observation(
            "hip-z", concept(LOINC, "80938-4", "DXA Hip - left [Z-score] Bone density"), -0.19, "1", **left
        ),
        observation(
            "femur-bmd",
            concept(LOINC, "80954-1", "DXA Femur - left [Mass/Area] Bone density"),
            0.631,
            "g/cm2",
            **femur,
        ),
        observation(
            "femur-t",
            concept(LOINC, "80948-3", "DXA Femur - left [T-score] Bone density"),
            -1.48,
            "1",
            **femur,
        ),
        observation(
            "femur-z",
            concept(LOINC, "80940-0", "DXA Femur - left [Z-score] Bone density"),
            0.05,
            "1",
            **femur,
        ),
    ]
    report = {
        "resourceType": "DiagnosticReport",
        "id": "dxa",
        "status": "final",
        "code": concept(LOINC, "83311-1", "Bone density quantitative measurement by DXA panel"),
        "subject": HER,
        "effectiveDateTime": "2024-10-21",
        "result": [{"reference": f"Observation/{one['id']}"} for one in values],
    }
    return bundle(patient(), menopause(), report, *values)


def core_report() -> Resource:
    """The shape of FHIR's own DXA report: sites in words and components, the device contained."""
    device = {
        "resourceType": "Device",
        "id": "scanner",
        "manufacturer": "GE Lunar",
        "deviceName": [{"name": "Prodigy", "type": "model-name"}],
    }
    spine = observation(
        "spine",
        {"text": "BMD - AP spine L1-L4"}
        | concept(LOINC, "24966-4", "DXA Lumbar spine [Mass/Area] Bone density"),
        1.148,
        "g/cm2",
        contained=[device],
        device={"reference": "#scanner"},
        component=[
            {"code": {"text": "T-score"}, "valueQuantity": {"value": -0.4, "code": "{T-score}"}},
            {"code": {"text": "Z-score"}, "valueQuantity": {"value": -0.5}},
        ],
        note=[{"text": "Reference population: GE Lunar"}],
    )
    femur = [
        observation(
            name,
            {"text": words} | concept(LOINC, "24701-5", "DXA Femur [Mass/Area] Bone density"),
            value,
            "g/cm2",
            contained=[device],
            device={"reference": "#scanner"},
        )
        for name, words, value in (
            ("neck", "BMD - left femur neck", 0.891),
            ("total", "BMD - left femur total", 0.887),
            ("unsaid", "BMD - left femur", 0.85),
        )
    ]
    return bundle(patient(), menopause(), spine, *femur)


def mcode_medication() -> Resource:
    """The shape of mCODE: a cancer, its receptors, and requests by ingredient, product and reference."""
    daily = [
        {
            "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
            "doseAndRate": [{"doseQuantity": {"value": 2.5, "unit": "mg", "code": "mg"}}],
        }
    ]
    ingredient = {
        "resourceType": "Medication",
        "id": "prolia",
        "code": {"text": "denosumab 60 MG/ML prefilled syringe"},
        "ingredient": [{"itemCodeableConcept": concept(RXNORM, "993449", "denosumab")}],
    }
    given = [
        {
            "resourceType": "MedicationAdministration",
            "id": f"dose-{i}",
            "status": "completed",
            "medicationReference": {"reference": "Medication/prolia"},
            "subject": HER,
            "effectiveDateTime": on,
            "dosage": {"dose": {"value": 60, "unit": "mg", "code": "mg"}},
        }
        for i, on in enumerate(("2023-06-01", "2023-12-02", "2024-07-15"))
    ]
    return bundle(
        patient(),
        menopause(),
        condition("cancer", concept(SNOMED, "254837009", "Malignant neoplasm of breast")),
        observation(
            "er",
            concept(LOINC, "85337-4", "Estrogen receptor"),
            valueCodeableConcept=concept(SNOMED, "10828004", "Positive"),
        ),
        request("ai", concept(RXNORM, "200064", "letrozole 2.5 MG Oral Tablet"), dosageInstruction=daily),
        ingredient,
        *given,
    )

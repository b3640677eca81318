"""A person of a case as resources: who, and what was measured, taken and diagnosed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from osteocast.interop.fhir.building import Bundling, age, canonical, concept, loinc, quantity
from osteocast.interop.fhir.tables import LOINC, SNOMED, by_code, table
from osteocast.person import Case, DxaScan, LabResult, SiteScan
from osteocast.person.case import end_day
from osteocast.person.models import SITE_LABELS
from osteocast.therapies import DRUGS, Course
from osteocast.units import QUANTITIES

__all__ = ["medication", "write_person"]

Resource = dict[str, Any]

_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_MAKERS = {"hologic": "Hologic", "lunar": "GE Lunar", "norland": "Norland"}
_REGIONS = {"lumbar_spine": "lumbar_spine", "total_hip": "hip", "femoral_neck": "femur"}
_KINDS = {"bmd": "BMD", "t_score": "T-score", "z_score": "Z-score"}
_BODY_SITES = {"lumbar_spine": "122496007", "total_hip": "29836001", "femoral_neck": "29627003"}


def write_person(into: Bundling, case: Case) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Write everything that the record of a person holds.

    Parameters
    ----------
    into : Bundling
    case : Case

    Returns
    -------
    (dict, list of dict)
        References to the Patient and to the Observations.
    """
    person = case.person
    subject = into.add("Patient", "person", gender=person.sex, birthDate=person.birth_date.isoformat())
    observations = [
        *_body(into, case, subject),
        *(one for i, scan in enumerate(case.scans, 1) for one in _scan(into, i, scan, subject)),
        *_labs(into, case, subject),
    ]
    for i, course in enumerate(case.treatments, 1):
        _treatment(into, i, course, case, subject)
    _history(into, case, subject)
    into.left_out += _left_out(case)
    return subject, observations


def _observation(
    into: Bundling, name: str, subject: Resource, on: str | None, code: Resource, **more: Any
) -> dict[str, str]:
    return into.add(
        "Observation", name, status="final", code=code, subject=subject, effectiveDateTime=on, **more
    )


def _category(code: str) -> list[Resource]:
    return [concept((_CATEGORY, code, code.replace("-", " ").title()))]


def _body(into: Bundling, case: Case, subject: Resource) -> list[dict[str, str]]:
    made = []
    on = case.as_of.isoformat()
    for kind in ("weight", "height"):
        value = getattr(case.person, kind)
        code = loinc("body", {"field": kind})
        if value is not None and code is not None:
            more = {"category": _category("vital-signs"), "valueQuantity": canonical(kind, value)}
            made.append(_observation(into, kind, subject, on, code, **more))
    menopause = case.person.menopause
    if menopause is not None and menopause.type == "natural" and menopause.age is not None:
        code = loinc("body", {"field": "menopause"})
        assert code is not None, "the table has a code for the age at menopause"
        given = age(menopause.age)
        made.append(_observation(into, "menopause", subject, on, code, valueQuantity=given))
    precautions = case.person.precautions
    if precautions is not None and precautions.hormone_receptor is not None:
        answers = table("observations")["receptor_answers"][precautions.hormone_receptor]
        value = concept((SNOMED, answers[0], precautions.hormone_receptor.title()))
        code = loinc("receptors", {})
        assert code is not None, "the table has a code for the receptor"
        made.append(_observation(into, "receptor", subject, on, code, valueCodeableConcept=value))
    return made


def _scan(into: Bundling, number: int, scan: DxaScan, subject: Resource) -> list[dict[str, str]]:
    device = into.add(
        "Device",
        f"densitometer-{number}",
        manufacturer=_MAKERS[scan.vendor],
        modelNumber=scan.model,
    )
    return [
        one
        for site, measured in scan.sites.items()
        for one in _site(
            into, f"scan-{number}-{site.replace('_', '-')}", scan, site, measured, device, subject
        )
    ]


def _site(
    into: Bundling,
    name: str,
    scan: DxaScan,
    site: str,
    measured: SiteScan,
    device: Resource,
    subject: Resource,
) -> list[dict[str, str]]:
    words = SITE_LABELS[site]
    if measured.vertebrae is not None:
        words += f", {measured.vertebrae} of L1-L4"
    body = concept(
        (SNOMED, _BODY_SITES[site], table("observations")["sites"]["codes"][_BODY_SITES[site]]["display"])
    )
    made = []
    for kind, label in _KINDS.items():
        value = getattr(measured, kind)
        code = loinc(
            "bone_density", {"kind": kind, "region": _REGIONS[site]}, f"{label}, {SITE_LABELS[site]}"
        )
        if value is None or code is None:
            continue
        given = canonical("bmd", value) if kind == "bmd" else quantity(value, "1")
        reference = [{"text": measured.reference}] if kind == "t_score" and measured.reference else None
        made.append(
            _observation(
                into,
                f"{name}-{kind.replace('_', '-')}",
                subject,
                scan.date.isoformat(),
                code,
                category=_category("imaging"),
                bodySite={**body, "text": words},
                device=device,
                valueQuantity=given,
                referenceRange=reference,
            )
        )
    return made


def _labs(into: Bundling, case: Case, subject: Resource) -> list[dict[str, str]]:
    made = []
    for i, lab in enumerate(case.labs, 1):
        code, given = _analyte(lab)
        hours = lab.hours_since_dose
        made.append(
            _observation(
                into,
                f"lab-{i}",
                subject,
                lab.date.isoformat(),
                code,
                category=_category("laboratory"),
                valueQuantity=given,
                method=None if lab.method is None else concept(words=lab.method),
                note=None if hours is None else [{"text": f"{hours:.10g} hours since the last dose"}],
            )
        )
    return made


def _analyte(lab: LabResult) -> tuple[Resource, Resource]:
    """Return code and value of a result: as it was given if a code fits its unit, else in the canonical unit.

    A code that names a method is only used of a result of that method.
    """
    known = QUANTITIES[lab.analyte]
    number, _, written = lab.given.partition(" ")
    unit = known.unit(written) if written else None
    rows = [
        (code, row)
        for code, row in by_code("observations", "analytes").items()
        if row["analyte"] == lab.analyte
        and (" by " not in row["display"].lower() or lab.method == "immunoassay")
        and row["source"] != "unverified"
    ]
    for own in (unit, known.canonical):
        fitting = [
            each for each in rows if ("[Moles/volume]" in each[1]["display"]) == ("mol/L" in (own or ""))
        ]
        if own is None or (rows and not fitting):
            continue
        try:
            value = lab.value if own != unit else float(number)
        except ValueError:
            continue
        coded = ((LOINC, fitting[0][0], fitting[0][1]["display"]),) if fitting else ()
        return concept(*coded, words=known.label), quantity(value, own)
    return concept(words=known.label), canonical(lab.analyte, lab.value)


def _treatment(into: Bundling, number: int, course: Course, case: Case, subject: Resource) -> None:
    drug, stop = DRUGS[course.drug], course.stop_day
    dosage: Resource = {}
    repeat: Resource = {}
    if course.interval_days is not None:
        repeat = {"frequency": 1, "period": course.interval_days, "periodUnit": "d"}
    if course.n_doses is not None:
        repeat["count"] = course.n_doses
    if repeat:
        dosage["timing"] = {"repeat": repeat}
    dosage["route"] = concept(
        (SNOMED, table("drugs")["routes"][drug.route]["snomed"], drug.route.title()), words=drug.route
    )
    if course.dose is not None and drug.unit in ("mg", "IU"):
        dosage["doseAndRate"] = [{"doseQuantity": quantity(course.dose, drug.unit)}]
    elif course.dose is not None:
        into.left_out.append(f"dose of {course.drug}, which is a rise of serum oestradiol here")
    period = {"start": case.date_of(course.start_day).isoformat()}
    if stop is not None:
        # FHIR counts the last day in.
        period["end"] = (case.date_of(stop) - timedelta(days=1)).isoformat()
    status = "intended" if course.start_day > 0 else "completed" if end_day(course) <= 0 else "active"
    shared = f"{100 * course.adherence:.10g}% of doses taken" if course.adherence != 1.0 else None
    into.add(
        "MedicationStatement",
        f"treatment-{number}",
        status=status,
        medicationCodeableConcept=medication(course.drug),
        subject=subject,
        effectivePeriod=period,
        dosage=[dosage],
        note=None if shared is None else [{"text": shared}],
    )
    if course.missed or course.late:
        into.left_out.append(f"which doses of {course.drug} were missed or late")


def medication(drug: str) -> Resource:
    """Return a drug as a CodeableConcept, with its code of RxNorm where that is sure."""
    drugs = table("drugs")
    if drug.startswith("testosterone"):
        return concept(words=f"testosterone {drugs['testosterone_forms'][drug][0]}")
    row = drugs["drugs"][drug.removesuffix("_iv")]
    verified = row["rxnorm"][:1] if "rxnorm unverified" not in row["source"] else []
    return concept(
        *((drugs["systems"]["rxnorm"], code, row["names"][0]) for code in verified), words=row["names"][0]
    )


def _history(into: Bundling, case: Case, subject: Resource) -> None:
    person, menopause = case.person, case.person.menopause
    for condition in person.conditions:
        _condition(into, condition.replace("_", "-"), _diagnosis(condition), subject)
    for i, fracture in enumerate(person.fractures or (), 1):
        on = None if fracture.date is None else fracture.date.isoformat()
        code = concept(words=f"fragility fracture: {fracture.site}")
        _condition(into, f"fracture-{i}", code, subject, onsetDateTime=on)
    if menopause is not None and menopause.type != "natural":
        state = "surgical" if menopause.type == "surgical" else "before"
        words = "surgical menopause" if menopause.type == "surgical" else "premenopausal"
        (code_,) = table("conditions")["menopause"][state]["snomed"]
        onset = None if menopause.age is None else age(menopause.age)
        _condition(into, "menopause", concept((SNOMED, code_, words), words=words), subject, onsetAge=onset)
    if person.parental_hip_fracture:
        into.add(
            "FamilyMemberHistory",
            "parent",
            status="partial",
            patient=subject,
            relationship=concept(
                ("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "PRN", "parent"), words="parent"
            ),
            condition=[{"code": concept(words="hip fracture")}],
        )


def _diagnosis(condition: str) -> Resource:
    """Return a condition in words, with a code if one says just that."""
    row = table("conditions")["conditions"].get(condition, {})
    words = condition.replace("_", " ")
    if row.get("snomed"):
        return concept((SNOMED, row["snomed"][0], words), words=words)
    if len(row.get("icd10", ())) == 1:
        return concept((table("conditions")["systems"]["icd10cm"], row["icd10"][0], words), words=words)
    return concept(words=words)


def _condition(into: Bundling, name: str, code: Resource, subject: Resource, **more: Any) -> None:
    status = "http://terminology.hl7.org/CodeSystem/condition-"
    into.add(
        "Condition",
        name,
        clinicalStatus=concept((f"{status}clinical", "active", "Active")),
        verificationStatus=concept((f"{status}ver-status", "confirmed", "Confirmed")),
        code=code,
        subject=subject,
        **more,
    )


def _left_out(case: Case) -> list[str]:
    person = case.person
    held = {
        "lifestyle": person.lifestyle is not None,
        "calcium intake": person.calcium_intake is not None,
        "that there were no fragility fractures": person.fractures == (),
        "that no parent broke the hip": person.parental_hip_fracture is False,
        "falls": person.falls is not None,
        "the result of FRAX": person.frax is not None,
        "precautions other than the receptors": person.precautions is not None,
        "the centre's precision": any(scan.precision for scan in case.scans),
        "goal and constraints": case.goal is not None,
    }
    return [name for name, there in held.items() if there]

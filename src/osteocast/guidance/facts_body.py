"""Facts of the person: age, density, earlier fractures, habits, kidneys, blood."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from osteocast.guidance.facts import Answer, Facts, fact
from osteocast.person import (
    SITE_LABELS,
    creatinine_clearance,
    estimated_filtration,
    t_score,
    z_score,
)
from osteocast.units import DAYS_PER_YEAR

_PRECAUTIONS = "person.precautions.{}"
_HABIT = "lifestyle.habits.{}"


@fact("age", "age", "years", "person.birth_date")
def _age(facts: Facts) -> Answer:
    return facts.case.age, ""


@fact("female", "woman", ask="person.sex")
def _female(facts: Facts) -> Answer:
    return facts.case.person.sex == "female", ""


@fact("postmenopausal", "after menopause", ask="person.menopause")
def _postmenopausal(facts: Facts) -> Answer:
    menopause = facts.case.person.menopause
    return menopause is not None and menopause.age is not None, ""


@fact("menopause_age", "age at menopause", "years", "person.menopause.age")
def _menopause_age(facts: Facts) -> Answer:
    menopause = facts.case.person.menopause
    return (None, "") if menopause is None else (menopause.age, "")


def _condition(name: str, label: str) -> None:
    @fact(name, label, ask="person.conditions")
    def _named(facts: Facts) -> Answer:
        return name in facts.case.person.conditions, "conditions"


for _name in (
    "prostate_cancer",
    "bone_metastases",
    "jaw_osteonecrosis",
    "atypical_femur_fracture",
    "hypogonadism",
    "pregnancy",
    "dialysis",
):
    _condition(_name, _name.replace("_", " "))


@fact("breast_cancer", "breast cancer", ask="person.conditions")
def _breast_cancer(facts: Facts) -> Answer:
    if "breast_cancer" in facts.case.person.conditions:
        return True, "conditions"
    # A woman on an inhibitor nearly always has it; that the case does not say so is not a no.
    if facts.case.person.sex == "female" and facts["aromatase_inhibitor"].value:
        return None, ""
    return False, "conditions"


@fact(
    "hormone_sensitive_cancer", "hormone-sensitive breast cancer", ask=_PRECAUTIONS.format("hormone_receptor")
)
def _hormone_sensitive(facts: Facts) -> Answer:
    precautions = facts.case.person.precautions
    if precautions is not None and precautions.hormone_receptor is not None:
        return precautions.hormone_receptor == "positive", "precautions"
    taken = any(course.drug in _ENDOCRINE for course in facts.courses)
    if taken and facts.case.person.sex == "female":
        return True, "as endocrine treatment is taken"
    return (None, "") if facts["breast_cancer"].value is not False else (False, "conditions")


_ENDOCRINE = ("anastrozole", "letrozole", "exemestane", "tamoxifen")


def _scores(facts: Facts) -> Iterator[tuple[float, str]]:
    for site, (scan, measured) in facts.case.baseline().items():
        score = measured.t_score
        if score is None and measured.bmd is not None:
            score = t_score(site, measured.bmd, vendor=scan.vendor).value
        if score is not None:
            yield score, f"{SITE_LABELS[site]}, {scan.date}"


@fact("has_scan", "bone density measured", ask="scans")
def _has_scan(facts: Facts) -> Answer:
    return bool(facts.case.scans), ""


@fact("lowest_t_score", "lowest T-score", ask="scans")
def _lowest_t(facts: Facts) -> Answer:
    found = sorted(_scores(facts))
    return found[0] if found else (None, "")


@fact("lowest_z_score", "lowest Z-score", ask="scans (z_score)")
def _lowest_z(facts: Facts) -> Answer:
    found = []
    person = facts.case.person
    for site, (scan, measured) in facts.case.baseline().items():
        score = measured.z_score
        if score is None and measured.bmd is not None:
            age = person.age_on(scan.date)
            score = z_score(site, measured.bmd, age, person.sex, vendor=scan.vendor).value
        if score is not None:
            found.append((score, f"{SITE_LABELS[site]}, {scan.date}"))
    return min(found) if found else (None, "")


@fact("prior_fracture", "fragility fracture", ask="person.fractures")
def _prior_fracture(facts: Facts) -> Answer:
    person = facts.case.person
    if person.fractures is not None:
        return bool(person.fractures), ", ".join(each.site for each in person.fractures) or "fractures"
    return (True, "conditions") if "previous_fracture" in person.conditions else (None, "")


@fact("hip_or_spine_fracture", "fragility fracture of hip or vertebra", ask="person.fractures")
def _hip_or_spine(facts: Facts) -> Answer:
    fractures = facts.case.person.fractures
    if fractures is None:
        return None, ""
    return any(each.site in ("hip", "vertebra") for each in fractures), "fractures"


@fact("parent_hip_fracture", "hip fracture of a parent", ask="person.parental_hip_fracture")
def _parent(facts: Facts) -> Answer:
    return facts.case.person.parental_hip_fracture, ""


@fact("falls", "falls in the last year", ask="person.falls")
def _falls(facts: Facts) -> Answer:
    falls = facts.case.person.falls
    return (None, "") if falls is None else (float(falls), "")


@fact("frax_major", "FRAX, major fracture in 10 years", "%", "person.frax.major")
def _frax_major(facts: Facts) -> Answer:
    frax = facts.case.person.frax
    return (None, "") if frax is None else (frax.major, "as given")


@fact("frax_hip", "FRAX, hip fracture in 10 years", "%", "person.frax.hip")
def _frax_hip(facts: Facts) -> Answer:
    frax = facts.case.person.frax
    return (None, "") if frax is None else (frax.hip, "as given")


def _habit(facts: Facts, name: str) -> Any:
    lifestyle = facts.case.person.lifestyle
    return None if lifestyle is None or lifestyle.habits is None else getattr(lifestyle.habits, name)


@fact("smoking", "smokes", ask=_HABIT.format("smoking"))
def _smoking(facts: Facts) -> Answer:
    smoking = _habit(facts, "smoking")
    return (None, "") if smoking is None else (smoking == "current", "habits")


@fact("glucocorticoid", "prednisolone", "mg/d", _HABIT.format("glucocorticoid"))
def _glucocorticoid(facts: Facts) -> Answer:
    dose = _habit(facts, "glucocorticoid")
    return dose, "" if dose is None else "habits"


@fact("takes_glucocorticoid", "takes a glucocorticoid", ask=_HABIT.format("glucocorticoid"))
def _takes_glucocorticoid(facts: Facts) -> Answer:
    dose = _habit(facts, "glucocorticoid")
    if dose is not None:
        return dose > 0, "habits"
    return (True, "conditions") if "glucocorticoid_therapy" in facts.case.person.conditions else (None, "")


@fact("calcium_intake", "calcium eaten and supplemented", "mg/d", "person.calcium_intake")
def _calcium_intake(facts: Facts) -> Answer:
    person = facts.case.person
    nutrition = person.lifestyle.nutrition if person.lifestyle is not None else None
    added = None if nutrition is None else nutrition.calcium
    if person.calcium_intake is None and added is None:
        return None, ""
    return (person.calcium_intake or 0.0) + (added or 0.0), ""


@fact("isoflavones", "isoflavones", "mg/d", "lifestyle.nutrition.isoflavones")
def _isoflavones(facts: Facts) -> Answer:
    amounts = [
        lifestyle.nutrition.isoflavones or 0.0
        for lifestyle in (facts.case.person.lifestyle, facts.plan.lifestyle if facts.plan else None)
        if lifestyle is not None and lifestyle.nutrition is not None
    ]
    return max(amounts, default=0.0), "nutrition"


def _lab(name: str, analyte: str, label: str, unit: str) -> None:
    @fact(name, label, unit, f"labs ({analyte})", kind=analyte)
    def _latest(facts: Facts) -> Answer:
        found = facts.case.latest(analyte)
        return (None, "") if found is None else (found.value, f"{found.date}, {found.given}")


_lab("vitamin_d", "vitamin_d", "25-hydroxyvitamin D", "ng/mL")
_lab("calcium", "calcium", "serum calcium", "mg/dL")
_lab("estradiol", "estradiol", "oestradiol", "pg/mL")
_lab("testosterone", "testosterone", "testosterone", "ng/dL")


def _from_creatinine(facts: Facts, compute: Callable[[float, float], float]) -> Answer:
    found = facts.case.latest("creatinine")
    if found is None:
        return None, ""
    value = compute(found.value, facts.case.person.age_on(found.date))
    return value, f"creatinine of {found.date}, {found.given}"


@fact("egfr", "estimated filtration (CKD-EPI 2021)", "mL/min/1.73 m²", "labs (creatinine)")
def _egfr(facts: Facts) -> Answer:
    sex = facts.case.person.sex
    return _from_creatinine(facts, lambda value, age: estimated_filtration(value, age, sex))


@fact("clearance", "creatinine clearance", "mL/min", "labs (creatinine) and person.weight")
def _clearance(facts: Facts) -> Answer:
    person = facts.case.person
    weight = person.weight
    if weight is None:
        value, origin = _egfr(facts)
        return value, f"{origin}, as filtration by CKD-EPI because no weight is given" if origin else ""
    value, origin = _from_creatinine(
        facts, lambda given, age: creatinine_clearance(given, age, person.sex, weight)
    )
    return value, f"{origin}, by Cockcroft and Gault" if origin else ""


@fact("creatinine_years", "age of the creatinine", "years", "labs (creatinine)")
def _creatinine_years(facts: Facts) -> Answer:
    found = facts.case.latest("creatinine")
    return (None, "") if found is None else (-facts.case.day(found.date) / DAYS_PER_YEAR, "")


def _precaution(name: str, label: str, unit: str = "") -> None:
    @fact(name, label, unit, _PRECAUTIONS.format(name))
    def _answered(facts: Facts) -> Answer:
        precautions = facts.case.person.precautions
        return (None, "") if precautions is None else (getattr(precautions, name), "")


_precaution("height_loss", "height lost", "cm")
_precaution("impaired_mobility", "impaired mobility")
_precaution("oesophageal_disease", "disease of the oesophagus")
_precaution("can_stay_upright", "can stay upright for an hour")
_precaution("dental_work", "surgery of the jaw planned")
_precaution("wants_children", "wants children in the near term")


@fact("dental_check_years", "time since a dentist looked", "years", _PRECAUTIONS.format("dental_check"))
def _dental_check(facts: Facts) -> Answer:
    precautions = facts.case.person.precautions
    if precautions is None or precautions.dental_check is None:
        return None, ""
    return -facts.case.day(precautions.dental_check) / DAYS_PER_YEAR, ""


@fact("may_become_pregnant", "may become pregnant", ask=_PRECAUTIONS.format("may_become_pregnant"))
def _may_become_pregnant(facts: Facts) -> Answer:
    precautions = facts.case.person.precautions
    if precautions is not None and precautions.may_become_pregnant is not None:
        return precautions.may_become_pregnant, "precautions"
    if facts.case.person.sex == "male" or facts["postmenopausal"].value:
        return False, "sex and menopause"
    return None, ""

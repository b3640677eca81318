"""The person, the scans and the laboratory values of a case document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from osteocast import units
from osteocast.errors import InputError, Problem
from osteocast.person.conditions import CONDITION_SYNONYMS, CONDITIONS
from osteocast.person.fields import Fields, match_name
from osteocast.person.models import (
    SITES,
    VENDORS,
    DxaScan,
    LabResult,
    Menopause,
    MenopauseType,
    Method,
    Person,
    Sex,
    SiteScan,
    Vendor,
)
from osteocast.person.reading_courses import Clock
from osteocast.person.reading_precautions import read_precautions
from osteocast.person.reading_risk import read_falls, read_fractures, read_frax, read_parent
from osteocast.therapies import Course
from osteocast.units import DAYS_PER_YEAR

__all__ = ["read_labs", "read_person", "read_scans"]

PERSON_FIELDS = (
    "sex",
    "birth_date",
    "menopause",
    "weight",
    "height",
    "calcium_intake",
    "conditions",
    "fractures",
    "parental_hip_fracture",
    "falls",
    "frax",
    "precautions",
)
SCAN_FIELDS = ("date", "device", "reference", "precision", "sites")
SITE_FIELDS = ("bmd", "t_score", "z_score", "reference", "vertebrae")
LAB_FIELDS = ("date", "analyte", "value", "unit", "hours_since_dose", "method")

_SITE_SYNONYMS = {
    "ls": "lumbar_spine",
    "l1-l4": "lumbar_spine",
    "th": "total_hip",
    "total femur": "total_hip",
    "fn": "femoral_neck",
    "femur neck": "femoral_neck",
}
_VENDOR_SYNONYMS = {"ge": "lunar", "ge lunar": "lunar", "ge-lunar": "lunar", "ge healthcare": "lunar"}
_MENOPAUSE_AGE = {"natural": (35.0, 62.0), "surgical": (15.0, 62.0)}
_OLDEST_PREMENOPAUSAL = 62.0
_OLDEST = 120.0
_SCORE_RANGE = (-8.0, 8.0)
# kg/m2; outside of it one of weight and height is a slip.
_BODY_MASS_INDEX = (10.0, 90.0)
_MENS_CONDITIONS = ("prostate_cancer", "orchiectomy")
# pg/mL; above it the value belongs to a woman before menopause, on oestradiol, or in another unit.
_POSTMENOPAUSAL_ESTRADIOL = (0.05, 50.0)
# pg/mL; above it even men on testosterone are hardly ever, but many a value in pmol/L is.
_MALE_ESTRADIOL = (0.3, 120.0)
# ng/dL; below it lie castration, severe disease of testis or pituitary, and usual values in nmol/L.
_MALE_TESTOSTERONE = (50.0, 3000.0)
_METHODS = ("lc-ms", "immunoassay")
_METHOD_SYNONYMS = {
    "lc-ms": "lc-ms",
    "lc-ms/ms": "lc-ms",
    "lcms": "lc-ms",
    "lc/ms": "lc-ms",
    "gc-ms": "lc-ms",
    "mass spectrometry": "lc-ms",
    "eclia": "immunoassay",
    "clia": "immunoassay",
    "ria": "immunoassay",
    "elisa": "immunoassay",
}


def read_person(fields: Fields, clock: Clock) -> Person | None:
    """Read who the person is; None if a problem leaves nobody to simulate."""
    person = Fields(fields.raw("person"), "person", fields.problems, PERSON_FIELDS)
    if not person.usable:
        return None
    person.require("sex", "female or male", "give the sex at birth")
    person.require("birth_date", "a date as YYYY-MM-DD", "give the birth date")
    sex = person.choice("sex", ("female", "male"), "sex", {"f": "female", "m": "male", "woman": "female"})
    birth_date = person.date("birth_date")
    age = None
    if birth_date is not None:
        age = (clock.as_of - birth_date).days / DAYS_PER_YEAR
        if birth_date > clock.as_of:
            person.report("birth_date", f"before {clock.as_of}", "correct the birth date")
        elif age > _OLDEST:
            person.report("birth_date", f"an age of at most {_OLDEST:g} years", "correct the birth date")
    menopause = _read_menopause(person, clock, age, sex)
    diet, supplement = _read_calcium(person)
    weight, height = person.quantity("weight", "weight"), person.quantity("height", "height")
    if weight is not None and height is not None:
        index = weight / (height / 100) ** 2
        if not _BODY_MASS_INDEX[0] <= index <= _BODY_MASS_INDEX[1]:
            expected = f"a weight that fits the height, not a body mass index of {index:.0f} kg/m2"
            person.report("weight", expected, "check both and their units")
    conditions = tuple(_read_conditions(person))
    _report_impossible(person, conditions, sex, menopause)
    precautions = read_precautions(person, clock, sex, menopause, conditions)
    fractures, parent = read_fractures(person, clock), read_parent(person)
    falls, frax = read_falls(person), read_frax(person)
    if sex is None or birth_date is None:
        return None
    if fractures == () and "previous_fracture" in conditions:
        person.report("fractures", "a fracture, as conditions name one", "correct one of the two")
    return Person(
        cast(Sex, sex),
        birth_date,
        menopause,
        weight,
        height,
        diet,
        supplement,
        conditions,
        fractures=fractures,
        parental_hip_fracture=parent,
        falls=falls,
        frax=frax,
        precautions=precautions,
    )


def _report_impossible(
    person: Fields, conditions: tuple[str, ...], sex: str | None, menopause: Menopause | None
) -> None:
    """Report conditions that this person cannot have."""
    after_menopause = menopause is not None and menopause.age is not None
    for condition in conditions:
        if condition == "pregnancy" and sex == "male":
            person.report("conditions", "no pregnancy in a man", "correct it or the sex", condition)
        elif condition == "pregnancy" and after_menopause:
            person.report("conditions", "no pregnancy after menopause", "correct one of the two", condition)
        elif condition in _MENS_CONDITIONS and sex == "female":
            expected = f"no {condition.replace('_', ' ')} in a woman"
            person.report("conditions", expected, "correct it or the sex", condition)


def _read_menopause(person: Fields, clock: Clock, age: float | None, sex: str | None) -> Menopause | None:
    if sex == "male":
        if "menopause" in person:
            person.report("menopause", "no menopause for a man", "remove it or correct the sex")
        return None
    if not person.require("menopause", "age or date and type", "write premenopausal if it has not come"):
        return None
    given = person.raw("menopause")
    if isinstance(given, str):
        given = {"type": given}
    fields = Fields(given, person.place("menopause"), person.problems, ("age", "date", "type"))
    kind = fields.choice("type", ("natural", "surgical", "premenopausal"), "type of menopause") or "natural"
    years = fields.number("age", 0, _OLDEST, "an age in years")
    on = fields.date("date", partial=True)
    key = "date" if on is not None else "age"
    if kind == "premenopausal":
        if years is not None or on is not None:
            fields.report(key, "no age or date before menopause", "remove it or correct the type")
        if age is not None and age > _OLDEST_PREMENOPAUSAL:
            fields.report(
                "type", f"a menopause by the age of {age:.0f}", "give the age or date of menopause", kind
            )
        return Menopause("premenopausal")
    if fields.usable and "age" not in fields and "date" not in fields:
        fields.report("age", "the age or date of menopause", "give the best estimate in years")
    if years is not None and on is not None:
        fields.report("age", "age or date, not both", "keep the one that is better known")
        return None
    if on is not None and clock.birth_date is not None:
        years = (on - clock.birth_date).days / DAYS_PER_YEAR
    if years is None:
        return None
    low, high = _MENOPAUSE_AGE[kind]
    if age is not None and years > age:
        expected = f"not after {clock.as_of}, from when the case is seen (age {age:.1f})"
        fields.report(key, expected, "write premenopausal if it has not come")
    elif not low <= years <= high:
        expected = f"{kind} menopause at {low:g} to {high:g} years, not at {years:.0f}"
        remedy = "correct it, or write type: surgical if the ovaries were removed or silenced"
        fields.report(key, expected, remedy if kind == "natural" else "correct it")
    return Menopause(cast(MenopauseType, kind), years)


def _read_calcium(person: Fields) -> tuple[float | None, float | None]:
    """Calcium from diet and from a supplement, mg/d."""
    given = person.raw("calcium_intake")
    if isinstance(given, Mapping) and "value" not in given:
        fields = Fields(given, person.place("calcium_intake"), person.problems, ("diet", "supplement"))
        return fields.quantity("diet", "calcium_intake"), fields.quantity("supplement", "calcium_intake")
    return person.quantity("calcium_intake", "calcium_intake"), None


def _read_conditions(person: Fields) -> Iterator[str]:
    for given, place in person.items("conditions"):
        name = match_name(given, tuple(CONDITIONS), CONDITION_SYNONYMS)
        if name is None:
            expected = f"a condition with a known handling: {', '.join(CONDITIONS)}"
            person.problems.append(
                Problem(place, given, expected, "use one of these; what the model ignores goes under notes")
            )
        else:
            yield name


def read_scans(fields: Fields, clock: Clock) -> tuple[DxaScan, ...]:
    """Read the scans, in order of date."""
    scans: list[DxaScan] = []
    seen: dict[tuple[object, str], str] = {}
    for content, place in fields.items("scans"):
        scan = _read_scan(Fields(content, place, fields.problems, SCAN_FIELDS), clock)
        if scan is None:
            continue
        for site in scan.sites:
            other = seen.setdefault((scan.date, site), place)
            if other != place:
                expected = f"one value per site and day ({other} has one)"
                problem = Problem(f"{place}.sites.{site}", scan.date, expected, "remove the duplicate")
                fields.problems.append(problem)
        scans.append(scan)
    return tuple(sorted(scans, key=lambda scan: scan.date))


def _report_date(fields: Fields, clock: Clock) -> None:
    """Report a date of a measurement that cannot be."""
    on = fields.date("date")
    fields.require("date", "a date as YYYY-MM-DD", "give the day of the measurement")
    if on is None:
        return
    if clock.birth_date is not None and on < clock.birth_date:
        fields.report("date", f"not before birth ({clock.birth_date})", "correct one of the two dates")
    elif on > clock.today:
        fields.report("date", f"not in the future (today is {clock.today})", "correct the date")
    elif on > clock.as_of:
        fields.report("date", f"not after options.as_of ({clock.as_of})", "remove it or move as_of")


def _read_scan(scan: Fields, clock: Clock) -> DxaScan | None:
    if not scan.usable:
        return None
    _report_date(scan, clock)
    on = units.read_date(scan.raw("date")) if _is_date(scan.raw("date")) else None
    given = scan.raw("device")
    content = {"vendor": given} if isinstance(given, str) else given
    device = Fields(content, scan.place("device"), scan.problems, ("vendor", "model"))
    device.require("vendor", f"a vendor: {', '.join(VENDORS)}", "name the maker of the device")
    vendor = device.choice("vendor", VENDORS, "vendor", _VENDOR_SYNONYMS)
    reference = scan.text("reference", "the name of the reference population")
    precision = dict(_read_precision(scan))
    if not scan.raw("sites"):
        scan.report("sites", f"at least one of {', '.join(SITES)}", "give BMD or T-score by site")
    sites: dict[str, SiteScan] = {}
    for name, values, place in scan.pairs("sites", "a mapping of sites to values"):
        site = match_name(name, SITES, _SITE_SYNONYMS)
        if site is None:
            remedy = "only these sites are modelled: remove it, or say which hip region it is"
            scan.problems.append(Problem(place, name, f"a site: {', '.join(SITES)}", remedy))
            continue
        sites[site] = _read_site(Fields(values, place, scan.problems, SITE_FIELDS), site, reference)
    if on is None or vendor is None:
        return None
    return DxaScan(on, cast(Vendor, vendor), sites, device.text("model", "the device's name"), precision)


def _is_date(given: Any) -> bool:
    try:
        units.read_date(given)
    except InputError:
        return False
    return True


def _read_precision(scan: Fields) -> Iterator[tuple[str, float]]:
    """Yield the centre's own precision by site, CV in percent."""
    for name, given, place in scan.pairs("precision", "a mapping of sites to CV in percent"):
        site = match_name(name, SITES, _SITE_SYNONYMS)
        match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*%?", str(given).strip())
        if site is None or match is None or not 0 < float(match[1]) <= 10:
            expected = "a known site with a CV between 0 and 10%"
            scan.problems.append(Problem(place, given, expected, "give the centre's precision, as in 1.2%"))
        else:
            yield site, float(match[1])


def _read_site(fields: Fields, site: str, scan_reference: str | None) -> SiteScan:
    bmd = fields.quantity("bmd", "bmd", default_unit="g/cm2")
    low, high = _SCORE_RANGE
    t_score = fields.number("t_score", low, high, "a T-score")
    z_score = fields.number("z_score", low, high, "a Z-score")
    reference = fields.text("reference", "the name of the reference population") or scan_reference
    if fields.usable and "bmd" not in fields and "t_score" not in fields:
        fields.report("bmd", "a BMD, or a T-score with its reference", "copy it from the report", None)
    if t_score is not None and reference is None:
        remedy = "name the reference the report prints, such as 'NHANES III' or 'Hologic'"
        fields.report("reference", "the reference population of the T-score", remedy)
    vertebrae = None
    if "vertebrae" in fields and site != "lumbar_spine":
        fields.report("vertebrae", "vertebrae at the lumbar spine only", "remove it")
    elif "vertebrae" in fields:
        vertebrae = fields.whole("vertebrae", 1, 4, "how many of L1-L4 were read")
    return SiteScan(bmd, t_score, z_score, reference, vertebrae)


def read_labs(
    fields: Fields, clock: Clock, person: Person | None, treatments: tuple[Course, ...]
) -> tuple[LabResult, ...]:
    """Read the laboratory values, in order of date."""
    labs = []
    for content, place in fields.items("labs"):
        lab = Fields(content, place, fields.problems, LAB_FIELDS)
        _report_date(lab, clock)
        lab.require("analyte", f"an analyte: {', '.join(units.ANALYTES)}", "name what was measured")
        lab.require("value", "a value with its unit", "copy it from the report")
        analyte = lab.choice("analyte", units.ANALYTES, "analyte", units.ANALYTE_SYNONYMS)
        hours = lab.number("hours_since_dose", 0, 24 * 366, "hours since the last dose")
        method = lab.choice("method", _METHODS, "method", _METHOD_SYNONYMS)
        if analyte is None or "value" not in lab:
            continue
        on = units.read_date(lab.raw("date")) if _is_date(lab.raw("date")) else None
        within = None
        if on is not None and person is not None:
            within = _plausible(analyte, clock.day(on), person, clock, treatments)
        unit = lab.raw("unit")
        value = lab.read(
            "value",
            lambda given, at, analyte=analyte, unit=unit, within=within: units.read(  # type: ignore[misc]
                analyte, given, field=at, unit=unit, within=within
            ),
        )
        if value is not None and on is not None:
            given = f"{lab.raw('value')} {unit}" if unit is not None else str(lab.raw("value"))
            labs.append(LabResult(on, analyte, value, given, hours, cast("Method | None", method)))
    return tuple(sorted(labs, key=lambda result: result.date))


def _plausible(
    analyte: str, day: float, person: Person, clock: Clock, treatments: tuple[Course, ...]
) -> tuple[float, float] | None:
    """Plausible sex hormones of this person on a day; None where nothing narrows the range of the analyte."""
    given = any(course.drug == "estradiol" and course.start_day <= day for course in treatments)
    if person.sex == "male":
        low = "hypogonadism" in person.conditions or any(
            course.drug == "goserelin" and course.start_day <= day for course in treatments
        )
        ranges = {} if low else {"testosterone": _MALE_TESTOSTERONE}
        return (ranges if given else ranges | {"estradiol": _MALE_ESTRADIOL}).get(analyte)
    if analyte != "estradiol" or person.menopause is None or person.menopause.age is None:
        return None
    since = day - clock.day(person.birth_date) - person.menopause.age * DAYS_PER_YEAR
    # In the first year after menopause the ovary can still flicker.
    return _POSTMENOPAUSAL_ESTRADIOL if since > DAYS_PER_YEAR and not given else None

"""Facts of what is taken: today, under the plan that is looked at, and for how long."""

from __future__ import annotations

from collections.abc import Sequence

from osteocast.forecast.plans import BONE_DRUGS
from osteocast.guidance.facts import Answer, Facts, fact
from osteocast.person import AROMATASE_INHIBITORS, TESTOSTERONE
from osteocast.person.case import end_day
from osteocast.therapies import DRUGS
from osteocast.units import DAYS_PER_YEAR

_BISPHOSPHONATES = tuple(name for name in BONE_DRUGS if DRUGS[name].drug_class == "bisphosphonate")


def _taken(facts: Facts, drugs: Sequence[str]) -> Answer:
    """Whether one of the drugs is taken on day 0 or starts later."""
    names = sorted({course.drug for course in facts.courses if course.drug in drugs and end_day(course) > 0})
    return bool(names), ", ".join(name.replace("_", " ") for name in names)


@fact("aromatase_inhibitor", "takes an aromatase inhibitor", ask="treatments")
def _inhibitor(facts: Facts) -> Answer:
    return _taken(facts, AROMATASE_INHIBITORS)


@fact("testosterone_therapy", "takes testosterone", ask="treatments")
def _testosterone(facts: Facts) -> Answer:
    return _taken(facts, TESTOSTERONE)


@fact("ovarian_suppression", "ovaries silenced by a drug", ask="treatments (goserelin)")
def _suppression(facts: Facts) -> Answer:
    if facts.case.person.sex == "male":
        return False, ""
    return _taken(facts, ("goserelin",))


@fact("androgen_deprivation", "androgen deprivation", ask="treatments (goserelin)")
def _deprivation(facts: Facts) -> Answer:
    if facts.case.person.sex == "female":
        return False, ""
    return _taken(facts, ("goserelin",))


@fact("oestrogen", "takes oestradiol", ask="treatments")
def _oestrogen(facts: Facts) -> Answer:
    return _taken(facts, ("estradiol",))


def _together(facts: Facts, first: Sequence[str], second: Sequence[str]) -> Answer:
    """Whether two drugs are taken at the same time from day 0 on; a switch on one day is not."""
    for one in facts.courses:
        for other in facts.courses:
            start = max(one.start_day, other.start_day, 0.0)
            if one.drug in first and other.drug in second and start < min(end_day(one), end_day(other)):
                return True, f"{one.drug} and {other.drug}"
    return False, ""


@fact("tamoxifen_with_inhibitor", "tamoxifen and an aromatase inhibitor together", ask="treatments")
def _tamoxifen(facts: Facts) -> Answer:
    return _together(facts, ("tamoxifen",), AROMATASE_INHIBITORS)


@fact("oestrogen_with_inhibitor", "oestradiol and an aromatase inhibitor together", ask="treatments")
def _oestrogen_with_inhibitor(facts: Facts) -> Answer:
    return _together(facts, ("estradiol",), AROMATASE_INHIBITORS)


@fact("bone_drug", "takes a drug for bone", ask="treatments")
def _bone_drug(facts: Facts) -> Answer:
    return _taken(facts, BONE_DRUGS)


@fact("on_denosumab", "takes denosumab", ask="treatments")
def _denosumab(facts: Facts) -> Answer:
    return _taken(facts, ("denosumab",))


def _years_on(facts: Facts, drugs: Sequence[str]) -> Answer:
    """Years since the running course began."""
    starts = [
        course.start_day
        for course in facts.case.treatments
        if course.drug in drugs and course.start_day <= 0 < end_day(course)
    ]
    return (-min(starts) / DAYS_PER_YEAR, "treatments") if starts else (0.0, "")


@fact("bisphosphonate_years", "years on a bisphosphonate", "years", "treatments")
def _bisphosphonate_years(facts: Facts) -> Answer:
    return _years_on(facts, _BISPHOSPHONATES)


@fact("denosumab_years", "years on denosumab", "years", "treatments")
def _denosumab_years(facts: Facts) -> Answer:
    return _years_on(facts, ("denosumab",))


@fact(
    "self_directed_inhibitor",
    "doses an aromatase inhibitor by himself or herself",
    ask="person.precautions.self_directed",
)
def _self_directed(facts: Facts) -> Answer:
    precautions = facts.case.person.precautions
    if precautions is None:
        return None, ""
    named = [drug for drug in precautions.self_directed if drug in AROMATASE_INHIBITORS]
    return bool(named), ", ".join(named)


@fact("estradiol_by_immunoassay", "oestradiol measured by immunoassay", ask="labs (method)")
def _immunoassay(facts: Facts) -> Answer:
    found = facts.case.latest("estradiol")
    return (
        (None, "")
        if found is None or found.method is None
        else (found.method == "immunoassay", str(found.date))
    )

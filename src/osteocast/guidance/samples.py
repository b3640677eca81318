"""Samples that a plan calls for: before doses, of turnover, of vitamin D, and of a man's hormones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from osteocast import evidence
from osteocast.forecast.events import dose_days
from osteocast.forecast.plans import BONE_DRUGS
from osteocast.guidance.facts import Facts
from osteocast.guidance.schedule import Visit, ends, intervals, visit
from osteocast.person import AROMATASE_INHIBITORS, Case
from osteocast.person.case import end_day
from osteocast.therapies import DRUGS, Course
from osteocast.units import DAYS_PER_MONTH

__all__ = ["samples"]

_DAYS_PER_WEEK = 7.0


def samples(case: Case, courses: Sequence[Course], until: float) -> Iterator[Visit]:
    """Yield what is sampled, examined and given under the courses of a plan.

    Parameters
    ----------
    case : Case
    courses : sequence of Course
        The past included.
    until : float
        Last day looked at.
    """
    yield from _before_doses(case, courses, until)
    yield from _markers(case, courses, until)
    yield from _vitamin_d(case, until)
    yield from _hormones(case, courses, until)


def _doses(courses: Sequence[Course], drug: str, until: float) -> list[float]:
    return [day for day in dose_days(courses, drug, until) if day >= 0]


def _before_doses(case: Case, courses: Sequence[Course], until: float) -> Iterator[Visit]:
    """Yield laboratory values before each infusion or injection, and the doses of denosumab themselves."""
    ahead = float(intervals()["before_dose_days"]["value"])
    for drug, what, sources in (
        ("zoledronate", "creatinine, calcium", ("reclast-label-safety/creatinine-before-dose",)),
        ("ibandronate_iv", "creatinine, calcium", ("ibandronate-safety/creatinine-before-dose",)),
        ("denosumab", "calcium, creatinine, 25-hydroxyvitamin D", ("prolia-label-safety/hypocalcaemia",)),
    ):
        for number, day in enumerate(_doses(courses, drug, until)):
            name = DRUGS[drug].words
            yield visit(
                case,
                max(0.0, day - ahead),
                "laboratory",
                what,
                f"before {name}",
                (
                    "low calcium or vitamin D: correct it first",
                    "kidneys below the drug's limit: another drug",
                ),
                "label",
                sources,
            )
            if number == 0:
                yield visit(
                    case,
                    max(0.0, day - ahead),
                    "dental",
                    "examination of mouth and teeth",
                    f"before the first {name}",
                    ("teeth to be drawn or implants planned: do that first and let it heal",),
                    "label",
                    ("reclast-label-safety/dental", "prolia-label-safety/dental"),
                )
            if drug == "denosumab":
                yield visit(
                    case,
                    day,
                    "dose",
                    "denosumab is due",
                    "vertebrae can fracture when it comes late",
                    ("cannot be given within a month of the day: another antiresorptive in its place",),
                    "label",
                    ("endocrine-society-2019-postmenopausal/denosumab-stop",),
                )
                if number == 0 and _disposed(case):
                    source = intervals()["calcium_after_denosumab_days"]["source"]
                    yield visit(
                        case,
                        day + ends(source)[1],
                        "laboratory",
                        "calcium",
                        "after the first denosumab, as kidneys or vitamin D are weak",
                        ("low calcium: treat, and have it controlled often",),
                        "label",
                        (source,),
                    )


def _disposed(case: Case) -> bool:
    """Whether calcium may fall after denosumab: weaker kidneys, or vitamin D that is not enough."""
    facts = Facts(case)
    clearance, vitamin_d = facts["clearance"].value, facts["vitamin_d"].value
    registry = evidence.load()
    weak = clearance is not None and clearance < registry.value("zometa-smpc-kidney/full-dose-above").number
    enough = ends("bhof-2022-clinicians-guide/vitamin-d-level")
    return weak or (vitamin_d is not None and vitamin_d < enough[0])


def _markers(case: Case, courses: Sequence[Course], until: float) -> Iterator[Visit]:
    """Yield turnover markers at the start of a drug for bone, and after the last denosumab."""
    starts = {
        course.drug: course.start_day
        for course in courses
        if course.drug in BONE_DRUGS and 0 <= course.start_day <= until
    }
    for drug, start in starts.items():
        name = DRUGS[drug].words
        for months in intervals()["marker_months"]["value"]:
            day = start + months * DAYS_PER_MONTH
            when = "before" if months == 0 else f"{months} months after the start of"
            if day <= until:
                yield visit(
                    case,
                    day,
                    "laboratory",
                    "CTX (fasting, in the morning) and P1NP",
                    f"{when} {name}",
                    ("markers that do not fall: the drug is not taken, not absorbed, or too little",),
                    "estimate",
                    ("aace-2020-postmenopausal/markers",),
                )
    stops = [end_day(course) for course in courses if course.drug == "denosumab" and end_day(course) > 0]
    given = dose_days(courses, "denosumab", until)
    if given and stops and max(stops) <= until:
        for months in intervals()["exit_marker_months"]["value"]:
            day = given[-1] + (6 + months) * DAYS_PER_MONTH
            if 0 <= day <= until:
                yield visit(
                    case,
                    day,
                    "laboratory",
                    "CTX (fasting, in the morning)",
                    f"{months} months after denosumab wore off",
                    ("CTX above its level before treatment: another infusion now",),
                    "estimate",
                    ("ects-2020-denosumab-stop/follow-on",),
                )


def _vitamin_d(case: Case, until: float) -> Iterator[Visit]:
    step = float(intervals()["vitamin_d_months"]["value"]) * DAYS_PER_MONTH
    last = case.latest("vitamin_d")
    day = 0.0 if last is None else max(0.0, case.day(last.date) + step)
    while day <= until:
        yield visit(
            case,
            day,
            "laboratory",
            "25-hydroxyvitamin D",
            "kept in the range that guidelines ask for",
            ("below 30 nmol/L (12 ng/mL): load before zoledronate or denosumab; below 50: supplement",),
            "estimate",
            ("nos-2013-vitamin-d/deficient", "nos-2013-vitamin-d/inadequate"),
        )
        day += step


def _hormones(case: Case, courses: Sequence[Course], until: float) -> Iterator[Visit]:
    """Yield oestradiol and testosterone of a man on an aromatase inhibitor."""
    inhibitor = [course for course in courses if course.drug in AROMATASE_INHIBITORS and end_day(course) > 0]
    if case.person.sex == "female" or not inhibitor:
        return
    start = max(0.0, min(course.start_day for course in inhibitor))
    for weeks in intervals()["hormone_weeks"]["value"]:
        day = start + weeks * _DAYS_PER_WEEK
        if day <= until:
            yield visit(
                case,
                day,
                "laboratory",
                "oestradiol by mass spectrometry, testosterone, before the next dose",
                "no guideline says when; hormones are steady some weeks after a change of dose",
                (
                    "oestradiol below 10 pg/mL: less of the inhibitor (osteocast titrate)",
                    "below 16 to 18 pg/mL: older men broke more bones there",
                ),
                "estimate",
                (
                    "finkelstein-2016/threshold-e2-threshold-preventing-bone-loss-3.7",
                    "mros-sweden-fractures/all-e2-fracture-threshold-40",
                ),
            )

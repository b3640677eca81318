"""How well the result of a plan is known, from A (trials on bone density) to D (mechanism only)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from osteocast.forecast.plans import BONE_DRUGS
from osteocast.forecast.reach import followed
from osteocast.forecast.unstudied import gaps
from osteocast.lifestyle import Effect, Grade
from osteocast.person import AROMATASE_INHIBITORS, TESTOSTERONE, Case
from osteocast.person.case import end_day
from osteocast.therapies import DRUGS, Course

__all__ = ["GRADES", "as_known", "grade", "inhibited"]

#: What each grade means.
GRADES: dict[Grade, str] = {
    "A": "trials on bone density",
    "B": "trials on markers, or consistent cohorts on bone density",
    "C": "indirect: other people, or cohorts",
    "D": "mechanism only",
}

_GRADED = (*AROMATASE_INHIBITORS, *TESTOSTERONE, *BONE_DRUGS, "goserelin", "tamoxifen", "estradiol")


def grade(case: Case, courses: Sequence[Course], effects: Sequence[Effect]) -> tuple[Grade, str]:
    """Grade a plan by the least known of what it rests on.

    Parameters
    ----------
    case : Case
    courses : sequence of Course
        Everything taken under the plan.
    effects : sequence of Effect
        What the plan adds besides drugs; effects of zero do not count.

    Returns
    -------
    {"A", "B", "C", "D"}
    str
        Why, in a clause.
    """
    found = [*_of_gaps(case, courses), *_of_effects(courses, effects), *_of_drugs(case, courses)]
    if not found:
        return "A", f"{GRADES['A']} of untreated people"
    return max(found, key=lambda one: one[0])


def _of_gaps(case: Case, courses: Sequence[Course]) -> Iterator[tuple[Grade, str]]:
    for gap in gaps(case, courses):
        yield gap.grade, gap.text.split(". ")[0].rstrip(".")


def inhibited(courses: Sequence[Course]) -> bool:
    """Whether an aromatase inhibitor is taken on some day from day 0 on."""
    return any(course.drug in AROMATASE_INHIBITORS and end_day(course) > 0 for course in courses)


def _of_drugs(case: Case, courses: Sequence[Course]) -> Iterator[tuple[Grade, str]]:
    sex, on_inhibitor = case.person.sex, inhibited(courses)
    other = "male" if sex == "female" else "female"
    people, others = ("men", "women") if sex == "male" else ("women", "men")
    # What a plan is about comes first: of equal grades, the first is told.
    ordered = sorted(courses, key=lambda course: course.drug not in BONE_DRUGS)
    for drug in dict.fromkeys(course.drug for course in ordered if end_day(course) > 0):
        if drug not in _GRADED:
            continue
        name = DRUGS[drug].words
        beside = on_inhibitor and drug not in AROMATASE_INHIBITORS
        known = followed(sex, drug, beside)
        if known is not None and drug in TESTOSTERONE:
            # Pooled injections raised the spine and gel on the skin did not (tracz-meta-analysis); more men
            # on gel than on placebo broke a bone (traverse-fractures).
            yield "B", f"{name}: trials on bone density of men disagree, and more on it than not broke a bone"
        elif known is not None:
            where = " beside an inhibitor" if beside else ""
            yield "A", f"{name}: {GRADES['A']} of {people}{where}, up to {known[0]:.0f} months ({known[1]})"
        elif followed(sex, drug, False) is not None:
            yield "C", f"{name}: {GRADES['A']} of {people}, but not beside an inhibitor"
        elif followed(other, drug, beside) is not None or followed(other, drug, False) is not None:
            yield "C", f"{name}: {GRADES['A']} of {others} only"
        else:
            yield "D", f"{name}: no trial on bone density here"
    if sex == "male" and not on_inhibitor and any(course.drug in AROMATASE_INHIBITORS for course in courses):
        yield "C", "no trial followed bone density of men after an inhibitor was stopped"


def as_known(effects: Sequence[Effect], courses: Sequence[Course]) -> tuple[Effect, ...]:
    """Return effects with the grades that they have beside what is taken.

    Programmes were tried in people without an inhibitor: beside one, A becomes B.

    Parameters
    ----------
    effects : sequence of Effect
    courses : sequence of Course
        Everything taken under the plan.
    """
    if not inhibited(courses):
        return tuple(effects)
    return tuple(
        replace(effect, grade="B") if effect.inputs and effect.grade == "A" else effect for effect in effects
    )


def _of_effects(courses: Sequence[Course], effects: Sequence[Effect]) -> Iterator[tuple[Grade, str]]:
    on_inhibitor = inhibited(courses)
    for effect in effects:
        if not effect.inputs:
            continue
        if effect.grade == "A" and on_inhibitor:
            yield "B", f"{effect.label}: {GRADES['A']}, of people without an inhibitor"
        else:
            yield effect.grade, f"{effect.label}: {GRADES[effect.grade]}"

"""A case as a subject of the simulation, with where each input came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from osteocast import physiology
from osteocast.forecast import hormones
from osteocast.forecast.habits import body_of, exposures_of, own_effects
from osteocast.forecast.inputs import Input
from osteocast.person import Case, LabResult

if TYPE_CHECKING:
    from osteocast.simulation import Subject

__all__ = ["Input", "subject_of"]

_METHOD = {"lc-ms": "LC-MS", "immunoassay": "immunoassay"}


def subject_of(case: Case) -> tuple[Subject, tuple[Input, ...]]:
    """Turn a person into a subject of `osteocast.simulation.run`, and list where each input came from.

    Day 0 is the day from which the case is seen. The calcium supplement is taken to have been part of the
    intake already, so that day 0 brings no change of its own; 25OHD stays at the last value. A man's hormones
    measured on treatment are met by his own parameters (`osteocast.forecast.hormones`).

    Parameters
    ----------
    case : Case

    Returns
    -------
    Subject
    tuple of Input
    """
    # The simulation brings the compiler along; a chart or a table of a forecast needs neither.
    from osteocast.simulation import NATURAL_MENOPAUSE, USUAL_WEIGHT, Subject

    usual = Subject(age=case.age)
    person = case.person
    menopause = person.menopause
    estradiol, vitamin_d = case.own_estradiol(), case.latest("vitamin_d")
    testosterone = case.own_testosterone()
    subject = Subject(
        age=case.age,
        menopause_age=menopause.age if menopause is not None else NATURAL_MENOPAUSE,
        surgical=menopause is not None and menopause.type == "surgical",
        calcium_intake=usual.calcium_intake if person.calcium_intake is None else person.calcium_intake,
        vitamin_d=usual.vitamin_d if vitamin_d is None else vitamin_d.value,
        estradiol=None if estradiol is None else estradiol.value,
        weight_kg=USUAL_WEIGHT[person.sex] if person.weight is None else person.weight,
        sex=person.sex,
        testosterone=None if testosterone is None else testosterone.value,
    )
    subject = replace(subject, exposures=exposures_of(own_effects(case, body_of(case, subject))))
    if person.sex == "female":
        hers = _of_a_woman(subject, estradiol)
        return subject, (*_inputs(case, subject, vitamin_d), *hers)
    ((subject, found),) = hormones.find(case, subject, hormones.anchors(case))
    his = _of_a_man(subject, testosterone, estradiol, found)
    return subject, (*_inputs(case, subject, vitamin_d), *his)


def _inputs(case: Case, subject: Subject, vitamin_d: LabResult | None) -> Iterator[Input]:
    from osteocast.simulation import NATURAL_MENOPAUSE

    person = case.person
    yield Input("age", f"{case.age:.1f} years", "given", f"on {case.as_of}")
    if person.sex == "male":
        yield Input("sex", "male", "given")
    elif subject.menopause_age is None:
        yield Input("menopause", f"at {NATURAL_MENOPAUSE:g} years", "assumed", "still to come; the usual age")
    else:
        kind = "surgical" if subject.surgical else "natural"
        yield Input("menopause", f"at {subject.menopause_age:.1f} years", "given", kind)
    yield _known("weight", person.weight, subject.weight_kg, "kg", "scales the levels of denosumab")
    if person.calcium_intake is None:
        yield Input("calcium intake", f"{subject.calcium_intake:.0f} mg/d", "assumed", "a usual intake")
    else:
        parts = (
            f"{person.calcium_diet or 0:.0f} from food, {person.calcium_supplement or 0:.0f} as a supplement"
        )
        yield Input(
            "calcium intake", f"{subject.calcium_intake:.0f} mg/d", "given", f"{parts}; goes on as it is"
        )
    yield _measured("25-hydroxyvitamin D", vitamin_d, f"{subject.vitamin_d:.0f} ng/mL", "a sufficient level")


def _of_a_woman(subject: Subject, estradiol: LabResult | None) -> Iterator[Input]:
    if subject.menopause_age is None:
        return
    mean = physiology.values()["postmenopausal_e2"]
    own = "mean of postmenopausal women: the case has no value from after menopause and off treatment"
    shown = f"{mean if subject.estradiol is None else subject.estradiol:.1f} pg/mL"
    yield _measured("oestradiol without treatment", estradiol, shown, own)


def _of_a_man(
    subject: Subject,
    testosterone: LabResult | None,
    estradiol: LabResult | None,
    found: Sequence[hormones.Found],
) -> Iterator[Input]:
    own = subject.own_parameters(physiology.values())
    sought = {name for one in found for name in one.anchor.moves}
    if "testosterone_own" not in sought:
        shown = f"{own['testosterone_own']:.0f} ng/dL"
        otherwise = "of a man whose own is not known: the case has no value without treatment"
        yield _measured("testosterone without treatment", testosterone, shown, otherwise)
    if "male_e2_own" not in sought:
        shown = f"{own['male_e2_own']:.0f} pg/mL"
        otherwise = "usual beside his testosterone: the case has no value without treatment"
        yield _measured("oestradiol without treatment", estradiol, shown, otherwise)
    for one, words, warning in hormones.notes(found):
        result = one.anchor.result
        name = {"testosterone": "testosterone", "estradiol": "oestradiol"}[result.analyte]
        unit = {"testosterone": "ng/dL", "estradiol": "pg/mL"}[result.analyte]
        method = "" if result.method is None else f" by {_METHOD[result.method]}"
        yield Input(
            f"{name} on treatment",
            f"{result.value:.3g} {unit}",
            "measured",
            f"{result.given} on {result.date}{method}, {words}",
            warning,
        )


def _known(name: str, given: float | None, used: float, unit: str, why: str) -> Input:
    if given is None:
        return Input(name, f"{used:g} {unit}", "assumed", f"mean of the trials; {why}")
    return Input(name, f"{used:g} {unit}", "given", why)


def _measured(name: str, result: LabResult | None, shown: str, otherwise: str) -> Input:
    if result is None:
        return Input(name, shown, "assumed", otherwise)
    return Input(name, shown, "measured", f"{result.given} on {result.date}")

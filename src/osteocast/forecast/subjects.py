"""A case as a subject of the simulation, with where each input came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from osteocast import physiology
from osteocast.person import Case, LabResult

if TYPE_CHECKING:
    from osteocast.simulation import Subject

__all__ = ["Input", "subject_of"]

Origin = Literal["measured", "given", "assumed"]


@dataclass(frozen=True)
class Input:
    """One thing that the forecast started from.

    Parameters
    ----------
    name : str
        As a person would say it.
    value : str
        With its unit.
    origin : {"measured", "given", "assumed"}
    note : str
        Where it came from, or why it was assumed.
    """

    name: str
    value: str
    origin: Origin
    note: str = ""


def subject_of(case: Case) -> tuple[Subject, tuple[Input, ...]]:
    """Turn a person into a subject of `osteocast.simulation.run`, and list where each input came from.

    Day 0 is the day from which the case is seen. The calcium supplement is taken to have been part of the
    intake already, so that day 0 brings no change of its own; 25OHD stays at the last value.

    Parameters
    ----------
    case : Case

    Returns
    -------
    Subject
    tuple of Input
    """
    # The simulation brings the compiler along; a chart or a table of a forecast needs neither.
    from osteocast.simulation import NATURAL_MENOPAUSE, Subject

    usual = Subject(age=case.age)
    person = case.person
    menopause = person.menopause
    estradiol, vitamin_d = case.own_estradiol(), case.latest("vitamin_d")
    subject = Subject(
        age=case.age,
        menopause_age=menopause.age if menopause is not None else NATURAL_MENOPAUSE,
        surgical=menopause is not None and menopause.type == "surgical",
        calcium_intake=usual.calcium_intake if person.calcium_intake is None else person.calcium_intake,
        vitamin_d=usual.vitamin_d if vitamin_d is None else vitamin_d.value,
        estradiol=None if estradiol is None else estradiol.value,
        weight_kg=usual.weight_kg if person.weight is None else person.weight,
    )
    return subject, tuple(_inputs(case, subject, estradiol, vitamin_d))


def _inputs(
    case: Case, subject: Subject, estradiol: LabResult | None, vitamin_d: LabResult | None
) -> Iterator[Input]:
    from osteocast.simulation import NATURAL_MENOPAUSE

    person = case.person
    yield Input("age", f"{case.age:.1f} years", "given", f"on {case.as_of}")
    if subject.menopause_age is None:
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
    if subject.menopause_age is None:
        return
    mean = physiology.values()["postmenopausal_e2"]
    own = "mean of postmenopausal women: the case has no value from after menopause and off treatment"
    shown = f"{mean if subject.estradiol is None else subject.estradiol:.1f} pg/mL"
    yield _measured("oestradiol without treatment", estradiol, shown, own)


def _known(name: str, given: float | None, used: float, unit: str, why: str) -> Input:
    if given is None:
        return Input(name, f"{used:g} {unit}", "assumed", f"mean of the trials; {why}")
    return Input(name, f"{used:g} {unit}", "given", why)


def _measured(name: str, result: LabResult | None, shown: str, otherwise: str) -> Input:
    if result is None:
        return Input(name, shown, "assumed", otherwise)
    return Input(name, shown, "measured", f"{result.given} on {result.date}")

"""The precautions of a case document: what was asked, and what was answered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, cast

from osteocast.errors import InputError, Problem
from osteocast.person.fields import Fields
from osteocast.person.models import Menopause
from osteocast.person.precautions import Precautions, Receptor
from osteocast.person.spans import read_yes
from osteocast.therapies import find

if TYPE_CHECKING:
    from osteocast.person.reading_courses import Clock

__all__ = ["PRECAUTION_FIELDS", "read_precautions"]

PRECAUTION_FIELDS = (
    "height_loss",
    "impaired_mobility",
    "oesophageal_disease",
    "can_stay_upright",
    "dental_work",
    "dental_check",
    "may_become_pregnant",
    "wants_children",
    "hormone_receptor",
    "self_directed",
)

# cm; more is a slip of the unit.
_MOST_HEIGHT_LOST = 30.0


def read_precautions(
    person: Fields, clock: Clock, sex: str | None, menopause: Menopause | None, conditions: tuple[str, ...]
) -> Precautions | None:
    """Read ``person.precautions``; None if there are none.

    Parameters
    ----------
    person : Fields
        Of the person; problems are added to its own.
    clock : Clock
    sex, menopause, conditions
        What the person says elsewhere, which the answers must not contradict.
    """
    if "precautions" not in person or person.is_unusable("precautions"):
        return None
    fields = Fields(
        person.raw("precautions"), person.place("precautions"), person.problems, PRECAUTION_FIELDS
    )
    if not fields.usable:
        return None
    pregnant = read_yes(fields, "may_become_pregnant")
    receptor = fields.choice("hormone_receptor", ("positive", "negative"), "receptor status")
    after_menopause = menopause is not None and menopause.age is not None
    if pregnant and (sex == "male" or after_menopause):
        who = "a man" if sex == "male" else "a woman after menopause"
        fields.report("may_become_pregnant", f"no pregnancy in {who}", "correct it, the sex or the menopause")
    if receptor is not None and "breast_cancer" not in conditions:
        fields.report("hormone_receptor", "a breast cancer among the conditions", "add it or remove this")
    return Precautions(
        height_loss=fields.quantity("height_loss", "height", within=(0.0, _MOST_HEIGHT_LOST)),
        impaired_mobility=read_yes(fields, "impaired_mobility"),
        oesophageal_disease=read_yes(fields, "oesophageal_disease"),
        can_stay_upright=read_yes(fields, "can_stay_upright"),
        dental_work=read_yes(fields, "dental_work"),
        dental_check=_past(fields, "dental_check", clock),
        may_become_pregnant=pregnant,
        wants_children=read_yes(fields, "wants_children"),
        hormone_receptor=cast("Receptor | None", receptor),
        self_directed=tuple(_drugs(fields)),
    )


def _past(fields: Fields, key: str, clock: Clock) -> date | None:
    """Read a date that lies between birth and the day the case is seen from."""
    on = fields.date(key, partial=True)
    if on is not None and on > clock.as_of:
        fields.report(key, f"not after {clock.as_of}, from when the case is seen", "correct the date")
    elif on is not None and clock.birth_date is not None and on < clock.birth_date:
        fields.report(key, f"not before birth ({clock.birth_date})", "correct the date")
    return on


def _drugs(fields: Fields) -> Iterator[str]:
    for given, place in fields.items("self_directed"):
        try:
            yield find(str(given)).name
        except InputError as error:
            problem = error.problems[0]
            fields.problems.append(Problem(place, given, problem.expected, problem.remedy))

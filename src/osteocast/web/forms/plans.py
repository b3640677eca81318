"""Plans of a case as a form: what is given, when, how often, what is missed, exercise and food."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from osteocast.errors import Problem
from osteocast.forecast.plans import BONE_DRUGS
from osteocast.forecast.scenarios import planned
from osteocast.lifestyle import PROGRAMMES, find_programme
from osteocast.lifestyle.nutrition import PATTERNS
from osteocast.person import AROMATASE_INHIBITORS, Case, Plan
from osteocast.therapies import DRUGS, Course
from osteocast.units import DAYS_PER_MONTH, read_duration
from osteocast.web.forms.document import apply_rows, fill_rows, rows_in
from osteocast.web.forms.fields import COURSE, PLAN_EXERCISE, Field, drug_words
from osteocast.web.forms.kinds import Choice, Quantity, Text
from osteocast.web.forms.paths import ABSENT, dotted, find, put
from osteocast.web.forms.shown import Row, ShownField, shown_field, shown_rows
from osteocast.web.strings import N_

__all__ = ["MOST_PLANS", "PRESETS", "ShownPlan", "apply_plans", "preset", "shown_plans", "with_plans"]

#: Plans that can be compared at once.
MOST_PLANS = 6

_NAMED = tuple((name, name.replace("-", " ")) for name in PATTERNS)
_SCALARS = (
    Field("name", N_("Name of the plan")),
    Field("horizon", N_("Looked at for"), Text(), N_("as in 10 years; as the case if empty")),
    Field("lifestyle.nutrition.calcium", N_("Calcium added"), Quantity("calcium_intake")),
    Field("lifestyle.nutrition.vitamin_d", N_("Vitamin D added"), Quantity("vitamin_d_intake")),
    Field("lifestyle.nutrition.protein", N_("Protein in all"), Quantity("protein")),
    Field("lifestyle.nutrition.pattern", N_("Way of eating"), Choice(_NAMED, N_("as it is"))),
)
_STOP = Field("stop", N_("ends after"), Text(), N_("a date, or a time as in 2 years; as it is if empty"))

#: What a new plan can start from.
PRESETS: dict[str, str] = {
    "none": N_("Nothing added"),
    **{f"drug:{name}": DRUGS[name].words.capitalize() for name in BONE_DRUGS},
    "exit": N_("Denosumab, then zoledronate"),
    **{f"programme:{name}": find_programme(name).label or name for name in PROGRAMMES if name != "bed-rest"},
}


@dataclass(frozen=True)
class ShownPlan:
    """A plan as the template shows it.

    Parameters
    ----------
    name, number : str
        Of the row in the form, and of the plan in the document.
    fields : mapping of str to ShownField
    courses, exercise : tuple of Row
    stops : tuple of ShownField
        When each treatment that runs ends.
    opened, more_opened : bool
        Whether something in it is wrong or was just added, and whether it is food or an end.
    """

    name: str
    number: str
    fields: Mapping[str, ShownField]
    courses: tuple[Row, ...]
    exercise: tuple[Row, ...]
    stops: tuple[ShownField, ...]
    opened: bool = False
    more_opened: bool = False


def with_plans(document: Mapping[str, Any], case: Case) -> dict[str, Any]:
    """Write the standard plans into a document that names none, with the end of the inhibitor they assume.

    Parameters
    ----------
    document : mapping
    case : Case
        What it says.

    Raises
    ------
    NotCovered
        If the model does not cover the person.
    """
    made = copy.deepcopy(dict(document))
    if case.plans:
        return made
    full, _ = planned(case)
    treatments = made.setdefault("treatments", []) or []
    for course in full.treatments:
        if course in case.treatments:
            continue
        stop = None if course.stop_day is None else case.date_of(course.stop_day).isoformat()
        before = next((i for i, one in enumerate(case.treatments) if one.drug == course.drug), None)
        if before is None:
            start = case.date_of(course.start_day).isoformat()
            treatments.append({"drug": course.drug, "start": start, "stop": stop})
        else:
            treatments[before] = {**treatments[before], "stop": stop}
    made["treatments"] = treatments
    if not treatments:
        del made["treatments"]
    made["plans"] = [_plan(plan) for plan in full.plans]
    options = {**(made.get("options") or {})}
    options.setdefault("as_of", case.as_of.isoformat())
    made["options"] = options
    return made


def _plan(plan: Plan) -> dict[str, Any]:
    made: dict[str, Any] = {"name": plan.name}
    if plan.courses:
        made["courses"] = [_course(course, plan.start_day) for course in plan.courses]
    if plan.stop_days:
        made["stop"] = {drug: _duration(day - plan.start_day) for drug, day in plan.stop_days.items()}
    return made


def _course(course: Course, start_day: float) -> dict[str, Any]:
    made: dict[str, Any] = {"drug": course.drug}
    if course.dose is not None:
        made["dose"] = f"{course.dose:.15g} {DRUGS[course.drug].unit}"
    if course.interval_days is not None:
        made["every"] = _duration(course.interval_days)
    made["start"] = _duration(course.start_day - start_day)
    if course.stop_day is not None:
        made["stop"] = _duration(course.stop_day - start_day)
    if course.n_doses is not None:
        made["doses"] = course.n_doses
    return made


def _duration(days: float) -> str:
    """Write a time in months where that is exact, else in days."""
    months = f"{round(days / DAYS_PER_MONTH)} months"
    return months if read_duration(months) == days else f"{days!r} days"


def preset(name: str, case: Case) -> dict[str, Any]:
    """Return a new plan of a kind in `PRESETS`, as a case file writes it."""
    kind, _, what = name.partition(":")
    names = {plan.name for plan in case.plans}
    made: dict[str, Any] = {"name": _free(PRESETS.get(name, "Plan"), names)}
    if kind == "drug":
        made["courses"] = [{"drug": what}]
    elif kind == "exit":
        full, _ = planned(_without_plans(case))
        wanted = next((plan for plan in full.plans if plan.name == PRESETS["exit"]), None)
        made = {**(_plan(wanted) if wanted is not None else {}), "name": made["name"]}
    elif kind == "programme":
        made["lifestyle"] = {"exercise": {"programme": what}}
    return made


def _without_plans(case: Case) -> Case:
    from dataclasses import replace

    return replace(case, plans=())


def _free(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    return next(f"{name} ({i})" for i in range(2, 100) if f"{name} ({i})" not in taken)


def apply_plans(base: Mapping[str, Any], data: Mapping[str, str]) -> dict[str, Any]:
    """Write the plans of a filled form back into the document that it was shown from."""
    document = copy.deepcopy(dict(base))
    given = find(base, "plans")
    items = given if isinstance(given, list) else []
    plans = []
    for index in rows_in(data, "plans"):
        number = data.get(f"plans.{index}.from", "")
        known = int(number) if number.isdecimal() and int(number) < len(items) else None
        item = items[known] if known is not None else {}
        plan = copy.deepcopy(dict(item)) if isinstance(item, Mapping) else {}
        _apply_plan(plan, item, f"plans.{index}", data)
        plans.append(plan)
    document["plans"] = plans
    if not plans:
        del document["plans"]
    return document


def _apply_plan(plan: dict[str, Any], item: Any, prefix: str, data: Mapping[str, str]) -> None:
    for one in _SCALARS:
        before = one.kind.read(find(item, one.path))
        after = {
            suffix: data.get(f"{prefix}.{one.path}{suffix}", before.get(suffix, "")).strip()
            for suffix in one.kind.parts()
        }
        empty = not before.get("", "") and not after.get("", "")
        if not empty and any(before.get(suffix, "") != text for suffix, text in after.items()):
            put(plan, one.path, one.kind.write(after))
    for rows in (COURSE, PLAN_EXERCISE):
        node = find(item, rows.path)
        found = apply_rows(f"{prefix}.{rows.path}", rows, node, data)
        count = 0 if node is ABSENT or node is None else len(node) if isinstance(node, list) else 1
        same = [number for _, number, _ in found] == list(range(count)) and not any(c for _, _, c in found)
        if not same:
            kept = [row for row, _, _ in found if row]
            put(plan, rows.path, kept if kept else ABSENT)
    for name, text in data.items():
        drug = name.removeprefix(f"{prefix}.stop.")
        if drug != name and drug in DRUGS:
            before_stop = find(item, f"stop.{drug}")
            if text.strip() != ("" if before_stop is ABSENT else str(before_stop)):
                put(plan, f"stop.{drug}", text.strip() or ABSENT)


def shown_plans(
    document: Mapping[str, Any], problems: Sequence[Problem] = (), *, added: str = ""
) -> tuple[ShownPlan, ...]:
    """Return the plans of a document as the template shows them.

    Parameters
    ----------
    document : mapping
    problems : sequence of Problem
    added : str
        Place of a list to which an empty row is added, as in ``plans.0.courses``.
    """
    given = find(document, "plans")
    items = given if isinstance(given, list) else []
    running = _running(document)
    return tuple(_shown(i, item, running, problems, added) for i, item in enumerate(items))


def _shown(
    index: int, item: Any, running: Sequence[str], problems: Sequence[Problem], added: str
) -> ShownPlan:
    prefix = f"plans.{index}"
    wrong = [dotted(problem.field) for problem in problems]
    texts: dict[str, str] = {}
    for one in _SCALARS:
        parts = one.kind.read(find(item, one.path))
        texts |= {f"{prefix}.{one.path}{suffix}": text for suffix, text in parts.items()}
    rows = {}
    for spec in (COURSE, PLAN_EXERCISE):
        path, node = f"{prefix}.{spec.path}", find(item, spec.path)
        texts |= fill_rows(path, spec, node)
        rows[spec.path] = shown_rows(path, spec, node, texts, problems, add=added == path)
    stopped = find(item, "stop")
    stops = dict.fromkeys((*running, *(stopped if isinstance(stopped, Mapping) else ())))
    for drug in stops:
        given = find(item, f"stop.{drug}")
        texts[f"{prefix}.stop.{drug}"] = "" if given is ABSENT or given is None else str(given)
    return ShownPlan(
        prefix,
        str(index),
        {one.path: shown_field(f"{prefix}.{one.path}", one, texts, problems) for one in _SCALARS},
        rows[COURSE.path],
        rows[PLAN_EXERCISE.path],
        tuple(
            shown_field(
                f"{prefix}.stop.{drug}",
                Field("", f"{drug_words(drug).capitalize()} {_STOP.label}", _STOP.kind, _STOP.hint),
                texts,
                problems,
            )
            for drug in stops
        ),
        added.startswith(f"{prefix}.") or any(place.startswith(f"{prefix}.") for place in wrong),
        any(place.startswith((f"{prefix}.stop.", f"{prefix}.lifestyle.nutrition.")) for place in wrong),
    )


def _running(document: Mapping[str, Any]) -> list[str]:
    """Return the drugs among the treatments that a plan may want to end."""
    found = []
    treatments = find(document, "treatments")
    for item in treatments if isinstance(treatments, list) else []:
        drug = item.get("drug") if isinstance(item, Mapping) else None
        if drug in DRUGS and (drug in AROMATASE_INHIBITORS or drug in BONE_DRUGS or "stop" not in item):
            found.append(str(drug))
    return found

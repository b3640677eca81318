"""What habits and states do: by RANKL, by osteoblasts, by loading, or only by the hazard of fracture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from osteocast.lifestyle.body import Body
from osteocast.lifestyle.data import data
from osteocast.lifestyle.effects import Effect, Hazard, hazard_from
from osteocast.lifestyle.habits import Habits
from osteocast.physiology import SITES

__all__ = ["effects_of_habits", "glucocorticoid_drives"]


def _known() -> Mapping[str, Any]:
    return data("habits")


def _row(habits: Habits, item: str, entry: str, label: str, **more: Any) -> Effect:
    known = _known()[entry]
    span = habits.span_of(item)
    given: dict[str, Any] = {
        "grade": known["grade"],
        "sentence": known["sentence"],
        "sources": tuple(known["sources"]),
        "hazards": tuple(hazard_from(one) for one in known.get("hazards", ())),
        "start_day": span.start_day,
        "stop_day": span.stop_day,
    }
    return Effect(item=item, label=label, group="habits", **{**given, **more})


def effects_of_habits(habits: Habits, body: Body) -> Iterator[Effect]:
    """Yield one row for every habit or state given.

    Parameters
    ----------
    habits : Habits
    body : Body
        Decides from when on smoking counts.
    """
    yield from _smoking(habits, body)
    if habits.alcohol is not None:
        much = habits.alcohol > _known()["alcohol"]["above"]
        label = f"{habits.alcohol:.3g} g of alcohol a day"
        yield _row(habits, "alcohol", "alcohol", label, **({} if much else {"hazards": ()}))
    yield from _sleep(habits)
    if habits.stress == "high":
        yield _row(habits, "stress", "stress", "much stress")
    if habits.glucocorticoid:
        yield _glucocorticoid(habits, habits.glucocorticoid)
    if habits.crp is not None:
        high = habits.crp > _known()["crp"]["high"]
        yield _row(habits, "crp", "crp", f"CRP of {habits.crp:g} mg/L", **({} if high else {"hazards": ()}))
    if habits.rheumatoid_arthritis:
        inputs = {"rankl_drive": _known()["rheumatoid_arthritis"]["rankl"]}
        label = "active rheumatoid arthritis"
        yield _row(habits, "rheumatoid_arthritis", "rheumatoid_arthritis", label, inputs=inputs)
    yield from _weight(habits)
    yield from _secretagogue(habits)
    if habits.bed_rest:
        inputs = {f"loading_{site}": -habits.bed_rest for site in SITES}
        yield _row(habits, "bed_rest", "bed_rest", "bed rest", inputs=inputs)
    for name in habits.medicines:
        yield _row(habits, "medicines", name, name.replace("-", " "))


def _smoking(habits: Habits, body: Body) -> Iterator[Effect]:
    if habits.smoking == "former":
        yield _row(habits, "smoking", "former_smoking", "smoking, stopped")
    if habits.smoking != "current":
        return
    from_day = (
        body.menopause_day if body.sex == "female" else body.day_of_age(_known()["smoking"]["men_from_age"])
    )
    span = habits.span_of("smoking")
    start = max(span.start_day, from_day)
    acts = start < (float("inf") if span.stop_day is None else span.stop_day)
    inputs = {"formation_drive": _known()["smoking"]["formation"]} if acts else {}
    start = start if acts else span.start_day
    yield _row(habits, "smoking", "smoking", "smoking", inputs=inputs, start_day=start)


def _sleep(habits: Habits) -> Iterator[Effect]:
    """Shift work holds short sleep already; the trials had both."""
    if habits.shift_work:
        inputs = {"formation_drive": _known()["shift_work"]["formation"]}
        yield _row(habits, "shift_work", "shift_work", "work in shifts", inputs=inputs)
    if habits.sleep is not None:
        short = habits.sleep <= _known()["sleep"]["below"] and not habits.shift_work
        inputs = {"formation_drive": _known()["sleep"]["formation"]} if short else {}
        yield _row(habits, "sleep", "sleep", f"{habits.sleep:g} h of sleep", inputs=inputs)


def glucocorticoid_drives(dose: float) -> dict[str, float]:
    """Return what prednisolone adds to formation and RANKL.

    Parameters
    ----------
    dose : float
        mg/d.
    """
    known = _known()["glucocorticoid"]
    share = dose / (dose + known["half_dose"])
    return {
        "formation_drive": known["largest_formation"] * share,
        "rankl_drive": known["largest_rankl"] * share,
    }


def _glucocorticoid(habits: Habits, dose: float) -> Effect:
    known = _known()["glucocorticoid"]
    band = next(band for band in known["hazards_by_dose"] if dose < band["below"])
    hazard = Hazard(
        "cortisone tablets",
        "vertebral_fracture",
        band["vertebral"],
        tuple(band["vertebral_ci"]),
        "C",
        "Against people who take none; not adjusted for density.",
        tuple(known["sources"]),
    )
    return _row(
        habits,
        "glucocorticoid",
        "glucocorticoid",
        f"{dose:g} mg of prednisolone a day",
        inputs=glucocorticoid_drives(dose),
        hazards=(hazard,),
    )


def _weight(habits: Habits) -> Iterator[Effect]:
    change = habits.weight_change
    if not change:
        return
    if change > 0:
        yield _row(habits, "weight_change", "weight_gain", f"{change:g}% of body weight gained")
        return
    known = _known()["weight_change"]
    hip = {
        f"loading_{site}": known["hip_loading_per_percent"] * change
        for site in SITES
        if site != "lumbar_spine"
    }
    inputs = {**hip, "rankl_drive": -known["rankl_per_percent"] * change}
    label = f"{-change:g}% of body weight lost"
    yield _row(habits, "weight_change", "weight_change", label, inputs=inputs)


def _secretagogue(habits: Habits) -> Iterator[Effect]:
    if habits.gh_secretagogue is None:
        return
    if habits.gh_secretagogue == "ibutamoren":
        known = _known()["gh_secretagogue"]
        inputs = {"rankl_drive": known["rankl"], "formation_drive": known["formation"]}
        yield _row(habits, "gh_secretagogue", "gh_secretagogue", "ibutamoren", inputs=inputs)
        return
    yield _row(habits, "gh_secretagogue", "other_secretagogue", habits.gh_secretagogue)

"""What nutrition does: calcium, vitamin D, a lack of protein, and what trials found to be empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from osteocast.lifestyle.body import Body
from osteocast.lifestyle.data import data
from osteocast.lifestyle.effects import Effect, hazard_from
from osteocast.lifestyle.foods import diet_calcium, diet_protein
from osteocast.lifestyle.nutrition import Nutrition

__all__ = ["effects_of_nutrition", "vitamin_d_rise"]

#: Items that change nothing, whatever the amount, with how the amount is written.
_EMPTY = {
    "vitamin_k2": "{:g} ug of vitamin K2 a day",
    "magnesium": "{:g} mg of magnesium a day",
    "zinc": "{:g} mg of zinc a day",
    "omega_3": "{:g} g of omega-3 a day",
    "prunes": "{:g} g of prunes a day",
}


@cache
def parameters() -> Mapping[str, float]:
    """Return the values of the parameters of ``nutrition.yaml`` by name."""
    return {name: float(entry["value"]) for name, entry in data("nutrition")["parameters"].items()}


def vitamin_d_rise(dose: float) -> float:
    """Return the rise of 25-hydroxyvitamin D that a daily dose brings in the long run, ng/mL.

    Parameters
    ----------
    dose : float
        IU/d added to what is eaten.

    Examples
    --------
    >>> round(vitamin_d_rise(2000.0))
    17
    """
    p = parameters()
    return p["vitamin_d_largest_rise"] * dose / (dose + p["vitamin_d_half_dose"])


def effects_of_nutrition(nutrition: Nutrition, body: Body) -> Iterator[Effect]:
    """Yield one row for every item given.

    Parameters
    ----------
    nutrition : Nutrition
    body : Body
        What is eaten and measured today.
    """
    yield from _calcium(nutrition, body)
    yield from _vitamin_d(nutrition, body)
    yield from _protein(nutrition, body)
    yield from _isoflavones(nutrition)
    for item, words in _EMPTY.items():
        amount = getattr(nutrition, item)
        if amount is not None:
            yield _row(nutrition, item, words.format(amount))
    if nutrition.pattern is not None and nutrition.pattern != "usual":
        yield _row(nutrition, "pattern", f"{nutrition.pattern} way of eating")


def _items() -> Mapping[str, Any]:
    found: Mapping[str, Any] = data("nutrition")["items"]
    return found


def _row(nutrition: Nutrition, item: str, label: str, **more: Any) -> Effect:
    entry = _items()[item]
    given = {"grade": entry["grade"], "sentence": entry["sentence"], "sources": tuple(entry["sources"])}
    return Effect(
        item=item,
        label=label,
        group="nutrition",
        start_day=nutrition.start_day,
        stop_day=nutrition.stop_day,
        **{**given, **more},
    )


def _calcium(nutrition: Nutrition, body: Body) -> Iterator[Effect]:
    if nutrition.foods:
        eaten = diet_calcium(nutrition.foods)
        change = max(eaten, parameters()["calcium_least"]) - body.calcium_intake
        inputs = {"calcium_intake": change} if change else {}
        yield _row(nutrition, "foods", f"a diet with about {eaten:.0f} mg of calcium a day", inputs=inputs)
    if nutrition.calcium is not None:
        inputs = {"calcium_intake": nutrition.calcium} if nutrition.calcium else {}
        yield _row(nutrition, "calcium", f"{nutrition.calcium:g} mg more calcium a day", inputs=inputs)


def _vitamin_d(nutrition: Nutrition, body: Body) -> Iterator[Effect]:
    # A level measured today already holds what was taken before today.
    held = body.vitamin_d_measured and nutrition.start_day < 0.0
    known = " It is already in the level that was measured." if held else ""
    if nutrition.vitamin_d is not None:
        rise = vitamin_d_rise(nutrition.vitamin_d)
        yield _row(
            nutrition,
            "vitamin_d",
            f"{nutrition.vitamin_d:g} IU of vitamin D a day",
            inputs={"vitamin_d": rise} if rise and not held else {},
            sentence=_items()["vitamin_d"]["sentence"] + known,
        )
    if nutrition.sun is not None:
        change = {"little": -1.0, "usual": 0.0, "much": 1.0}[nutrition.sun] * parameters()["sun_season"]
        change = max(change, parameters()["vitamin_d_least"] - body.vitamin_d)
        yield _row(
            nutrition,
            "sun",
            f"{nutrition.sun} sun",
            inputs={"vitamin_d": change} if change and not held else {},
            sentence=_items()["sun"]["sentence"] + known,
        )


def _protein(nutrition: Nutrition, body: Body) -> Iterator[Effect]:
    eaten = nutrition.protein
    if eaten is None and nutrition.foods and body.weight_kg is not None:
        eaten = diet_protein(nutrition.foods) / body.weight_kg
    if eaten is None:
        return
    p = parameters()
    lacking = p["protein_need"] - max(eaten, p["protein_lowest"])
    enough = lacking <= 0
    hazards = tuple(hazard_from(entry) for entry in _items()["protein"]["hazards"])
    yield _row(
        nutrition,
        "protein",
        f"{eaten:.2g} g of protein per kg a day",
        inputs={} if enough else {"formation_drive": p["protein_deficit_formation"] * lacking},
        hazards=hazards if enough else (),
    )


def _isoflavones(nutrition: Nutrition) -> Iterator[Effect]:
    amount = nutrition.isoflavones
    if amount is None:
        return
    p = parameters()
    share = min(amount / p["isoflavones_usual"], 1.0)
    inputs = {
        "rankl_drive": p["isoflavones_rankl"] * share,
        "formation_drive": p["isoflavones_formation"] * share,
    }
    label = f"{amount:g} mg of isoflavones a day"
    yield _row(nutrition, "isoflavones", label, inputs=inputs if share else {})

"""The tables of ``docs/lifestyle.md``, from the data they stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from osteocast.lifestyle import (
    EXERCISES,
    FOODS,
    MEDICINES,
    PROGRAMMES,
    Body,
    Habits,
    Lifestyle,
    Nutrition,
    loading,
    loading_range,
)

#: A woman of 60, ten years after the menopause, with an ordinary diet.
WOMAN = Body(age=60.0, menopause_age=50.0, weight_kg=66.0)
NUTRITION = Nutrition(
    calcium=500.0,
    vitamin_d=800.0,
    sun="little",
    protein=0.6,
    vitamin_k2=180.0,
    magnesium=300.0,
    zinc=10.0,
    omega_3=2.0,
    isoflavones=100.0,
    prunes=50.0,
    pattern="mediterranean",
)
HABITS = (
    Habits(smoking="current"),
    Habits(smoking="former"),
    Habits(alcohol=24.0),
    Habits(sleep=5.0),
    Habits(shift_work=True),
    Habits(stress="high"),
    Habits(glucocorticoid=7.5),
    Habits(crp=8.0),
    Habits(rheumatoid_arthritis=True),
    Habits(weight_change=-7.0),
    Habits(weight_change=5.0),
    Habits(gh_secretagogue="ibutamoren"),
    Habits(gh_secretagogue="sermorelin"),
    Habits(bed_rest=1.0),
    *(Habits(medicines=(name,)) for name in MEDICINES),
)


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table of Markdown."""
    heads = list(heads)
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def number(value: float) -> str:
    """Return a loading to two places, without a sign of zero."""
    return f"{value:.2f}" if abs(value) >= 0.005 else "0"


@cache
def programmes() -> str:
    """Return every programme with its loading."""
    rows = []
    for programme in PROGRAMMES.values():
        by_site, ranges = loading(programme), loading_range(programme)
        cells = [
            f"{number(by_site[site])} ({number(ranges[site][0])} to {number(ranges[site][1])})"
            for site in ("lumbar_spine", "total_hip")
        ]
        rows.append((f"`{programme.name}`", *cells, programme.grade, programme.sentence))
    return table(("programme", "spine", "hip", "grade", "what trials showed"), rows)


def exercises() -> str:
    """Return every exercise with its forces."""
    rows = (
        (
            f"`{each.name}`",
            f"{100 * each.usual:.0f} %1RM" if each.kind == "lift" else f"{each.peak:g} BW",
            f"{each.force('lumbar_spine'):.1f}",
            f"{each.force('total_hip'):.1f}",
            each.basis,
        )
        for each in EXERCISES.values()
    )
    return table(("exercise", "usual load", "spine", "hip", "basis"), rows)


def parameters() -> str:
    """Return the parameters of loading."""
    content: Mapping[str, Any] = yaml.safe_load((files("osteocast.lifestyle") / "loading.yaml").read_text())
    rows = (
        (f"`{name}`", f"{entry['value']:g}", f"{entry['sd']:g}", entry["basis"], str(entry["note"]).strip())
        for name, entry in content.items()
    )
    return table(("parameter", "value", "SD", "basis", "how it was chosen"), rows)


def effects(lives: Iterable[Lifestyle]) -> str:
    """Return the rows of several lives."""
    rows = ((row.label, row.enters, row.grade, row.sentence) for life in lives for row in life.effects(WOMAN))
    return table(("what", "enters", "grade", "what is known"), rows)


def foods() -> str:
    """Return the foods of the questionnaire."""
    rows = (
        (f"`{each.name}`", each.portion, f"{each.calcium:g}", f"{each.protein:g}") for each in FOODS.values()
    )
    return table(("food", "portion", "calcium, mg", "protein, g"), rows)


TABLES: Mapping[str, Callable[[], str]] = {
    "programmes": programmes,
    "exercises": exercises,
    "parameters": parameters,
    "nutrition": lambda: effects([Lifestyle(nutrition=NUTRITION)]),
    "habits": lambda: effects(Lifestyle(habits=habits) for habits in HABITS),
    "foods": foods,
}


def filled(page: str) -> str:
    """Return the page with every table between its marks written anew."""
    for name, make in TABLES.items():
        start, end = f"<!-- {name} -->\n", f"\n<!-- end of {name} -->"
        before, found, rest = page.partition(start)
        _, closed, after = rest.partition(end)
        if not (found and closed):
            raise ValueError(f"the page has no marks for {name}")
        page = f"{before}{start}{make()}{end}{after}"
    return page

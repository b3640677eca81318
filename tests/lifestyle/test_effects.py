"""Every item has a row: what enters where, a grade, a sentence, sources that exist."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from typing import Any, get_args

import pytest
import yaml

from osteocast import evidence
from osteocast.lifestyle import (
    EXERCISES,
    FOODS,
    GH_SECRETAGOGUES,
    MEDICINES,
    PROGRAMMES,
    Body,
    Effect,
    Grade,
    Habits,
    Lifestyle,
    Nutrition,
    Span,
    diet_calcium,
    diet_protein,
    vitamin_d_rise,
)
from osteocast.lifestyle.habit_effects import glucocorticoid_drives
from osteocast.physiology import INPUTS

from .tables import NUTRITION

DATA = ("exercises", "foods", "habits", "hazards", "loading", "nutrition", "programmes")
WOMAN = Body(age=62.0, menopause_age=50.0, weight_kg=68.0)
EVERYTHING = Lifestyle(
    (PROGRAMMES["sample-week"],),
    replace(NUTRITION, foods={"milk": 1.0}),
    Habits(
        smoking="current",
        alcohol=30.0,
        sleep=4.5,
        stress="high",
        glucocorticoid=7.5,
        crp=8.0,
        rheumatoid_arthritis=True,
        weight_change=-7.0,
        gh_secretagogue="ibutamoren",
        bed_rest=0.5,
        medicines=MEDICINES,
    ),
)


def only(life: Lifestyle, body: Body = WOMAN) -> Effect:
    (row,) = life.effects(body)
    return row


def sources(content: Any) -> Iterator[str]:
    if isinstance(content, dict):
        yield from content.get("sources", [])
        content = list(content.values())
    for item in content if isinstance(content, list) else []:
        yield from sources(item)


@pytest.mark.parametrize("name", DATA)
def test_every_source_is_in_the_registry(name: str) -> None:
    content = yaml.safe_load((files("osteocast.lifestyle") / f"{name}.yaml").read_text("utf-8"))
    registry = evidence.load()
    named = set(sources(content))
    assert named
    for reference in named:
        assert reference in registry or registry.value(reference)


def test_every_row_says_what_is_known() -> None:
    inputs = {item.name for item in INPUTS}
    for row in EVERYTHING.effects(WOMAN):
        assert set(row.inputs) <= inputs
        assert row.grade in get_args(Grade)
        assert re.fullmatch(r"[A-Z].*[.]", row.sentence), row.item
        assert len(row.sentence) < 320
        assert row.enters == "nothing" or row.inputs or row.hazards
        assert row.sources or row.grade == "D"


def test_exposures_are_the_rows_that_enter_the_physiology() -> None:
    rows = EVERYTHING.effects(WOMAN)
    entering = [(row.label, dict(row.inputs)) for row in rows if row.inputs]
    assert [(each.label, dict(each.inputs)) for each in EVERYTHING.exposures(WOMAN)] == entering
    assert {hazard.outcome for hazard in EVERYTHING.hazards()} >= {"falls", "hip_fracture", "any_fracture"}


@pytest.mark.parametrize("item", ["vitamin_k2", "magnesium", "zinc", "omega_3", "prunes"])
def test_what_trials_found_empty_enters_nowhere(item: str) -> None:
    row = only(Lifestyle(nutrition=Nutrition(**{item: 10.0})))
    assert (row.item, dict(row.inputs), row.hazards, row.enters) == (item, {}, (), "nothing")


def test_ways_of_eating_enter_nowhere() -> None:
    row = only(Lifestyle(nutrition=Nutrition(pattern="anti-inflammatory")))
    assert row.exposure is None
    assert Lifestyle(nutrition=Nutrition(pattern="usual")).effects(WOMAN) == ()


def test_vitamin_d_rises_with_dose_and_saturates() -> None:
    doses = [0.0, 400.0, 800.0, 2000.0, 4000.0, 10_000.0, 20_000.0]
    rises = [vitamin_d_rise(dose) for dose in doses]
    assert rises == sorted(rises)
    assert rises[0] == 0.0
    # The largest differences published: 54 and 66 nmol/L above 400 IU/d, whose own rise is small.
    assert rises[4] - rises[1] == pytest.approx(54 / 2.496, rel=0.35)
    assert rises[6] < 31.0


def test_a_measured_level_already_holds_what_was_taken_before() -> None:
    measured = Body(vitamin_d=28.0, vitamin_d_measured=True)
    held = only(Lifestyle(nutrition=Nutrition(vitamin_d=800.0)), measured)
    assert held.exposure is None
    assert "already" in held.sentence
    planned = only(Lifestyle(nutrition=Nutrition(vitamin_d=800.0, start_day=0.0)), measured)
    assert planned.inputs["vitamin_d"] == pytest.approx(vitamin_d_rise(800.0))


def test_foods_replace_the_calcium_of_the_diet_and_estimate_protein() -> None:
    portions = {"milk": 1.0, "bread": 4.0, "legumes": 1.0}
    calcium, protein = Lifestyle(nutrition=Nutrition(foods=portions)).effects(WOMAN)
    assert calcium.inputs["calcium_intake"] == pytest.approx(diet_calcium(portions) - 800.0)
    assert diet_calcium({}) < 300 < diet_calcium({"milk": 1.0})
    assert protein.item == "protein"
    assert protein.inputs["formation_drive"] < 0.0
    assert diet_protein(portions) / 68.0 < 0.6
    assert all(food.calcium > 0 and food.protein > 0 for food in FOODS.values())


def test_enough_protein_adds_nothing_to_density() -> None:
    for eaten in (0.8, 1.2, 1.6):
        row = only(Lifestyle(nutrition=Nutrition(protein=eaten)))
        assert not row.inputs
        assert [hazard.ratio for hazard in row.hazards] == [0.89]
    little = [only(Lifestyle(nutrition=Nutrition(protein=eaten))) for eaten in (0.7, 0.5)]
    assert 0.0 > little[0].inputs["formation_drive"] > little[1].inputs["formation_drive"]


def test_smoking_counts_from_the_menopause_or_from_fifty() -> None:
    smoker = Lifestyle(habits=Habits(smoking="current"))
    assert only(smoker).start_day == pytest.approx(-12 * 365.25)
    assert only(smoker, Body("male", 60.0)).start_day == pytest.approx(-10 * 365.25)
    assert only(smoker, Body(age=45.0)).exposure is None  # no menopause yet
    late = Lifestyle(habits=Habits(smoking="current", span=Span(-100.0, None)))
    assert only(late).start_day == -100.0
    stopped = Lifestyle(habits=Habits(smoking="current", span=Span(-math.inf, -9000.0)))
    assert only(stopped).exposure is None  # stopped before the menopause
    assert only(Lifestyle(habits=Habits(smoking="former"))).exposure is None


@pytest.mark.parametrize("habits", [Habits(alcohol=30.0), Habits(crp=10.0), Habits(medicines=("ssri",))])
def test_what_only_moves_fractures_leaves_the_skeleton_alone(habits: Habits) -> None:
    row = only(Lifestyle(habits=habits))
    assert row.exposure is None
    assert row.hazards


def test_ordinary_amounts_do_nothing() -> None:
    for row in Lifestyle(habits=Habits(alcohol=8.0, sleep=7.5, crp=1.0)).effects(WOMAN):
        assert row.enters == "nothing"


def test_shift_work_holds_short_sleep_already() -> None:
    shift, sleep = Lifestyle(habits=Habits(shift_work=True, sleep=4.5)).effects(WOMAN)
    assert sorted((shift.item, sleep.item)) == ["shift_work", "sleep"]
    assert sum(bool(row.inputs) for row in (shift, sleep)) == 1


def test_cortisone_falls_on_formation_as_osteocalcin_did() -> None:
    for dose, published in ((10.0, -0.17), (15.0, -0.22), (20.0, -0.26)):
        assert glucocorticoid_drives(dose)["formation_drive"] == pytest.approx(published, abs=0.01)
    ratios = [
        only(Lifestyle(habits=Habits(glucocorticoid=dose))).hazards[0].ratio for dose in (1.0, 5.0, 7.5, 20.0)
    ]
    assert ratios == [1.55, 2.59, 5.18, 5.18]


def test_weight_lost_unloads_the_hip_and_weight_gained_is_not_counted() -> None:
    row = only(Lifestyle(habits=Habits(weight_change=-7.0)))
    assert "loading_lumbar_spine" not in row.inputs
    assert row.inputs["loading_total_hip"] < 0 < row.inputs["rankl_drive"]
    assert only(Lifestyle(habits=Habits(weight_change=5.0))).exposure is None


@pytest.mark.parametrize("name", GH_SECRETAGOGUES)
def test_only_the_secretagogue_with_bone_data_acts(name: str) -> None:
    row = only(Lifestyle(habits=Habits(gh_secretagogue=name)))
    assert bool(row.inputs) is (name == "ibutamoren")


def test_exercise_that_trains_falls_says_that_its_ratios_are_not_multiplied() -> None:
    row = only(Lifestyle((PROGRAMMES["moderate-resistance-and-jumps"],)))
    by_outcome = {hazard.outcome: hazard for hazard in row.hazards}
    assert by_outcome["falls"].ratio == 0.77
    assert "do not multiply" in by_outcome["any_fracture"].note
    assert only(Lifestyle((PROGRAMMES["walking"],))).hazards == ()


def test_forces_say_what_they_rest_on() -> None:
    for exercise in EXERCISES.values():
        assert exercise.sources or exercise.basis == "estimate", exercise.name
        assert exercise.kind != "lift" or exercise.unloaded, exercise.name
    for programme in PROGRAMMES.values():
        assert programme.sources, programme.name
        assert programme.sentence, programme.name


def test_isoflavones_count_in_proportion_up_to_the_dose_of_the_trials() -> None:
    drives = [
        only(Lifestyle(nutrition=Nutrition(isoflavones=dose))).inputs.get("rankl_drive", 0.0)
        for dose in (0.0, 53.0, 106.0, 300.0)
    ]
    assert drives[0] == 0.0
    assert drives[1] == pytest.approx(drives[2] / 2)
    assert drives[2] == drives[3]

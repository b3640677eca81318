"""A lifestyle is read whole, and everything wrong with it is reported at once."""

from __future__ import annotations

import math
from typing import Any

import pytest

from osteocast.errors import InputError, Problem
from osteocast.lifestyle import PROGRAMMES, Habits, Lifestyle, Nutrition, Span
from osteocast.person import load_case
from osteocast.person.fields import Fields
from osteocast.person.reading_lifestyle import read_lifestyle

from .cases import TODAY, changed, load

PERSON = """
person: {sex: female, birth_date: 1963-05-14, menopause: {age: 50}}
options: {as_of: 2025-03-10}
"""


def case_with(text: str) -> Any:
    return load_case(PERSON + text, today=TODAY)


def of_trial(content: Any) -> tuple[Lifestyle | None, list[Problem]]:
    problems: list[Problem] = []
    fields = Fields({"lifestyle": content}, "arms.exercise", problems, ("lifestyle",))
    return read_lifestyle(fields, "lifestyle", None), problems


def problems_of(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        case_with(text)
    return [problem.field for problem in caught.value.problems]


def test_what_is_done_today_is_lifelong_unless_it_says_since_when() -> None:
    life = case_with("""
lifestyle:
  exercise: walking
  habits:
    smoking: {value: current, start: 1985}
    glucocorticoid: {value: 5 mg/d, start: 2024-02-01, stop: 2024-08-01}
    alcohol: 14 units/week
    start: 2020-01-01
""").person.lifestyle
    assert life.exercise[0].start_day == -math.inf
    habits = life.habits
    assert (habits.smoking, habits.glucocorticoid, habits.alcohol) == ("current", 5.0, 16.0)
    assert habits.span_of("glucocorticoid") == Span(-403.0, -221.0)
    assert -14_600 < habits.span_of("smoking").start_day < -14_400
    assert habits.span_of("alcohol").start_day == -1895.0


def test_a_plan_counts_from_its_own_start() -> None:
    (plan,) = case_with("""
plans:
  - name: train
    start: 2025-06-18
    lifestyle:
      exercise: {programme: high-intensity resistance and impact, start: 2 months, weeks: 35, adherence: 90%}
      nutrition: {calcium: 500 mg/d, stop: 1 year}
""").plans
    (programme,) = plan.lifestyle.exercise
    assert programme.name == "high-intensity-resistance-and-impact"
    assert programme.start_day == pytest.approx(100 + 2 * 30.4375)
    assert programme.stop_day == pytest.approx(programme.start_day + 245)
    assert programme.adherence == pytest.approx(0.9)
    nutrition = plan.lifestyle.nutrition
    assert (nutrition.start_day, nutrition.stop_day) == (100.0, pytest.approx(465.25))


def test_an_arm_of_a_trial_counts_from_its_baseline() -> None:
    life, problems = of_trial(
        {
            "exercise": [{"programme": "walking", "weeks": 52}],
            "habits": {"smoking": {"value": "current", "start": "lifelong"}},
        }
    )
    assert problems == []
    assert life is not None
    assert (life.exercise[0].start_day, life.exercise[0].stop_day) == (0.0, 364.0)
    assert life.habits is not None
    assert life.habits.span_of("smoking").start_day == -math.inf


def test_own_sessions_are_read_with_their_loads() -> None:
    life, problems = of_trial(
        {
            "exercise": {
                "name": "garage",
                "trains_falls": True,
                "sessions": [
                    {
                        "days": ["Monday", "thu"],
                        "exercises": [
                            {
                                "name": "Squat",
                                "load": "85 %1RM",
                                "sets": 5,
                                "repetitions": 5,
                                "speed": "slow",
                            },
                            {"name": "deadlift", "load": "0.5 BW", "sets": 3, "repetitions": 8},
                            {"name": "jump", "load": "4 BW", "impacts": 50, "rest": "10 s"},
                            {"name": "brisk walk", "minutes": 30},
                        ],
                    }
                ],
            }
        }
    )
    assert problems == []
    assert life is not None
    (programme,) = life.exercise
    assert (programme.name, programme.trains_falls) == ("garage", True)
    (session,) = programme.sessions
    squat, deadlift, jump, walk = session.bouts
    assert session.days == ("mon", "thu")
    assert (squat.exercise, squat.share, squat.speed) == ("squat", 0.85, "slow")
    assert deadlift.body_weights == 0.5
    assert (jump.repetitions, jump.body_weights, jump.rest) == (50, 4.0, 10.0)
    assert (walk.exercise, walk.minutes) == ("brisk-walk", 30.0)


def test_nutrition_takes_usual_units_and_portions() -> None:
    life, problems = of_trial(
        {
            "nutrition": {
                "calcium": "0.5 g/d",
                "vitamin_d": "20 ug/d",
                "vitamin_k2": "0.18 mg/d",
                "omega_3": "2000 mg/d",
                "pattern": "anti_inflammatory",
                "sun": "little",
                "foods": {"milk": 2, "Leafy greens": "3 per week", "tinned_fish": "1/week"},
            }
        }
    )
    assert problems == []
    assert life is not None
    assert life.nutrition == Nutrition(
        calcium=500.0,
        vitamin_d=800.0,
        vitamin_k2=180.0,
        omega_3=2.0,
        pattern="anti-inflammatory",
        sun="little",
        foods={
            "milk": 2.0,
            "leafy-greens": pytest.approx(3 / 7),
            "tinned-fish": pytest.approx(1 / 7),
        },
        start_day=0.0,
    )


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"bed_rest": True}, Habits(bed_rest=1.0)),
        ({"bed_rest": "40%"}, Habits(bed_rest=0.4)),
        ({"bed_rest": "no"}, Habits()),
        ({"shift_work": "yes"}, Habits(shift_work=True)),
        ({"weight_change": "-7 %"}, Habits(weight_change=-7.0)),
        ({"crp": "0.8 mg/dL"}, Habits(crp=8.0)),
        ({"medicines": ["PPI", "ssri"]}, Habits(medicines=("proton-pump-inhibitor", "ssri"))),
        ({"gh_secretagogue": "CJC-1295"}, Habits(gh_secretagogue="cjc-1295")),
        (
            {"stress": "high", "rheumatoid_arthritis": False},
            Habits(stress="high", rheumatoid_arthritis=False),
        ),
    ],
)
def test_habits_are_read_as_people_write_them(given: Any, read: Habits) -> None:
    from dataclasses import replace

    life, problems = of_trial({"habits": given})
    assert problems == []
    assert life is not None
    assert life.habits == replace(read, span=Span(0.0, None))


@pytest.mark.parametrize("name", PROGRAMMES)
def test_every_programme_can_be_named(name: str) -> None:
    life, problems = of_trial({"exercise": name.replace("-", "_")})
    assert problems == []
    assert life is not None
    assert life.exercise[0].name == name


def test_everything_wrong_is_reported_at_once() -> None:
    assert problems_of("""
lifestyle:
  exercize: []
  exercise:
    - programme: walkng
    - {programme: walking, sessions: []}
    - sessions:
        - days: [funday, thu, thu]
          exercises:
            - {name: squad, sets: 2}
            - {name: squat, load: 85, sets: 3}
            - {name: squat, load: 300 %1RM, sets: 3}
            - {name: jump, load: 80 %1RM, sets: 2}
            - {name: jump, load: 20 BW, sets: 2}
            - {name: jump, impacts: 5, repetitions: 5}
            - {name: walk}
            - {name: walk, minutes: 3, sets: 2}
            - {name: squat, minutes: 3}
      adherence: 3
      weeks: 3
  nutrition: {vitamin_d: 800 mg/d, foods: {mlk: 2/d, milk: 99/d}, protein: 80 g/d, sun: some, stop: never}
  habits:
    smoking: sometimes
    alcohol: 3
    glucocorticoid: 7.5 g/d
    crp: -2 mg/L
    sleep: {value: 5 h, start: 6 months}
    shift_work: perhaps
    bed_rest: 3
    gh_secretagogue: {start: 2020}
    medicines: [aspirin]
""") == [
        "lifestyle.exercize",
        "lifestyle.exercise[0].programme",
        "lifestyle.exercise[1].programme",
        "lifestyle.exercise[2].sessions[0].days[0]",
        "lifestyle.exercise[2].sessions[0].days[2]",
        "lifestyle.exercise[2].sessions[0].exercises[0].name",
        "lifestyle.exercise[2].sessions[0].exercises[1].load",
        "lifestyle.exercise[2].sessions[0].exercises[2].load",
        "lifestyle.exercise[2].sessions[0].exercises[3].load",
        "lifestyle.exercise[2].sessions[0].exercises[4].load",
        "lifestyle.exercise[2].sessions[0].exercises[5].impacts",
        "lifestyle.exercise[2].sessions[0].exercises[6].repetitions",
        "lifestyle.exercise[2].sessions[0].exercises[7].minutes",
        "lifestyle.exercise[2].sessions[0].exercises[8].minutes",
        "lifestyle.exercise[2].weeks",
        "lifestyle.exercise[2].adherence",
        "lifestyle.nutrition.stop",
        "lifestyle.nutrition.foods.mlk",
        "lifestyle.nutrition.foods.milk",
        "lifestyle.nutrition.vitamin_d",
        "lifestyle.nutrition.sun",
        "lifestyle.nutrition.protein",
        "lifestyle.habits.smoking",
        "lifestyle.habits.alcohol",
        "lifestyle.habits.sleep.start",
        "lifestyle.habits.shift_work",
        "lifestyle.habits.glucocorticoid",
        "lifestyle.habits.crp",
        "lifestyle.habits.gh_secretagogue.value",
        "lifestyle.habits.bed_rest",
        "lifestyle.habits.medicines[0]",
    ]


@pytest.mark.parametrize(
    "content",
    ["lifestyle: yes", "lifestyle: [walking]", "lifestyle: {exercise: 3}", "lifestyle: {exercise: [[]]}",
     "lifestyle: {nutrition: much}", "lifestyle: {habits: [smoking]}",
     "lifestyle: {exercise: {sessions: {days: [mon]}}}", "lifestyle: {exercise: {sessions: [{days: [mon]}]}}",
     "lifestyle: {exercise: {sessions: [{days: [1], exercises: [squat]}]}}",
     "lifestyle: {habits: {smoking: [current]}}", "lifestyle: {nutrition: {foods: [milk]}}",
     "lifestyle: {habits: {smoking: {value: current, start: 2020, stop: 2010}}}",
     "lifestyle: {exercise: {programme: walking, stop: 2020}}",
     "lifestyle: {exercise: {programme: walking, start: 2020, stop: 2021, weeks: 3}}"],
)  # fmt: skip
def test_what_makes_no_sense_is_a_problem_and_never_a_crash(content: str) -> None:
    assert problems_of(content)


def test_a_plan_does_not_reach_into_the_past() -> None:
    text = "plans: [{name: x, lifestyle: {exercise: {programme: walking, start: 2024-01-01}}}]"
    assert problems_of(text) == ["plans[0].lifestyle.exercise.start"]


def test_calcium_eaten_today_stands_in_one_place() -> None:
    with pytest.raises(InputError) as caught:
        load(changed(("lifestyle", {"nutrition": {"calcium": "500 mg/d"}})))
    assert [problem.field for problem in caught.value.problems] == ["lifestyle.nutrition.calcium"]


def test_a_case_without_a_lifestyle_has_none() -> None:
    case = case_with("plans: [{name: nothing}]")
    assert case.person.lifestyle is None
    assert case.plans[0].lifestyle is None

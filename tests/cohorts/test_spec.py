"""A cohort file is read as it stands, and everything wrong with it is told at once."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from osteocast.cohorts import CohortSpec, load_spec, parse_spec
from osteocast.errors import InputError

EXAMPLES = Path(__file__).parents[2] / "examples" / "cohorts"


def test_a_file_is_read_as_it_stands(spec: CohortSpec) -> None:
    assert spec.population.name == "inhibitor-women"
    limits = spec.population.eligibility.limits()
    assert limits["age"] == (55, 80)
    assert limits["years_since_menopause"] == (0, None)  # of the population itself
    assert spec.visits == (0, 6, 12, 24)
    assert [course.drug for course in spec.arms["both"].courses] == ["letrozole", "zoledronate"]
    assert spec.adherence
    assert spec.study == "small 7"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_examples_can_be_run(path: Path) -> None:
    assert load_spec(path).n > 0


def test_everything_wrong_is_told_at_once() -> None:
    with pytest.raises(InputError) as raised:
        parse_spec(
            """
            cohort: a name with spaces
            population: us-woman
            inclusion: {age: [80, 50], t_score: {spine: [null, 0]}, vitamin_d: 30, weight_kg: [null, null]}
            n: 0
            years: 99
            visits: [12, 6, 7000]
            outputs: [ctx, rust]
            draws: 1.5
            fractures: perhaps
            adherence: always
            arm: {}
            arms:
              "a/b": {courses: [{drug: letrazole}]}
              none: {}
            """
        )
    told = {problem.field for problem in raised.value.problems}
    assert told >= {
        *("cohort", "population", "inclusion.age", "inclusion.t_score.spine", "inclusion.vitamin_d"),
        *("inclusion.weight_kg", "n", "years", "outputs[1]", "draws", "fractures", "adherence", "arm"),
        *("arms.a/b", "arms.a/b.courses[0].drug", "arms.none.courses"),
    }
    with pytest.raises(InputError) as raised:
        parse_spec("cohort: a\nyears: 2\nvisits: [24, 6, 30]\n")
    assert {problem.field for problem in raised.value.problems} == {
        *("visits", "visits[2].month", "population", "n", "arms")
    }


def test_the_key_is_that_of_the_people_and_not_of_their_number(spec: CohortSpec) -> None:
    content = dict(spec.content)
    assert replace(spec, content={**content, "n": 5, "title": "other"}).key == spec.key
    for change in ({"seed": 8}, {"years": 3}, {"population": "us-women"}, {"arms": {}}):
        assert replace(spec, content={**content, **change}).key != spec.key


def test_a_specification_travels_to_other_processes(spec: CohortSpec) -> None:
    there = pickle.loads(pickle.dumps(replace(spec, n=12)))
    assert there.n == 12
    assert there.key == spec.key
    assert there.arms == spec.arms

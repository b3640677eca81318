"""The published trials, and which of them are fitted: consistent, and chosen by the rule stated."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from osteocast.physiology import OBSERVABLE_NAMES
from osteocast.trials import Observation, Trial, load_trials, parse_trial
from osteocast.trials.courses import COURSE_FIELDS, RULE_FIELDS
from osteocast.trials.load import ARM_FIELDS, PUBLISHED, TRIAL_FIELDS
from osteocast.trials.observations import OBSERVATION_FIELDS
from osteocast.trials.population import POPULATION_FIELDS

ROOT = Path(__file__).parents[2]
TRIALS = {trial.name: trial for trial in load_trials()}
SPLIT: dict[str, Any] = yaml.safe_load((PUBLISHED.parents[1] / "trials" / "split.yaml").read_text())
PAGE = (ROOT / "docs" / "trial-files.md").read_text()


def counted(trial: Trial) -> list[Observation]:
    """Return the bone-density observations that count towards the error."""
    shown = SPLIT["shown"].get(trial.name, {})
    return [one for one in trial.observations if one.is_bmd and one.id not in shown and "all" not in shown]


def drugs(trial: Trial) -> set[str]:
    """Return the drugs taken in arms with bone-density observations, and before them."""
    arms = {one.arm for one in trial.observations if one.is_bmd}
    taken = {course.drug for arm in arms for course in trial.arms[arm].courses}
    return taken | {course.drug for course in trial.population.history}


def key(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


@pytest.mark.parametrize("trial", TRIALS.values(), ids=TRIALS.keys())
def test_a_trial_file_is_called_by_its_name_and_rests_on_registered_numbers(trial: Trial) -> None:
    assert trial.path is not None and trial.path.stem == trial.name
    assert all(one.evidence for one in trial.observations)
    assert {str(one.evidence).split("/")[0] for one in trial.observations} <= set(trial.sources)


@pytest.mark.parametrize("trial", TRIALS.values(), ids=TRIALS.keys())
def test_the_sign_of_a_change_is_plausible(trial: Trial) -> None:
    for one in trial.observations:
        # A hormone can rise to many times its level; bone and its markers do not.
        is_hormone = one.observable in ("testosterone", "estradiol", "lh", "fsh")
        assert one.unit == "absolute" or abs(one.value) < (1000 if is_hormone else 100)
        assert not one.is_bmd or abs(one.value) < 20


def test_every_trial_has_its_place_in_the_split() -> None:
    whole = {name for name, why in SPLIT["shown"].items() if "all" in why}
    placed = [*SPLIT["fitted"], *SPLIT["predicted"], *whole]
    assert sorted(placed) == sorted(TRIALS)


def test_what_is_only_shown_exists_and_has_a_reason() -> None:
    for name, reasons in SPLIT["shown"].items():
        ids = {one.id for one in TRIALS[name].observations} | {"all"}
        assert set(reasons) <= ids
        assert all(isinstance(reason, str) and reason for reason in reasons.values())


def by_the_rule(strata: dict[str, list[str]], kept: set[str]) -> list[str]:
    """Return the trials that the rule predicts among some strata; drugs in `kept` are fitted elsewhere."""
    pool = [name for names in strata.values() for name in names]
    sizes = {name: len(counted(TRIALS[name])) for name in pool}
    every_drug = set().union(*(drugs(TRIALS[name]) for name in pool)) - kept
    predicted: list[str] = []

    def may_be_predicted(name: str) -> bool:
        left = [other for other in pool if other not in (*predicted, name)]
        still = set().union(*(drugs(TRIALS[other]) for other in left))
        return still >= every_drug and all(set(names) & set(left) for names in strata.values())

    for names in strata.values():
        whole, taken = sum(sizes[name] for name in names), 0
        for name in sorted(names, key=key):
            if 3 * taken < whole and 2 * (taken + sizes[name]) <= whole and may_be_predicted(name):
                predicted.append(name)
                taken += sizes[name]
    third = sum(sizes.values()) / 3
    for name in sorted(pool, key=key):
        so_far = sum(sizes[other] for other in predicted)
        wanted = so_far < third and so_far + sizes[name] <= third + 5
        if name not in predicted and wanted and may_be_predicted(name):
            predicted.append(name)
    return predicted


def test_the_predicted_trials_follow_from_the_stated_rule() -> None:
    first: dict[str, list[str]] = SPLIT["strata"]
    later: dict[str, list[str]] = SPLIT["strata_later"]
    pool = [name for names in (*first.values(), *later.values()) for name in names]
    assert sorted(pool) == sorted(
        name for name, trial in TRIALS.items() if counted(trial) and name not in SPLIT["reserved"]
    )
    before = by_the_rule(first, set())
    fitted = {name for names in first.values() for name in names} - set(before)
    after = by_the_rule(later, set().union(*(drugs(TRIALS[name]) for name in fitted)))
    assert set(SPLIT["predicted"]) == {*before, *after, *SPLIT["reserved"]}
    sizes = {name: len(counted(TRIALS[name])) for name in pool}
    assert 0.32 <= sum(sizes[name] for name in (*before, *after)) / sum(sizes.values()) <= 0.36


def test_nothing_is_both_fitted_and_predicted() -> None:
    assert set(SPLIT["fitted"]) & set(SPLIT["predicted"]) == set()
    assert set(SPLIT["apart"]) <= set(SPLIT["predicted"])


def test_every_drug_that_is_predicted_has_been_fitted() -> None:
    fitted = set().union(*(drugs(TRIALS[name]) for name in SPLIT["fitted"]))
    predicted = set().union(*(drugs(TRIALS[name]) for name in SPLIT["predicted"]))
    assert predicted <= fitted


def test_a_delayed_arm_has_its_rule() -> None:
    delayed = [trial.arms["delayed"] for trial in TRIALS.values() if "delayed" in trial.arms]
    assert len(delayed) == 3
    assert all(arm.rules and arm.rules[0].below == -2.0 for arm in delayed)


def test_changes_after_treatment_are_counted_from_its_end() -> None:
    off = TRIALS["atac-off"]
    assert {one.from_month for one in off.observations} == {60}
    assert {course.stop_day for arm in off.arms.values() for course in arm.courses} == {60 * 30.4375}


@pytest.mark.parametrize(
    "field",
    [*TRIAL_FIELDS, *ARM_FIELDS, *POPULATION_FIELDS, *COURSE_FIELDS, *RULE_FIELDS, *OBSERVATION_FIELDS],
)
def test_every_field_of_a_trial_file_is_documented(field: str) -> None:
    assert re.search(rf"^\| `{field}` \|", PAGE, re.MULTILINE)


def test_every_observable_of_a_trial_file_is_documented() -> None:
    inner = {"resorption", "formation", "denosumab_free"}
    assert {name for name in OBSERVABLE_NAMES if f"`{name}`" not in PAGE} <= inner


def test_the_documented_example_is_a_trial_file() -> None:
    example = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None
    trial = parse_trial(example[1])
    assert trial.arms["delayed"].rules[0].from_month == 6
    assert trial.observations[0].value == 5.7
    assert trial.observations[1].ci == (-3.0, -1.2)

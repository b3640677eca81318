"""Designs from files: what is right is read, and everything that is wrong is listed at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from osteocast.errors import TrialError
from osteocast.virtual_trials import TrialDesign, load_design, parse_design

WRONG = """
trial: wrong
population: {sex: female, age: 60, years_since_menopause: 10}
eligibility:
  age: [80, 45]
  t_score: {elbow: [-2, 0], total_hip: -2}
arms:
  a: {courses: []}
  b: {courses: [{drug: denosumob}]}
randomisation: {method: lottery, blocks: [3], allocation: {c: 1}, strata: [{of: weight, at: 60}]}
size: 2
visits: [0, 12]
endpoints:
  - {observable: bmd_total_hip, month: 18, arm: a, versus: a}
  - {observable: colour, month: 12, arm: z}
dropout: {a: 1.5}
adherence: {mean: 0.5, sd: 0.5}
measurement: {vendor: acme, precision: {total_hip: 90}}
interim: {looks: [0.8, 0.4], spending: linear}
alpha: 2
replicates: 0
speed: fast
"""


def test_every_problem_of_a_design_is_listed_at_once() -> None:
    with pytest.raises(TrialError) as caught:
        parse_design(WRONG)
    fields = {problem.field for problem in caught.value.problems}
    assert fields >= {
        "speed",
        "eligibility.age",
        "eligibility.t_score.elbow",
        "eligibility.t_score.total_hip",
        "arms.b.courses[0].drug",
        "randomisation.method",
        "randomisation.blocks[0]",
        "randomisation.allocation.c",
        "randomisation.strata[0].of",
        "size",
        "visits",
        "endpoints[0].month",
        "endpoints[0].versus",
        "endpoints[1].observable",
        "endpoints[1].arm",
        "dropout.a",
        "adherence.sd",
        "measurement.vendor",
        "measurement.precision.total_hip",
        "interim.looks",
        "interim.spending",
        "alpha",
        "replicates",
    }


def test_the_example_is_read_as_it_is_written(design: TrialDesign) -> None:
    assert list(design.arms) == ["denosumab", "placebo"]
    assert design.randomisation.blocks == (4, 6)
    assert [stratum.of for stratum in design.randomisation.strata] == ["lumbar_spine", "age"]
    assert design.interim.looks == (0.5, 1.0)
    assert design.dropout == {"denosumab": 0.06, "placebo": 0.08}
    assert design.primary.observable == "bmd_total_hip"
    assert design.window_days == 14.0
    assert len(design.arms["placebo"].rules) == 1


@pytest.mark.parametrize("name", ["z-fast", "zfast", "trials/zfast", "trials/z-fast.yaml"])
def test_a_published_trial_is_found_by_its_name(name: str) -> None:
    design = load_design(name)
    assert design.name == "z-fast"
    assert all(endpoint.published is not None for endpoint in design.endpoints)
    assert {"dropout", "window_days"} <= set(design.assumed)


def test_a_file_of_a_published_trial_is_a_design(tmp_path: Path) -> None:
    from osteocast.trials.load import PUBLISHED

    copy = tmp_path / "mine.yaml"
    copy.write_text((PUBLISHED / "atac.yaml").read_text())
    assert load_design(copy).endpoints == load_design("atac").endpoints


def test_a_trial_that_is_not_there_names_those_near() -> None:
    with pytest.raises(TrialError, match="z-fast"):
        load_design("zz-fast")


def test_the_fingerprint_follows_what_changes_a_replicate(design: TrialDesign) -> None:
    from dataclasses import replace

    assert replace(design, replicates=9, title="other").fingerprint() == design.fingerprint()
    assert replace(design, seed=8).fingerprint() != design.fingerprint()
    assert replace(design, dropout={}).fingerprint() != design.fingerprint()

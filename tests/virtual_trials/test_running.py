"""Runs survive a stop, refuse another run's folder, and power rises with size."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from osteocast.errors import InputError
from osteocast.virtual_trials import PowerPoint, TrialDesign, TrialResult, run_trial
from osteocast.virtual_trials.power import sample_size
from osteocast.virtual_trials.results import FILE


@pytest.fixture(scope="module")
def result(design: TrialDesign) -> TrialResult:
    return run_trial(replace(design, replicates=24), power=(8, 16, 48))


def test_power_rises_with_size_and_shows_its_error(result: TrialResult) -> None:
    power = [point.power for point in result.power]
    assert power == sorted(power)
    assert power[0] < power[-1]
    for point in result.power:
        assert point.low <= point.power <= point.high
        assert sum(point.stopped) == pytest.approx(point.power)


def test_effects_are_those_of_the_replicates(result: TrialResult) -> None:
    typical = {(one.endpoint.name, one.people): one for one in result.typical()}
    one = typical[result.design.primary.name, "intention_to_treat"]
    own = [
        effect.estimate
        for replicate in result.replicates
        for effect in replicate.effects
        if (effect.endpoint, effect.people) == (one.endpoint.name, "intention_to_treat")
    ]
    assert one.estimate == pytest.approx(sum(own) / len(own))
    assert one.estimate > 2.0
    assert one.low < one.estimate < one.high


def test_people_are_accounted_for(result: TrialResult) -> None:
    for replicate in result.replicates:
        assert sum(arm.randomised for arm in replicate.arms.values()) == result.design.size
        assert replicate.screened >= result.design.size
    assert any(replicate.arms["placebo"].rescued for replicate in result.replicates)


def test_a_run_that_was_cut_off_goes_on_to_the_same_end(design: TrialDesign, tmp_path: Path) -> None:
    whole = run_trial(design, power=(10,), output=tmp_path / "whole")
    text = (tmp_path / "whole" / FILE).read_text()
    cut = tmp_path / "cut"
    cut.mkdir()
    lines = text.splitlines(keepends=True)
    # A line that was changed, and one that was cut off in the middle.
    lines[2] = lines[2].replace('"screened": ', '"screened": 1', 1)
    (cut / FILE).write_text("".join(lines[:5]) + lines[5][:40])
    again = run_trial(design, power=(10,), output=cut)
    assert again.replicates == whole.replicates
    assert again.power == whole.power
    assert sorted((cut / FILE).read_text().splitlines()) == sorted(text.splitlines())


def test_a_longer_run_goes_on_where_the_shorter_one_ended(design: TrialDesign, tmp_path: Path) -> None:
    short = run_trial(replace(design, replicates=2), output=tmp_path)
    seen: list[tuple[str, int, int]] = []
    longer = run_trial(replace(design, replicates=3), output=tmp_path, report=lambda *told: seen.append(told))
    assert longer.replicates[:2] == short.replicates
    assert [told for told in seen if told[0] == "replicates"] == [("replicates", 3, 3)]


def test_the_folder_of_another_run_is_left_alone(design: TrialDesign, tmp_path: Path) -> None:
    run_trial(replace(design, replicates=1), output=tmp_path)
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(InputError, match="same run"):
        run_trial(replace(design, replicates=1, seed=99), output=tmp_path)
    assert (tmp_path / FILE).read_bytes() == before
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "letter.txt").write_text("mine")
    with pytest.raises(InputError, match="same run"):
        run_trial(design, output=tmp_path / "foreign")


def test_sizes_and_analyses_that_cannot_be_are_listed(design: TrialDesign) -> None:
    with pytest.raises(InputError) as caught:
        run_trial(design, power=(2, 10**6), analysis="bayes")  # type: ignore[arg-type]
    assert len(caught.value.problems) == 3


def test_sample_size_needs_a_curve_that_rises() -> None:
    points = [PowerPoint(n, p, 0.03, p - 0.06, p + 0.06, ()) for n, p in ((50, 0.5), (100, 0.71), (200, 0.9))]
    found = sample_size(points, 0.8)
    assert found is not None
    assert 115 < found.size < 150
    assert found.inside
    assert sample_size(points[:1], 0.8) is None
    assert sample_size([replace(point, power=0.5) for point in points], 0.8) is None

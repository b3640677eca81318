"""Charts of a virtual trial say in words and in a table what they draw."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from osteocast.charts.virtual_trials import arm_means, power_curve
from osteocast.virtual_trials import TrialResult, load_design, run_trial

EXAMPLE = Path(__file__).parents[2] / "examples" / "trials" / "denosumab-vs-placebo-on-ai.yaml"


@pytest.fixture(scope="module")
def result() -> TrialResult:
    return run_trial(replace(load_design(EXAMPLE), replicates=3, draws=1, people=32), power=(8, 16))


def test_the_arms_are_drawn_told_and_tabulated(result: TrialResult) -> None:
    chart = arm_means(result)
    assert "denosumab" in chart.summary
    assert len(chart.table.rows) == 2 * 3
    own = [one.arms["placebo"].means[-1] for one in result.replicates]
    middle = sum(value for value in own if value is not None) / 3
    assert f"{middle:+.2f}" == chart.table.rows[-1][1]
    assert chart.svg().startswith("<svg")


def test_power_is_drawn_told_and_tabulated(result: TrialResult) -> None:
    chart = power_curve(result, width=250)
    assert [row[0] for row in chart.table.rows] == ["8", "16"]
    assert "Monte Carlo" in chart.summary
    assert chart.svg().startswith("<svg")


def test_a_level_does_not_start_at_nought(result: TrialResult) -> None:
    first, *rest = result.design.endpoints
    design = replace(result.design, endpoints=(replace(first, unit="absolute"), *rest))
    chart = arm_means(replace(result, design=design))
    assert "level" in chart.summary

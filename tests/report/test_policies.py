"""Tables of policies and replicates agree with their data."""

from __future__ import annotations

import re

import pytest

from osteocast.report.policies import policy_data, policy_markdown, policy_sentences
from osteocast.virtual_trials import PolicyResult, load_policies, run_policy


@pytest.fixture(scope="module")
def result() -> PolicyResult:
    return run_policy(load_policies()["denosumab-exits"], women=4, worlds=3)


def test_the_page_has_a_row_for_every_policy_and_none_for_the_reference_among_what_is_averted(
    result: PolicyResult,
) -> None:
    page = policy_markdown([result], "a command")
    rows = re.findall(r"^\| ([a-z ]+) \|", page, flags=re.MULTILINE)
    names = [arm.name for arm in result.study.arms]
    assert rows == [*names, *names[1:]]
    assert "`a command`" in page


def test_numbers_of_the_page_are_those_of_the_data(result: PolicyResult) -> None:
    page = policy_markdown([result], "a command")
    study = policy_data([result])["studies"]["denosumab-exits"]
    hip = study["policies"]["zoledronate once"]["averted_per_1000"]["hip"]["10"]
    shown = f"{hip['mean']:.0f} ({hip['low']:.0f} to {hip['high']:.0f})"
    averted = page.split("Averted against")[1]
    assert shown in next(line for line in averted.splitlines() if line.startswith("| zoledronate once"))


def test_what_is_not_counted_is_said(result: PolicyResult) -> None:
    told = " ".join(policy_sentences(result))
    assert "Not counted, because no rate is known" in told
    assert "Several vertebral fractures at once" in told
    assert "Deaths from breast cancer" in policy_data([result])["notice"]

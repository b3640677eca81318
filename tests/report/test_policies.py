"""Tables of policies and replicates agree with their data."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from rich.console import Console

from osteocast.report.policies import policy_data, policy_markdown, policy_renderables, policy_sentences
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


def test_harms_stand_with_what_is_open_about_them(result: PolicyResult) -> None:
    page = policy_markdown([result], "a command").split("Averted against")[1]
    policies = policy_data([result])["studies"]["denosumab-exits"]["policies"]
    low, high = policies["nothing to follow"]["harms_between"]["10"]
    jaw = policies["nothing to follow"]["harms_per_1000"][0]
    assert 0 < low < jaw["expected"]["10"] + 2 < high
    assert f"({low:.1f} to {high:.1f}) |" in page
    assert "osteonecrosis of the jaw (denosumab) 2.6 ({:.1f} to {:.1f})".format(*jaw["between"]["10"]) in page


def test_in_a_terminal_no_name_of_a_policy_is_cut(result: PolicyResult) -> None:
    screen = Console(width=80, record=True, file=StringIO())
    for part in policy_renderables([result]):
        screen.print(part)
    text = screen.export_text()
    assert "…" not in text
    for arm in result.study.arms:
        assert arm.name in text
    assert re.search(r"\(\d+ to +\n", text) is None, "an interval is broken"


def test_what_is_not_counted_is_said(result: PolicyResult) -> None:
    told = " ".join(policy_sentences(result))
    assert "Not counted, because no rate is known" in told
    assert "Several vertebral fractures at once" in told
    assert "Deaths from breast cancer" in policy_data([result])["notice"]

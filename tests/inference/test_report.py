"""The page of calibration says what the files say."""

from __future__ import annotations

import re

import numpy as np
import pytest

from osteocast.inference.likelihood import Likelihood, Shapes
from osteocast.inference.posterior import laplace
from osteocast.inference.report import (
    WEAK,
    effective_number,
    learnt,
    misfit,
    strongest_ties,
    to_markdown,
)
from osteocast.inference.scales import estimated, values_at
from osteocast.trials import load_trials

PAGE = to_markdown()


def test_every_estimated_parameter_has_its_row() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert rows == [parameter.name for parameter in estimated()]


def test_what_the_prior_alone_says_is_listed_as_weak() -> None:
    section = PAGE.split("## What the trials do not identify")[1].split("\nA prediction")[0]
    assert set(re.findall(r"^- `(\w+)`", section, re.MULTILINE)) == {
        one.parameter.name for one in learnt() if one.share < WEAK
    }
    assert "`modelling`" in section


def test_what_was_learnt_follows_from_the_posterior() -> None:
    found = learnt()
    for one in found:
        assert 0 <= one.share <= 1
        assert one.posterior[0] < one.value < one.posterior[1]
    n_data = len(Likelihood.of(load_trials()).published) + len(Shapes.load().facts)
    assert 0 < effective_number(n_data) < len(found)


def test_ties_are_sorted_and_no_pair_comes_twice() -> None:
    ties = strongest_ties(0.4)
    sizes = [abs(r) for _, _, r in ties]
    assert sizes == sorted(sizes, reverse=True)
    assert all(0.4 <= size < 1 for size in sizes)
    assert len({frozenset((a, b)) for a, b, _ in ties}) == len(ties)


def test_the_misfit_is_that_of_the_data_alone() -> None:
    mode, _ = laplace()
    r = Likelihood.of(load_trials()).residuals([values_at(mode)])[0]
    assert misfit() == pytest.approx(float(np.sum(r**2)), abs=0.3)


def test_every_row_has_as_many_cells_as_its_heading() -> None:
    for table in re.findall(r"((?:^\|.*\n)+)", PAGE, flags=re.MULTILINE):
        assert len({line.count("|") for line in table.splitlines()}) == 1


def test_the_page_says_how_the_trials_were_split() -> None:
    assert "Reserved trials are predicted" in PAGE
    assert "{" not in PAGE

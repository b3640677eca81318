"""The table of a titration on terminals of any width."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest

import osteocast as oc
from osteocast.forecast.titration import run_titration
from osteocast.forecast.titration_results import Titration
from osteocast.report.text import as_text
from osteocast.report.titration import renderables
from osteocast.units.writing import signed

EXAMPLES = Path(__file__).parents[2] / "examples"


@cache
def made() -> Titration:
    case = oc.load_case(EXAMPLES / "man-testosterone-anastrozole.yaml", today=date(2026, 6, 1))
    return run_titration(case, draws=8)


@pytest.mark.parametrize("width", [58, 80, 100])
def test_no_figure_and_no_dose_is_cut(width: int) -> None:
    text = as_text(renderables(made()), width=width)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    shown = " ".join(text.split())
    for pattern in made().patterns:
        for number in pattern.spine.values():
            assert number.low is not None
            assert number.high is not None
            assert f"{signed(number.value)}%" in shown
            assert signed(number.low) in shown
            assert f"to {signed(number.high)}" in shown
        # Two patterns of one weekly dose differ by how often it is taken.
        assert pattern.words.split()[-1] in shown
    assert ("in a week" in shown) is (width >= 80)

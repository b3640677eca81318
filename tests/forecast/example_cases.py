"""Cases for the tests of forecast, charts and report."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from osteocast.forecast import Forecast, run_forecast
from osteocast.person import Case, load_case

EXAMPLES = Path(__file__).parents[2] / "examples"
TODAY = date(2026, 6, 1)

WOMAN = """
person: {sex: female, birth_date: 1963-05-14, menopause: {age: 50}}
"""
ON_ANASTROZOLE = f"""{WOMAN}
treatments: [{{drug: anastrozole, start: 2025-03-10, stop: 2030-03-10}}]
options: {{as_of: 2025-03-10}}
"""


def case_of(text: str) -> Case:
    """Read a case from a text."""
    return load_case(text, today=TODAY)


@cache
def example(name: str = "postmenopausal-anastrozole", draws: int = 8) -> Forecast:
    """Forecast an example, once for all tests."""
    return run_forecast(load_case(EXAMPLES / f"{name}.yaml", today=TODAY), draws=draws)


@cache
def unscanned() -> Forecast:
    """Forecast a woman who was never scanned."""
    return run_forecast(case_of(ON_ANASTROZOLE), draws=0)

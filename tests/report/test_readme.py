"""What the README shows is what the command prints.

To renew it after the numbers moved, run this file: ``python tests/report/test_readme.py``.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import osteocast as oc

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
BLOCK = re.compile(r"(<!-- forecast: begin -->\n)(.*?)(<!-- forecast: end -->)", re.DOTALL)
NUMBER = re.compile(r"[−+]?\d+(?:\.\d+)?")


def printed() -> str:
    """Headline, what is unsafe, first table and fractures of the example, as the README shows them."""
    case = oc.load_case(ROOT / "examples" / "postmenopausal-anastrozole.yaml")
    text = oc.report.table(oc.run_forecast(case), width=92)
    density, _, rest = text.partition("Total hip:")
    fractures = rest[rest.index("Fractures of") : rest.index("Turnover:")]
    return f"```text\n{density}{fractures.rstrip()}\n```\n"


def numbers(text: str) -> list[float]:
    return [float(found.replace("−", "-")) for found in NUMBER.findall(text)]


def test_the_readme_shows_what_is_printed() -> None:
    found = BLOCK.search(README.read_text())
    assert found is not None
    assert NUMBER.sub("#", found[2]).split() == NUMBER.sub("#", printed()).split()
    # The last digit may round differently on another processor.
    assert numbers(found[2]) == pytest.approx(numbers(printed()), abs=0.11)


if __name__ == "__main__":
    README.write_text(BLOCK.sub(lambda found: found[1] + printed() + found[3], README.read_text()))

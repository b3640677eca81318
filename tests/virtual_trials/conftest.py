"""A small design and its people, simulated once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from osteocast.virtual_trials import Pool, TrialDesign, build_pool, load_design

EXAMPLE = Path(__file__).parents[2] / "examples" / "trials" / "denosumab-vs-placebo-on-ai.yaml"


@pytest.fixture(scope="session")
def design() -> TrialDesign:
    return replace(load_design(EXAMPLE), people=64, draws=2, replicates=8)


@pytest.fixture(scope="session")
def pool(design: TrialDesign) -> Pool:
    return build_pool(design)

"""One small cohort, computed once and undisturbed, for all tests to be compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from osteocast.cohorts import CohortSpec, parse_spec, run_cohort, verify

#: Arms with a drug that is taken, one that is given, and a lifestyle; people who were looked for.
TEXT = """
cohort: small
population: inhibitor-women
inclusion: {age: [55, 80], lowest_t_score: [-3.5, 0.5]}
n: 90
seed: 7
years: 2
visits: [0, 6, 12, 24]
draws: 5
adherence: drawn
arms:
  letrozole: {courses: [{drug: letrozole}]}
  both:
    courses: [{drug: letrozole}, {drug: zoledronate, every: 12 months}]
    lifestyle: {nutrition: {calcium: 1200 mg/d}}
"""


@dataclass(frozen=True)
class Undisturbed:
    """A run that nothing happened to."""

    place: Path
    digests: Mapping[str, str]


@pytest.fixture(scope="session")
def spec() -> CohortSpec:
    return parse_spec(TEXT)


@pytest.fixture(scope="session")
def undisturbed(spec: CohortSpec, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    place = tmp_path_factory.mktemp("cohorts") / "undisturbed"
    run_cohort(spec, place, workers=1, chunk=90)
    return Undisturbed(place, verify(place))

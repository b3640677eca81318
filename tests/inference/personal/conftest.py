"""One measured woman and virtual people who might be her, shared by the tests of the update."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest

from osteocast import physiology
from osteocast.inference.personal import measured
from osteocast.person import Case, load_case
from osteocast.population import Futures, futures, people
from osteocast.simulation import Subject

AVERAGE = physiology.values()
#: As if the trials had left open these two.
DRAWS = [
    {
        **AVERAGE,
        "e2_half_effect": AVERAGE["e2_half_effect"] * a,
        "rankl_e2_gain": AVERAGE["rankl_e2_gain"] * b,
    }
    for a, b in ((1.0, 1.0), (1.1, 0.95), (0.9, 1.1), (1.05, 1.05))
]

Simulate = Callable[..., Futures]


@pytest.fixture(scope="session")
def case() -> Case:
    return load_case((files("osteocast.inference.personal") / "checked-case.yaml").read_text("utf-8"))


@pytest.fixture(scope="session")
def simulate(case: Case) -> Simulate:
    def run(study: str, n: int, of: Case | None = None) -> Futures:
        own = measured(case if of is None else of)
        subject = Subject(age=case.age, menopause_age=50.0)
        return futures(
            people(subject, n, DRAWS, study=study),
            [case.treatments],
            np.array([0.0, 365.25, 1826.25]),
            past_days=own.days,
            past_observables=own.observables,
        )

    return run


@pytest.fixture(scope="session")
def stored(simulate: Simulate) -> Futures:
    return simulate("stored", 3000)


@pytest.fixture(scope="session")
def rescanned() -> Callable[..., Case]:
    """Give a case other densities, by scan and site."""

    def change(case: Case, factors: dict[tuple[int, str], float]) -> Case:
        scans = list(case.scans)
        for (i, site), factor in factors.items():
            value = scans[i].sites[site]
            assert value.bmd is not None
            sites = {**scans[i].sites, site: replace(value, bmd=value.bmd * factor)}
            scans[i] = replace(scans[i], sites=sites)
        return replace(case, scans=tuple(scans))

    return change

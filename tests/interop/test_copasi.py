"""COPASI, a simulator of other authors with another integrator, finds what our engine finds."""

from __future__ import annotations

import locale
from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest

from osteocast.engine.solver import simulate
from osteocast.simulation import batch_of

from .test_sbml import SCENARIOS, text_of

SEEN = ("bmd_lumbar_spine", "bmd_total_hip", "bmd_femoral_neck", "ctx", "p1np", "estradiol")
STEPS = 150


@pytest.fixture(scope="module")
def copasi() -> Iterator[ModuleType]:
    """Return the library, which takes the locale from whoever loads it, and give that back."""
    before = locale.setlocale(locale.LC_ALL)
    import COPASI

    locale.setlocale(locale.LC_ALL, before)
    yield COPASI
    locale.setlocale(locale.LC_ALL, before)


def courses_of(copasi: ModuleType, text: str, until: float) -> dict[str, np.ndarray]:
    """Let COPASI's LSODA simulate a document from time 0 on even steps."""
    model = copasi.CRootContainer.addDatamodel()
    assert model.importSBMLFromString(text)
    task = model.getTask("Time-Course")
    task.setMethodType(copasi.CTaskEnum.Method_deterministic)
    problem, method = task.getProblem(), task.getMethod()
    problem.setDuration(until)
    problem.setStepNumber(STEPS)
    problem.setTimeSeriesRequested(True)
    method.getParameter("Relative Tolerance").setDblValue(1e-9)
    method.getParameter("Absolute Tolerance").setDblValue(1e-11)
    method.getParameter("Max Internal Steps").setIntValue(1_000_000)
    assert task.processWithOutputFlags(True, copasi.CCopasiTask.ONLY_TIME_SERIES)
    series = task.getTimeSeries()
    columns = {series.getSBMLId(i, model): i for i in range(series.getNumVariables())}
    rows = range(series.getRecordedSteps())
    found = {
        name: np.array([series.getConcentrationData(row, columns[name]) for row in rows]) for name in SEEN
    }
    found["time"] = np.array([series.getData(row, 0) for row in rows])
    copasi.CRootContainer.removeDatamodel(model)
    return found


@pytest.mark.parametrize("name", ["anastrozole", "denosumab every six months, stopped"])
def test_copasi_finds_what_our_engine_finds(copasi: ModuleType, name: str) -> None:
    scenario = SCENARIOS[name]
    batch = batch_of([scenario.subject], [scenario.courses], np.array([scenario.until]))
    start = float(batch.start[0])
    # An odd end, so that no step falls on the instant of a dose.
    theirs = courses_of(copasi, text_of(name), scenario.until - start - 0.37)
    ours = simulate(replace(batch, days=theirs["time"] + start), SEEN, relative_tolerance=1e-8)
    for observable in SEEN:
        expected = ours.raise_on_failure().values[observable][0]
        assert theirs[observable][1:] == pytest.approx(expected[1:], rel=1e-5), observable

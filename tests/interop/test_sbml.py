"""The exported document is valid, and another simulator finds in it what our engine finds."""

from __future__ import annotations

import builtins
import functools
from dataclasses import replace
from pathlib import Path
from typing import Any

import libsbml
import numpy as np
import pytest
import roadrunner

from osteocast.engine.solver import simulate
from osteocast.errors import OsteocastError
from osteocast.interop import sbml_units
from osteocast.interop.sbml import Scenario, to_sbml, write
from osteocast.lifestyle import Exposure
from osteocast.physiology import (
    INPUTS,
    OBSERVABLE_NAMES,
    OBSERVABLES,
    SITES,
    STATES,
    parameters,
    peak_state,
    values,
)
from osteocast.simulation import Subject, batch_of
from osteocast.therapies import Course

YEAR = 365.25

SCENARIOS = {
    "menopause and no drug": Scenario(Subject(age=49.0, menopause_age=51.0), (), 5 * YEAR),
    "anastrozole": Scenario(
        Subject(age=61.0, menopause_age=50.0, bmd={"total_hip": 0.85, "lumbar_spine": 0.9}),
        [Course("anastrozole", stop_day=5 * YEAR, adherence=0.9)],
        6 * YEAR,
    ),
    "denosumab every six months, stopped": Scenario(
        Subject(age=68.0, menopause_age=50.0, weight_kg=80.0),
        [Course("anastrozole"), Course("denosumab", n_doses=4, late={3: 30.0})],
        4 * YEAR,
    ),
    "letrozole with zoledronate": Scenario(
        Subject(age=60.0, menopause_age=47.0, calcium_intake=600.0, calcium_intake_after=1200.0),
        [Course("letrozole", stop_day=3 * YEAR), Course("zoledronate", n_doses=3)],
        4 * YEAR,
    ),
    "from tamoxifen to exemestane": Scenario(
        Subject(age=57.0, menopause_age=52.0),
        [Course("tamoxifen", start_day=-2 * YEAR, stop_day=0.0), Course("exemestane", start_day=0.0)],
        3 * YEAR,
    ),
    "a man on testosterone and anastrozole, who trains": Scenario(
        Subject(age=58.0, sex="male", testosterone=310.0, weight_kg=88.0),
        [
            Course("testosterone_cypionate", dose=100.0, interval_days=7.0),
            Course("anastrozole", start_day=90.0),
        ],
        2 * YEAR,
        [Exposure("training", {"loading_lumbar_spine": 1.0}, 30.0, 400.0, "A")],
    ),
    "everything on the first day": Scenario(
        Subject(age=26.0, menopause_age=26.0, surgical=True, vitamin_d=15.0, vitamin_d_after=35.0),
        [Course("zoledronate", n_doses=1), Course("denosumab", n_doses=1), Course("anastrozole")],
        YEAR,
    ),
}


@functools.cache
def text_of(name: str) -> str:
    return to_sbml(SCENARIOS[name])


def read(text: str) -> Any:
    """Return the document; the model lives as long as it."""
    return libsbml.readSBMLFromString(text)


def run(text: str, times: np.ndarray, selections: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Let libroadrunner simulate a document from time 0 and return what was asked for at the times."""
    runner = roadrunner.RoadRunner(text)
    runner.integrator.absolute_tolerance = 1e-12
    runner.integrator.relative_tolerance = 1e-10
    runner.integrator.setValue("maximum_num_steps", 200_000)
    runner.timeCourseSelections = ["time", *selections]
    table = np.array(runner.simulate(times=[0.0, *times]))
    assert table[1:, 0] == pytest.approx(times)
    return {name: table[1:, i + 1] for i, name in enumerate(selections)}


@pytest.mark.parametrize("name", SCENARIOS)
def test_libroadrunner_finds_what_our_engine_finds(name: str) -> None:
    scenario = SCENARIOS[name]
    days = np.array([scenario.until])
    batch = batch_of([scenario.subject], [scenario.courses], days, exposures=[scenario.exposures])
    start = float(batch.start[0])
    # Never at the instant of a dose: what is seen there is a convention, not a result.
    days = np.linspace(start, scenario.until, 211)[1:-1] + 0.1234
    ours = simulate(replace(batch, days=days), relative_tolerance=1e-8).raise_on_failure()
    theirs = run(text_of(name), days - start, OBSERVABLE_NAMES)
    floor = {"denosumab_free": 100.0}  # ng/mL; far less is lost in the rounding of what is bound
    for observable in OBSERVABLE_NAMES:
        found, true = theirs[observable], ours.values[observable][0]
        worst = np.max(np.abs(found - true) / np.maximum(np.abs(true), floor.get(observable, 1e-3)))
        assert worst < 1e-5, observable


@pytest.mark.parametrize("name", [*SCENARIOS, None])
def test_the_document_is_valid(name: str | None) -> None:
    document = read(text_of(name) if name else to_sbml())
    document.checkConsistency()
    messages = [document.getError(i) for i in range(document.getNumErrors())]
    # A literal number has no unit (decision 0005), nor has an amount that is one times a share.
    numbers, amounts = 99505, 10563
    told = {(one.getErrorId(), one.getMessage()) for one in messages if one.getErrorId() != numbers}
    told = {(code, text) for code, text in told if code != amounts or "'bisphosphonate_" not in text}
    assert told == set()
    assert {one.getSeverityAsString() for one in messages} <= {"Warning"}


def test_without_a_life_it_is_the_premenopausal_steady_state() -> None:
    document = read(to_sbml())
    model = document.getModel()
    assert model.getNumEvents() == 0
    assert model.getTimeUnits() == "day"
    at_peak = peak_state(values())
    sites = tuple(f"{pool}_{site}" for pool in ("osteoid", "young", "mature") for site in SITES)
    start = run(to_sbml(), np.array([1e-6]), (*sites, "pth_state", "age"))
    assert start["age"][0] == pytest.approx(30.0)
    assert start["pth_state"][0] == pytest.approx(1.0, abs=1e-6)
    for name in sites:
        assert start[name][0] == pytest.approx(at_peak[name], rel=1e-6)


def test_everything_declared_is_there_with_its_unit_and_meaning() -> None:
    document = read(to_sbml())
    model = document.getModel()
    for item in (*STATES, *OBSERVABLES, *INPUTS):
        name = f"{item.name}_state" if item in STATES and item.name in OBSERVABLE_NAMES else item.name
        element = model.getParameter(name)
        if element is None:
            assert item in INPUTS, f"{name} is missing"  # an input that no equation uses
            continue
        assert element.getUnits() == sbml_units.unit_id(item.unit)
        assert item.meaning.split(",")[0].replace("<", "&lt;") in element.getNotesString()
    assert model.getNumRules() >= len(STATES) + len(OBSERVABLES)


def test_parameters_carry_value_unit_and_sources() -> None:
    document = read(to_sbml(parameters=values({"rank_k": 2.5})))
    model = document.getModel()
    assert model.getParameter("rank_k").getValue() == 2.5
    kss = model.getParameter("denosumab_kss")
    assert kss.getValue() == parameters()["denosumab_kss"].value
    assert kss.getConstant()
    assert "denosumab-poppk-sutjandra" in kss.getNotesString()
    assert "https://identifiers.org/doi:" in kss.getAnnotationString()
    assert "isDescribedBy" in kss.getAnnotationString()


def test_what_happens_at_one_instant_is_one_event() -> None:
    document = read(text_of("everything on the first day"))
    model = document.getModel()
    assert model.getNumEvents() == 1
    event = model.getEvent(0)
    targets = {event.getEventAssignment(i).getVariable() for i in range(event.getNumEventAssignments())}
    assert {
        "denosumab_depot",
        "bisphosphonate_deep",
        "anastrozole_rate",
        "vitamin_d",
        "ovaries_removed",
    } <= targets
    assert event.getName().startswith("day 0: ")


def test_a_scanned_site_has_its_density_in_g_per_cm2() -> None:
    scenario = SCENARIOS["anastrozole"]
    start = float(batch_of([scenario.subject], [()], np.array([1.0])).start[0])
    found = run(
        text_of("anastrozole"), np.array([-start]), ("density_total_hip", "density_lumbar_spine", "day_0")
    )
    assert found["density_total_hip"][0] == pytest.approx(0.85, rel=1e-6)
    assert found["density_lumbar_spine"][0] == pytest.approx(0.9, rel=1e-6)
    assert found["day_0"][0] == pytest.approx(-start)
    assert 'id="density_femoral_neck"' not in text_of("anastrozole")


def test_the_file_is_the_text(tmp_path: Path) -> None:
    path = tmp_path / "bone.xml"
    write(path)
    assert path.read_text(encoding="utf-8") == to_sbml()
    write(path, SCENARIOS["anastrozole"])
    assert path.read_text(encoding="utf-8") == text_of("anastrozole")


def test_without_the_libraries_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *arguments: Any, **options: Any) -> Any:
        if name == "libsbml":
            raise ImportError(name, name=name)
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(OsteocastError, match=r"needs libsbml: pip install 'osteocast\[sbml\]'"):
        write(tmp_path / "bone.xml")
    assert not (tmp_path / "bone.xml").exists()


@pytest.mark.parametrize(
    "unit", sorted({item.unit for item in (*STATES, *INPUTS, *OBSERVABLES, *parameters().values())})
)
def test_every_unit_of_the_model_has_its_counterpart(unit: str) -> None:
    document = libsbml.SBMLDocument(3, 2)
    identifier = sbml_units.define(document.createModel(), unit)
    assert sbml_units.define(document.getModel(), unit) == identifier
    assert document.getModel().getNumUnitDefinitions() == (identifier != "dimensionless")


def test_a_unit_means_what_it_says() -> None:
    document = libsbml.SBMLDocument(3, 2)
    sbml_units.define(document.createModel(), "mL/h")
    parts = document.getModel().getUnitDefinition("mL_per_h").getListOfUnits()
    size = [(10.0 ** one.getScale() * one.getMultiplier()) ** one.getExponentAsDouble() for one in parts]
    assert np.prod(size) == pytest.approx(1e-3 / 3600)


def test_a_unit_that_sbml_cannot_say_is_refused() -> None:
    document = libsbml.SBMLDocument(3, 2)
    model = document.createModel()
    with pytest.raises(OsteocastError, match="furlong"):
        sbml_units.define(model, "furlong/day")

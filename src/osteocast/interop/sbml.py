"""The model as SBML Level 3 Version 2, with a person's life and courses as events if one is given.

States have rate rules, intermediates and observables assignment rules, inputs are parameters that events set,
and the start is the healthy premenopausal steady state by initial assignments. Time is in days from the
start; `day_0` is the time of the person's day 0. Everything comes from the declaration of the model; nothing
is written twice.
"""

from __future__ import annotations

import html
import math
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from osteocast import evidence, physiology
from osteocast.engine.solver import Batch, simulate
from osteocast.errors import EngineError, OsteocastError
from osteocast.interop import sbml_units
from osteocast.lifestyle import Exposure
from osteocast.physiology import INPUTS, OBSERVABLE_NAMES, OBSERVABLES, SITES, STATES
from osteocast.simulation import Subject, batch_of
from osteocast.simulation.run import events_of
from osteocast.therapies import Course
from osteocast.version import __version__

__all__ = ["Mark", "Scenario", "to_sbml", "write"]


@dataclass(frozen=True)
class Scenario:
    """A life to put into the document.

    Parameters
    ----------
    subject : Subject
        Who.
    courses : sequence of Course
        Her drugs, before and after day 0.
    until : float
        Last day whose events are written.
    exposures : sequence of Exposure
        What a lifestyle adds to her own habits.
    marks : sequence of Mark
        Values to keep.
    """

    subject: Subject
    courses: Sequence[Course] = ()
    until: float = 3652.5
    exposures: Sequence[Exposure] = ()
    marks: Sequence[Mark] = ()


@dataclass(frozen=True, order=True)
class Mark:
    """An observable whose value on a day is kept, to compare with later.

    Parameters
    ----------
    observable : str
    day : float
        From day 0 on.
    """

    observable: str
    day: float

    @property
    def id(self) -> str:
        """Identifier of the parameter that holds the value."""
        return f"{self.observable}_on_day_{self.day:g}".replace(".", "_")


def write(path: Path, scenario: Scenario | None = None) -> None:
    """Write the model, or the model living a scenario, to an SBML file.

    Parameters
    ----------
    path : Path
        Replaced if it exists.
    scenario : Scenario, optional
        Without it, the document starts at peak bone mass and nothing happens but age.

    Raises
    ------
    OsteocastError
        If SymPy or libSBML is not installed.
    """
    path.write_text(to_sbml(scenario), encoding="utf-8")


def to_sbml(
    scenario: Scenario | None = None,
    *,
    parameters: Mapping[str, float] | None = None,
    through_logit: Container[str] = (),
) -> str:
    """Return the SBML document as text.

    Parameters
    ----------
    scenario : Scenario, optional
        As in `write`.
    parameters : mapping of str to float, optional
        Values of the model's parameters by name; the calibrated ones by default.
    through_logit : container of str
        Parameters that are written as the inverse logit of another, ``logit_<name>``, which a fitter may move
        freely.

    Raises
    ------
    OsteocastError
        If SymPy or libSBML is not installed.

    Examples
    --------
    >>> text = to_sbml(Scenario(Subject(age=61, menopause_age=50), [Course("anastrozole")]))
    >>> 'id="bmd_lumbar_spine"' in text
    True
    """
    try:
        import libsbml

        from osteocast.interop.sbml_math import Mathematics
    except ImportError as error:
        raise OsteocastError(f"SBML needs {error.name}: pip install 'osteocast[sbml]'") from None
    values = dict(parameters) if parameters is not None else physiology.values()
    batch = None
    if scenario is not None:
        values = scenario.subject.own_parameters(values)
        days = np.array([0.0, scenario.until])
        batch = batch_of(
            [scenario.subject], [scenario.courses], days, parameters, exposures=[scenario.exposures]
        )
    document = libsbml.SBMLDocument(3, 2)
    pen = _Pen(document.createModel(), Mathematics())
    pen.head()
    pen.parameters(values, through_logit)
    pen.inputs(batch)
    pen.states(batch)
    pen.rules()
    if batch is not None and scenario is not None:
        pen.events(scenario, float(batch.start[0]), values)
        pen.densities(scenario.subject, batch)
    text: str = libsbml.writeSBMLToString(document)
    return text


class _Pen:
    """Writes one part of the model after the other."""

    def __init__(self, model: Any, mathematics: Any) -> None:
        self.model = model
        self.mathematics = mathematics

    def head(self) -> None:
        """Name the model and say what its time is."""
        model = self.model
        model.setId("osteocast")
        model.setName(f"osteocast {__version__}: bone under aromatase inhibitors")
        model.setMetaId("osteocast")
        model.setTimeUnits(sbml_units.define(model, "day"))
        _note(
            model,
            f"Exported by osteocast {__version__}. Time is in days from the start of the life history (peak "
            "bone mass, or the person's age if younger). Bone mineral density is a fraction of the person's "
            "own peak. Constants inside the equations convert units and carry none of their own.",
        )

    def parameters(self, values: Mapping[str, float], through_logit: Container[str]) -> None:
        """Write every parameter that the equations use, with what it rests on."""
        for name, item in physiology.parameters().items():
            if name not in self.mathematics.used_parameters:
                continue
            notes = [item.meaning, f"Basis: {item.basis}.", item.note]
            if item.sources:
                notes.append(f"Sources: {', '.join(item.sources)}.")
            written = self._parameter(
                name, item.unit, values[name], " ".join(filter(None, notes)), constant=True
            )
            _described_by(written, item.sources)
            if name in through_logit:
                share = values[name]
                logit = math.log(share / (1.0 - share))
                self._parameter(f"logit_{name}", "1", logit, f"logit of {name}", constant=True)
                assignment = self.model.createInitialAssignment()
                assignment.setSymbol(name)
                assignment.setMath(self.mathematics.parse(f"1 / (1 + exp(-logit_{name}))"))

    def inputs(self, batch: Batch | None) -> None:
        """Write inputs as parameters that events may set."""
        from osteocast.engine.kernel import INPUTS as KERNEL_INPUTS

        first = dict(zip(KERNEL_INPUTS, batch.inputs[0].tolist(), strict=True)) if batch is not None else {}
        for item in INPUTS:
            if item.name in self.mathematics.used_inputs:
                self._parameter(item.name, item.unit, first.get(item.name, item.default), item.meaning)

    def states(self, batch: Batch | None) -> None:
        """Write states, their start and their rates."""
        start = self.mathematics.start()
        if batch is not None:
            start["age"] = float(batch.initial[0, physiology.STATE_INDEX["age"]])
        for item in STATES:
            name = self.mathematics.state_id(item.name)
            expression = start[item.name]
            number = isinstance(expression, float)
            self._parameter(name, item.unit, expression if number else None, item.meaning)
            if not number:
                assignment = self.model.createInitialAssignment()
                assignment.setSymbol(name)
                assignment.setMath(self.mathematics.tree(expression))
            rule = self.model.createRateRule()
            rule.setVariable(name)
            rule.setMath(self.mathematics.rate(item.name))

    def rules(self) -> None:
        """Write intermediates and observables; an intermediate that is an observable is written once."""
        declaration = self.mathematics.declaration
        units = {item.name: (item.unit, item.meaning) for item in OBSERVABLES}
        inner = self.mathematics.inner
        for item in declaration.assignments:
            unit, meaning = units.get(item.name, (item.unit, item.meaning))
            self._assigned(inner.get(item.name, item.name), unit, meaning, item.expression)
        written = {item.name for item in declaration.assignments if item.name not in inner}
        for name in OBSERVABLE_NAMES:
            if name not in written:
                self._assigned(name, *units[name], declaration.observables[name])

    def events(self, scenario: Scenario, start: float, values: Mapping[str, float]) -> None:
        """Write doses, changes of inputs, and marks, one event an instant: no order among them is left open.

        Amounts stay formulas of the parameters that say how much of a dose reaches bone.
        """
        self._parameter("day_0", "day", -start, "time of the person's day 0", constant=True)
        symbols = self.mathematics.dose_symbols
        happens = events_of(
            scenario.subject,
            scenario.courses,
            {**values, **symbols},
            start,
            scenario.until,
            scenario.exposures,
        )
        kept = {mark.day: [one for one in scenario.marks if one.day == mark.day] for mark in scenario.marks}
        for mark in scenario.marks:
            item = physiology.OBSERVABLES[physiology.OBSERVABLE_INDEX[mark.observable]]
            self._parameter(mark.id, item.unit, 0.0, f"{item.meaning}, on day {mark.day:g}")
        for day in sorted({*kept, *(event.day for event in happens)}):
            changes: dict[str, str] = {mark.id: mark.observable for mark in kept.get(day, ())}
            said = [f"{name} kept" for name in changes.values()]
            for event in happens:
                if event.day != day:
                    continue
                value = self.mathematics.text(event.value)
                if event.kind == "dose":
                    name = self.mathematics.state_id(event.target)
                    changes[name] = f"{changes.get(name, name)} + {value}"
                    said.append(f"{name} + {value}")
                else:
                    changes[event.target] = value
                    said.append(f"{event.target} = {value}")
            self._event(max(day - start, 0.0), changes, f"day {day:g}: {', '.join(said)}")

    def densities(self, subject: Subject, batch: Batch) -> None:
        """Write the density of the scanned sites in g/cm2, scaled to the scan on day 0."""
        scanned = [site for site in SITES if site in subject.bmd]
        if not scanned:
            return
        result = simulate(batch, [f"bmd_{site}" for site in scanned], relative_tolerance=1e-8)
        failures = result.failures()
        if failures:
            raise EngineError(f"the life before day 0 {failures[0]}")
        for site in scanned:
            on_day_0 = float(result.values[f"bmd_{site}"][0, int(np.searchsorted(batch.days, 0.0))])
            name, words = f"peak_density_{site}", site.replace("_", " ")
            self._parameter(
                name,
                "g/cm2",
                subject.bmd[site] / on_day_0,
                f"peak density by the scan, {words}",
                constant=True,
            )
            formula = self.mathematics.parse(f"{name} * bmd_{site}")
            self._assigned(f"density_{site}", "g/cm2", f"areal bone mineral density, {words}", formula)

    def _parameter(
        self, name: str, unit: str, value: float | None, meaning: str, *, constant: bool = False
    ) -> Any:
        one = self.model.createParameter()
        one.setId(name)
        one.setMetaId(f"meta_{name}")
        one.setName(name.replace("_", " "))
        one.setConstant(constant)
        one.setUnits(sbml_units.define(self.model, unit))
        if value is not None:
            one.setValue(value)
        _note(one, meaning)
        return one

    def _assigned(self, name: str, unit: str, meaning: str, expression: Any) -> None:
        self._parameter(name, unit, None, meaning)
        rule = self.model.createAssignmentRule()
        rule.setVariable(name)
        rule.setMath(self.mathematics.tree(expression))

    def _event(self, time: float, changes: Mapping[str, str], name: str) -> None:
        event = self.model.createEvent()
        event.setId(f"event_{self.model.getNumEvents()}")
        event.setName(name)
        event.setUseValuesFromTriggerTime(True)
        trigger = event.createTrigger()
        trigger.setPersistent(True)
        trigger.setInitialValue(False)  # so that an event at the very start fires as well
        trigger.setMath(self.mathematics.parse(f"time >= {time!r}"))
        for target, formula in changes.items():
            assignment = event.createEventAssignment()
            assignment.setVariable(target)
            assignment.setMath(self.mathematics.parse(formula))


def _note(element: Any, text: str) -> None:
    element.setNotes(f'<p xmlns="http://www.w3.org/1999/xhtml">{html.escape(text, quote=False)}</p>')


def _described_by(element: Any, sources: Iterable[str]) -> None:
    """Annotate with the sources that have an address (MIRIAM: bqbiol:isDescribedBy)."""
    import libsbml

    registry = evidence.load()
    addresses = []
    for source in sources:
        if source in registry:
            citation = registry.source(source).citation
            addresses.append(
                (citation.doi and f"https://identifiers.org/doi:{citation.doi}")
                or (citation.pmid and f"https://identifiers.org/pubmed:{citation.pmid}")
                or citation.url
            )
    term = libsbml.CVTerm()
    term.setQualifierType(libsbml.BIOLOGICAL_QUALIFIER)
    term.setBiologicalQualifierType(libsbml.BQB_IS_DESCRIBED_BY)
    for address in filter(None, addresses):
        term.addResource(address)
    if term.getNumResources():
        element.addCVTerm(term)

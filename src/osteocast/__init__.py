"""osteocast: what an aromatase inhibitor does to a person's bones, and what can be done about it.

The names below are the public interface. Each is loaded when it is first used, so that ``import osteocast``
costs milliseconds and a command that lists evidence never waits for a compiler.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from osteocast.version import __version__

if TYPE_CHECKING:
    from osteocast import charts as charts
    from osteocast import claims as claims
    from osteocast import cohorts as cohorts
    from osteocast import engine as engine
    from osteocast import errors as errors
    from osteocast import evidence as evidence
    from osteocast import files as files
    from osteocast import forecast as forecast
    from osteocast import fracture as fracture
    from osteocast import guidance as guidance
    from osteocast import inference as inference
    from osteocast import interop as interop
    from osteocast import lifestyle as lifestyle
    from osteocast import person as person
    from osteocast import physiology as physiology
    from osteocast import planning as planning
    from osteocast import population as population
    from osteocast import progress as progress
    from osteocast import report as report
    from osteocast import simulation as simulation
    from osteocast import store as store
    from osteocast import therapies as therapies
    from osteocast import trials as trials
    from osteocast import units as units
    from osteocast import virtual_trials as virtual_trials
    from osteocast import web as web
    from osteocast.errors import EngineError as EngineError
    from osteocast.errors import EvidenceError as EvidenceError
    from osteocast.errors import InputError as InputError
    from osteocast.errors import NotCovered as NotCovered
    from osteocast.errors import OsteocastError as OsteocastError
    from osteocast.errors import Problem as Problem
    from osteocast.errors import StoreError as StoreError
    from osteocast.errors import TrialError as TrialError
    from osteocast.forecast.results import Forecast as Forecast
    from osteocast.forecast.running import run_forecast as run_forecast
    from osteocast.forecast.verdict import verdict as verdict
    from osteocast.forecast.verdict_results import Verdict as Verdict
    from osteocast.lifestyle import Lifestyle as Lifestyle
    from osteocast.person.case import Case as Case
    from osteocast.person.loading import load_case as load_case
    from osteocast.planning.assessment import Assessment as Assessment
    from osteocast.planning.assessment import assess as assess
    from osteocast.planning.results import PlanSearch as PlanSearch
    from osteocast.planning.searching import search_plans as search_plans
    from osteocast.simulation import Subject as Subject
    from osteocast.therapies import Course as Course

# A public name, and the module that holds it.
_HOME = {
    "EngineError": "osteocast.errors",
    "EvidenceError": "osteocast.errors",
    "InputError": "osteocast.errors",
    "NotCovered": "osteocast.errors",
    "OsteocastError": "osteocast.errors",
    "Problem": "osteocast.errors",
    "StoreError": "osteocast.errors",
    "TrialError": "osteocast.errors",
    "Case": "osteocast.person.case",
    "Forecast": "osteocast.forecast.results",
    "load_case": "osteocast.person.loading",
    "run_forecast": "osteocast.forecast.running",
    "Verdict": "osteocast.forecast.verdict_results",
    "verdict": "osteocast.forecast.verdict",
    "Assessment": "osteocast.planning.assessment",
    "assess": "osteocast.planning.assessment",
    "PlanSearch": "osteocast.planning.results",
    "search_plans": "osteocast.planning.searching",
    "Subject": "osteocast.simulation",
    "Course": "osteocast.therapies",
    "Lifestyle": "osteocast.lifestyle",
}

# Rooms of the house that can be entered by name: ``osteocast.evidence.load()``.
_ROOMS = (
    "charts",
    "claims",
    "cohorts",
    "engine",
    "errors",
    "evidence",
    "files",
    "forecast",
    "fracture",
    "guidance",
    "inference",
    "interop",
    "lifestyle",
    "person",
    "physiology",
    "planning",
    "population",
    "progress",
    "report",
    "simulation",
    "store",
    "therapies",
    "trials",
    "units",
    "web",
    "virtual_trials",
)

__all__ = ["__version__", *_HOME, *_ROOMS]


def __getattr__(name: str) -> object:
    """Load a public name or a room on its first use (PEP 562)."""
    if name in _HOME:
        value: object = getattr(importlib.import_module(_HOME[name]), name)
    elif name in _ROOMS:
        value = importlib.import_module(f"{__name__}.{name}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(__all__)}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted({*globals(), *__all__})

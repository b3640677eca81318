"""Plans side by side for one person: history, scenarios, simulation, and what to beware of.

`run_forecast` takes a case through all of it; `standard_plans` are compared when the case names none.
"""

from osteocast.forecast.events import Span
from osteocast.forecast.plans import standard_plans
from osteocast.forecast.provenance import Provenance, provenance
from osteocast.forecast.results import Alert, Crossing, Curve, Forecast, PlanForecast
from osteocast.forecast.running import DRAWS, run_forecast
from osteocast.forecast.scans import ScanPoint, SiteBasis
from osteocast.forecast.scenarios import scenario
from osteocast.forecast.subjects import Input
from osteocast.forecast.summary import headline

__all__ = [
    "DRAWS",
    "Alert",
    "Crossing",
    "Curve",
    "Forecast",
    "Input",
    "PlanForecast",
    "Provenance",
    "ScanPoint",
    "SiteBasis",
    "Span",
    "headline",
    "provenance",
    "run_forecast",
    "scenario",
    "standard_plans",
]

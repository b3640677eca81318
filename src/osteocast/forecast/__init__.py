"""Plans side by side for one person: history, scenarios, simulation, and what to beware of.

`run_forecast` takes a case through all of it; `standard_plans` are compared when the case names none.
`verdict` answers whether lifestyle alone is enough.
"""

from osteocast.forecast.events import Span
from osteocast.forecast.plans import standard_plans
from osteocast.forecast.provenance import Provenance, provenance
from osteocast.forecast.results import Alert, Band, Crossing, Curve, Forecast, Learnt, PlanForecast
from osteocast.forecast.running import DRAWS, run_forecast
from osteocast.forecast.scans import ScanPoint, SiteBasis
from osteocast.forecast.scenarios import scenario
from osteocast.forecast.subjects import Input
from osteocast.forecast.summary import headline
from osteocast.forecast.verdict import PEOPLE, verdict
from osteocast.forecast.verdict_results import PlanVerdict, Verdict
from osteocast.forecast.verdict_words import verdict_headline

__all__ = [
    "DRAWS",
    "PEOPLE",
    "Alert",
    "Band",
    "Crossing",
    "Curve",
    "Forecast",
    "Input",
    "Learnt",
    "PlanForecast",
    "PlanVerdict",
    "Provenance",
    "ScanPoint",
    "SiteBasis",
    "Span",
    "Verdict",
    "headline",
    "provenance",
    "run_forecast",
    "scenario",
    "standard_plans",
    "verdict",
    "verdict_headline",
]

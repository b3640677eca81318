"""The person: history, treatments, bone scans, laboratory values, and how scans compare with other people.

`load_case` reads a case file and reports everything wrong with it at once; `coverage` says why the model does
not cover a case. T- and Z-scores name their reference (`t_score`, `z_score`, `t_scale`); changes are computed
within one device only and compared with measurement error (`change`, `least_significant_change`).
"""

from osteocast.person.case import AROMATASE_INHIBITORS, TESTOSTERONE, Case
from osteocast.person.conditions import CONDITIONS
from osteocast.person.coverage import coverage
from osteocast.person.kidney import creatinine_clearance, estimated_filtration
from osteocast.person.loading import load_case
from osteocast.person.models import (
    FRACTURE_SITES,
    SITE_LABELS,
    SITES,
    VENDORS,
    DxaScan,
    Fracture,
    Frax,
    LabResult,
    Menopause,
    Person,
    Plan,
    SiteScan,
)
from osteocast.person.precautions import Precautions
from osteocast.person.precision import Change, LeastSignificantChange, change, least_significant_change
from osteocast.person.reference import (
    Reference,
    Score,
    TScale,
    age_reference,
    t_scale,
    t_score,
    who_class,
    young_reference,
    z_score,
)
from osteocast.person.vendors import convert_bmd
from osteocast.person.wishes import GOALS, ROUTES, Constraints, Goal, Route

__all__ = [
    "AROMATASE_INHIBITORS",
    "CONDITIONS",
    "FRACTURE_SITES",
    "GOALS",
    "ROUTES",
    "SITES",
    "SITE_LABELS",
    "TESTOSTERONE",
    "VENDORS",
    "Case",
    "Change",
    "Constraints",
    "DxaScan",
    "Fracture",
    "Frax",
    "Goal",
    "LabResult",
    "LeastSignificantChange",
    "Menopause",
    "Person",
    "Plan",
    "Precautions",
    "Reference",
    "Route",
    "Score",
    "SiteScan",
    "TScale",
    "age_reference",
    "change",
    "convert_bmd",
    "coverage",
    "creatinine_clearance",
    "estimated_filtration",
    "least_significant_change",
    "load_case",
    "t_scale",
    "t_score",
    "who_class",
    "young_reference",
    "z_score",
]

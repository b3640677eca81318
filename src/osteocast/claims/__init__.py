"""What articles claim about bone, and what simulation and trials answer.

Each claim stands in a file of its group with the scenarios that ask it, the published numbers beside them,
and the conditions that would bear it out. The verdict is computed from those (`osteocast.claims.rules`); it
is written nowhere.

Examples
--------
>>> (answer,) = run(["L2"], draws=0)
>>> answer.claim.claim[:7], answer.grade
('In ATAC', 'A')
"""

from osteocast.claims.answers import Answer, Filled, Finding, Number, Published, Series, Verdict
from osteocast.claims.data import as_data
from osteocast.claims.load import GROUPS, load_claims
from osteocast.claims.running import DRAWS, Result, ask, run
from osteocast.claims.schema import Claim, Criterion, Measure, Scenario
from osteocast.claims.tables import load_tables

__all__ = [
    "DRAWS",
    "GROUPS",
    "Answer",
    "Claim",
    "Criterion",
    "Filled",
    "Finding",
    "Measure",
    "Number",
    "Published",
    "Result",
    "Scenario",
    "Series",
    "Verdict",
    "as_data",
    "ask",
    "load_claims",
    "load_tables",
    "run",
]

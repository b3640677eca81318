"""From a person to a plan: what is feasible and safe, what each plan comes to, and what stands against what.

`search` lists plans, leaves out what is not wanted or unsafe, follows the others over the same virtual
people, and ranks them for a goal, with the plans that no other one outdoes.
"""

from osteocast.person import GOALS, ROUTES, Constraints, Goal, Route
from osteocast.planning.assessment import AssessedPlan, Assessment, assess
from osteocast.planning.results import (
    YEARS,
    Burden,
    Difference,
    Excluded,
    Harm,
    HarmPart,
    PlanOption,
    PlanSearch,
    RefusedPlan,
    Stopping,
)
from osteocast.planning.searching import GOAL, PEOPLE, search, search_plans
from osteocast.planning.words import GOAL_WORDS, search_headline

__all__ = [
    "GOAL",
    "GOALS",
    "GOAL_WORDS",
    "PEOPLE",
    "ROUTES",
    "YEARS",
    "AssessedPlan",
    "Assessment",
    "Burden",
    "Constraints",
    "Difference",
    "Excluded",
    "Goal",
    "Harm",
    "HarmPart",
    "PlanOption",
    "PlanSearch",
    "RefusedPlan",
    "Route",
    "Stopping",
    "assess",
    "search",
    "search_headline",
    "search_plans",
]

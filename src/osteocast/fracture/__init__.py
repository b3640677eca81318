"""Fractures: from density, turnover and risk factors to probabilities over five and ten years.

`probability` takes trajectories of T-scores and turnover of virtual people, what is known of the person
(`RiskProfile`) and what acts beside density (`Exposures`), and returns a `FractureRisk`. Rates start from
those counted in the population, so that every factor is normalised to it, and people die in between. `checks`
compares with published rates.
"""

from osteocast.fracture.checks import Check, checks
from osteocast.fracture.exposures import Exposures, Spell, exposures_of
from osteocast.fracture.hazards import relative_turnover
from osteocast.fracture.many import ManyRisks, fractures_of_many
from osteocast.fracture.notes import Driver
from osteocast.fracture.profile import PriorFracture, RiskProfile, profile_of
from osteocast.fracture.risk import KINDS, FractureRisk, Probability, probability

__all__ = [
    "KINDS",
    "Check",
    "Driver",
    "Exposures",
    "FractureRisk",
    "ManyRisks",
    "PriorFracture",
    "Probability",
    "RiskProfile",
    "Spell",
    "checks",
    "exposures_of",
    "fractures_of_many",
    "probability",
    "profile_of",
    "relative_turnover",
]

"""Virtual trials: virtual people screened, randomised, measured and lost, and analysed as a trial would be.

`load_design` reads a design, or takes a published trial as one; `run_trial` runs it many times, for effects,
power and sample size. `replicate_check` holds published trials against their replicates, and `run_policy`
compares policies in a population.
"""

from osteocast.virtual_trials.analysis import Effect, analyse
from osteocast.virtual_trials.checking import CheckRow, CoverageRow, ReplicateCheck, replicate_check
from osteocast.virtual_trials.conduct import TrialData, conduct
from osteocast.virtual_trials.design import (
    Adherence,
    Eligibility,
    Endpoint,
    Interim,
    Measurement,
    Randomisation,
    TrialDesign,
)
from osteocast.virtual_trials.interim import Boundary, boundary
from osteocast.virtual_trials.policies import PolicyArm, PolicyStudy, load_policies
from osteocast.virtual_trials.policy import run_policy
from osteocast.virtual_trials.policy_results import Estimate, PolicyHarm, PolicyOutcome, PolicyResult
from osteocast.virtual_trials.pool import Pool, build_pool
from osteocast.virtual_trials.power import PowerPoint, SampleSize
from osteocast.virtual_trials.reading import load_design, parse_design
from osteocast.virtual_trials.running import TrialResult, Typical, run_trial

__all__ = [
    "Adherence",
    "Boundary",
    "CheckRow",
    "CoverageRow",
    "Effect",
    "Eligibility",
    "Endpoint",
    "Estimate",
    "Interim",
    "Measurement",
    "PolicyArm",
    "PolicyHarm",
    "PolicyOutcome",
    "PolicyResult",
    "PolicyStudy",
    "Pool",
    "PowerPoint",
    "Randomisation",
    "ReplicateCheck",
    "SampleSize",
    "TrialData",
    "TrialDesign",
    "TrialResult",
    "Typical",
    "analyse",
    "boundary",
    "build_pool",
    "conduct",
    "load_design",
    "load_policies",
    "parse_design",
    "replicate_check",
    "run_policy",
    "run_trial",
]

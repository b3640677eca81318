"""Trials: their files, read into population, arms, rules and observations."""

from osteocast.trials.load import load_trial, load_trials, parse_trial
from osteocast.trials.schema import Arm, Observation, Population, RescueRule, Trial
from osteocast.trials.validate import Row, Validation, validate

__all__ = [
    "Arm",
    "Observation",
    "Population",
    "RescueRule",
    "Row",
    "Trial",
    "Validation",
    "load_trial",
    "load_trials",
    "parse_trial",
    "validate",
]

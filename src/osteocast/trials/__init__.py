"""Trials: their files, read into population, arms, rules and observations."""

from osteocast.trials.load import load_trial, load_trials, parse_trial
from osteocast.trials.schema import Arm, Observation, Population, RescueRule, Trial

__all__ = [
    "Arm",
    "Observation",
    "Population",
    "RescueRule",
    "Trial",
    "load_trial",
    "load_trials",
    "parse_trial",
]

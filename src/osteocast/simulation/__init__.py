"""A subject's life and plan, simulated: from peak bone mass to today and on to the horizon."""

from osteocast.simulation.run import Simulation, batch_of, events_of, run
from osteocast.simulation.subject import NATURAL_MENOPAUSE, PEAK_AGE, USUAL_WEIGHT, Subject

__all__ = [
    "NATURAL_MENOPAUSE",
    "PEAK_AGE",
    "USUAL_WEIGHT",
    "Simulation",
    "Subject",
    "batch_of",
    "events_of",
    "run",
]

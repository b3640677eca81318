"""What a person's own scans and blood say about them: virtual people reweighted by measurements.

`measured` lists what there is to learn from, `update` weighs virtual people by it. Stored trajectories are
reweighted, which takes milliseconds; where too few of them resemble the person, people around them are
simulated anew. `reference` is the slow sampler against which that is checked.
"""

from osteocast.inference.personal.checking import Flag
from osteocast.inference.personal.evidence import Measured, Reading, measured
from osteocast.inference.personal.learning import ScanChange, SiteLearnt
from osteocast.inference.personal.likelihood import PersonalLikelihood
from osteocast.inference.personal.update import LEAST_ESS, Update, update

__all__ = [
    "LEAST_ESS",
    "Flag",
    "Measured",
    "PersonalLikelihood",
    "Reading",
    "ScanChange",
    "SiteLearnt",
    "Update",
    "measured",
    "update",
]

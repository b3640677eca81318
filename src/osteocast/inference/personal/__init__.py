"""What a person's own scans and blood say about her: virtual people reweighted by them.

`measured` lists what there is to learn from, `update` weighs virtual people by it. Stored trajectories are
reweighted, which takes milliseconds; where too few of them resemble the person, people around those who do are
simulated anew.
"""

from osteocast.inference.personal.evidence import Measured, measured
from osteocast.inference.personal.update import Flag, ScanChange, SiteLearnt, Update, update

__all__ = ["Flag", "Measured", "ScanChange", "SiteLearnt", "Update", "measured", "update"]

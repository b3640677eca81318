"""What stands behind a number of a page: one place that leads from each kind of number to its evidence.

`behind` takes a kind of `KINDS`, a plan and what it is a number of, and returns what the number is made of,
the trials of such people, published beside simulated, the parameters, what to distrust and every source. All
of it is computed from the registry, the trials, the calibration and the forecast itself.
"""

from osteocast.web.showing.behind.finding import KINDS, Kind, behind, behind_verdict, prepare
from osteocast.web.showing.behind.options import OPTION_KINDS, behind_option
from osteocast.web.showing.behind.parts import Behind

__all__ = ["KINDS", "OPTION_KINDS", "Behind", "Kind", "behind", "behind_option", "behind_verdict", "prepare"]

"""A few default results, kept as numbers: whatever moves one is seen here and named in the changelog.

To accept a change, run ``python tests/baseline/test_baseline.py``, look at the difference, and name it under
*Numbers* in the changelog.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from osteocast.lifestyle import Exposure
from osteocast.physiology import SITES
from osteocast.simulation import Subject, run
from osteocast.therapies import Course
from osteocast.trials import validate

STORED = Path(__file__).with_name("results.json")
#: Percentage points of a change since day 0, and of an error over means. Markers follow doses within days.
TOLERANCE = 0.03
MARKER_TOLERANCE = 0.3

INHIBITOR = Course("letrozole")
PLANS: dict[str, tuple[Course, ...]] = {
    "nothing": (),
    "letrozole": (INHIBITOR,),
    "letrozole for 5 years": (Course("letrozole", stop_day=1826.25),),
    "tamoxifen": (Course("tamoxifen"),),
    "letrozole, zoledronate every 6 months": (INHIBITOR, Course("zoledronate", interval_days=182.625)),
    "letrozole, risedronate": (INHIBITOR, Course("risedronate")),
    "letrozole, denosumab": (INHIBITOR, Course("denosumab")),
    "denosumab, 5 doses": (Course("denosumab", n_doses=5),),
    "denosumab, 5 doses, then zoledronate": (
        Course("denosumab", n_doses=5),
        Course("zoledronate", start_day=912.5, n_doses=1),
    ),
}
HIGH_INTENSITY = Exposure(
    "high-intensity training", {f"loading_{site}": 1.0 for site in SITES}, start_day=0.0, stop_day=1826.25
)
TESTOSTERONE = Course("testosterone_cypionate", dose=100.0, interval_days=7.0)
MENS_PLANS: dict[str, tuple[Course, ...]] = {
    "a man, nothing": (),
    "a man, anastrozole": (Course("anastrozole"),),
    "a man, testosterone": (TESTOSTERONE,),
    "a man, testosterone and anastrozole": (TESTOSTERONE, Course("anastrozole")),
    "a man, androgen deprivation": (Course("goserelin"),),
}
YEARS = (1, 3, 5, 8)
MARKERS = ("ctx", "p1np")


def results() -> dict[str, dict[str, list[float]]]:
    """Simulate a woman and a man under each plan (change in percent after the years), and all trials."""
    woman = Subject(age=62.0, menopause_age=50.0)
    man = Subject(age=62.0, menopause_age=None, sex="male", testosterone=300.0, estradiol=20.0)
    trained = replace(woman, exposures=(HIGH_INTENSITY,))
    lives = [(name, woman, plan) for name, plan in PLANS.items()]
    lives += [("training for 5 years", trained, ()), ("letrozole, training", trained, (INHIBITOR,))]
    lives += [(name, man, plan) for name, plan in MENS_PLANS.items()]
    days = np.array([0.0, *(365.25 * year for year in YEARS)])
    names = (*(f"bmd_{site}" for site in SITES), *MARKERS)
    simulated = run([life[1] for life in lives], [life[2] for life in lives], days, observables=names)
    found = {
        plan: {name: [round(float(x), 3) for x in simulated.change(name)[i, 1:]] for name in names}
        for i, (plan, _, _) in enumerate(lives)
    }
    errors = validate().summary()
    found["validation"] = {
        group: [round(one["rmse"], 3), round(one["bias"], 3)] for group, one in errors.items()
    }
    return found


def test_default_results_stay() -> None:
    stored = json.loads(STORED.read_text())
    now = results()
    assert {plan: set(kinds) for plan, kinds in now.items()} == {
        plan: set(kinds) for plan, kinds in stored.items()
    }
    moved = [
        f"{plan}, {name}: {stored[plan][name]} became {given}"
        for plan, kinds in now.items()
        for name, given in kinds.items()
        if np.abs(np.array(given) - stored[plan][name]).max()
        > (MARKER_TOLERANCE if name in MARKERS else TOLERANCE)
    ]
    assert moved == [], "name it in the changelog"


if __name__ == "__main__":
    STORED.write_text(json.dumps(results(), indent=1) + "\n", encoding="utf-8")

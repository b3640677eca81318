"""From a man on testosterone to his oestradiol and bone density against the dose of anastrozole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from osteocast import evidence
from osteocast.errors import EngineError, NotCovered
from osteocast.forecast import hormones
from osteocast.forecast.data import data
from osteocast.forecast.events import in_words
from osteocast.forecast.provenance import provenance
from osteocast.forecast.subjects import subject_of
from osteocast.forecast.titration_results import (
    Crossing,
    DoseCurve,
    Pattern,
    Threshold,
    Titration,
    Uncertain,
)
from osteocast.forecast.unstudied import unstudied, widening
from osteocast.person import AROMATASE_INHIBITORS, TESTOSTERONE, Case, coverage
from osteocast.person.case import end_day
from osteocast.therapies import DRUGS, Course
from osteocast.units import DAYS_PER_YEAR

if TYPE_CHECKING:
    from osteocast.simulation import Subject

__all__ = ["DRAWS", "not_titrated", "run_titration", "thresholds"]

#: Draws of the parameters behind the bands, unless asked otherwise.
DRAWS = 64

_DRUG = "anastrozole"
_SEED = 1
_TAIL = 5.0  # half of what a 90% band leaves out on each side, percent
_SPINE = "bmd_lumbar_spine"
_DAYS_PER_WEEK = 7.0
# Half a year on the new dose: whatever was taken before has left, testosterone undecanoate included.
_SETTLED_DAYS = 26 * _DAYS_PER_WEEK
_SAMPLES = 29  # in a cycle of doses
_OFTEN_DAYS = 15.0  # injections every two weeks and more often


@cache
def thresholds() -> tuple[Threshold, ...]:
    """Return the levels of oestradiol below which something was seen to rise in men."""
    found = []
    for name, entry in data("titration")["thresholds"].items():
        ends = [entry["from"], entry.get("to", entry["from"])]
        low, high = (_level(end) for end in ends)
        sources = tuple(dict.fromkeys(end["evidence"] for end in ends))
        found.append(Threshold(name, entry["label"], low, high, entry["text"], sources))
    return tuple(found)


def _level(end: Mapping[str, Any]) -> float:
    value = evidence.load().value(end["evidence"])
    return float(end["bound"]) if "bound" in end else value.number


def not_titrated(case: Case) -> list[str]:
    """Return the reasons why a case has no titration; an empty list if it has one.

    Parameters
    ----------
    case : Case
    """
    if case.person.sex == "female":
        return [
            "titration is for men on testosterone: in a woman any usual dose of an aromatase inhibitor takes "
            "nearly all of her oestradiol, and there is no dose to look for"
        ]
    reasons = coverage(case)
    if not _testosterone(case):
        reasons.append("titration is for men on testosterone: the case has none that goes on today")
    return reasons


def _testosterone(case: Case) -> list[Course]:
    return [course for course in case.taken_on(0.0) if course.drug in TESTOSTERONE]


def run_titration(case: Case, *, draws: int = DRAWS, threads: int | None = None) -> Titration:
    """Simulate a man on testosterone under doses of anastrozole from none to daily.

    His life and treatment are simulated to day 0 (`Case.as_of`); from there his testosterone and everything
    else goes on, and anastrozole (or whichever inhibitor he takes) is replaced by each dose. Hormones are
    those of the long run, a mean over a cycle of doses; bone density changes from today.

    A band is the central 90% of draws of what the trials leave open about bone, and of what his own values
    leave open about his hormones (`osteocast.forecast.hormones`): each draw meets his measured values, up to
    the error of the measurement. Bands of bone density are widened where nobody has studied the treatment.

    Parameters
    ----------
    case : Case
    draws : int
        Number of draws behind the bands; 0 for none.
    threads : int, optional
        As in `osteocast.simulation.run`.

    Returns
    -------
    Titration

    Raises
    ------
    NotCovered
        If it is no man on testosterone, or the model does not cover him.
    EngineError
        If a dose cannot be simulated.
    """
    reasons = not_titrated(case)
    if reasons:
        raise NotCovered(reasons)
    used = provenance()
    subject, inputs = subject_of(case)
    sample = _sample(case, draws if used.calibrated else 0)
    weekly = np.array(data("titration")["weekly"], dtype=float)
    # Injections and tablets as their mean: what is open moves the level, not the swing. Patterns swing.
    daily = [
        tuple(_smoothed(course) for course in _regimen(case, dose / _DAYS_PER_WEEK, 1.0)) for dose in weekly
    ]
    made = _simulate(case, [subject, *sample], daily, threads)
    grows = widening(case, _regimen(case, 1.0, 1.0))
    estradiol = _curve("pg/mL", made["estradiol"])
    testosterone = _curve("ng/dL", made["testosterone"])
    spine = {year: _curve("%", made[f"spine {year:g}"], grows) for year in _years()}
    patterns = _patterns(case, subject, weekly, estradiol, testosterone, spine, threads)
    return Titration(
        case=case,
        testosterone=" and ".join(in_words(course).replace("_", " ") for course in _testosterone(case)),
        weekly=weekly,
        estradiol=estradiol,
        testosterone_level=testosterone,
        spine=spine,
        patterns=patterns,
        thresholds=thresholds(),
        crossings=tuple(
            Crossing(one.id, level, _crossing(weekly, made["estradiol"], level))
            for one in thresholds()
            for level in dict.fromkeys((one.high, one.low))
        ),
        inputs=inputs,
        unstudied=unstudied(case, _regimen(case, 1.0, 1.0)),
        widening=grows,
        n_draws=len(sample),
        provenance=used,
    )


def _years() -> tuple[float, ...]:
    return tuple(float(year) for year in data("titration")["years"])


def _regimen(case: Case, dose: float, interval: float) -> tuple[Course, ...]:
    """Return the treatments with every inhibitor replaced by a dose of anastrozole from day 0 on."""
    courses = []
    for course in case.treatments:
        if course.drug in TESTOSTERONE and course.start_day <= 0 < end_day(course):
            # The question is about the dose beside testosterone, so testosterone goes on.
            course = replace(course, stop_day=None, n_doses=None)
        elif course.drug in AROMATASE_INHIBITORS and course.start_day >= 0:
            continue
        elif course.drug in AROMATASE_INHIBITORS:
            course = replace(course, stop_day=min(end_day(course), 0.0), n_doses=None)
        courses.append(course)
    return (*courses, Course(_DRUG, 0.0, None, dose, interval)) if dose > 0 else tuple(courses)


def _smoothed(course: Course) -> Course:
    """Return a course of frequent doses as daily ones of the same mean, which cost nothing to simulate."""
    drug = DRUGS[course.drug]
    interval = course.interval_days or drug.label_interval_days
    irregular = course.missed or course.late or course.n_doses is not None
    if irregular or drug.enters_as_rate is None or not 1.0 < interval <= _OFTEN_DAYS:
        return course
    dose = drug.label_dose if course.dose is None else course.dose
    return replace(course, dose=dose / interval, interval_days=1.0)


def _sample(case: Case, count: int) -> list[Subject]:
    """Draw men who might be this one, each with his measured hormones."""
    if not count:
        return []
    from osteocast.inference.posterior import draws

    wanted = hormones.anchors(case)
    bare = _bare_subject(case)
    ((_, central),) = hormones.find(case, bare, wanted)
    randoms = [np.random.default_rng((_SEED, i)) for i in range(count)]
    scatter = [hormones.scattered(case, random) for random in randoms]
    errors = [hormones.error_of(one.result.analyte) for one in wanted]
    values = np.array([one.result.value for one in wanted])
    measured = values * np.exp([random.normal(size=len(wanted)) * errors for random in randoms])
    found = hormones.find(
        case,
        bare,
        wanted,
        population=draws(count, _SEED),
        scatter=scatter,
        measured=measured,
        start=central,
    )
    return [subject for subject, _ in found]


def _bare_subject(case: Case) -> Subject:
    """Return the man without what his hormones on treatment say about him."""
    untreated = tuple(lab for lab in case.labs if not case.movers(case.day(lab.date)))
    return subject_of(replace(case, labs=untreated))[0]


def _simulate(
    case: Case,
    subjects: Sequence[Subject],
    regimens: Sequence[tuple[Course, ...]],
    threads: int | None,
) -> dict[str, np.ndarray]:
    """Run every subject under every regimen; each result is an ndarray (n_subject, n_regimen)."""
    from osteocast.simulation import run

    cycle = _cycle(case)
    settled = _SETTLED_DAYS + np.linspace(0.0, cycle, _SAMPLES)
    years = [year * DAYS_PER_YEAR for year in _years()]
    lanes = [(subject, courses) for subject in subjects for courses in regimens]
    made = run(
        [subject for subject, _ in lanes],
        [courses for _, courses in lanes],
        np.union1d(settled, years),
        observables=("estradiol", "testosterone", _SPINE),
        threads=threads,
    )
    if made.failures:
        raise EngineError("the titration could not be solved: " + "; ".join(made.failures[:5]))
    shape = (len(subjects), len(regimens))
    places = np.searchsorted(made.days, settled)
    found: dict[str, np.ndarray] = {}
    for name in ("estradiol", "testosterone"):
        series = made.values[name][:, places]
        found[name] = np.trapezoid(series, settled, axis=1).reshape(shape) / cycle
        found[f"lowest {name}"] = series.min(axis=1).reshape(shape)
        found[f"highest {name}"] = series.max(axis=1).reshape(shape)
    change = made.change(_SPINE)
    for year, day in zip(_years(), years, strict=True):
        found[f"spine {year:g}"] = change[:, np.searchsorted(made.days, day)].reshape(shape)
    return found


def _cycle(case: Case) -> float:
    """Days after which doses repeat: a week, or more where testosterone is injected less often."""
    intervals = [
        course.interval_days or DRUGS[course.drug].label_interval_days for course in _testosterone(case)
    ]
    return max(_DAYS_PER_WEEK, *intervals)


def _curve(unit: str, values: np.ndarray, widening: float = 1.0) -> DoseCurve:
    """Take the first row as the value and the spread of the others as the band."""
    value = values[0]
    if len(values) == 1:
        return DoseCurve(unit, value)
    low, high = np.percentile(values[1:], [_TAIL, 100 - _TAIL], axis=0)
    # With few draws the point must not lie outside its own band.
    low, high = np.minimum(low, value), np.maximum(high, value)
    return DoseCurve(unit, value, value + widening * (low - value), value + widening * (high - value))


def _crossing(weekly: np.ndarray, estradiol: np.ndarray, level: float) -> Uncertain:
    """Return the dose from which oestradiol is below a level, with the band of the draws."""
    doses = np.array([_dose_below(weekly, row, level) for row in estradiol])
    if len(doses) == 1:
        return Uncertain(float(doses[0]))
    # Some draws never get there: their dose is infinite, and a percentile between two must not be neither.
    low, high = np.percentile(doses[1:], [_TAIL, 100 - _TAIL], method="nearest")
    return Uncertain(float(doses[0]), min(float(low), float(doses[0])), max(float(high), float(doses[0])))


def _dose_below(weekly: np.ndarray, estradiol: np.ndarray, level: float) -> float:
    below = estradiol < level
    if not below.any():
        return float("inf")
    i = int(np.argmax(below))
    if i == 0:
        return 0.0
    share = (estradiol[i - 1] - level) / (estradiol[i - 1] - estradiol[i])
    return float(weekly[i - 1] + share * (weekly[i] - weekly[i - 1]))


def _patterns(
    case: Case,
    subject: Subject,
    weekly: np.ndarray,
    estradiol: DoseCurve,
    testosterone: DoseCurve,
    spine: Mapping[float, DoseCurve],
    threads: int | None,
) -> tuple[Pattern, ...]:
    """Simulate the usual ways of taking anastrozole dose by dose, with the band of the curve there."""
    ways = _ways(case)
    regimens = [_regimen(case, dose, interval) for dose, interval, _ in ways]
    made = _simulate(case, [subject], regimens, threads)
    patterns = []
    for i, (dose, interval, is_current) in enumerate(ways):
        level = float(made["estradiol"][0, i])
        # The band of the daily dose that gives the same oestradiol: what is open is the same.
        like = float(np.interp(-level, -estradiol.value, weekly))
        patterns.append(
            Pattern(
                words=_in_words(dose, interval),
                dose=dose,
                times=_DAYS_PER_WEEK / interval,
                is_current=is_current,
                estradiol=_beside(level, estradiol.at(weekly, like)),
                swing=(float(made["lowest estradiol"][0, i]), float(made["highest estradiol"][0, i])),
                testosterone=_beside(float(made["testosterone"][0, i]), testosterone.at(weekly, like)),
                spine={
                    year: _beside(float(made[f"spine {year:g}"][0, i]), curve.at(weekly, like))
                    for year, curve in spine.items()
                },
            )
        )
    return tuple(patterns)


def _beside(value: float, near: Uncertain) -> Uncertain:
    """Return a value with the band of a near one, shifted."""
    if near.low is None or near.high is None:
        return Uncertain(value)
    return Uncertain(value, value + near.low - near.value, value + near.high - near.value)


def _ways(case: Case) -> list[tuple[float, float, bool]]:
    """Return dose, interval in days, and whether he takes it so today: none first, then by dose a week."""
    ways = {(0.0, _DAYS_PER_WEEK): False}
    for dose in data("titration")["doses"]:
        for times in data("titration")["times"]:
            ways[(float(dose), _DAYS_PER_WEEK / times)] = False
    running = [course for course in case.taken_on(0.0) if course.drug == _DRUG]
    own = (0.0, _DAYS_PER_WEEK)
    if running:
        drug = DRUGS[_DRUG]
        course = running[0]
        dose = (drug.label_dose if course.dose is None else course.dose) * course.adherence
        own = (dose, course.interval_days or drug.label_interval_days)
    if not any(course.drug in AROMATASE_INHIBITORS and course.drug != _DRUG for course in case.taken_on(0.0)):
        same = [way for way in ways if np.allclose(way, own, rtol=1e-3)]
        ways[same[0] if same else own] = True
    ordered = sorted(ways, key=lambda way: (way[0] / way[1], way[1]))
    return [(dose, interval, ways[(dose, interval)]) for dose, interval in ordered]


_TIMES = {1: "once a week", 2: "twice a week", 3: "three times a week", 7: "daily"}


def _in_words(dose: float, interval: float) -> str:
    if dose == 0:
        return "none"
    times = _DAYS_PER_WEEK / interval
    named = [words for count, words in _TIMES.items() if abs(times - count) < 0.01]
    return f"{dose:g} mg {named[0] if named else f'every {interval:g} days'}"

"""A man's hormones: what values measured on treatment say about him.

Without treatment a man's testosterone and oestradiol are parameters of the model. On treatment they are
results of it: testosterone follows from the dose and from how fast he clears it, oestradiol from
testosterone, from how much of it he turns over, and from how far an inhibitor reaches. A value measured on
treatment is met by moving what it speaks about and what no measurement has fixed, each parameter in
proportion to how much men differ in it (`hormones.yaml`): one number for each measurement, in standard
deviations. Three are as many as is plausible. Where no plausible number meets the measurement, the nearest is
used and a warning says so.

A hormone on a day between injections is known only by simulating it. It responds to that number in one
direction, so that a grid over all that is plausible brackets the answer, and grids around it narrow it down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from osteocast import physiology
from osteocast.errors import EngineError
from osteocast.forecast.data import data
from osteocast.forecast.events import dose_days, gives_single_doses
from osteocast.person import AROMATASE_INHIBITORS, TESTOSTERONE, Case, LabResult
from osteocast.population import variability
from osteocast.therapies import DRUGS, Course
from osteocast.units import QUANTITIES

if TYPE_CHECKING:
    from osteocast.simulation import Subject

__all__ = ["Anchor", "Found", "anchors", "error_of", "find", "notes", "scattered", "spread"]

# The parameter that holds a hormone as it is without treatment.
_OWN = {"testosterone": "testosterone_own", "estradiol": "male_e2_own"}
_HORMONES = tuple(_OWN)
# How an inhibitor reaches aromatase, and whether more of the parameter leaves more oestradiol.
_REACH = {
    "anastrozole": ("anastrozole_ki", 1.0),
    "letrozole": ("letrozole_ki", 1.0),
    "exemestane": ("exemestane_inactivation", -1.0),
}
_MOST = 3.0  # standard deviations
# Half widths of the grids, in standard deviations, after a first one that spans what is plausible.
# Testosterone and oestradiol answer each other, so that they are met in turns.
_NARROWING = (0.4, 0.1, 0.1, 0.1, 0.1, 0.1)
_FIRST_POINTS, _POINTS = 7, 3
# What was taken longer ago leaves nothing in blood.
_MEMORY_DAYS = {"testosterone_undecanoate": 300.0}
_USUAL_MEMORY_DAYS = 70.0
# Of the logarithm; far below what any assay can tell.
_TOLERANCE = 0.02
_HOURS_PER_DAY = 24.0
_DAY_SLACK = 1.5


@cache
def _spreads() -> Mapping[str, float]:
    """Read what differs on treatment; own hormones differ as those of virtual people do."""
    traits = {trait.name: trait for trait in variability().traits}
    own = {"testosterone_own": traits["testosterone"], "male_e2_own": traits["estradiol"]}
    return {name: float(entry["sd"]) for name, entry in data("hormones").items()} | {
        name: trait.spread.sd * trait.loadings[name] for name, trait in own.items()
    }


def spread(name: str) -> float:
    """Return the standard deviation among men of the log of a parameter, the rest being known."""
    return _spreads()[name]


def error_of(analyte: str) -> float:
    """Return the standard deviation of the log of one measurement of a man's hormone."""
    return variability().measurement[_OWN[analyte]].sd


@dataclass(frozen=True)
class Anchor:
    """A hormone measured on treatment, and what it speaks about.

    Parameters
    ----------
    result : LabResult
    day : float
        Day on the case's clock on which the simulation is to meet it.
    moves : mapping of str to float
        Parameters, and the change of the log of each when the hormone is moved up by one standard deviation.
    drugs : tuple of str
        What was taken on that day.
    """

    result: LabResult
    day: float
    moves: Mapping[str, float]
    drugs: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """What meets a measured hormone.

    Parameters
    ----------
    anchor : Anchor
    deviation : float
        Standard deviations by which its parameters moved.
    simulated : float
        The hormone then, in the unit of the measurement.
    """

    anchor: Anchor
    deviation: float
    simulated: float

    @property
    def is_met(self) -> bool:
        """Whether something plausible meets the measurement."""
        return bool(abs(np.log(self.simulated / self.anchor.result.value)) <= _TOLERANCE)

    def multiple(self, parameter: str) -> float:
        """Return by what a parameter was multiplied."""
        return float(np.exp(self.deviation * self.anchor.moves[parameter]))


def anchors(case: Case) -> tuple[Anchor, ...]:
    """Return what the hormones measured on treatment speak about: the last testosterone, the last oestradiol
    without an inhibitor, and the last one on an inhibitor.

    Parameters
    ----------
    case : Case
        Of a man; nobody else has any.
    """  # noqa: D205
    if case.person.sex != "male":
        return ()
    last: dict[str, Anchor] = {}
    for result in case.labs:
        day = case.day(result.date)
        running = tuple(course.drug for course in case.taken_on(day) if course.drug in case.movers(day))
        if set(case.movers(day)) != set(running) or not running:
            continue  # without treatment, or while its end still works
        given = [drug for drug in running if drug in TESTOSTERONE]
        if "goserelin" in running and not given:
            continue
        inhibitors = [drug for drug in running if drug in AROMATASE_INHIBITORS]
        moves: dict[str, float] = {}
        kind = result.analyte
        if kind == "testosterone":
            moves = _of_testosterone(case, given)
        elif kind == "estradiol" and inhibitors:
            kind = "estradiol on an inhibitor"
            reach, sign = _REACH[inhibitors[0]]
            moves = {"male_residual": spread("male_residual"), reach: sign * spread(reach)}
        if result.analyte == "estradiol" and case.own_estradiol() is None and "estradiol" not in last:
            moves["male_e2_own"] = spread("male_e2_own")
        if moves:
            last[kind] = Anchor(result, _moment(case, result, day), moves, running)
    # Oestradiol is made from testosterone, and an inhibitor acts on what is made: in this order.
    return tuple(last[kind] for kind in (*_HORMONES, "estradiol on an inhibitor") if kind in last)


def scattered(case: Case, random: np.random.Generator) -> dict[str, float]:
    """Draw how far the logs of a man's parameters lie off what is usual, as far as nothing was measured.

    What a hormone on treatment speaks about scatters too: `find` then moves it to where the hormone is met.

    Parameters
    ----------
    case : Case
        Of a man.
    random : Generator
    """
    known = {"testosterone": case.own_testosterone(), "estradiol": case.own_estradiol()}
    errors = {_OWN[analyte]: error_of(analyte) for analyte, result in known.items() if result is not None}
    return {name: float(random.normal()) * errors.get(name, sd) for name, sd in _spreads().items()}


def _of_testosterone(case: Case, given: Sequence[str]) -> dict[str, float]:
    moves: dict[str, float] = {}
    if given:
        name, sign = ("testosterone_clearance", -1.0)
        if "testosterone_gel" in given:
            name, sign = ("testosterone_gel_rise", 1.0)
        moves[name] = sign * spread(name)
    if case.own_testosterone() is None:
        moves["testosterone_own"] = spread("testosterone_own")
    return moves


def _moment(case: Case, result: LabResult, day: float) -> float:
    """Return when a sample was drawn: so many hours after an injection if that is known.

    Without hours a sample on a day of injection is drawn before it, which is what the simulation shows.
    """
    if result.hours_since_dose is None:
        return day
    after = result.hours_since_dose / _HOURS_PER_DAY
    courses = [course for course in case.taken_on(day) if gives_single_doses(course)]
    # Testosterone before an inhibitor: its swing is the larger one for both hormones.
    for names in (TESTOSTERONE, AROMATASE_INHIBITORS):
        for course in courses:
            if course.drug in names:
                doses = np.array(dose_days([course], course.drug, day + 1))
                nearest = float(doses[np.argmin(np.abs(doses + after - day))]) + after
                return nearest if abs(nearest - day) <= _DAY_SLACK else day
    return day


def find(
    case: Case,
    subject: Subject,
    wanted: Sequence[Anchor],
    *,
    population: Sequence[Mapping[str, float]] | None = None,
    scatter: Sequence[Mapping[str, float]] = (),
    measured: np.ndarray | None = None,
    start: Sequence[Found] = (),
) -> list[tuple[Subject, tuple[Found, ...]]]:
    """Find the man whose simulated hormones are the measured ones.

    Parameters
    ----------
    case : Case
    subject : Subject
        With what was measured without treatment.
    wanted : sequence of Anchor
        As `anchors` returns them.
    population : sequence of mapping of str to float, optional
        Draws of the model's parameters, each to be met by itself; the calibrated ones alone by default.
    scatter : sequence of mapping of str to float, optional
        Of each draw, how far the logs of parameters lie off before anything is moved.
    measured : ndarray (n_draw, n_anchor), optional
        Measured values of each draw, in the unit of each analyte; those of the anchors by default.
    start : sequence of Found, optional
        An answer to start from, which saves the search over everything plausible.

    Returns
    -------
    list of (Subject, tuple of Found)
        One for each draw: the subject with the parameters found, and what was found.

    Raises
    ------
    EngineError
        If the hormones cannot be simulated.
    """
    draws: list[Mapping[str, float] | None] = [None] if population is None else [*population]
    off: list[Mapping[str, float]] = [*scatter] if scatter else [{}] * len(draws)
    if not wanted:
        return [(_moved(subject, draw, logs), ()) for draw, logs in zip(draws, off, strict=True)]
    target = np.array([[anchor.result.value for anchor in wanted]] * len(draws))
    search = _Search(case, subject, wanted, draws, off, np.log(target if measured is None else measured))
    at = np.zeros_like(target)
    at += [one.deviation for one in start] if start else 0.0
    for width in _NARROWING if start else (None, *_NARROWING):
        for j in range(len(wanted)):
            search.narrow(at, j, width)
        logs = search.simulated(at)
        # A draw stands for what is not known; it need not be met as closely as the man himself.
        if width is not None and search.is_settled(at, logs, _TOLERANCE / (4 if population is None else 1)):
            break
    simulated = np.exp(logs)
    return [
        (
            search.subject(i, at[i]),
            tuple(Found(anchor, float(at[i, j]), float(simulated[i, j])) for j, anchor in enumerate(wanted)),
        )
        for i in range(len(draws))
    ]


def _moved(subject: Subject, draw: Mapping[str, float] | None, logs: Mapping[str, float]) -> Subject:
    """Return a subject with the parameters of a draw, some of them multiplied.

    Without a draw only what was multiplied is the subject's own, so that later draws still move the rest.
    """
    moved = dict(logs)
    if "testosterone_own" in moved and subject.estradiol is None:
        # An own oestradiol that is not known follows the testosterone that it is made of.
        moved["male_e2_own"] = moved.get("male_e2_own", 0.0) + moved["testosterone_own"]
    own = subject.own_parameters(physiology.values() if draw is None else draw)
    parameters = dict(subject.parameters) if draw is None else {name: own[name] for name in draw}
    parameters |= {name: own[name] * float(np.exp(log)) for name, log in moved.items()}
    return replace(subject, parameters=parameters)


class _Search:
    """Simulated hormones of many draws at once, as a function of deviations."""

    def __init__(
        self,
        case: Case,
        subject: Subject,
        wanted: Sequence[Anchor],
        draws: Sequence[Mapping[str, float] | None],
        off: Sequence[Mapping[str, float]],
        target: np.ndarray,
    ) -> None:
        self.person, self.wanted = subject, wanted
        self.draws, self.off, self.target = draws, off, target
        self.days = np.unique([anchor.day for anchor in wanted])
        self.courses = [_recent(course, float(self.days[0])) for course in case.treatments]

    def narrow(self, at: np.ndarray, j: int, width: float | None) -> None:
        """Move deviation j of every draw to where a grid says that the measurement is met."""
        points = np.linspace(-1.0, 1.0, _FIRST_POINTS if width is None else _POINTS)
        if width is None:
            grid = np.repeat([points * _MOST], len(self.draws), axis=0)
        else:
            grid = np.clip(at[:, [j]], width - _MOST, _MOST - width) + points * width
        tried = np.repeat(at, points.size, axis=0)
        tried[:, j] = grid.ravel()
        reached = self.simulated(tried, points.size)[:, j].reshape(grid.shape)
        for i in range(len(self.draws)):
            at[i, j] = np.clip(_crossing(grid[i], reached[i], float(self.target[i, j])), -_MOST, _MOST)

    def is_settled(self, at: np.ndarray, simulated: np.ndarray, tolerance: float) -> bool:
        """Whether every draw meets its measurements, or has gone as far as is plausible."""
        met = np.abs(simulated - self.target) <= tolerance
        return bool(np.all(met | (np.abs(at) >= _MOST)))

    def simulated(self, at: np.ndarray, repeats: int = 1) -> np.ndarray:
        """Return logs of the hormones at the anchors, ndarray (n_row, n_anchor)."""
        from osteocast.simulation import run

        subjects = [self.subject(row // repeats, deviations) for row, deviations in enumerate(at)]
        made = run(subjects, [self.courses] * len(subjects), self.days, observables=_HORMONES)
        if made.failures:
            raise EngineError("his hormones could not be simulated: " + "; ".join(made.failures[:3]))
        places = np.searchsorted(made.days, [anchor.day for anchor in self.wanted])
        columns = [
            made.values[anchor.result.analyte][:, place]
            for anchor, place in zip(self.wanted, places, strict=True)
        ]
        return np.asarray(np.log(np.maximum(np.column_stack(columns), 1e-6)))

    def subject(self, i: int, deviations: np.ndarray) -> Subject:
        """Return the man of a draw with everything moved by deviations."""
        logs = dict(self.off[i])
        for anchor, deviation in zip(self.wanted, deviations, strict=True):
            for name, change in anchor.moves.items():
                logs[name] = logs.get(name, 0.0) + float(deviation) * change
        return _moved(self.person, self.draws[i], logs)


def _recent(course: Course, day: float) -> Course:
    """Leave out doses that a day no longer remembers, where doses are not counted."""
    interval = course.interval_days or DRUGS[course.drug].label_interval_days
    memory = _MEMORY_DAYS.get(course.drug, _USUAL_MEMORY_DAYS)
    skipped = int((day - memory - course.start_day) / interval)
    if skipped < 1 or course.n_doses is not None or course.missed or course.late:
        return course
    start = course.start_day + skipped * interval
    return (
        course
        if course.stop_day is not None and course.stop_day <= start
        else replace(course, start_day=start)
    )


def _crossing(points: np.ndarray, values: np.ndarray, wanted: float) -> float:
    """Where a rising series takes a value, by straight lines, beyond its ends by those at the ends."""
    # Rounding must not turn the order of nearly equal values.
    values = np.maximum.accumulate(values) + 1e-12 * np.arange(values.size)
    k = int(np.clip(np.searchsorted(values, wanted), 1, values.size - 1))
    slope = (points[k] - points[k - 1]) / (values[k] - values[k - 1])
    return float(points[k - 1] + slope * (wanted - values[k - 1]))


def notes(found: Sequence[Found]) -> Iterator[tuple[Found, str, str]]:
    """Yield what was found in words, and a warning where nothing plausible meets the measurement."""
    for one in found:
        result = one.anchor.result
        taken = " and ".join(DRUGS[drug].words for drug in one.anchor.drugs)
        words = [text.format(one.multiple(name)) for name, text in _WORDS.items() if name in one.anchor.moves]
        warning = ""
        if not one.is_met:
            unit = QUANTITIES[result.analyte].canonical
            warning = (
                f"{QUANTITIES[result.analyte].label} of {result.date} ({result.given}) cannot be met: the "
                f"nearest that is plausible on {taken} is {one.simulated:.3g} {unit}; check value, unit, "
                "assay, doses and the day of the sample"
            )
        yield one, f"on {taken}: {', '.join(words)}", warning


_WORDS = {
    "testosterone_clearance": "he clears injected testosterone {:.2g} times as fast as usual",
    "testosterone_gel_rise": "{:.2g} times as much testosterone passes his skin as usual",
    "testosterone_own": "his own testosterone is {:.2g} times the usual",
    "male_e2_own": "he makes {:.2g} times as much oestradiol from testosterone as usual",
    "male_residual": "an inhibitor at full dose leaves {:.2g} times as much of it as usual",
    "anastrozole_ki": "it takes {:.2g} times the usual level of anastrozole",
    "letrozole_ki": "it takes {:.2g} times the usual level of letrozole",
    "exemestane_inactivation": "exemestane works {:.2g} times as fast as usual",
}

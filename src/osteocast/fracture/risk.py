"""From rates of fracture to probabilities, with death in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from osteocast.fracture.exposures import Exposures
from osteocast.fracture.hazards import Hazards, hazards, multiple_share
from osteocast.fracture.incidence import overlap
from osteocast.fracture.notes import Driver, drivers_of, notes_of
from osteocast.fracture.profile import RiskProfile
from osteocast.population.mortality import SOURCE, death_rate
from osteocast.population.summaries import quantiles
from osteocast.units import DAYS_PER_YEAR

__all__ = ["KINDS", "LEVELS", "FractureRisk", "Probability", "probability"]

#: Kinds of fracture, and what they are called.
KINDS = {
    "hip": "hip fracture",
    "clinical_vertebral": "clinical vertebral fracture",
    "non_vertebral": "any fracture but of the spine",
    "major_osteoporotic": "major osteoporotic fracture",
    "any_clinical": "any clinical fracture",
    "multiple_vertebral": "several vertebral fractures after stopping denosumab",
}
#: Shares of virtual people that the intervals hold, percent.
LEVELS = (50, 80, 95)
_DRAWS = 400
_BASE_SOURCES = ("ettinger-2009-us-incidence", "lifetime-fracture-risk-us", "johnell-2005-density", SOURCE)
_STEPS_PER_YEAR = 12


@dataclass(frozen=True)
class Probability:
    """The probability of a first fracture of a kind within a time, before death.

    Parameters
    ----------
    kind : str
        In `KINDS`.
    years : float
    value : float
        Mean over virtual people and draws of the coefficients, 0 to 1.
    intervals : mapping of int to (float, float)
        Central part of the virtual people, by percent in `LEVELS`; empty without draws.
    """

    kind: str
    years: float
    value: float
    intervals: Mapping[int, tuple[float, float]]


@dataclass(frozen=True)
class FractureRisk:
    """Probabilities of fracture over time.

    Parameters
    ----------
    years : ndarray (n_time,)
        From day 0, starting at 0.
    curves : mapping of str to ndarray (n_time,)
        Mean probability of a first fracture so far, by kind.
    probabilities : tuple of Probability
        At the horizons asked for that the trajectories reach.
    death : ndarray (n_time,)
        Probability of having died so far.
    drivers : tuple of Driver
        What raises or lowers the rates on day 0.
    notes : tuple of str
        What was not known, and what is estimated.
    sources : tuple of str
        Ids in the evidence registry.
    samples : mapping of (str, float) to ndarray (n_people,)
        Probabilities of the virtual people, by kind and years.
    weights : ndarray (n_people,)
    """

    years: np.ndarray
    curves: Mapping[str, np.ndarray]
    probabilities: tuple[Probability, ...]
    death: np.ndarray
    drivers: tuple[Driver, ...]
    notes: tuple[str, ...]
    sources: tuple[str, ...]
    samples: Mapping[tuple[str, float], np.ndarray]
    weights: np.ndarray

    def at(self, kind: str, years: float) -> Probability:
        """Return the probability of a kind within a time.

        Raises
        ------
        KeyError
            If it was not asked for, or the trajectories end before; lists what there is.
        """
        for found in self.probabilities:
            if found.kind == kind and found.years == years:
                return found
        known = ", ".join(f"{found.kind} in {found.years:g} years" for found in self.probabilities)
        raise KeyError(f"no probability of {kind} in {years:g} years; there are {known or 'none'}")


def probability(
    profile: RiskProfile,
    days: np.ndarray,
    t_scores: Mapping[str, np.ndarray],
    turnover: np.ndarray | None = None,
    *,
    exposures: Exposures | None = None,
    weights: np.ndarray | None = None,
    draws: int | None = None,
    years: Sequence[float] = (5.0, 10.0),
    competing_death: bool = True,
    mortality_ratio: float = 1.0,
    breast_cancer_mortality: float | np.ndarray = 0.0,
    scanned: bool = True,
) -> FractureRisk:
    r"""Return the probabilities of fracture of one person under one plan.

    The rate of each kind is that of the population at the age, times what density, turnover, risk factors and
    exposures make of it. With rates :math:`h` of fracture and :math:`d` of death, constant over a month, the
    probability of a fracture before death is :math:`\sum S\,(1 - e^{-(h + d)\Delta})\,h / (h + d)`, with the
    share :math:`S` alive and unbroken at the start of the month.

    Parameters
    ----------
    profile : RiskProfile
    days : ndarray (n_time,)
        Of the trajectories, increasing, in days from day 0; those before day 0 are not used.
    t_scores : mapping of str to ndarray (n_people, n_time) or (n_time,)
        By site, against young white women; empty if no density is known.
    turnover : ndarray of the same shape, optional
        CTX against that of the average untreated person (`relative_turnover`).
    exposures : Exposures, optional
    weights : ndarray (n_people,), optional
        Of the virtual people.
    draws : int, optional
        Draws of the coefficients of a single trajectory; 0 for their medians. Several trajectories take one
        draw each, or with 0 the medians.
    years : sequence of float
        Horizons.
    competing_death : bool
        Whether people die in between.
    mortality_ratio : float
        Death from any other cause than the cancer against the life table.
    breast_cancer_mortality : float or ndarray (n_time,)
        Rate of death from the cancer per year, constant or at `days`.
    scanned : bool
        Whether the T-scores start from a scan, and not from the population; only a note says so.

    Returns
    -------
    FractureRisk

    Raises
    ------
    ValueError
        If the shapes do not fit, or a value is not finite where it is needed.

    Examples
    --------
    >>> who, days = RiskProfile("female", 70.0), np.array([0.0, 3652.5])
    >>> risk = probability(who, days, {"femoral_neck": np.array([-2.5, -2.8])}, draws=0)
    >>> [f"{100 * risk.at(kind, 10.0).value:.0f}%" for kind in ("hip", "major_osteoporotic")]
    ['10%', '25%']
    """
    exposures = Exposures() if exposures is None else exposures
    days = np.asarray(days, dtype=np.float64)
    scores = {site: _rows(values, days, f"t_scores[{site!r}]") for site, values in t_scores.items()}
    signal = None if turnover is None else _rows(turnover, days, "turnover")
    people = max(
        [len(rows) for rows in (*scores.values(), *(() if signal is None else (signal,)))], default=1
    )
    n = 0 if draws == 0 else people if people > 1 else draws or _DRAWS
    mass = np.ones(max(people, n)) if weights is None else np.asarray(weights, dtype=np.float64)
    if people == 1 and mass.shape == (1,):
        mass = np.full(max(people, n), mass[0])  # of one person, every draw of the coefficients counts alike
    if mass.shape != (max(people, n),) or not (mass >= 0).all() or mass.sum() <= 0:
        raise ValueError(f"weights: one per person ({max(people, n)}), none negative, not all 0")
    edges = _edges(days, years)
    middles = 0.5 * (edges[1:] + edges[:-1]) * DAYS_PER_YEAR
    found = hazards(
        profile,
        middles,
        {site: interpolated(values, days, middles) for site, values in scores.items()},
        None if signal is None else interpolated(signal, days, middles),
        exposures,
        n,
    )
    dying = np.zeros(len(middles))
    if competing_death:
        dying = mortality_ratio * death_rate(profile.sex, profile.age + middles / DAYS_PER_YEAR)
        cancer = np.asarray(breast_cancer_mortality, dtype=np.float64)
        dying = dying + (cancer if cancer.ndim == 0 else np.interp(middles, days, cancer))
    rates = kinds_of(found, middles, exposures)
    reached = tuple(float(one) for one in years if one <= edges[-1] + 1e-9)
    notes = notes_of(profile, exposures, found, turnover_known=signal is not None, scanned=scanned)
    return _summary(_Solved(edges, rates, dying, mass, drawn=n > 0), reached, drivers_of(found), notes)


def _rows(values: np.ndarray, days: np.ndarray, name: str) -> np.ndarray:
    rows = np.atleast_2d(np.asarray(values, dtype=np.float64))
    if rows.ndim != 2 or rows.shape[1] != len(days):
        raise ValueError(f"{name}: {rows.shape[-1]} times for {len(days)} days")
    if not np.isfinite(rows[:, days >= 0]).all():
        raise ValueError(f"{name}: not finite after day 0; cut the trajectories at the plan's horizon")
    return rows


def _edges(days: np.ndarray, years: Sequence[float]) -> np.ndarray:
    """Months from day 0 to the last horizon that the trajectories reach, years."""
    if len(days) < 2 or not (np.diff(days) > 0).all() or days[-1] <= 0:
        raise ValueError("days: at least two, increasing, and the last after day 0")
    # A day of tolerance: ten years on a grid of months end a little before or after.
    reached = [float(one) for one in years if one * DAYS_PER_YEAR <= days[-1] + 1.0]
    last = max(reached, default=days[-1] / DAYS_PER_YEAR)
    months = np.arange(np.floor(last * _STEPS_PER_YEAR + 1e-9) + 1) / _STEPS_PER_YEAR
    return np.union1d(months, [last, *reached])


def interpolated(values: np.ndarray, days: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Interpolate every row at the wanted days."""
    right = np.clip(np.searchsorted(days, wanted), 1, len(days) - 1)
    share = np.clip((wanted - days[right - 1]) / (days[right] - days[right - 1]), 0.0, 1.0)
    before = values[:, right - 1]
    # What lies before day 0 may be unknown where it does not count.
    before = np.where(share[None, :] >= 1.0, values[:, right], before)
    return np.asarray(before + share * (values[:, right] - before))


def kinds_of(found: Hazards, days: np.ndarray, exposures: Exposures) -> dict[str, np.ndarray]:
    """Put the kinds together from the components; people counted twice are taken off major fractures."""
    rate = found.rates
    outside = rate["hip"] + rate["forearm_humerus"] + rate["other"]
    several = multiple_share(days, exposures)
    major = rate["hip"] + (1.0 - overlap()) * (rate["clinical_vertebral"] + rate["forearm_humerus"])
    kinds = {
        "hip": rate["hip"],
        "clinical_vertebral": rate["clinical_vertebral"],
        "non_vertebral": outside,
        "major_osteoporotic": major,
        "any_clinical": outside + rate["clinical_vertebral"],
    }
    if several.any():
        kinds["multiple_vertebral"] = rate["clinical_vertebral"] * several
    return kinds


def cumulative(rate: np.ndarray, dying: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Probability of a fracture before death up to each edge, ndarray (n_people, n_time + 1)."""
    both = rate + dying
    left = np.exp(-np.cumsum(both * step, axis=1))
    before = np.hstack([np.ones((rate.shape[0], 1)), left[:, :-1]])
    share = np.divide(rate, both, out=np.zeros_like(both), where=both > 0)
    broken = np.cumsum((before - left) * share, axis=1)
    return np.hstack([np.zeros((rate.shape[0], 1)), broken])


@dataclass(frozen=True)
class _Solved:
    """Rates per kind and of death within the months between edges, and the weights of the people."""

    edges: np.ndarray
    rates: Mapping[str, np.ndarray]
    dying: np.ndarray
    mass: np.ndarray
    drawn: bool


def _summary(
    solved: _Solved, reached: tuple[float, ...], drivers: tuple[Driver, ...], notes: tuple[str, ...]
) -> FractureRisk:
    step, mass = np.diff(solved.edges), solved.mass
    curves, samples, probabilities = {}, {}, []
    for kind, rate in solved.rates.items():
        broken = cumulative(np.broadcast_to(rate, (len(mass), rate.shape[1])), solved.dying, step)
        curves[kind] = np.average(broken, axis=0, weights=mass)
        for horizon in reached:
            own = broken[:, int(np.searchsorted(solved.edges, horizon - 1e-9))]
            samples[kind, horizon] = own
            intervals = _intervals(own, mass) if solved.drawn else {}
            mean = float(np.average(own, weights=mass))
            probabilities.append(Probability(kind, horizon, mean, intervals))
    cited = [source for driver in drivers for source in driver.sources]
    return FractureRisk(
        years=solved.edges,
        curves=curves,
        probabilities=tuple(probabilities),
        death=1.0 - np.exp(-np.concatenate([[0.0], np.cumsum(solved.dying * step)])),
        drivers=drivers,
        notes=notes,
        sources=tuple(dict.fromkeys([*_BASE_SOURCES, *cited])),
        samples=samples,
        weights=mass,
    )


def _intervals(values: np.ndarray, mass: np.ndarray) -> dict[int, tuple[float, float]]:
    found = {}
    for level in LEVELS:
        tail = 0.5 * (1.0 - level / 100.0)
        low, high = quantiles(values, mass, [tail, 1.0 - tail])
        found[level] = (float(low), float(high))
    return found

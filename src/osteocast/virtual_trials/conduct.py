"""One replicate of a trial: people screened, randomised, measured at their visits, rescued, and lost.

Candidate i of replicate r is a pure function of study, r and i: who it is, every error of measurement, the
day of each visit and the day of leaving come from streams keyed by study, replicate and purpose, of which
each candidate owns a stretch. Who of them enters, and in which place of a block, follows from those before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from osteocast.errors import NotCovered
from osteocast.person import young_reference
from osteocast.physiology import SITES
from osteocast.population.normal import quantile
from osteocast.population.streams import uniforms
from osteocast.trials.schema import RescueRule
from osteocast.units import DAYS_PER_MONTH, DAYS_PER_YEAR
from osteocast.virtual_trials.assumed import assumed
from osteocast.virtual_trials.design import Bounds, TrialDesign
from osteocast.virtual_trials.measuring import error_of
from osteocast.virtual_trials.pool import NEVER, Pool
from osteocast.virtual_trials.randomisation import randomise

__all__ = ["TrialData", "conduct"]

_WIDEST = 64  # numbers of a stream that one candidate owns


@dataclass(frozen=True)
class TrialData:
    """What one replicate recorded of everybody randomised.

    Parameters
    ----------
    design : TrialDesign
    replicate : int
    months : ndarray (n_visit + 1,)
        Planned times, the first one 0.
    arm : ndarray (n,) of int
        Position of the arm in `design.arms`.
    stratum : ndarray (n,) of int
    member : ndarray (n,) of int
        Who it is, in the pool.
    measured : mapping of str to ndarray (n, n_visit + 1)
        What was measured, densities in g/cm2; NaN from the day of leaving on.
    left : ndarray (n,)
        Day of leaving; infinite for those who stay.
    rescued : ndarray (n,) of int
        Position in `months` of the visit that started the rescue, -1 for none.
    screened : int
        Candidates looked at until the trial was full.
    not_eligible : mapping of str to int
        How many failed by which rule; one candidate may fail by several.
    """

    design: TrialDesign
    replicate: int
    months: np.ndarray
    arm: np.ndarray
    stratum: np.ndarray
    member: np.ndarray
    measured: Mapping[str, np.ndarray]
    left: np.ndarray
    rescued: np.ndarray
    screened: int
    not_eligible: Mapping[str, int]

    def __len__(self) -> int:
        """Return how many were randomised."""
        return int(self.arm.size)

    def in_arm(self, name: str) -> np.ndarray:
        """Return who was randomised to an arm, ndarray (n,) of bool."""
        return np.asarray(self.arm == list(self.design.arms).index(name))

    def column(self, month: float) -> int:
        """Return the position of a month in `months`."""
        return int(np.argmin(np.abs(self.months - month)))

    def first(self, n: int) -> TrialData:
        """Return the first people randomised, as a trial of that size would have had them."""
        return TrialData(
            self.design,
            self.replicate,
            self.months,
            self.arm[:n],
            self.stratum[:n],
            self.member[:n],
            {name: values[:n] for name, values in self.measured.items()},
            self.left[:n],
            self.rescued[:n],
            self.screened,
            self.not_eligible,
        )


@dataclass(frozen=True)
class _Entered:
    """Who was screened and entered."""

    number: np.ndarray
    member: np.ndarray
    stratum: np.ndarray
    screened: int
    not_eligible: dict[str, int]


def conduct(design: TrialDesign, pool: Pool, replicate: int, *, size: int | None = None) -> TrialData:
    """Run one replicate.

    Parameters
    ----------
    design : TrialDesign
    pool : Pool
        Of the same design.
    replicate : int
        Its number, from 0.
    size : int, optional
        People randomised, instead of the design's.

    Returns
    -------
    TrialData

    Raises
    ------
    NotCovered
        If so few candidates are eligible that the trial does not fill.
    """
    study = f"{design.study} replicate {replicate}"
    entered = _enter(design, pool, replicate, study, design.size if size is None else size)
    order = [list(design.arms).index(name) for name in design.randomisation.allocation]
    arm = np.asarray(order)[randomise(design.randomisation, entered.stratum, study)]
    months = np.array([0.0, *design.visits])
    days = _visit_days(design, months, entered, study)
    left = _leaving(design, arm, entered, study)
    errors = {name: _errors(design, name, entered, len(months), study) for name in pool.values}
    plain = {
        name: _at(pool, name, arm, np.full(arm.size, NEVER), entered.member, days) * errors[name]
        for name in pool.values
    }
    rescued = np.full(arm.size, NEVER)
    for position, one in enumerate(design.arms.values()):
        for rule in one.rules:
            own = np.flatnonzero(arm == position)
            rescued[own] = _rescues(rule, months, days[own], left[own], {k: v[own] for k, v in plain.items()})
    changed = np.flatnonzero(rescued != NEVER)
    measured = {}
    for name in design.observables:
        values = plain[name]
        if changed.size:
            # What is measured after the visit that started the rescue; that visit itself comes before it.
            after = _at(pool, name, arm[changed], rescued[changed], entered.member[changed], days[changed])
            later = np.arange(len(months))[None, :] > rescued[changed][:, None]
            values[changed] = np.where(later, after * errors[name][changed], values[changed])
        measured[name] = np.where(days > left[:, None], np.nan, values)
    return TrialData(
        design,
        replicate,
        months,
        arm,
        entered.stratum,
        entered.member,
        measured,
        left,
        rescued,
        entered.screened,
        entered.not_eligible,
    )


def _enter(design: TrialDesign, pool: Pool, replicate: int, study: str, size: int) -> _Entered:
    """Screen candidate after candidate until enough are eligible."""
    block = pool.block(replicate)
    members: list[np.ndarray] = []
    numbers: list[np.ndarray] = []
    strata: list[np.ndarray] = []
    failed: dict[str, int] = {}
    found, first = 0, 0
    limit = int(assumed("most_candidates")) * size + len(block)
    while found < size:
        if first >= limit:
            raise NotCovered(
                [f"of {first} candidates screened only {found} were eligible; {size} are needed"]
            )
        n = max(size - found, 32)
        who = block[(uniforms(study, "who", first, n, 1)[:, 0] * len(block)).astype(np.int64)]
        seen = _screening(design, pool, who, first, study)
        rules = _verdicts(design, seen)
        usable = pool.usable[who]
        passed = usable & np.logical_and.reduce([ok for _, ok in rules] or [usable])
        # Those who come after the last place is taken are not screened.
        places = np.flatnonzero(passed)[: size - found]
        last = n if found + len(places) < size else int(places[-1]) + 1
        for rule, ok in rules:
            failed[rule] = failed.get(rule, 0) + int((usable & ~ok)[:last].sum())
        members.append(who[places])
        numbers.append(first + places)
        strata.append(_strata(design, seen)[places])
        found, first = found + len(places), first + last
    return _Entered(np.concatenate(numbers), np.concatenate(members), np.concatenate(strata), first, failed)


def _screening(
    design: TrialDesign, pool: Pool, who: np.ndarray, first: int, study: str
) -> dict[str, np.ndarray]:
    """Return what is found at screening: T-scores with the error of a scan, age, years since menopause."""
    seen = {"age": pool.age[who], "years_since_menopause": pool.age[who] - pool.menopause_age[who]}
    for site in SITES:
        sd = error_of(design.measurement, f"bmd_{site}")
        z = quantile(uniforms(study, f"screening scan {site}", first, len(who), 1)[:, 0])
        seen[site] = _t_score(site, pool.screening[site][who] * np.exp(sd * z))
    return seen


def _t_score(site: str, bmd: np.ndarray) -> np.ndarray:
    reference = young_reference(site)
    return np.asarray((bmd - reference.mean) / reference.sd)


def _verdicts(design: TrialDesign, seen: Mapping[str, np.ndarray]) -> list[tuple[str, np.ndarray]]:
    rules: list[tuple[str, str, Bounds]] = [
        ("age", "age", design.eligibility.age),
        ("years since menopause", "years_since_menopause", design.eligibility.years_since_menopause),
        *(
            (f"T-score {site.replace('_', ' ')}", site, bounds)
            for site, bounds in design.eligibility.t_score.items()
        ),
    ]
    found = []
    for words, key, (low, high) in rules:
        if low is not None or high is not None:
            value = seen[key]
            fits = (value >= (-np.inf if low is None else low)) & (
                value <= (np.inf if high is None else high)
            )
            found.append((words, fits))
    return found


def _strata(design: TrialDesign, seen: Mapping[str, np.ndarray]) -> np.ndarray:
    number = np.zeros(len(seen["age"]), dtype=np.int64)
    for stratum in design.randomisation.strata:
        number = 2 * number + (seen[stratum.of] >= stratum.at)
    return number


def _own(study: str, purpose: str, entered: _Entered, width: int) -> np.ndarray:
    """Return the numbers of those who entered, from the stretch of each candidate, ndarray (n, width)."""
    parts = [
        uniforms(study, f"{purpose} {start}", 0, int(entered.number[-1]) + 1, min(_WIDEST, width - start))
        for start in range(0, width, _WIDEST)
    ]
    return np.asarray(np.hstack(parts)[entered.number])


def _visit_days(design: TrialDesign, months: np.ndarray, entered: _Entered, study: str) -> np.ndarray:
    """Day of each visit of each person: within the window, the first one on day 0."""
    apart = 2.0 * _own(study, "visit", entered, len(months)) - 1.0
    apart[:, 0] = 0.0
    return np.asarray(months[None, :] * DAYS_PER_MONTH + apart * design.window_days)


def _leaving(design: TrialDesign, arm: np.ndarray, entered: _Entered, study: str) -> np.ndarray:
    """Day of leaving: the same number leaves earlier where more leave."""
    drawn = _own(study, "leaving", entered, 1)[:, 0]
    with np.errstate(divide="ignore"):
        rates = -np.log1p(-np.array([design.dropout.get(name, 0.0) for name in design.arms])) / DAYS_PER_YEAR
        return np.asarray(-np.log(drawn) / rates[arm])


def _errors(design: TrialDesign, name: str, entered: _Entered, width: int, study: str) -> np.ndarray:
    """Factors by which each measurement errs, ndarray (n, width)."""
    sd = error_of(design.measurement, name)
    return np.asarray(np.exp(sd * quantile(_own(study, f"error {name}", entered, width))))


def _at(
    pool: Pool, name: str, arm: np.ndarray, visit: np.ndarray, member: np.ndarray, days: np.ndarray
) -> np.ndarray:
    """Return the truth on the day of each visit, ndarray (n, n_visit + 1)."""
    right = np.clip(np.searchsorted(pool.days, days), 1, len(pool.days) - 1)
    share = (days - pool.days[right - 1]) / (pool.days[right] - pool.days[right - 1])
    strand = pool.strand(arm, visit)[:, None]
    values, who = pool.values[name], member[:, None]
    truth = values[strand, who, right - 1] * (1.0 - share) + values[strand, who, right] * share
    if name.startswith("bmd_"):
        truth = truth * pool.density[name.removeprefix("bmd_")][arm, member][:, None]
    return np.asarray(truth, dtype=np.float64)


def _rescues(
    rule: RescueRule,
    months: np.ndarray,
    days: np.ndarray,
    left: np.ndarray,
    measured: Mapping[str, np.ndarray],
) -> np.ndarray:
    """Return the visit at which each person's rescue starts, -1 for never."""
    below = np.zeros(days.shape, dtype=bool)
    for site in rule.sites:
        below |= _t_score(site, measured[f"bmd_{site}"]) < rule.below
    below &= (months >= max(rule.from_month, months[1]))[None, :] & (days <= left[:, None])
    return np.asarray(np.where(below.any(axis=1), np.argmax(below, axis=1), NEVER))

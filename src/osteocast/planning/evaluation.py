"""Every plan looked at over the same virtual people from one common past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from osteocast.forecast.adequacy import LOSS_SITES, Criteria, criteria_of, judge, judged_days
from osteocast.forecast.bands import weighted_quantiles
from osteocast.forecast.fractures import OBSERVED, fracture_risk
from osteocast.forecast.grading import grade
from osteocast.forecast.habits import body_of, exposures_of, plan_effects
from osteocast.forecast.plans import BONE_DRUGS
from osteocast.forecast.programme_reach import beyond_all
from osteocast.forecast.scans import site_basis
from osteocast.forecast.twins import spread_out, twins
from osteocast.forecast.unstudied import widening
from osteocast.forecast.verdict_plans import course_end
from osteocast.guidance import Finding
from osteocast.lifestyle import Effect
from osteocast.person import SITES, Case, Plan
from osteocast.person.case import end_day
from osteocast.planning.burden import burden_of, mixed_burden
from osteocast.planning.candidates import Candidate
from osteocast.planning.harms import harm_of, mixed_harm
from osteocast.planning.results import MAJOR, YEARS, Burden, Harm, PlanOption, Spread
from osteocast.planning.stopping import stops_of
from osteocast.planning.waiting import Waiting, mixed_risk, starts
from osteocast.progress import Report, part, silent
from osteocast.units import DAYS_PER_MONTH, DAYS_PER_YEAR

if TYPE_CHECKING:
    from osteocast.fracture import FractureRisk
    from osteocast.inference.personal import Update
    from osteocast.population import Futures
    from osteocast.simulation import Subject

__all__ = ["HORIZON", "Evaluated", "Evaluation", "evaluate"]

#: Last day of every plan.
HORIZON = YEARS * DAYS_PER_YEAR
# Share of the time that virtual people are followed; the rest is spent on what became of them.
_FOLLOWING = 0.5
_CENTRAL_80 = np.array([0.5, 0.1, 0.9])


@dataclass(frozen=True)
class Evaluated:
    """One plan with what its virtual people came to.

    Parameters
    ----------
    option : PlanOption
        Not ranked yet.
    broken : ndarray (n_kept,)
        Probability of a major osteoporotic fracture within ten years, of each virtual person of weight.
    changed : mapping of str to ndarray (n_kept,)
        By site, density after ten years over that of day 0.
    """

    option: PlanOption
    broken: np.ndarray
    changed: Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Evaluation:
    """All plans looked at.

    Parameters
    ----------
    plans : tuple of Evaluated
        In the order given.
    criteria : Criteria
    before : Futures
        Everybody, before anything was learnt from the person.
    found : Update
    weights : ndarray (n_kept,)
        Of the virtual people of weight.
    """

    plans: tuple[Evaluated, ...]
    criteria: Criteria
    before: Futures
    found: Update
    weights: np.ndarray


def evaluate(
    case: Case,
    subject: Subject,
    chosen: Sequence[tuple[Candidate, tuple[Finding, ...]]],
    people: int,
    threads: int | None = None,
    report: Report = silent,
) -> Evaluation:
    """Simulate every plan over the same virtual people, and say what each comes to.

    Parameters
    ----------
    case : Case
        Looked at for ten years.
    subject : Subject
    chosen : sequence of (Candidate, tuple of Finding)
        Safe plans, with what to know before each.
    people : int
        How many virtual people.
    threads : int, optional
    report : callable
        Told how far it is, between plans (`osteocast.progress`).
    """
    plans = list({id(plan): plan for one, _ in chosen for plan in one.plans}.values())
    case = replace(case, plans=tuple(plans))
    body = body_of(case, subject)
    effects = [plan_effects(plan, body) for plan in plans]
    last = course_end(case)
    if last < DAYS_PER_YEAR:
        # What is left of the inhibitor is too short to judge a plan by.
        last = HORIZON
    months = np.arange(0, round(YEARS * 12) + 1) * DAYS_PER_MONTH
    days = np.unique(np.concatenate([months, judged_days(last), [HORIZON]]))
    before, found = twins(
        case,
        subject,
        [case.regimen(plan) for plan in plans],
        [exposures_of(one) for one in effects],
        people,
        days,
        observables=OBSERVED,
        threads=threads,
        report=part(report, 0.0, _FOLLOWING),
    )
    sites = {site: site_basis(case, site) for site in SITES}
    levels = {
        site: float(weighted_quantiles(level[:, None], found.weights, np.array([0.5]))[0, 0])
        for site, level in found.levels.items()
    }
    criteria = criteria_of(case, sites, levels, last)
    numbers = {id(plan): i for i, plan in enumerate(plans)}
    bench = _Bench(case, criteria, found, numbers)
    weighing = part(report, _FOLLOWING, 1.0)
    made = []
    for number, (one, findings) in enumerate(chosen, 1):
        made.append(bench.evaluated(one, findings, effects))
        weighing(f"weighing plan {number} of {len(chosen)}", number, len(chosen))
    return Evaluation(tuple(made), criteria, before, found, bench.weights)


class _Bench:
    """What all plans are looked at with: only virtual people of weight, in their order."""

    def __init__(self, case: Case, criteria: Criteria, found: Update, numbers: Mapping[int, int]) -> None:
        self.case, self.criteria, self.found, self.numbers = case, criteria, found, numbers
        self.rows = np.flatnonzero(found.weights > 0)
        self.weights = found.weights[self.rows] / found.weights[self.rows].sum()
        self.days = found.futures.days
        self.sites = {site: site_basis(case, site) for site in SITES}
        self.levels = {site: level[self.rows] for site, level in found.levels.items()}
        self.end = int(np.searchsorted(self.days, criteria.last_day - 1e-6))
        self.horizon = int(np.searchsorted(self.days, HORIZON - 1e-6))
        self._risks: dict[int, FractureRisk] = {}

    def relative(self, plan: Plan) -> dict[str, np.ndarray]:
        """BMD over that of day 0 by site, wider where nobody has studied it, ndarray (n_kept, n_time)."""
        values, i = self.found.futures.values, self.numbers[id(plan)]
        factor = widening(self.case, self.case.regimen(plan))
        return {site: spread_out(values[f"bmd_{site}"][i][self.rows], self.weights, factor) for site in SITES}

    def risk(self, plan: Plan) -> FractureRisk:
        """Probabilities of fracture, with those of every virtual person of weight."""
        i = self.numbers[id(plan)]
        if i not in self._risks:
            self._risks[i] = fracture_risk(self.case, plan, self.found, i, people=len(self.found.weights))
        return self._risks[i]

    def evaluated(
        self, one: Candidate, findings: tuple[Finding, ...], effects: Sequence[tuple[Effect, ...]]
    ) -> Evaluated:
        """Put one plan together."""
        case = self.case
        waiting = self._waiting(one) if one.waits else None
        plan = one.plans[-1] if waiting is None else one.waits[0][1]
        courses = case.regimen(plan)
        acting = effects[self.numbers[id(one.plan)]]
        relative = self.relative(one.plan) if waiting is None else waiting.relative
        risk = self.risk(one.plan) if waiting is None else waiting.risk
        held = judge(self.criteria, self.sites, self.days, relative, self.levels)
        level, why = grade(case, courses, acting)
        change_end, change = (self._changes(relative, at) for at in (self.end, self.horizon))
        lonely = not any(course.drug in BONE_DRUGS and end_day(course) > 0 for course in courses)
        added = [course.start_day for course in plan.courses if course.drug in BONE_DRUGS]
        harm, burden = self._cost(one, waiting)
        option = PlanOption(
            name=one.name,
            key=one.key,
            kind=one.kind,
            plan=one.plan,
            courses=case.regimen(one.plan) if waiting is None else courses,
            effects=acting,
            fracture=risk,
            change_end=change_end,
            change=change,
            t_end=self._t_scores(relative, self.end),
            t_score=self._t_scores(relative, self.horizon),
            kept=min(spreads[site][0] for spreads in (change_end, change) for site in LOSS_SITES),
            harm=harm,
            burden=burden,
            adequate=float(self.weights @ held.adequate.astype(np.float64)),
            barred=self.criteria.never_alone if lonely else None,
            findings=findings,
            grade=level,
            grade_reason=why,
            stopping=()
            if waiting is not None
            else stops_of(case, courses, relative, self.days, self.weights),
            extrapolated=beyond_all(case, [(one.plan, courses)], HORIZON),
            starts=min(added, default=None) if waiting is None else one.waits[0][0],
            share_treated=1.0 if waiting is None else float(1.0 - waiting.shares[0]),
        )
        samples = risk.samples[MAJOR, YEARS]
        changed = {site: values[:, self.horizon] for site, values in relative.items()}
        return Evaluated(option, samples, changed)

    def _waiting(self, one: Candidate) -> Waiting:
        """Let everybody wait for an own scan below the threshold, and follow what then happens."""
        base = self.relative(one.plan)
        chosen = starts(
            base, self.levels, self.sites, self.days, [day for day, _ in one.waits], self.weights.size
        )
        plans = [one.plan, *(plan for _, plan in one.waits)]
        paths = [base, *(self.relative(plan) for plan in plans[1:])]
        relative = {site: np.choose(chosen[:, None], [path[site] for path in paths]) for site in SITES}
        shares = np.array([float(self.weights @ (chosen == k)) for k in range(len(plans))])
        risk = mixed_risk([self.risk(plan) for plan in plans], chosen, self.weights)
        return Waiting(relative, risk, shares)

    def _cost(self, one: Candidate, waiting: Waiting | None) -> tuple[Harm, Burden]:
        case = self.case
        if waiting is None:
            courses = case.regimen(one.plan)
            return harm_of(courses, HORIZON), burden_of(case, courses, one.plan.lifestyle, HORIZON)
        harms, burdens = [], []
        for share, plan in zip(waiting.shares, one.plans, strict=True):
            courses = case.regimen(plan)
            harms.append((float(share), harm_of(courses, HORIZON)))
            asked = burden_of(case, courses, plan.lifestyle, HORIZON, scan_years=1.0)
            burdens.append((float(share), asked))
        return mixed_harm(harms), mixed_burden(burdens)

    def _changes(self, relative: Mapping[str, np.ndarray], at: int) -> dict[str, Spread]:
        return {site: self._spread(100.0 * (values[:, at] - 1.0)) for site, values in relative.items()}

    def _t_scores(self, relative: Mapping[str, np.ndarray], at: int) -> dict[str, Spread]:
        found = {}
        for site, level in self.levels.items():
            scale = self.sites[site].scale
            if scale is not None:
                found[site] = self._spread((level * relative[site][:, at] - scale.mean) / scale.sd)
        return found

    def _spread(self, values: np.ndarray) -> Spread:
        median, low, high = weighted_quantiles(values[:, None], self.weights, _CENTRAL_80)[:, 0]
        return float(median), float(low), float(high)

"""Is lifestyle alone enough? Every plan judged over thousands of virtual people who might be the person."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from osteocast.errors import EngineError, NotCovered
from osteocast.forecast.adequacy import LOSS_SITES, Criteria, Judgement, criteria_of, judge, judged_days
from osteocast.forecast.bands import weighted_quantiles
from osteocast.forecast.fractures import OBSERVED, fracture_risk
from osteocast.forecast.grading import as_known, grade
from osteocast.forecast.habits import body_of, exposures_of, plan_effects
from osteocast.forecast.learning import learnt_from
from osteocast.forecast.movers import groups, movers
from osteocast.forecast.plans import with_inhibitor
from osteocast.forecast.programme_reach import beyond_all
from osteocast.forecast.provenance import provenance
from osteocast.forecast.scans import relative_error, site_basis
from osteocast.forecast.settling import CLEAR, Outlook, outlook
from osteocast.forecast.subjects import subject_of
from osteocast.forecast.titration_words import no_promise
from osteocast.forecast.twins import spread_out, twins
from osteocast.forecast.unstudied import unstudied, widening
from osteocast.forecast.verdict_plans import course_end, judged_plans, sensible_lifestyle
from osteocast.forecast.verdict_results import Kind, Mover, PlanVerdict, Settling, Verdict
from osteocast.forecast.verdict_words import reason
from osteocast.person import SITES, TESTOSTERONE, Case, Plan, coverage
from osteocast.person.precision import LSC_FACTOR
from osteocast.progress import Report, part, silent
from osteocast.units import DAYS_PER_MONTH, DAYS_PER_YEAR

if TYPE_CHECKING:
    from osteocast.inference.personal import Update
    from osteocast.lifestyle import Effect

__all__ = ["PEOPLE", "verdict"]

#: Virtual people, unless asked otherwise: enough for a standard error below one point.
PEOPLE = 4096

#: Years from day 0 at which a scan is imagined.
_SCANS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0)
#: Chance of a clear verdict from which a scan is worth naming.
_LIKELY = 0.8
# Share of the time that virtual people are followed; the rest is spent on judging what became of them.
_FOLLOWING = 0.7
_CENTRAL_80 = np.array([0.5, 0.1, 0.9])


def verdict(
    case: Case, *, people: int = PEOPLE, threads: int | None = None, report: Report = silent
) -> Verdict:
    """Judge whether lifestyle alone is enough for a person, and what would be.

    Virtual people who might be the person are simulated to day 0 once, and from there under each plan:
    nothing done, a sensible programme of exercise and nutrition, each drug, and drug and programme together.
    They carry what the trials leave open about the average response and how people differ from it, and are
    weighted by how well they explain the person's own scans and blood values. A plan is adequate for one of
    them if, until the inhibitor ends, every site stays out of the next class of T-score and neither spine nor
    hip loses what matters (`osteocast.forecast.adequacy`).

    Parameters
    ----------
    case : Case
        As `osteocast.load_case` returns it. A lifestyle among its own plans is the programme that is judged.
    people : int
        How many virtual people.
    threads : int, optional
        As in `osteocast.simulation.run`.
    report : callable
        Told how far it is, between plans (`osteocast.progress`).

    Returns
    -------
    Verdict

    Raises
    ------
    NotCovered
        If the model does not cover the person, with the reasons.
    EngineError
        If no virtual person could be simulated.

    Examples
    --------
    >>> import osteocast as oc
    >>> case = oc.load_case('''
    ... person: {sex: female, birth_date: 1963-05-14, menopause: {age: 50}, conditions: [previous_fracture]}
    ... treatments: [{drug: anastrozole, start: 2025-03-10, stop: 2030-03-10}]
    ... options: {as_of: 2025-03-10}
    ... ''')
    >>> verdict(case, people=64).plan("lifestyle").adequate
    False
    """
    reasons = coverage(case)
    if reasons:
        raise NotCovered(reasons)
    own_plans = case.plans
    case, assumptions = with_inhibitor(replace(case, plans=()))
    subject, inputs = subject_of(case)
    lifestyle, chosen = sensible_lifestyle(
        replace(case, plans=own_plans), subject.calcium_intake, subject.vitamin_d
    )
    judged = judged_plans(case, lifestyle)
    case = replace(case, plans=tuple(plan for plan, _ in judged))
    reasons = coverage(case)
    if reasons:
        raise NotCovered(reasons)
    sites = {site: site_basis(case, site) for site in SITES}
    last = course_end(case)
    days = _days(case, last)
    months = np.arange(0.0, days[-1], DAYS_PER_MONTH)
    body = body_of(case, subject)
    effects = [plan_effects(plan, body) for plan in case.plans]
    before, found = twins(
        case,
        subject,
        [case.regimen(plan) for plan in case.plans],
        [exposures_of(one) for one in effects],
        people,
        np.union1d(days, months),
        observables=OBSERVED,
        threads=threads,
        report=part(report, 0.0, _FOLLOWING),
    )
    if not found.futures.usable.any():
        raise EngineError("the verdict could not be reached: no virtual person could be simulated")
    levels = {
        site: float(weighted_quantiles(level[:, None], found.weights, np.array([0.5]))[0, 0])
        for site, level in found.levels.items()
    }
    criteria = criteria_of(case, sites, levels, last)
    bench = _Bench(case, criteria, found)
    judging = part(report, _FOLLOWING, 1.0)
    held = []
    for i in range(len(judged)):
        held.append(bench.judge(i))
        judging(f"judging plan {i + 1} of {len(judged)}", i + 1, 2 * len(judged))
    moved = movers(case, np.column_stack([one.margin for one in held]), found.weights, groups(found, last))
    verdicts = []
    for i, (plan, kind) in enumerate(judged):
        verdicts.append(bench.verdict(i, plan, kind, held[i], effects[i], moved[i]))
        judging(f"fractures under plan {i + 1} of {len(judged)}", len(judged) + i + 1, 2 * len(judged))
    return Verdict(
        case=case,
        criteria=criteria,
        plans=tuple(verdicts),
        sites=sites,
        inputs=inputs,
        assumptions=(*assumptions, "the programme: " + "; ".join(chosen)),
        cautions=_cautions(case, found),
        learnt=learnt_from(case, before, found),
        n_people=people,
        effective=found.ess,
        provenance=provenance(),
        margins={plan.name: one.margin for (plan, _), one in zip(judged, held, strict=True)},
        weights=found.weights,
    )


class _Bench:
    """What all plans are judged with."""

    def __init__(self, case: Case, criteria: Criteria, found: Update) -> None:
        self.case, self.criteria, self.found = case, criteria, found
        self.weights = found.weights
        self.sites = {site: site_basis(case, site) for site in SITES}
        # Few of the days that fractures are counted on: people are held against limits once a year.
        self.looked_at = np.searchsorted(found.futures.days, _days(case, criteria.last_day) - 1e-6)
        self.days = found.futures.days[self.looked_at]

    def judge(self, i: int) -> Judgement:
        """Hold everybody against the criteria under one plan."""
        relative = {site: self.relative(i, site) for site in SITES}
        return judge(self.criteria, self.sites, self.days, relative, self.found.levels)

    def relative(self, i: int, site: str) -> np.ndarray:
        """BMD over that of day 0 under a plan, wider where nobody has studied it, ndarray (n, n_day)."""
        values = self.found.futures.values[f"bmd_{site}"][i][:, self.looked_at]
        return spread_out(values, self.weights, widening(self.case, self.case.regimen(self.case.plans[i])))

    def verdict(
        self,
        i: int,
        plan: Plan,
        kind: Kind,
        held: Judgement,
        effects: tuple[Effect, ...],
        moved: tuple[Mover, ...],
    ) -> PlanVerdict:
        """Put the verdict on one plan together."""
        case, weights = self.case, self.weights
        adequate = held.adequate.astype(np.float64)
        probability = float(weights @ adequate)
        courses = case.regimen(plan)
        lonely = kind in ("nothing", "lifestyle", "without inhibitor")
        level, why = grade(case, courses, effects)
        return PlanVerdict(
            name=plan.name,
            key=re.sub(r"[^a-z0-9]+", "-", plan.name.casefold()).strip("-"),
            kind=kind,
            courses=courses,
            effects=as_known(effects, courses),
            probability=probability,
            error=float(np.sqrt(np.sum((weights * (adequate - probability)) ** 2))),
            stays_above=float(weights @ ~held.crossed),
            loses_little=float(weights @ ~held.lost),
            barred=self.criteria.never_alone if lonely else None,
            reason=reason(self.criteria, held, weights),
            grade=level,
            grade_reason=why,
            movers=moved,
            settling=self._settling(i, held, probability),
            extrapolated=beyond_all(case, [(plan, courses)], self.criteria.last_day),
            change={site: self._change(i, site) for site in SITES},
            t_score={site: self._t_score(i, site) for site in self.criteria.today},
            fracture=fracture_risk(case, plan, self.found, i),
        )

    def _end(self) -> int:
        return int(np.searchsorted(self.days, self.criteria.last_day - 1e-6))

    def _change(self, i: int, site: str) -> tuple[float, float, float]:
        values = 100.0 * (self.relative(i, site)[:, [self._end()]] - 1.0)
        median, low, high = weighted_quantiles(values, self.weights, _CENTRAL_80)[:, 0]
        return float(median), float(low), float(high)

    def _t_score(self, i: int, site: str) -> tuple[float, float, float]:
        scale = self.sites[site].scale
        assert scale is not None, "a site with a T-score was scanned"
        bmd = self.found.levels[site][:, None] * self.relative(i, site)[:, [self._end()]]
        median, low, high = weighted_quantiles((bmd - scale.mean) / scale.sd, self.weights, _CENTRAL_80)[:, 0]
        return float(median), float(low), float(high)

    def _settling(self, i: int, held: Judgement, probability: float) -> Settling:
        """Imagine a scan at each of a few times, and find the first that would tell."""
        if not CLEAR <= probability <= 1 - CLEAR:
            return Settling(0.0, "clear already", ())
        usable = self.weights > 0
        weights = self.weights[usable] / self.weights[usable].sum()
        sites = tuple(site for site in LOSS_SITES if site in self.found.levels) or LOSS_SITES
        error = {site: relative_error(self.sites[site]) for site in sites}
        limits = {site: 100 * LSC_FACTOR * error[site] for site in sites}
        levels = {site: self.found.levels.get(site, np.ones(usable.size))[usable] for site in sites}
        relative = {site: self.relative(i, site)[usable] for site in sites}
        outlooks: list[Outlook] = []
        for years in _SCANS:
            day = years * DAYS_PER_YEAR
            if day >= self.criteria.last_day - 30:
                break
            at = int(np.searchsorted(self.days, day - 1e-6))
            bmd = {site: levels[site] * relative[site][:, at] for site in sites}
            outlooks.append(outlook(day, bmd, levels, error, limits, held.adequate[usable], weights))
        for one in outlooks:
            if one.chance_clear >= _LIKELY:
                return Settling(one.day, "verdict clear", tuple(outlooks))
            if any(one.expected_change[site] > limits[site] for site in sites):
                return Settling(one.day, "change exceeds error", tuple(outlooks))
        return Settling(None, "never", tuple(outlooks))


def _days(case: Case, last: float) -> np.ndarray:
    """Days on which virtual people are judged: once a year, those of imagined scans, and the horizon."""
    horizon = case.forecast_years * DAYS_PER_YEAR
    scans = [years * DAYS_PER_YEAR for years in _SCANS]
    return np.unique([0.0, *judged_days(last), *(day for day in scans if day <= horizon), max(horizon, last)])


def _cautions(case: Case, found: Update) -> tuple[str, ...]:
    """Say what limits the verdict as a whole."""
    said = [*case.warnings, *(flag.text for flag in found.flags)]
    gaps = unstudied(case)
    if gaps:
        wide = f"For that, virtual people are spread {widening(case):g} times as wide."
        said.insert(0, " ".join((*gaps, wide)))
    if any(course.drug in TESTOSTERONE for course in case.taken_on(0.0)):
        said.append(no_promise())
    if not found.levels:
        said.append(
            "There is no scan: only the loss is judged, not the T-score; a scan now is the first thing to do."
        )
    menopause = case.person.menopause
    if case.person.sex == "female" and (menopause is None or menopause.age is None):
        said.append(
            "Before menopause the classes of T-score are not meant for diagnosis; they serve as limits here."
        )
    return tuple(said)

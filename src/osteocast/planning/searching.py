"""Feasible plans for one person: enumerated, checked for safety, simulated, and ranked for a goal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from osteocast.errors import EngineError, NotCovered
from osteocast.forecast.adequacy import has_fractured
from osteocast.forecast.habits import body_of
from osteocast.forecast.learning import learnt_from
from osteocast.forecast.plans import inhibitor_course, with_inhibitor
from osteocast.forecast.provenance import provenance
from osteocast.forecast.scans import site_basis
from osteocast.forecast.subjects import subject_of
from osteocast.forecast.titration_words import no_promise
from osteocast.forecast.unstudied import unstudied, widening
from osteocast.guidance import Finding, check, guidelines, is_refused
from osteocast.person import SITES, TESTOSTERONE, Case, Constraints, Goal, coverage
from osteocast.person.case import end_day
from osteocast.person.published import published
from osteocast.planning.candidates import Candidate, candidates
from osteocast.planning.constraining import excluded_by
from osteocast.planning.evaluation import Evaluated, Evaluation, evaluate
from osteocast.planning.programmes import Programmes, programmes_of
from osteocast.planning.ranking import ranked
from osteocast.planning.results import YEARS, Excluded, PlanSearch, RefusedPlan
from osteocast.planning.waiting import threshold
from osteocast.planning.words import what_would_change
from osteocast.progress import Report, silent
from osteocast.units import DAYS_PER_YEAR

__all__ = ["GOAL", "PEOPLE", "search", "search_plans"]

_OSTEOPOROSIS = "iscd-2005-reporting/osteoporosis"
#: Virtual people, unless asked otherwise.
PEOPLE = 384
#: What plans are ranked for when nobody says.
GOAL: Goal = "balanced"


def search(
    case: Case,
    *,
    goal: Goal | None = None,
    constraints: Constraints | None = None,
    people: int = PEOPLE,
    threads: int | None = None,
    report: Report = silent,
) -> PlanSearch:
    """Search for a plan: what is feasible and safe, what each comes to, and what stands against what.

    Drugs for bone with their intervals, starts, durations and what follows them are combined with lifestyle.
    Plans that a constraint leaves out, and plans that are unsafe, are told with the reason and are neither
    simulated nor ranked. The others are followed for ten years over the same virtual people from one common
    past, so that differences between plans are those of persons. The order is for one goal; nothing in it is
    the answer, and the plans that no other one outdoes (`PlanOption.on_front`) are all worth a look.

    Parameters
    ----------
    case : Case
        As `osteocast.load_case` returns it. Its own plans are looked at beside the others; a lifestyle among
        them is the programme.
    goal : {"balanced", "fewest_fractures", "hold_bone", "least_burden"}, optional
        What plans are ranked for; that of the case, or "balanced".
    constraints : Constraints, optional
        What a plan must not ask; those of the case by default.
    people : int
        How many virtual people.
    threads : int, optional
        As in `osteocast.simulation.run`.
    report : callable
        Told how far it is, between plans (`osteocast.progress`).

    Returns
    -------
    PlanSearch
        Without options where every plan is refused or left out.

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
    ... person: {sex: female, birth_date: 1963-05-14, menopause: {age: 50}}
    ... treatments: [{drug: anastrozole, start: 2025-03-10, stop: 2030-03-10}]
    ... options: {as_of: 2025-03-10, constraints: {without: [denosumab, exercise]}}
    ... ''')
    >>> found = search(case, people=16)
    >>> any("denosumab" in option.key for option in found.options)
    False
    >>> [option.rank for option in found.options][:3]
    [1, 2, 3]
    """
    goal = goal or case.goal or GOAL
    constraints = case.constraints if constraints is None else constraints
    own = case.plans
    _require_covered(case)
    case, assumptions = with_inhibitor(replace(case, plans=(), forecast_years=YEARS))
    subject, inputs = subject_of(case)
    programmes = programmes_of(replace(case, plans=own), body_of(case, subject))
    lowest = _lowest_score(case)
    offered = candidates(
        case,
        own,
        programmes,
        earliest=constraints.start_not_before,
        urgent=has_fractured(case) or (lowest is not None and lowest <= published(_OSTEOPOROSIS)),
        may_wait=lowest is not None and lowest >= threshold(),
    )
    excluded, refused, chosen = _sorted_out(case, offered, constraints)
    sites = {site: site_basis(case, site) for site in SITES}
    assumptions = [*assumptions, *_assumed(programmes)]
    if not chosen:
        return PlanSearch(
            case, goal, constraints, (), refused, excluded, "", {}, (), None, sites, inputs,
            tuple(assumptions), _cautions(case, None), None, {}, 0, 0.0, np.empty(0), provenance(),
        )  # fmt: skip
    made = evaluate(case, subject, chosen, people, threads, report)
    if not made.found.futures.usable.any():
        raise EngineError("no plan could be looked at: no virtual person could be simulated")
    reference = _reference(made.plans)
    options, firsts, tolerance = ranked(made.plans, goal, reference, made.weights)
    looked_at = replace(case, plans=tuple(one.plan for one, _ in chosen))
    return PlanSearch(
        case=case,
        goal=goal,
        constraints=constraints,
        options=options,
        refused=refused,
        excluded=excluded,
        reference=reference,
        firsts=firsts,
        changes=tuple(what_would_change(case, goal, options, firsts, excluded)),
        criteria=made.criteria,
        sites=sites,
        inputs=inputs,
        assumptions=tuple(assumptions),
        cautions=_cautions(looked_at, made),
        learnt=learnt_from(looked_at, made.before, made.found),
        tolerance=tolerance,
        n_people=people,
        effective=made.found.ess,
        weights=made.weights,
        provenance=provenance(),
    )


#: The same, as `osteocast.search_plans`.
search_plans = search


def _require_covered(case: Case) -> None:
    reasons = coverage(replace(case, plans=()))
    if reasons:
        raise NotCovered(reasons)


def _lowest_score(case: Case) -> float | None:
    """Return the lowest T-score of the last scans; None without one."""
    scores = []
    for site in SITES:
        basis = site_basis(case, site)
        if basis.scale is not None and basis.used:
            scores.append(round(basis.scale.t_score(basis.used[-1].bmd), 1))
    return min(scores, default=None)


def _sorted_out(
    case: Case, offered: Sequence[Candidate], constraints: Constraints
) -> tuple[tuple[Excluded, ...], tuple[RefusedPlan, ...], list[tuple[Candidate, tuple[Finding, ...]]]]:
    """Take out what is not wanted and what is unsafe."""
    excluded, refused, chosen = [], [], []
    for one in offered:
        why = excluded_by(case, one, constraints)
        if why is not None:
            excluded.append(Excluded(one.name, one.key, why))
            continue
        findings = check(case, one.plans[-1])
        reasons = coverage(replace(case, plans=one.plans))
        if is_refused(findings):
            refusing = tuple(finding for finding in findings if finding.level == "refuse")
            refused.append(RefusedPlan(one.name, one.key, one.plan, refusing))
        elif reasons:
            excluded.append(Excluded(one.name, one.key, "; ".join(reasons)))
        else:
            chosen.append((one, tuple(finding for finding in findings if finding.id != "numbers")))
    return tuple(excluded), tuple(refused), chosen


def _reference(plans: Sequence[Evaluated]) -> str:
    """Return the plan to compare with: going on, or nothing more, or the one that asks least."""
    for kind in ("as it is", "nothing"):
        for one in plans:
            if one.option.kind == kind:
                return one.option.key
    return min(plans, key=lambda one: one.option.burden.per_year).option.key


def _goes_on(one: Evaluated) -> bool:
    """Whether denosumab is still given when nobody looks any more."""
    horizon = YEARS * DAYS_PER_YEAR
    return any(
        course.drug == "denosumab" and end_day(course) > horizon and course.start_day < horizon
        for course in one.option.courses
    )


def _assumed(programmes: Programmes) -> Iterator[str]:
    yield "the programme: " + "; ".join(programmes.said)


def _cautions(case: Case, made: Evaluation | None) -> tuple[str, ...]:
    """Say what limits the answer as a whole."""
    said = [*case.warnings, *(() if made is None else (flag.text for flag in made.found.flags))]
    gaps = unstudied(case)
    said += [f"{gap.text}." for gap in guidelines(case).gaps]
    if gaps:
        wide = f"For that, virtual people are spread {widening(case):g} times as wide."
        said.insert(0, " ".join((*gaps, wide)))
    if any(course.drug in TESTOSTERONE for course in case.taken_on(0.0)):
        said.append(no_promise())
    if case.person.sex == "male" and inhibitor_course(case) is not None:
        said.append(
            "Doses of the inhibitor between that of today and none are not among the plans: titration shows "
            "them (osteocast titrate)."
        )
    if made is not None and any(_goes_on(one) for one in made.plans):
        said.append(
            "Denosumab that goes on at ten years looks better than it is: its end, which another drug has to "
            "follow, lies beyond what is shown."
        )
    if made is not None and not made.found.levels:
        said.append("There is no scan: densities are those of the population, and none can be waited for.")
    return tuple(said)

"""Everything that a visit needs about one person, computed once: the same numbers for every reader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from osteocast.forecast.plans import BONE_DRUGS, standard_plans
from osteocast.forecast.results import Forecast, PlanForecast
from osteocast.forecast.running import run_forecast
from osteocast.forecast.verdict import verdict
from osteocast.forecast.verdict_results import Verdict
from osteocast.guidance import Guidelines, Schedule, check, guidelines, is_refused, surveillance
from osteocast.person import Case, Constraints, Goal, Plan
from osteocast.person.case import end_day
from osteocast.planning.candidates import key_of
from osteocast.planning.results import YEARS, PlanOption, PlanSearch, RefusedPlan
from osteocast.planning.searching import PEOPLE, search
from osteocast.progress import Report, part, silent
from osteocast.therapies import DRUGS
from osteocast.units import DAYS_PER_MONTH

__all__ = ["AssessedPlan", "Assessment", "assess"]

#: Plans that a page can show side by side.
_MOST_PLANS = 6
_MOST_OWN = 2
# Shares of the time after which the search and the verdict are done.
_SEARCHED, _JUDGED = 0.6, 0.75


@dataclass(frozen=True, eq=False)
class AssessedPlan:
    """One plan that may be followed, with all that is known of it; equal only to itself.

    Parameters
    ----------
    option : PlanOption
        What the search found: chances, fractures, harm, burden, rank, what stopping does.
    forecast : PlanForecast
        Densities, markers and hormones over time, from the same virtual people.
    """

    option: PlanOption
    forecast: PlanForecast

    @property
    def name(self) -> str:
        """Name of the plan."""
        return self.option.name

    @property
    def plan(self) -> Plan:
        """The plan itself."""
        return self.option.plan

    @property
    def bone_drugs(self) -> tuple[str, ...]:
        """Drugs for bone that are taken under it from day 0 on, in order."""
        courses = sorted(self.option.courses, key=lambda course: course.start_day)
        taken = [course.drug for course in courses if end_day(course) > 0]
        return tuple(dict.fromkeys(drug for drug in taken if drug in BONE_DRUGS))


@dataclass(frozen=True)
class Assessment:
    """One person, assessed for a visit.

    Parameters
    ----------
    case : Case
        With the plans that are shown, and with what was filled in.
    search : PlanSearch
        Every plan that was looked at.
    verdict : Verdict
        Whether lifestyle alone is enough.
    forecast : Forecast
        Of the plans that are shown.
    plans : tuple of AssessedPlan
        The plans that are shown, as in the forecast: nothing more, lifestyle alone, and the others by rank;
        empty if no plan is left.
    refused : tuple of RefusedPlan
        Unsafe plans, also among the standard ones where the case names none.
    guidelines : Guidelines
        Of the treatments as they run.
    schedule : Schedule or None
        Scans, samples and doses under the plan to talk about first.
    """

    case: Case
    search: PlanSearch
    verdict: Verdict
    forecast: Forecast
    plans: tuple[AssessedPlan, ...]
    refused: tuple[RefusedPlan, ...]
    guidelines: Guidelines
    schedule: Schedule | None

    @property
    def leading(self) -> AssessedPlan | None:
        """The plan to talk about first: of those shown, the one with the best rank."""
        return min(self.plans, key=lambda one: one.option.rank, default=None)

    @property
    def nothing(self) -> AssessedPlan | None:
        """The plan that the others are compared with; None if it is refused or left out."""
        return next((one for one in self.plans if one.option.key == self.search.reference), None)

    @property
    def lifestyle(self) -> AssessedPlan | None:
        """Lifestyle alone, as the verdict judges it; None if it is refused or left out."""
        wanted = _lifestyle(self.search, self.verdict)
        return next((one for one in self.plans if one.option is wanted), None)

    def plan(self, name: str) -> AssessedPlan:
        """Return a plan by name or key.

        Raises
        ------
        KeyError
            If it is not among those shown; names them.
        """
        for one in self.plans:
            if name in (one.name, one.option.key):
                return one
        raise KeyError(f"no plan {name!r}; there are {', '.join(one.name for one in self.plans)}")


def assess(
    case: Case,
    *,
    goal: Goal | None = None,
    constraints: Constraints | None = None,
    years: float | None = None,
    people: int = PEOPLE,
    threads: int | None = None,
    report: Report = silent,
) -> Assessment:
    """Assess one person for a visit.

    Plans are searched, lifestyle alone is judged, and a few plans that differ are forecast, all with the same
    virtual people. Plans that are unsafe are refused with the reason, and nothing is forecast of them.

    Parameters
    ----------
    case : Case
        As `osteocast.load_case` returns it.
    goal, constraints : optional
        As in `osteocast.planning.search`.
    years : float, optional
        How far the forecast looks; as far as the case by default, and at least ten years, over which plans
        are compared.
    people : int
        Virtual people.
    threads : int, optional
        As in `osteocast.simulation.run`.
    report : callable
        Told how far it is, between plans (`osteocast.progress`).

    Returns
    -------
    Assessment

    Raises
    ------
    NotCovered
        If the model does not cover the person, with the reasons.
    EngineError
        If a simulation cannot be solved.

    Examples
    --------
    >>> import osteocast as oc
    >>> case = oc.load_case('''
    ... person: {sex: female, birth_date: 1963-05-14, menopause: {age: 50}}
    ... treatments: [{drug: anastrozole, start: 2025-03-10, stop: 2030-03-10}]
    ... options: {as_of: 2025-03-10, constraints: {without: [bisphosphonates]}}
    ... ''')
    >>> found = assess(case, people=16)
    >>> [plan.name for plan in found.plans][:2]
    ['Nothing more', 'Programme alone']
    >>> [plan.name for plan in found.refused]
    ['Denosumab, stopped without a plan']
    """
    wanted = max(YEARS, case.forecast_years if years is None else years)
    shorn = tuple(replace(plan, horizon_days=None) for plan in case.plans)
    case = replace(case, forecast_years=YEARS, plans=shorn)
    searched = search(
        case,
        goal=goal,
        constraints=constraints,
        people=people,
        threads=threads,
        report=part(report, 0.0, _SEARCHED),
    )
    judged = verdict(case, people=people, threads=threads, report=part(report, _SEARCHED, _JUDGED))
    options = tuple(_shown(searched, judged))
    # Where every plan is refused the person is shown as she goes on.
    plans = tuple(one.plan for one in options) or (Plan("As it is"),)
    followed = replace(searched.case, plans=plans, forecast_years=wanted)
    made = run_forecast(followed, draws=people, threads=threads, report=part(report, _JUDGED, 1.0))
    shown = tuple(
        AssessedPlan(option, forecast) for option, forecast in zip(options, made.plans, strict=False)
    )
    leading = min(shown, key=lambda one: one.option.rank, default=None)
    return Assessment(
        case=made.case,
        search=searched,
        verdict=judged,
        forecast=made,
        plans=shown,
        refused=(*searched.refused, *_refused_standards(case, searched)),
        guidelines=guidelines(made.case),
        schedule=None if leading is None else surveillance(made, leading.forecast),
    )


def _lifestyle(searched: PlanSearch, judged: Verdict) -> PlanOption | None:
    """Return the option that the verdict calls lifestyle alone."""
    programme = next(
        plan for plan, said in zip(judged.case.plans, judged.plans, strict=True) if said.kind == "lifestyle"
    ).lifestyle
    alone = [option for option in searched.options if option.kind == "lifestyle"]
    return next((option for option in alone if option.plan.lifestyle == programme), None)


def _shown(searched: PlanSearch, judged: Verdict) -> Iterator[PlanOption]:
    """Yield the plans to show: those to compare with, the case's own, and the best of each sort by rank."""
    # A plan that waits for a scan has no single course that could be drawn.
    options = [option for option in searched.options if option.kind != "watch"]
    compared = [option for option in options if option.key == searched.reference]
    alone = _lifestyle(searched, judged)
    compared += [alone] if alone is not None and alone not in compared else []
    starts = [option.starts for option in options if option.starts is not None]
    soon = min(starts, default=0.0) + DAYS_PER_MONTH
    kept = [option for option in options if option.kind == "own" and option not in compared][:_MOST_OWN]
    sorts = set()
    for option in options:
        sort = (option.kind, _route(option))
        late = option.starts is not None and option.starts > soon and option.rank > 1
        if option in compared or option in kept or option.kind == "own" or sort in sorts or late:
            continue
        sorts.add(sort)
        kept.append(option)
    kept = sorted(kept, key=lambda option: (option.kind != "own" and option.rank > 1, option.rank))
    best = kept[: _MOST_PLANS - len(compared)]
    yield from (*compared, *sorted(best, key=lambda option: option.rank))


def _route(option: PlanOption) -> str:
    """Return how the first drug for bone of a plan is given; empty without one."""
    added = [course for course in option.plan.courses if course.drug in BONE_DRUGS]
    return DRUGS[min(added, key=lambda course: course.start_day).drug].route if added else ""


def _refused_standards(case: Case, searched: PlanSearch) -> Iterator[RefusedPlan]:
    """Yield what a case without plans of its own must not slip into: standard plans that are unsafe."""
    if case.plans:
        return
    for plan in standard_plans(searched.case):
        findings = check(searched.case, plan)
        if is_refused(findings):
            refusing = tuple(finding for finding in findings if finding.level == "refuse")
            yield RefusedPlan(plan.name, key_of(plan.name), plan, refusing)

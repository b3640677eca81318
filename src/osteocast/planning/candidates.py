"""Plans that a person could follow: drug, interval, start, duration, what follows, and lifestyle."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from osteocast.forecast.plans import due_day, inhibitor_course, running_bone_drugs
from osteocast.forecast.regimens import exit_course, exits, regimen, regimen_course, usual_years
from osteocast.forecast.verdict_plans import course_end
from osteocast.person import Case, Plan
from osteocast.person.case import end_day
from osteocast.planning.data import data, number
from osteocast.planning.programmes import Programmes
from osteocast.planning.results import YEARS, Kind
from osteocast.therapies import DRUGS, Course
from osteocast.units import DAYS_PER_YEAR

if TYPE_CHECKING:
    from osteocast.lifestyle import Lifestyle

__all__ = ["Candidate", "candidates", "key_of"]


@dataclass(frozen=True)
class Candidate:
    """A plan before anything is known of it.

    Parameters
    ----------
    name : str
    kind : str
    plan : Plan
        Of a plan that waits: what is done until the drug starts.
    waits : tuple of (float, Plan)
        Days of scans at which a drug may start, each with the plan if it does; empty if nothing waits.
    """

    name: str
    kind: Kind
    plan: Plan
    waits: tuple[tuple[float, Plan], ...] = ()

    @property
    def key(self) -> str:
        """Short name, for files and ids."""
        return key_of(self.name)

    @property
    def plans(self) -> tuple[Plan, ...]:
        """Every plan that has to be looked at for it."""
        return (self.plan, *(plan for _, plan in self.waits))


def key_of(name: str) -> str:
    """Return a name as a key.

    Examples
    --------
    >>> key_of("Denosumab, 5 years, then zoledronate")
    'denosumab-5-years-then-zoledronate'
    """
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "plan"


def candidates(
    case: Case,
    own: Sequence[Plan],
    programmes: Programmes,
    *,
    earliest: float = 0.0,
    urgent: bool = False,
    may_wait: bool = True,
) -> tuple[Candidate, ...]:
    """Return the plans that a person could follow, the least first; no two of them are the same.

    Parameters
    ----------
    case : Case
        Without plans, and with an inhibitor that has a stop, where there is one
        (`osteocast.forecast.plans.with_inhibitor`).
    own : sequence of Plan
        The plans of the case itself; they come as they are.
    programmes : Programmes
        What may be done besides drugs.
    earliest : float
        First day on which a drug may start.
    urgent : bool
        Whether a fracture or osteoporosis leaves nothing to be put off.
    may_wait : bool
        Whether there is a T-score, above the one at which a drug starts.
    """
    found: dict[str, Candidate] = {}
    seen: list[Plan] = []
    for one in (*_Options(case, programmes, earliest, urgent, may_wait).all(), *_own(own)):
        one = replace(
            one,
            plan=replace(one.plan, name=one.name),
            waits=tuple((day, replace(plan, name=one.name)) for day, plan in one.waits),
        )
        same = any(_same(one.plan, plan) for plan in seen) and not one.waits
        if not same and one.key not in found:
            found[one.key] = one
            seen += [one.plan] if not one.waits else []
    return tuple(found.values())


def _same(first: Plan, second: Plan) -> bool:
    return (first.courses, dict(first.stop_days), first.lifestyle) == (
        second.courses,
        dict(second.stop_days),
        second.lifestyle,
    )


def _own(plans: Sequence[Plan]) -> Iterator[Candidate]:
    for plan in plans:
        yield Candidate(plan.name, "own", replace(plan, horizon_days=None))


class _Options:
    """The plans of one person, from `options.yaml`."""

    def __init__(
        self, case: Case, programmes: Programmes, earliest: float, urgent: bool, may_wait: bool
    ) -> None:
        self.case, self.programmes, self.earliest = case, programmes, earliest
        self.urgent, self.may_wait = urgent, may_wait and not urgent
        self.content = data("options")
        self.running = running_bone_drugs(case)
        self.stops = {course.drug: 0.0 for course in self.running}
        inhibitor = inhibitor_course(case)
        self.inhibitor = inhibitor if inhibitor is not None and end_day(inhibitor) > 0 else None

    @property
    def may_leave_inhibitor(self) -> bool:
        """Whether the inhibitor is a man's, beside testosterone or not, and runs."""
        return self.case.person.sex == "male" and self.inhibitor is not None

    def all(self) -> Iterator[Candidate]:
        """Yield every plan."""
        yield from self._without_drugs({})
        if self.may_leave_inhibitor:
            yield from self._without_drugs(self._left())
        for chosen in self.content["plans"].values():
            # What it is called, its drug and its dose are those of the regimen.
            entry = {**regimen(chosen["regimen"]), **chosen}
            if self.case.person.sex in entry["sexes"]:
                yield from self._regimen(entry)

    def _left(self) -> dict[str, float]:
        assert self.inhibitor is not None
        return {self.inhibitor.drug: 0.0}

    def _named(self, name: str, more: Mapping[str, float]) -> str:
        """Put before a name that the inhibitor is left off."""
        if not more:
            return name
        return f"Without {next(iter(more))}, {name[:1].lower()}{name[1:]}"

    def _without_drugs(self, more: Mapping[str, float]) -> Iterator[Candidate]:
        """Yield what can be done without a new drug for bone."""
        bare: Kind = "without inhibitor" if more else "nothing"
        if self.running:
            drug = _name(self.running[0].drug)
            for style, life in self.programmes.of("none", "programme"):
                yield Candidate(
                    self._named(f"{drug.capitalize()} goes on{style}", more),
                    "as it is" if life is None else "combined",
                    Plan("", stop_days=dict(more), lifestyle=life),
                )
            nothing, kind = f"{drug.capitalize()} stopped now, nothing after it", "stop"
        else:
            nothing, kind = "Nothing more", bare
        stops = {**self.stops, **more}
        yield Candidate(self._named(nothing, more), kind, Plan("", stop_days=stops))  # type: ignore[arg-type]
        if not self._is_new("denosumab"):
            # Denosumab is never stopped for lifestyle alone: one refusal says it; here is what may follow.
            for follower, entry in exits().items():
                for style, life in self.programmes.of("none", "programme"):
                    exit_ = exit_course(self._start(0.0), follower)
                    yield Candidate(
                        self._named(f"Denosumab stopped now, then {entry['words']}{style}", more),
                        "stop",
                        Plan("", (exit_,), stops, lifestyle=life),
                    )
            return
        for style, life in self.programmes.alone():
            yield Candidate(
                self._named(style, more),
                "without inhibitor" if more else "lifestyle",
                Plan("", stop_days=stops, lifestyle=life),
            )

    def _regimen(self, entry: Mapping[str, Any]) -> Iterator[Candidate]:
        """Yield one drug with its starts, durations and lifestyles."""
        if any(course.drug == entry["drug"] != "denosumab" for course in self.running):
            return  # it goes on as it is
        for delay in (0.0, *entry.get("delays", ())):
            yield from self._started(entry, delay * DAYS_PER_YEAR)
        if self.may_leave_inhibitor and entry.get("without_inhibitor"):
            for style, life in self.programmes.of("none"):
                yield from self._one(entry, self._start(0.0), style, life, self._left())
        if entry.get("waits") and self.may_wait and not self.running and self.inhibitor is not None:
            yield from self._waiting(entry)

    def _started(self, entry: Mapping[str, Any], delay: float) -> Iterator[Candidate]:
        start = self._start(delay)
        late = delay > 0
        if late and (self.urgent or self.running or delay < self.earliest):
            return
        styles = [name for name in entry["lifestyles"] if not (late and name == "home")]
        for style, life in self.programmes.of(*styles):
            yield from self._one(entry, start, style, life, {})

    def _start(self, delay: float) -> float:
        """Return the first day of a drug: not before the inhibitor, nor before a running drug's next dose."""
        start = max([due_day(course) for course in self.running], default=0.0)
        if self.inhibitor is not None:
            start = max(start, self.inhibitor.start_day)
        return max(start + delay, self.earliest)

    def _one(
        self,
        entry: Mapping[str, Any],
        start: float,
        style: str,
        life: Lifestyle | None,
        more: Mapping[str, float],
    ) -> Iterator[Candidate]:
        made = self._courses(entry, start)
        if made is None:
            return
        courses, words = made
        late = start - self._start(0.0) > 1.0
        prefix = f"in {_years(start)}, {words}" if late else words
        if self.running:
            prefix = f"switch to {words}" if self._is_new(entry["drug"]) else words
        name = self._named(f"{prefix[:1].upper()}{prefix[1:]}{style}", more)
        plan = Plan("", courses, {**self.stops, **more}, lifestyle=life)
        yield Candidate(name, "drug" if life is None else "combined", plan)

    def _courses(self, entry: Mapping[str, Any], start: float) -> tuple[tuple[Course, ...], str] | None:
        """Return drug and exit from a day on, with their words; None if it is too short or not shorter."""
        lasts = self._lasts(entry, start)
        if lasts is None or lasts < float(self.content["least_years"]) * DAYS_PER_YEAR - 1.0:
            return None
        course = regimen_course(entry["regimen"], start, start + lasts)
        span = end_day(course) - start
        more = "" if self._is_new(entry["drug"]) else " more"
        words = f"{entry['words']} for {_years(span, more)}"
        if "then" not in entry:
            return (course,), words
        after = exit_course(end_day(course), entry["then"])
        return (course, after), f"{words}, then {exits()[entry['then']]['words']}"

    def _is_new(self, drug: str) -> bool:
        return all(course.drug != drug for course in self.running)

    def _lasts(self, entry: Mapping[str, Any], start: float) -> float | None:
        before = sum(-course.start_day for course in self.running if course.drug == entry["drug"])
        in_all = float(self.content["years_in_all"].get(entry["drug"], math.inf)) * DAYS_PER_YEAR
        most = min(float(entry["most_years"]) * DAYS_PER_YEAR, in_all - before)
        if entry.get("whole"):
            return most
        usual = start + usual_years() * DAYS_PER_YEAR
        ends = math.inf if self.inhibitor is None else end_day(self.inhibitor)
        until = ends if not math.isinf(ends) else usual
        lasts = min(until, YEARS * DAYS_PER_YEAR) - start
        if lasts < float(self.content["least_years"]) * DAYS_PER_YEAR - 1.0:
            # The inhibitor is over or nearly so: what is left to treat is osteoporosis.
            if start > self._start(0.0) + 1.0 or self.inhibitor is None or ends > start + DAYS_PER_YEAR:
                return None
            lasts = usual - start
        if entry.get("shorter"):
            return most if most < lasts - DAYS_PER_YEAR else None
        return min(lasts, most)

    def _waiting(self, entry: Mapping[str, Any]) -> Iterator[Candidate]:
        """Yield waiting for a scan below the threshold."""
        visits = [float(year) * DAYS_PER_YEAR for year in self.content["waiting"]["visits_years"]]
        visits = [day for day in visits if day >= self.earliest and day <= course_end(self.case)]
        for style, life in self.programmes.of("none", "programme"):
            waits = []
            for day in visits:
                made = self._courses(entry, day)
                if made is not None:
                    waits.append((day, Plan("", made[0], self.stops, lifestyle=life)))
            if waits:
                limit = f"{number(self.content['waiting']['threshold']):.1f}".replace("-", "−")
                name = f"Yearly scans, {entry['words']} once T is below {limit}{style}"
                yield Candidate(name, "watch", Plan("", (), self.stops, lifestyle=life), tuple(waits))


def _years(days: float, more: str = "") -> str:
    """Say a duration in years, to half of one."""
    years = round(2 * days / DAYS_PER_YEAR) / 2
    return f"{years:g}{more} year{'s' if years != 1 else ''}"


def _name(drug: str) -> str:
    return DRUGS[drug].words

"""A case: one person with measurements, treatments and plans, seen from one day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from osteocast.person.models import DxaScan, LabResult, Person, Plan, SiteScan
from osteocast.person.wishes import Constraints, Goal
from osteocast.therapies import DRUGS, Course
from osteocast.units import DAYS_PER_YEAR

__all__ = ["AROMATASE_INHIBITORS", "TESTOSTERONE", "Case", "end_day"]

#: Drugs whose class is the aromatase inhibitors.
AROMATASE_INHIBITORS = tuple(name for name, drug in DRUGS.items() if drug.drug_class == "aromatase inhibitor")

#: Forms of testosterone.
TESTOSTERONE = tuple(name for name in DRUGS if name.startswith("testosterone"))

# How long a drug must have stopped before oestradiol and testosterone are the person's own again: inhibitors
# have left the body within weeks; the testes wake up months after testosterone or a GnRH agonist.
_WASH_OUT_DAYS = {
    **dict.fromkeys((*AROMATASE_INHIBITORS, "estradiol", "hcg", "gonadorelin"), 60.0),
    **dict.fromkeys((*TESTOSTERONE, "goserelin"), 180.0),
}
# In a woman goserelin brings her oestradiol down to what it is after menopause, which is what is asked for.
_MOVES_IN_WOMEN = (*AROMATASE_INHIBITORS, "estradiol")


def end_day(course: Course) -> float:
    """Return the first day without the next dose of a course, infinity if it goes on."""
    interval = course.interval_days or DRUGS[course.drug].label_interval_days
    return course.end_day(interval)


@dataclass(frozen=True)
class Case:
    """One person with measurements, treatments and plans, seen from one day.

    Parameters
    ----------
    person : Person
    as_of : date
        Day 0 of treatments and plans; the forecast starts here.
    scans : tuple of DxaScan
        In order of date.
    labs : tuple of LabResult
        In order of date.
    treatments : tuple of Course
        Past and current courses; one without a stop goes on under every plan.
    plans : tuple of Plan
        Empty if the standard plans are wanted.
    forecast_years : float
        Horizon of the forecast, years.
    warnings : tuple of str
        What is acceptable but worth knowing.
    name : str or None
        Name of the file the case came from.
    goal : {"balanced", "fewest_fractures", "hold_bone", "least_burden"} or None
        What plans are to be ranked for; None if it does not say.
    constraints : Constraints
        What a plan must not ask of the person.
    """

    person: Person
    as_of: date
    scans: tuple[DxaScan, ...] = ()
    labs: tuple[LabResult, ...] = ()
    treatments: tuple[Course, ...] = ()
    plans: tuple[Plan, ...] = ()
    forecast_years: float = 10.0
    warnings: tuple[str, ...] = ()
    name: str | None = None
    goal: Goal | None = None
    constraints: Constraints = field(default_factory=Constraints)

    @property
    def age(self) -> float:
        """Age on the day the case is seen from, years."""
        return self.person.age_on(self.as_of)

    @property
    def years_since_menopause(self) -> float | None:
        """Years since menopause; None for a man or before menopause."""
        menopause = self.person.menopause
        return None if menopause is None or menopause.age is None else self.age - menopause.age

    def day(self, on: date) -> float:
        """Return days from the day the case is seen from to a date."""
        return float((on - self.as_of).days)

    def date_of(self, day: float) -> date:
        """Return the date of a day number."""
        return self.as_of + timedelta(days=round(day))

    def latest(self, analyte: str) -> LabResult | None:
        """Return the last value of an analyte, if there is one."""
        results = [result for result in self.labs if result.analyte == analyte]
        return results[-1] if results else None

    def own_estradiol(self) -> LabResult | None:
        """Return the last oestradiol free of drugs that move it (of a woman: after menopause), if any."""
        menopause = self.person.menopause
        if self.person.sex == "female" and (menopause is None or menopause.age is None):
            return None
        since = 0.0 if menopause is None or menopause.age is None else menopause.age
        return self._untreated("estradiol", since)

    def own_testosterone(self) -> LabResult | None:
        """Return a man's last total testosterone free of drugs that move it, if there is one."""
        return self._untreated("testosterone") if self.person.sex == "male" else None

    def _untreated(self, analyte: str, from_age: float = 0.0) -> LabResult | None:
        own = [
            result
            for result in self.labs
            if result.analyte == analyte
            and self.person.age_on(result.date) > from_age
            and not self.movers(self.day(result.date))
        ]
        return own[-1] if own else None

    def movers(self, day: float) -> tuple[str, ...]:
        """Return the drugs that move oestradiol or testosterone on a day, or did until shortly before."""
        return tuple(
            treatment.drug
            for treatment in self.treatments
            if treatment.drug in (_WASH_OUT_DAYS if self.person.sex == "male" else _MOVES_IN_WOMEN)
            and treatment.start_day < day < end_day(treatment) + _WASH_OUT_DAYS[treatment.drug]
        )

    def taken_on(self, day: float) -> tuple[Course, ...]:
        """Return the treatments that run on a day."""
        return tuple(course for course in self.treatments if course.start_day <= day < end_day(course))

    def series(self, site: str) -> tuple[tuple[DxaScan, SiteScan], ...]:
        """Return every scan of a site with a BMD, in order of date, each on its own device's scale."""
        return tuple(
            (scan, scan.sites[site])
            for scan in self.scans
            if site in scan.sites and scan.sites[site].bmd is not None
        )

    def baseline(self) -> dict[str, tuple[DxaScan, SiteScan]]:
        """Return the last scan of each site that has one, with its BMD or only its T-score."""
        latest: dict[str, tuple[DxaScan, SiteScan]] = {}
        for scan in self.scans:
            for site, measured in scan.sites.items():
                latest[site] = (scan, measured)
        return latest

    def horizon_days(self, plan: Plan) -> float:
        """Return how far a plan is looked at, days."""
        return plan.horizon_days or self.forecast_years * DAYS_PER_YEAR

    def regimen(self, plan: Plan) -> tuple[Course, ...]:
        """Return every course under a plan: the past, what goes on, and what the plan adds.

        A treatment that runs today goes on, unless the plan stops it or starts a course of the same drug:
        that course replaces it from its own first dose.
        """
        return (*self._continued(plan), *plan.courses)

    def _continued(self, plan: Plan) -> Iterator[Course]:
        for treatment in self.treatments:
            ends = [
                day for day in (treatment.stop_day, plan.stop_days.get(treatment.drug)) if day is not None
            ]
            ends += [
                course.start_day
                for course in plan.courses
                if course.drug == treatment.drug and course.start_day > treatment.start_day
            ]
            replaced = any(
                course.drug == treatment.drug and course.start_day <= treatment.start_day
                for course in plan.courses
            )
            if not replaced:
                yield replace(treatment, stop_day=min(ends)) if ends else treatment

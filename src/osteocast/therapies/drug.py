"""What every drug file describes, and the two ways in which a drug enters the physiology."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from osteocast.therapies.course import Course

Amounts = Callable[[float, Mapping[str, float]], dict[str, float]]


@dataclass(frozen=True)
class Dosing:
    """Changes that courses make to a patient: inputs set and doses added, each ``(day, target, value)``."""

    inputs: tuple[tuple[float, str, float], ...] = ()
    doses: tuple[tuple[float, str, float], ...] = ()


@dataclass(frozen=True)
class Drug:
    """A drug: its label, its place in the physiology, its cautions.

    Parameters
    ----------
    name : str
        Generic name, lower case.
    drug_class : str
        As clinicians group it.
    route : str
        ``oral``, ``intravenous``, ``intramuscular``, ``subcutaneous``, ``transdermal``.
    unit : str
        Unit of `label_dose` and of a course's dose.
    label_dose, label_interval_days : float
        Usual dose and interval.
    enters : callable
        From (amount, parameters) to what it adds: amounts by state for a dose, rates per day by input for a
        rate.
    continuous_below_days : float
        Dosing more often than this enters as a mean rate; other doses act at their exact times.
    sets : tuple of str
        Inputs of its mean rate.
    synonyms, cautions, sources : tuple of str
        Other names; what to know before use, in plain words; registry ids or DOIs.
    largest_dose : float
        Amount of one dose above which more does nothing.
    in_women, in_men : tuple of str
        What to know besides, in one sex only.
    """

    name: str
    drug_class: str
    route: str
    unit: str
    label_dose: float
    label_interval_days: float
    enters_as_rate: Amounts | None
    enters_as_dose: Amounts | None
    continuous_below_days: float
    synonyms: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    largest_dose: float = math.inf
    in_women: tuple[str, ...] = ()
    in_men: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The name as print has it."""
        return self.name.replace("_iv", " by vein").replace("_", " ")

    def cautions_for(self, sex: str | None = None) -> tuple[str, ...]:
        """Return what has to be known before the drug is taken.

        Parameters
        ----------
        sex : {"female", "male"} or None
            Of the person; None for what concerns women and men alike and each of them.
        """
        women = self.in_women if sex != "male" else ()
        men = self.in_men if sex != "female" else ()
        return (*self.cautions, *women, *men)

    def dosing(self, course: Course, parameters: Mapping[str, float], until: float) -> Dosing:
        """Turn a course into changes of inputs and states.

        Parameters
        ----------
        course : Course
            What is taken.
        parameters : mapping of str to float
            Parameter values by name.
        until : float
            Last day of interest.

        Returns
        -------
        Dosing
            Rates are given as changes (+ at the start, - at the stop), so that courses of one class add up.
        """
        amount = min(self.label_dose if course.dose is None else course.dose, self.largest_dose)
        interval = self.label_interval_days if course.interval_days is None else course.interval_days
        if self.enters_as_rate is not None and (
            self.enters_as_dose is None or interval < self.continuous_below_days
        ):
            rates = self.enters_as_rate(amount / interval * course.adherence, parameters)
            end = course.end_day(interval)
            steps = [(course.start_day, target, rate) for target, rate in rates.items()]
            if end <= until:
                steps += [(end, target, -rate) for target, rate in rates.items()]
            return Dosing(inputs=tuple(steps))
        assert self.enters_as_dose is not None
        added = self.enters_as_dose(amount * course.adherence, parameters)
        return Dosing(
            doses=tuple(
                (day, target, value)
                for day in course.dose_days(interval, until)
                for target, value in added.items()
            )
        )

"""Trials that speak for a number: what they published, beside what the model makes of the same people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from osteocast.forecast.plans import BONE_DRUGS
from osteocast.lifestyle import Effect
from osteocast.person import AROMATASE_INHIBITORS, TESTOSTERONE
from osteocast.person.case import end_day
from osteocast.therapies import Course
from osteocast.trials import Arm, Row, Trial, Validation, load_trials, validate
from osteocast.trials.wording import arm_of, interval_of, months_of, number, role_of, what_of
from osteocast.units import DAYS_PER_YEAR
from osteocast.web.showing.behind.parts import Published

__all__ = ["Told", "errors_of", "known_rows", "of_effects", "of_regimen", "told"]

_INHIBITOR, _TESTOSTERONE = "an inhibitor", "testosterone"
_LONG = 100 * DAYS_PER_YEAR  # an end that is far off


@dataclass(frozen=True)
class Told:
    """A row of the validation with the trial it is of."""

    trial: Trial
    row: Row

    @property
    def drugs(self) -> set[str]:
        """Everything that the people of its arm took."""
        return _drugs(self.trial, self.trial.arms[self.row.arm])


@cache
def known_rows() -> tuple[Told, ...]:
    """Return every published result with its simulation; computed once in the life of the program."""
    trials = load_trials()
    by_name = {trial.name: trial for trial in trials}
    return tuple(Told(by_name[row.trial], row) for row in validate(trials=trials).rows)


def of_regimen(sex: str, courses: Sequence[Course], observables: Collection[str]) -> tuple[Told, ...]:
    """Return the results of people of this sex who took what a plan gives and nothing else.

    Parameters
    ----------
    sex : {"female", "male"}
    courses : sequence of Course
        Everything taken under the plan; none for people without treatment.
    observables : collection of str

    Returns
    -------
    tuple of Told
        The nearest regimens first: those that share most drugs, then those with the drug for bone that is
        taken for longest, then those with the very inhibitor.
    """
    exact = {course.drug for course in courses}
    wanted = _alike(exact)
    ordered = _by_length(courses)
    found = []
    for one in known_rows():
        if one.trial.population.sex != sex or one.row.observable not in observables:
            continue
        arm = one.trial.arms[one.row.arm]
        other = None if one.row.versus is None else one.trial.arms[one.row.versus]
        taken = _drugs(one.trial, arm)
        compared = set() if other is None else _drugs(one.trial, other)
        if not _alike(taken | compared) <= wanted:
            continue
        if wanted and not taken:
            continue
        if not wanted and (one.trial.kind == "lifestyle" or arm.lifestyle is not None):
            continue
        # What training adds on a drug says little about the drug.
        if arm.lifestyle is not None and taken == compared:
            continue
        first = min((ordered.index(drug) for drug in _alike(taken)), default=0)
        found.append((-len(_alike(taken)), first, -len(taken & exact), one))
    found.sort(key=lambda item: item[:3])
    return tuple(one for *_, one in found)


def of_effects(effects: Iterable[Effect], observables: Collection[str]) -> tuple[Told, ...]:
    """Return the results of trials that an effect of the lifestyle rests on."""
    sources = {source.rpartition("/")[0] or source for effect in effects for source in effect.sources}
    return tuple(
        one
        for one in known_rows()
        if one.row.observable in observables
        and one.trial.arms[one.row.arm].lifestyle is not None
        and sources & set(one.trial.sources)
    )


def told(rows: Iterable[Told]) -> tuple[Published, ...]:
    """Return rows as they are shown."""
    return tuple(_told(rows))


def _told(rows: Iterable[Told]) -> Iterator[Published]:
    for one in rows:
        row = one.row
        yield Published(
            trial=row.trial,
            title=one.trial.title,
            arm=arm_of(row).replace("_", " "),
            what=what_of(row),
            months=months_of(row),
            published=number(row, row.published).replace("-", "−"),
            interval=interval_of(row, row.interval).replace("-", "−"),
            simulated=number(row, row.simulated).replace("-", "−"),
            role=role_of(row),
            reference=row.evidence or next(iter(one.trial.sources), ""),
        )


def errors_of(rows: Sequence[Told]) -> str:
    """Say how far the model lies from published means of bone density; nothing where none counts."""
    summary = Validation(tuple(one.row for one in rows)).summary()
    parts = [
        f"{errors['n']:.0f} {group}: {errors['rmse']:.1f} points off (root mean square), "
        f"{errors['within_2']:.0%} within 2 points"
        for group, errors in summary.items()
    ]
    return f"Means of bone density that count: {'; '.join(parts)}." if parts else ""


def _drugs(trial: Trial, arm: Arm) -> set[str]:
    given = [*arm.courses, *(course for rule in arm.rules for course in rule.give)]
    return {course.drug for course in (*given, *arm.population.history, *trial.population.history)}


def _by_length(courses: Sequence[Course]) -> list[str]:
    """Return kinds of drugs, those for bone first, by how long they are taken from today on."""
    spans = [
        (
            course.drug not in BONE_DRUGS,
            max(course.start_day, 0.0) - min(end_day(course), _LONG),
            _GROUPS.get(course.drug, course.drug),
        )
        for course in courses
    ]
    return list(dict.fromkeys(drug for *_, drug in sorted(spans)))


_GROUPS: Mapping[str, str] = {
    **dict.fromkeys(AROMATASE_INHIBITORS, _INHIBITOR),
    **dict.fromkeys(TESTOSTERONE, _TESTOSTERONE),
    "ibandronate_iv": "ibandronate",
}


def _alike(drugs: Iterable[str]) -> set[str]:
    """Take drugs of one kind together: what one inhibitor does, another does as well."""
    return {_GROUPS.get(drug, drug) for drug in drugs}

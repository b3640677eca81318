"""What nobody has studied: said in words, and shown by wider bands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from osteocast.forecast.data import data
from osteocast.forecast.plans import BONE_DRUGS
from osteocast.lifestyle import Grade
from osteocast.person import AROMATASE_INHIBITORS, TESTOSTERONE, Case
from osteocast.person.case import end_day
from osteocast.therapies import Course

__all__ = ["Gap", "gaps", "known_gaps", "unstudied", "widening"]

_GROUPS: Mapping[str, tuple[str, ...]] = {
    "testosterone": TESTOSTERONE,
    "inhibitor": AROMATASE_INHIBITORS,
    "bone": BONE_DRUGS,
}


@dataclass(frozen=True)
class Gap:
    """A treatment whose effect on bone density no trial has measured.

    Parameters
    ----------
    id : str
    sex : {"female", "male"}
    together : tuple of tuples of str
        Drugs; it holds where one of each is taken on the same day.
    text : str
        What was not studied, and what comes nearest.
    grade : {"C", "D"}
        C where it was studied in other people or apart, D where nothing like it was.
    widening : float
        Multiple of the distance of a band's ends from its middle.
    basis : str
        What the multiple rests on.
    sources : tuple of str
        Registry ids of what comes nearest.
    """

    id: str
    sex: str
    together: tuple[tuple[str, ...], ...]
    text: str
    grade: Grade
    widening: float
    basis: str
    sources: tuple[str, ...]


@cache
def known_gaps() -> tuple[Gap, ...]:
    """Return everything known not to be known (`forecast/unstudied.yaml`), in its order."""
    return tuple(
        Gap(
            name,
            entry["sex"],
            tuple(tuple(_drugs(names)) for names in entry["together"]),
            entry["text"],
            entry["grade"],
            float(entry["widening"]),
            entry["basis"],
            tuple(entry["sources"]),
        )
        for name, entry in data("unstudied").items()
    )


def _drugs(names: Sequence[str]) -> Iterator[str]:
    for name in names:
        yield from _GROUPS.get(name, (name,))


def gaps(case: Case, courses: Sequence[Course] | None = None) -> tuple[Gap, ...]:
    """Return what in a case no trial of bone density has looked at.

    Parameters
    ----------
    case : Case
    courses : sequence of Course, optional
        Everything taken under one plan; the treatments of the case by default.

    Returns
    -------
    tuple of Gap
        Empty where trials cover what is taken from day 0 on.
    """
    taken = case.treatments if courses is None else courses
    return tuple(gap for gap in known_gaps() if gap.sex == case.person.sex and _meet(gap.together, taken))


def _meet(together: Sequence[Sequence[str]], courses: Sequence[Course]) -> bool:
    """Whether a drug of each list is taken on one and the same day from day 0 on."""
    spans = [
        [(max(course.start_day, 0.0), end_day(course)) for course in courses if course.drug in names]
        for names in together
    ]
    starts = sorted({start for one in spans for start, _ in one})
    return any(all(any(first <= day < last for first, last in one) for one in spans) for day in starts)


def unstudied(case: Case, courses: Sequence[Course] | None = None) -> tuple[str, ...]:
    """Return one sentence for each thing that nobody has studied.

    Parameters
    ----------
    case, courses
        As in `gaps`.

    Examples
    --------
    >>> from osteocast.person import load_case
    >>> man = load_case('''
    ... person: {sex: male, birth_date: 1973-05-14}
    ... treatments:
    ...   - {drug: testosterone_gel, start: 2025-03-10}
    ...   - {drug: anastrozole, start: 2025-03-10}
    ... ''')
    >>> len(unstudied(man)), widening(man)
    (1, 1.5)
    """
    return tuple(gap.text for gap in gaps(case, courses))


def widening(case: Case, courses: Sequence[Course] | None = None) -> float:
    """Return by how much the bands of a case grow: by its largest gap; 1 where there is none.

    Parameters
    ----------
    case, courses
        As in `gaps`.
    """
    return max((gap.widening for gap in gaps(case, courses)), default=1.0)

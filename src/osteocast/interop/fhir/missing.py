"""What a forecast would like to know and a record did not say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from osteocast.person import Case

__all__ = ["Missing", "missing_of"]


@dataclass(frozen=True)
class Missing:
    """A field of the case that is not known.

    Parameters
    ----------
    field : str
    why : str
        What it is good for, or what happens without it.
    """

    field: str
    why: str

    def as_dict(self) -> dict[str, str]:
        """Both as texts."""
        return {"field": self.field, "why": self.why}


def missing_of(case: Case, document: Mapping[str, Any]) -> tuple[Missing, ...]:
    """Return what is not known of a person, the weightiest first."""
    return tuple(_missing(case, document))


def _missing(case: Case, document: Mapping[str, Any]) -> Iterator[Missing]:
    person = case.person
    if not case.baseline():
        yield Missing("scans", "without one the forecast is of change alone, not of density or T-scores")
    if not case.treatments:
        yield Missing("treatments", "no drug of the model is recorded")
    if person.weight is None:
        yield Missing("person.weight", "the dose of calcium and the risk of fracture use it")
    if person.height is None:
        yield Missing("person.height", "the risk of fracture uses the body mass index")
    if person.calcium_intake is None:
        yield Missing("person.calcium_intake", "records hardly ever hold it; an average is assumed")
    if person.fractures is None:
        yield Missing("person.fractures", "none and not known are different: say none, or which")
    if person.parental_hip_fracture is None:
        yield Missing("person.parental_hip_fracture", "yes or no; it weighs on the risk of fracture")
    if person.falls is None:
        yield Missing("person.falls", "records hold no count of them")
    for analyte in ("creatinine", "vitamin_d", "estradiol"):
        if case.latest(analyte) is None:
            yield Missing(f"labs {analyte}", _LABS[analyte])
    if "lifestyle" not in document:
        yield Missing("lifestyle", "exercise, nutrition and habits are not read from records")


_LABS = {
    "creatinine": "safety of drugs that the kidney clears cannot be answered",
    "vitamin_d": "an average is assumed",
    "estradiol": "the average of age and treatment is assumed",
}

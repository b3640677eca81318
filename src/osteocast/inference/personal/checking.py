"""Whether a person's own measurements fit together, and with the people who fit them best."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from osteocast.inference.personal.likelihood import PersonalLikelihood
from osteocast.inference.personal.probabilities import chi_square_above, normal_below
from osteocast.person import SITE_LABELS
from osteocast.units import ANALYTES, QUANTITIES

__all__ = ["Flag", "check", "left_out_weights"]

#: Two-sided probability, shared among all readings, below which one is flagged.
_UNLIKELY = 0.02


@dataclass(frozen=True)
class Flag:
    """A measurement, or a series, that does not fit.

    Parameters
    ----------
    what : {"scan", "marker", "series", "weights"}
        A scan, a blood value, all of them together, or too few virtual people that fit.
    text : str
        A sentence for the reader.
    name : str or None
        Site of a scan, or the analyte.
    date : date or None
    p : float or None
        Probability of a value at least as far off, given everything else.
    """

    what: Literal["scan", "marker", "series", "weights"]
    text: str
    name: str | None = None
    date: date | None = None
    p: float | None = None


def left_out_weights(log_weights: np.ndarray, log_density: np.ndarray) -> np.ndarray:
    """Weights of people when one reading is left out, ndarray (n, m), columns sum to 1."""
    logs = log_weights[:, None] - log_density
    logs = logs - np.nanmax(np.where(np.isfinite(logs), logs, -np.inf), axis=0)
    weights = np.where(np.isfinite(logs), np.exp(logs), 0.0)
    return np.asarray(weights / weights.sum(axis=0))


def check(likelihood: PersonalLikelihood, courses: np.ndarray, weights: np.ndarray) -> tuple[Flag, ...]:
    """Compare each reading with its prediction from all others, and all of them with the people who fit.

    Parameters
    ----------
    likelihood : PersonalLikelihood
    courses : ndarray (n, m)
    weights : ndarray (n,)
        Given all readings.
    """
    return tuple(_readings(likelihood, courses, weights)) + tuple(_series(likelihood, courses, weights))


def _readings(likelihood: PersonalLikelihood, courses: np.ndarray, weights: np.ndarray) -> Iterator[Flag]:
    readings = likelihood.measured.readings
    z, log_density = likelihood.left_out(courses)
    with np.errstate(divide="ignore"):
        others = left_out_weights(np.log(weights), log_density)
    below = np.nansum(others * normal_below(z), axis=0)
    p = 2.0 * np.minimum(below, 1.0 - below)
    for i, reading in enumerate(readings):
        alone = sum(other.name == reading.name for other in readings) == 1
        if p[i] >= _UNLIKELY / len(readings):
            continue
        direction = "higher" if below[i] > 0.5 else "lower"
        if reading.kind == "scan":
            what = f"the {SITE_LABELS[reading.name]} scan of {reading.date}"
            against = (
                "what is usual for sex and age"
                if alone
                else "the other measurements and people alike lead one to expect"
            )
            advice = (
                "check positioning, the vertebrae used, artefacts and the scanner, "
                "or repeat it before anything rests on it"
            )
        else:
            what = f"the {_label(reading.name)} of {reading.date}"
            against = "the other measurements and people alike lead one to expect"
            advice = "check the time of day, fasting, a recent fracture and the assay"
        yield Flag(
            reading.kind,
            f"{what} lies {direction} than {against} (chance {_chance(p[i])}): {advice}",
            reading.name,
            reading.date,
            float(p[i]),
        )


def _series(likelihood: PersonalLikelihood, courses: np.ndarray, weights: np.ndarray) -> Iterator[Flag]:
    m = len(likelihood.measured.readings)
    distance = likelihood.distance(courses)
    above = chi_square_above(np.where(np.isfinite(distance), distance, 0.0), m)
    p = float(np.sum(weights * above))
    if p < _UNLIKELY / 2:
        yield Flag(
            "series",
            f"even the virtual people who fit best do not explain the measurements as a whole (chance "
            f"{_chance(p)}): something acts on this skeleton that the case does not name, or a value is "
            "wrong",
            p=p,
        )


def _chance(p: float) -> str:
    return "below 1 in 1,000" if p < 1e-3 else f"about 1 in {round(1.0 / p):,}"


def _label(analyte: str) -> str:
    quantity = QUANTITIES.get(analyte) if analyte in ANALYTES else None
    return analyte if quantity is None else quantity.label

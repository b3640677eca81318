"""What moves a person's rates of fracture, and what is not known about them, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from osteocast.fracture.exposures import Exposures
from osteocast.fracture.hazards import Hazards
from osteocast.fracture.profile import RiskProfile
from osteocast.person import SITE_LABELS

__all__ = ["Driver", "drivers_of", "notes_of"]


@dataclass(frozen=True)
class Driver:
    """What one risk factor does to the rates on day 0, against the population.

    Parameters
    ----------
    name, label : str
    ratios : dict of str to float
        Median ratio by component; components it leaves alone are absent.
    sources : tuple of str
    """

    name: str
    label: str
    ratios: dict[str, float]
    sources: tuple[str, ...]


def drivers_of(found: Hazards) -> tuple[Driver, ...]:
    """Return what the known risk factors do, most important first."""
    drivers = [
        Driver(
            factor.name,
            factor.label,
            {name: float(np.exp(np.median(effect[:, 0]))) for name, effect in factor.log_ratio.items()},
            factor.sources,
        )
        for factor in found.factors
    ]
    return tuple(sorted(drivers, key=lambda one: -max(abs(np.log(x)) for x in one.ratios.values())))


def notes_of(
    profile: RiskProfile, exposures: Exposures, found: Hazards, *, turnover_known: bool, scanned: bool = True
) -> tuple[str, ...]:
    """Return what a reader of the probabilities has to know."""
    yielded = (
        *_of_density(found, scanned),
        *_of_person(profile),
        *_of_exposures(profile, exposures, turnover_known),
    )
    return (
        "Rates and deaths are those of the United States; other countries differ several-fold for the hip.",
        *yielded,
    )


def _of_density(found: Hazards, scanned: bool) -> Iterator[str]:
    if all(site is None for site in found.sites.values()):
        yield "No density is known: that of the average person of the same age and sex is taken."
        return
    if not scanned:
        yield (
            "Never scanned: densities are taken as they spread among people of the same age and sex, and "
            "change as forecast. A scan would narrow these ranges more than anything else."
        )
        return
    if found.sites["hip"] == "lumbar_spine":
        yield "No density of the hip is known: the spine tells less about the hip."
    used = set(found.sites.values())
    named = " and ".join(label for site, label in SITE_LABELS.items() if site in used)
    yield f"Density counts by the {named}."


def _of_person(profile: RiskProfile) -> Iterator[str]:
    unknown = [
        words
        for words, known in (
            ("earlier fractures", profile.fractures is not None),
            ("hip fracture of a parent", "parental_hip_fracture" in profile.factors),
            ("falls", "falls" in profile.factors),
            ("smoking", "current_smoking" in profile.factors),
        )
        if not known
    ]
    if unknown:
        yield f"Not known, and counted as in the average person: {', '.join(unknown)}."


def _of_exposures(profile: RiskProfile, exposures: Exposures, turnover_known: bool) -> Iterator[str]:
    if not turnover_known and (exposures.inhibitor or exposures.denosumab):
        yield "Turnover is not known: only density speaks for the drugs."
    if exposures.inhibitor:
        yield (
            "On an aromatase inhibitor bones break more often than density explains; how much is estimated "
            "from trials against tamoxifen, and one registry found no excess."
            if profile.sex == "female"
            else "No study has counted fractures of men on an aromatase inhibitor: only density speaks."
        )
    if profile.sex == "male" and exposures.testosterone:
        yield (
            "What testosterone adds to density is not counted: men on it broke bones more often than men on "
            "placebo (TRAVERSE, hazard ratio 1.43)."
        )
    if exposures.rebounds():
        yield (
            "After the last dose of denosumab with nothing to follow, vertebrae fracture, often several: the "
            "time from 7 to 19 months after it counts with the rates of the trial's women who stopped."
        )

"""What a virtual trial is: who may enter, what each arm gets, what is measured when, and how it is analysed.

Times are months in visits and endpoints and days in courses, as in a trial file (`osteocast.trials`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal, get_args

from osteocast.trials.schema import Arm, Observation, Population, Unit

__all__ = [
    "ANALYSES",
    "MEASURES",
    "SETS",
    "Adherence",
    "Analysis",
    "Eligibility",
    "Endpoint",
    "Interim",
    "Measurement",
    "Randomisation",
    "Stratum",
    "TrialDesign",
]

#: t: Welch's test of the change; ancova: the change adjusted for baseline and strata; mixed: a mixed model of
#: all visits.
Analysis = Literal["t", "ancova", "mixed"]
ANALYSES: tuple[Analysis, ...] = get_args(Analysis)
#: intention_to_treat: everybody as randomised, a missing last value replaced by the one before; as_observed:
#: those measured at the endpoint's visit; on_treatment: of these, those without rescue.
AnalysisSet = Literal["intention_to_treat", "as_observed", "on_treatment"]
SETS: tuple[AnalysisSet, ...] = get_args(AnalysisSet)
#: What strata and eligibility may look at, beside the T-score of a site.
MEASURES = ("age", "years_since_menopause")

Bounds = tuple[float | None, float | None]


@dataclass(frozen=True)
class Eligibility:
    """Who may enter, judged at screening by what is measured there.

    Parameters
    ----------
    age : (float or None, float or None)
        Lowest and highest, years.
    years_since_menopause : (float or None, float or None)
    t_score : mapping of str to (float or None, float or None)
        By site; all of them have to hold.
    """

    age: Bounds = (None, None)
    years_since_menopause: Bounds = (None, None)
    t_score: Mapping[str, Bounds] = field(default_factory=dict)


@dataclass(frozen=True)
class Stratum:
    """A cut that divides people before randomisation.

    Parameters
    ----------
    of : str
        A site, for its T-score at screening, or one of `MEASURES`.
    at : float
        Those below it are one stratum, the others another.
    """

    of: str
    at: float


@dataclass(frozen=True)
class Randomisation:
    """How people get their arm.

    Parameters
    ----------
    method : {"simple", "blocks"}
        Permuted blocks are kept by stratum.
    blocks : tuple of int
        Sizes of the blocks, drawn at random; each a multiple of the sum of `allocation`.
    allocation : mapping of str to int
        Parts of each arm.
    strata : tuple of Stratum
    """

    method: Literal["simple", "blocks"]
    blocks: tuple[int, ...]
    allocation: Mapping[str, int]
    strata: tuple[Stratum, ...] = ()


@dataclass(frozen=True)
class Endpoint:
    """What is compared.

    Parameters
    ----------
    name : str
    observable : str
        A name in `osteocast.physiology.observables.OBSERVABLE_NAMES`.
    month, from_month : float
        When, and what it is compared with.
    unit : {"pct", "pct_per_year", "change", "absolute", "g_per_cm2"}
        As in a trial file.
    statistic : {"mean", "median"}
        What is reported of an arm.
    arm : str
    versus : str, optional
        Arm that is subtracted; none for the arm alone.
    published : Observation, optional
        What a real trial found.
    """

    name: str
    observable: str
    month: float
    unit: Unit
    arm: str
    versus: str | None = None
    statistic: Literal["mean", "median"] = "mean"
    from_month: float = 0.0
    published: Observation | None = None

    @property
    def site(self) -> str | None:
        """Site of a density, none for a marker."""
        return self.observable.removeprefix("bmd_") if self.observable.startswith("bmd_") else None


@dataclass(frozen=True)
class Adherence:
    """Share of the doses taken at home, among people: a beta distribution.

    Parameters
    ----------
    mean : float
        Above 0, up to 1.
    sd : float
        0 where everybody takes the mean.
    """

    mean: float = 1.0
    sd: float = 0.0


@dataclass(frozen=True)
class Measurement:
    """How far one measurement lies from the truth.

    Parameters
    ----------
    vendor : str
        Maker of the scanners.
    precision : mapping of str to float
        The centres' own precision by site, CV in percent; the maker's published one where left out.
    scan : mapping of str to float
        Error of one scan over the years of a trial, CV in percent; where left out it follows from the
        precision, which is that of one day.
    assay : mapping of str to float
        Error of one sample by marker, assay and the day's biology together, CV in percent; the usual one
        where left out.
    """

    vendor: str = "hologic"
    precision: Mapping[str, float] = field(default_factory=dict)
    scan: Mapping[str, float] = field(default_factory=dict)
    assay: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Interim:
    """Looks before the end, and how the error of the first kind is spent on them.

    Parameters
    ----------
    looks : tuple of float
        Shares of the information, rising, the last one 1.
    spending : {"obrien_fleming", "pocock"}
        As Lan and DeMets spend it.
    """

    looks: tuple[float, ...] = (1.0,)
    spending: Literal["obrien_fleming", "pocock"] = "obrien_fleming"


@dataclass(frozen=True)
class TrialDesign:
    """A trial that can be run on virtual people.

    Parameters
    ----------
    name, title : str
    population : Population
        Those who are screened.
    arms : mapping of str to Arm
    endpoints : tuple of Endpoint
        The first one is primary.
    visits : tuple of float
        Months, all after 0.
    size : int
        People randomised, all arms together.
    eligibility : Eligibility
    randomisation : Randomisation
    window_days : float
        A visit takes place up to so many days before or after its time.
    dropout : mapping of str to float
        Share of an arm that leaves in a year.
    adherence : mapping of str to Adherence
        By arm.
    measurement : Measurement
    interim : Interim
    alpha : float
        Error of the first kind, two-sided.
    analysis : {"t", "ancova", "mixed"}
    replicates : int
    draws : int
        Draws of the posterior; replicate r takes one of them, as one world has one truth. 0 for the
        calibrated values in every replicate.
    people : int
        Candidates simulated for each draw, from which replicates are made.
    seed : int
    sources : tuple of str
    notes : str, optional
    assumed : mapping of str to str
        What no file says, and what was taken.
    path : Path, optional
    """

    name: str
    title: str
    population: Population
    arms: Mapping[str, Arm]
    endpoints: tuple[Endpoint, ...]
    visits: tuple[float, ...]
    size: int
    randomisation: Randomisation
    eligibility: Eligibility = Eligibility()
    window_days: float = 0.0
    dropout: Mapping[str, float] = field(default_factory=dict)
    adherence: Mapping[str, Adherence] = field(default_factory=dict)
    measurement: Measurement = Measurement()
    interim: Interim = Interim()
    alpha: float = 0.05
    analysis: Analysis = "ancova"
    replicates: int = 200
    draws: int = 24
    people: int = 256
    seed: int = 1
    sources: tuple[str, ...] = ()
    notes: str | None = None
    assumed: Mapping[str, str] = field(default_factory=dict)
    path: Path | None = None

    @property
    def primary(self) -> Endpoint:
        """The first endpoint."""
        return self.endpoints[0]

    @property
    def study(self) -> str:
        """Key of all random streams."""
        return f"virtual trial {self.name} {self.seed}"

    @property
    def observables(self) -> tuple[str, ...]:
        """What is measured at every visit, each once."""
        return tuple(dict.fromkeys(endpoint.observable for endpoint in self.endpoints))

    def fingerprint(self) -> str:
        """Return a short digest of everything that a replicate depends on.

        The number of replicates is left out: a run may be made longer.
        """
        content = asdict(self)
        for key in ("replicates", "path", "notes", "title", "sources"):
            del content[key]
        text = json.dumps(content, sort_keys=True, default=str)
        return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()

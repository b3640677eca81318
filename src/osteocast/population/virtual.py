"""Populations that virtual people are drawn from: how covariates are distributed and hang together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Literal

import numpy as np

from osteocast.errors import InputError, OsteocastError, unknown_name
from osteocast.person.published import middle
from osteocast.physiology import SITES
from osteocast.population.data import data
from osteocast.population.eligibility import Eligibility
from osteocast.population.marginals import Marginal, life_table_age, marginal_from
from osteocast.population.variability import variability
from osteocast.simulation.subject import MALE_ESTRADIOL_PER_TESTOSTERONE, Subject

__all__ = ["Correlation", "VirtualPopulation", "names", "population"]

_WIDEST = 1.0 - 1e-9


@dataclass(frozen=True)
class Correlation:
    """How closely two covariates go together, as a correlation of their normal scores.

    Parameters
    ----------
    of : (str, str)
    r : float
    basis : {"published", "derived", "estimate"}
    sources : tuple of str
        Values of the registry, ``source-id/value-id``.
    note : str
    """

    of: tuple[str, str]
    r: float
    basis: str
    sources: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class VirtualPopulation:
    """A population from which virtual people are drawn.

    Parameters
    ----------
    name, label : str
    sex : {"female", "male"}
    age : Marginal
    typical_age : float
        Of the person whose body stands for all where a plan needs one (effects of a lifestyle).
    marginals : tuple of Marginal
        Of covariates that are not traits.
    correlations : tuple of Correlation
        Between covariates and traits.
    density : tuple of Correlation
        Of density with covariates, and between sites, in people of one age.
    t_score : mapping of str to (float, float)
        Mean and standard deviation of T-scores by site, where they are not those of the age.
    testosterone : float or None
        Mean of men's own, ng/dL.
    eligibility : Eligibility
        Who of them may take part.
    """

    name: str
    label: str
    sex: Literal["female", "male"]
    age: Marginal
    typical_age: float
    marginals: tuple[Marginal, ...]
    correlations: tuple[Correlation, ...]
    density: tuple[Correlation, ...]
    t_score: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    testosterone: float | None = None
    eligibility: Eligibility = field(default_factory=Eligibility)

    def eligible(self, eligibility: Eligibility) -> VirtualPopulation:
        """Return the same population with further limits; those it has stay."""
        return replace(self, eligibility=self.eligibility.both(eligibility))

    def with_age(self, mean: float, sd: float) -> VirtualPopulation:
        """Return the population with a normal distribution of age, as a trial prints it, years."""
        shape = marginal_from("age", {"normal": {"mean": mean, "sd": sd}, "basis": "published"})
        return replace(self, age=shape, typical_age=mean)

    def with_t_scores(self, scores: Mapping[str, tuple[float, float]]) -> VirtualPopulation:
        """Return the population with T-scores of a printed mean and standard deviation, by site."""
        unknown = sorted(set(scores) - set(SITES))
        if unknown:
            raise ValueError(f"no site {', '.join(unknown)}; there are {', '.join(SITES)}")
        return replace(self, t_score={**self.t_score, **scores})

    def marginal(self, name: str) -> Marginal:
        """Return the distribution of a covariate by name."""
        return next(one for one in self.marginals if one.name == name)

    @property
    def covariates(self) -> tuple[str, ...]:
        """Names of the covariates that are drawn, traits last."""
        return (*(one.name for one in self.marginals), *variability().names)

    @cached_property
    def correlation(self) -> np.ndarray:
        """Correlation of the normal scores of `covariates`, ndarray (n, n).

        Raises
        ------
        OsteocastError
            If the correlations of the file contradict each other.
        """
        order = self.covariates
        matrix = np.eye(len(order))
        for one in self.correlations:
            i, j = order.index(one.of[0]), order.index(one.of[1])
            matrix[i, j] = matrix[j, i] = one.r
        if np.linalg.eigvalsh(matrix)[0] <= 0.0:
            raise OsteocastError(f"the correlations of {self.name} contradict each other")
        return matrix

    def site_correlation(self) -> np.ndarray:
        """Correlation of T-scores between sites in people of one age, ndarray (n_site, n_site)."""
        matrix = np.eye(len(SITES))
        for one in self.density:
            if one.of[0] in SITES:
                i, j = SITES.index(one.of[0]), SITES.index(one.of[1])
                matrix[i, j] = matrix[j, i] = one.r
        return matrix

    def typical(self) -> Subject:
        """Return the middle person: median of every covariate, average traits."""
        middle_of = {
            one.name: float(one.value(np.zeros(1), np.full(1, self.typical_age))[0]) for one in self.marginals
        }
        return Subject(
            age=self.typical_age,
            menopause_age=middle_of.get("menopause_age"),
            calcium_intake=middle_of["calcium_intake"],
            vitamin_d=middle_of["vitamin_d"],
            weight_kg=middle_of["body_mass_index"] * (middle_of["height_cm"] / 100.0) ** 2,
            sex=self.sex,
            testosterone=self.testosterone,
            estradiol=None
            if self.testosterone is None
            else MALE_ESTRADIOL_PER_TESTOSTERONE * self.testosterone,
        )

    def sources(self) -> tuple[str, ...]:
        """Ids of the sources in the registry, each once."""
        found = [
            *self.age.sources,
            *(item for one in self.marginals for item in one.sources),
            *(item for one in (*self.correlations, *self.density) for item in one.sources),
        ]
        return tuple(dict.fromkeys(reference.partition("/")[0] for reference in found))


@cache
def names() -> tuple[str, ...]:
    """Return the names of the populations that come with osteocast."""
    folder = files("osteocast.population") / "populations"
    return tuple(sorted(path.name.removesuffix(".yaml") for path in folder.iterdir() if ".yaml" in path.name))


def population(name: str, eligibility: Eligibility | None = None) -> VirtualPopulation:
    """Return a population by name.

    Parameters
    ----------
    name : str
        One of `names`.
    eligibility : Eligibility, optional
        Who of them may take part, beside the limits of the population itself.

    Raises
    ------
    InputError
        If there is none of that name; lists those there are.

    Examples
    --------
    >>> population("us-women").sex
    'female'
    """
    if name not in names():
        raise InputError([unknown_name("population", name, names(), "population")])
    found = _read(name)
    return found if eligibility is None else found.eligible(eligibility)


@cache
def _read(name: str) -> VirtualPopulation:
    entry = _merged(name)
    sex = entry["sex"]
    marginals = tuple(marginal_from(key, item) for key, item in entry["marginals"].items())
    density = [
        _correlation({"of": [covariate, site], **item})
        for covariate, by_site in entry["density"].items()
        if covariate != "sites"
        for site, item in by_site.items()
    ]
    density += [_correlation(item) for item in entry["density"]["sites"]]
    hormone = entry.get("testosterone")
    limits: dict[str, Any] = {key: tuple(item) for key, item in entry.get("eligibility", {}).items()}
    return VirtualPopulation(
        name=name,
        label=entry["label"],
        sex=sex,
        age=_age(sex, entry["age"]),
        typical_age=float(entry["typical_age"]),
        marginals=marginals,
        correlations=tuple(_correlation(item) for item in entry["correlations"]),
        density=tuple(density),
        testosterone=None if hormone is None else middle(hormone["mean"]) * float(hormone["times"]),
        eligibility=Eligibility(**limits),
    )


def _merged(name: str) -> dict[str, Any]:
    """Return the entries of a file, with those of the population it is like where it has none."""
    entry = dict(data(f"populations/{name}"))
    like = entry.pop("like", None)
    if like is None:
        return entry
    base = _merged(like)
    marginals = {**base["marginals"], **entry.pop("marginals", {})}
    return {**base, **entry, "marginals": marginals}


def _age(sex: str, entry: Mapping[str, Any]) -> Marginal:
    if "life_table" in entry:
        low, high = entry["life_table"]
        return Marginal(
            "age",
            entry["basis"],
            ("ssa-life-table-2017",),
            entry.get("note", ""),
            life_table_age(sex, float(low), float(high)),
        )
    return marginal_from("age", entry)


def _correlation(entry: Mapping[str, Any]) -> Correlation:
    first, second = entry["of"]
    r = float(entry["r"])
    if not -_WIDEST < r < _WIDEST:
        raise OsteocastError(f"a correlation of {r} between {first} and {second}")
    return Correlation(
        (first, second), r, entry["basis"], tuple(entry.get("from", ())), str(entry.get("note", ""))
    )

r"""Virtual people of a population: correlated covariates, density on day 0 among them.

Covariates and traits are a Gaussian copula: standard normal numbers with the correlations of the population,
each put through the quantiles of its own distribution. Density is drawn on day 0, from the published mean and
spread of the age, and hangs together with the life that the equations give the same person: what a unit of a
covariate or trait does to density by then (`osteocast.population.tracking`) is its loading on the T-score,

.. math:: z_s = \sum_k c_{sk} x_k + \epsilon_s,

and the rest, peak bone and how the life has strayed, has what variance and what correlation between sites
the published numbers leave. So a woman who lost fast is dense less often, and peak bone mass, which follows
from both, does not depend on how fast bone was lost.

Person i of a study is drawn until the rules admit them, from streams of attempts that belong to (study, i):
whoever else is drawn moves nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from osteocast import physiology
from osteocast.errors import InputError, Problem
from osteocast.person.kidney import creatinine_clearance, creatinine_of
from osteocast.person.reference import young_reference
from osteocast.physiology import SITES
from osteocast.population.density import population_score
from osteocast.population.marginals import Marginal
from osteocast.population.normal import quantile
from osteocast.population.streams import uniforms
from osteocast.population.tracking import loadings
from osteocast.population.variability import Variability, variability
from osteocast.population.virtual import VirtualPopulation
from osteocast.simulation.subject import MALE_ESTRADIOL_PER_TESTOSTERONE, REFERENCE_WEIGHT, Subject

__all__ = ["MOST_ATTEMPTS", "Cohort", "draw"]

#: Draws of one person after which the rules count as admitting nobody.
MOST_ATTEMPTS = 2000
_AT_ONCE = 4096  # candidates looked at together
_SPARSE = 256  # people of a stretch for one that is wanted, from which on each is drawn by itself
_LEAST_REST = 0.05  # variance of density that peak bone and straying keep in any case


@dataclass(frozen=True)
class Cohort:
    """Virtual people of a population.

    Parameters
    ----------
    population : VirtualPopulation
    study : str
        Key of their random streams.
    number : ndarray (n,) of int
        Number of each person in the study.
    table : mapping of str to ndarray (n,)
        Covariates on day 0: ``age``, ``menopause_age`` and ``years_since_menopause`` (women), ``height_cm``,
        ``weight_kg``, ``body_mass_index``, ``vitamin_d`` (25OHD, ng/mL), ``calcium_intake`` (mg a day),
        ``filtration`` (mL/min/1.73 m2), ``creatinine`` (mg/dL), ``creatinine_clearance`` (mL/min),
        ``adherence`` (share of tablets), ``estradiol`` (pg/mL; of women after the menopause),
        ``testosterone`` (men, ng/dL), ``turnover`` (against the average of the same course of life), by site
        ``t_score_<site>`` and ``bmd_<site>`` (g/cm2, Hologic), and ``lowest_t_score``.
    traits : ndarray (n, n_trait)
        How far each lies from the average in each trait of `osteocast.population.variability`, in standard
        deviations.
    attempts : ndarray (n,) of int
        How many were looked at until one was admitted.
    """

    population: VirtualPopulation
    study: str
    number: np.ndarray
    table: Mapping[str, np.ndarray]
    traits: np.ndarray
    attempts: np.ndarray

    def __len__(self) -> int:
        """Return how many they are."""
        return int(self.number.size)

    def rows(self, chosen: np.ndarray) -> Cohort:
        """Return some of them, by position or by an array of bool."""
        return Cohort(
            self.population,
            self.study,
            self.number[chosen],
            {name: values[chosen] for name, values in self.table.items()},
            self.traits[chosen],
            self.attempts[chosen],
        )

    def subjects(self, parameters: Mapping[str, float] | None = None) -> tuple[Subject, ...]:
        """Return them as subjects of `osteocast.simulation.run`, one by one.

        `osteocast.population.lives` does the same for thousands at once.

        Parameters
        ----------
        parameters : mapping of str to float, optional
            The average response that their traits deviate from; the calibrated one by default.
        """
        average = {**physiology.values(), **(parameters or {})}
        traits, hormone = variability(), self.population.testosterone
        return tuple(self._subject(i, average, traits, hormone) for i in range(len(self)))

    def _subject(
        self, i: int, average: Mapping[str, float], traits: Variability, testosterone: float | None
    ) -> Subject:
        table = {name: float(values[i]) for name, values in self.table.items()}
        base = dict(average)
        if testosterone is not None:
            base["testosterone_own"] = testosterone
            base["male_e2_own"] = MALE_ESTRADIOL_PER_TESTOSTERONE * testosterone
        size = table["weight_kg"] / REFERENCE_WEIGHT
        own: dict[str, float] = {}
        for k, trait in enumerate(traits.traits):
            for name, loading in trait.loadings.items():
                start = base[name] * (size if name == "denosumab_clearance" else 1.0)
                shift = np.exp(trait.spread.sd * loading * self.traits[i, k])
                own[name] = float(own.get(name, start) * shift)
        return Subject(
            age=table["age"],
            menopause_age=table.get("menopause_age"),
            calcium_intake=table["calcium_intake"],
            vitamin_d=table["vitamin_d"],
            bmd={site: table[f"bmd_{site}"] for site in SITES},
            weight_kg=table["weight_kg"],
            sex=self.population.sex,
            parameters=own,
        )


def draw(population: VirtualPopulation, n: int, study: str, first: int = 0) -> Cohort:
    """Draw virtual people.

    Parameters
    ----------
    population : VirtualPopulation
        From `osteocast.population.population`.
    n : int
        How many.
    study : str
        Key of the random streams: person i of a study is the same whatever `n` and `first`.
    first : int
        Number of the first person.

    Returns
    -------
    Cohort

    Raises
    ------
    InputError
        If the rules of eligibility admit fewer than about one in `MOST_ATTEMPTS`.

    Examples
    --------
    >>> from osteocast.population import population
    >>> women = population("us-women")
    >>> few, many = draw(women, 3, "doctest"), draw(women, 9, "doctest")
    >>> bool((few.table["t_score_total_hip"] == many.table["t_score_total_hip"][:3]).all())
    True
    """
    number = np.arange(first, first + n)
    width = 1 + len(population.covariates) + len(SITES)
    columns: dict[str, np.ndarray] = {}
    traits = np.empty((n, len(variability().traits)))
    attempts = np.zeros(n, dtype=np.int64)
    pending = np.arange(n)
    age = _age_within(population)
    attempt = 0
    while pending.size and attempt < MOST_ATTEMPTS:
        # The fewer still wait, the more of their attempts are looked at in one go; the first that is admitted
        # counts, so that this changes nobody.
        at_once = min(max(_AT_ONCE // pending.size, 1), MOST_ATTEMPTS - attempt)
        drawn = [_numbers(study, f"covariates {attempt + k}", number[pending], width) for k in range(at_once)]
        table, own = _candidates(population, age, quantile(np.concatenate(drawn)))
        admitted = population.eligibility.admits(table).reshape(at_once, pending.size)
        found = admitted.any(axis=0)
        taken, chosen = pending[found], admitted.argmax(axis=0)[found]
        row = chosen * pending.size + np.flatnonzero(found)
        for name, values in table.items():
            columns.setdefault(name, np.full(n, np.nan))[taken] = values[row]
        traits[taken] = own[row]
        attempts[taken] = attempt + chosen + 1
        pending = pending[~found]
        attempt += at_once
    if pending.size:
        raise InputError(
            [
                Problem(
                    "eligibility",
                    ", ".join(population.eligibility.limits()),
                    f"rules that admit at least one in {MOST_ATTEMPTS} {population.label}",
                    f"widen a limit: nobody was found for person {int(number[pending[0]])}",
                )
            ]
        )
    return Cohort(population, study, number, columns, traits, attempts)


def _numbers(study: str, purpose: str, number: np.ndarray, width: int) -> np.ndarray:
    """Return the uniform numbers of some people of a study, in the order of their numbers."""
    first, span = int(number[0]), int(number[-1] - number[0]) + 1
    if span > _SPARSE * number.size:
        return np.concatenate([uniforms(study, purpose, int(one), 1, width) for one in number])
    return np.asarray(uniforms(study, purpose, first, span, width)[number - first])


def _age_within(population: VirtualPopulation) -> tuple[float, float] | None:
    """Shares of the population below the youngest and the oldest age admitted, as normal scores would be."""
    limits = population.eligibility.age
    if limits is None:
        return None
    low, high = (
        _share_below(population.age, edge, fallback)
        for edge, fallback in zip(limits, (0.0, 1.0), strict=True)
    )
    # A population without anybody of the age is left to the rules, which then admit nobody.
    return (low, high) if high > low else None


def _share_below(age: Marginal, edge: float | None, fallback: float) -> float:
    if edge is None:
        return fallback
    low, high = -8.0, 8.0
    for _ in range(80):
        half = 0.5 * (low + high)
        below = float(age.value(np.full(1, half), np.zeros(1))[0]) < edge
        low, high = (half, high) if below else (low, half)
    from scipy.special import ndtr

    return float(ndtr(0.5 * (low + high)))


def _candidates(
    population: VirtualPopulation, within: tuple[float, float] | None, z: np.ndarray
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Covariates and traits of people, from standard normal numbers that are independent.

    Whatever is computed here is computed number by number, never by a product of matrices: a library may
    round the rows of a large matrix otherwise than those of a small one.
    """
    score = z[:, 0]
    if within is not None:
        from scipy.special import ndtr

        # Ages admitted by the rules are drawn at once, rather than by chance.
        score = quantile(np.clip(within[0] + (within[1] - within[0]) * ndtr(score), 2.0**-54, 1 - 2.0**-53))
    age = population.age.value(score, np.zeros_like(score))
    order = population.covariates
    mixed = _mixed(_factor(population), z[:, 1 : 1 + len(order)])
    scores = dict(zip(order, mixed, strict=True))
    table = {"age": age}
    table |= {one.name: one.value(scores[one.name], age) for one in population.marginals}
    _add_body(table, population.sex)
    _add_hormones(table, scores, population)
    _add_density(table, scores, z[:, 1 + len(order) :], population)
    return table, np.column_stack([scores[name] for name in variability().names])


@cache
def _cholesky(correlation: bytes, size: int) -> np.ndarray:
    return np.linalg.cholesky(np.frombuffer(correlation).reshape(size, size))


def _factor(population: VirtualPopulation) -> np.ndarray:
    matrix = population.correlation
    return _cholesky(matrix.tobytes(), len(matrix))


def _mixed(factor: np.ndarray, independent: np.ndarray) -> list[np.ndarray]:
    """Correlated numbers from independent ones, one array for each row of the factor."""
    found = []
    for row in factor:
        total = np.zeros(len(independent))
        for j in np.flatnonzero(row):
            total = total + row[j] * independent[:, j]
        found.append(total)
    return found


def _add_body(table: dict[str, np.ndarray], sex: str) -> None:
    age = table["age"]
    table["weight_kg"] = table["body_mass_index"] * (table["height_cm"] / 100.0) ** 2
    if "menopause_age" in table:
        table["years_since_menopause"] = age - table["menopause_age"]
    table["creatinine"] = creatinine_of(table["filtration"], age, sex)
    table["creatinine_clearance"] = creatinine_clearance(table["creatinine"], age, sex, table["weight_kg"])


def _add_hormones(
    table: dict[str, np.ndarray], scores: Mapping[str, np.ndarray], population: VirtualPopulation
) -> None:
    """Hormones and turnover, which are traits."""
    levels = {"estradiol": "postmenopausal_e2"}
    base = physiology.values()
    if population.testosterone is not None:
        levels = {"estradiol": "male_e2_own", "testosterone": "testosterone_own"}
        base |= {
            "testosterone_own": population.testosterone,
            "male_e2_own": MALE_ESTRADIOL_PER_TESTOSTERONE * population.testosterone,
        }
    for name, parameter in levels.items():
        table[name] = base[parameter] * np.exp(_shift(parameter, scores))
    table["turnover"] = np.exp(_shift("turnover_total_hip", scores))


def _shift(parameter: str, scores: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return what the traits add to the log of a parameter."""
    total = np.zeros(len(next(iter(scores.values()))))
    for trait in variability().traits:
        if parameter in trait.loadings:
            total = total + trait.spread.sd * trait.loadings[parameter] * scores[trait.name]
    return total


def _add_density(
    table: dict[str, np.ndarray],
    scores: Mapping[str, np.ndarray],
    rest: np.ndarray,
    population: VirtualPopulation,
) -> None:
    """T-scores and densities, given the covariates and traits."""
    order = population.covariates
    links = population.correlation
    means, spreads = _expected(table["age"], population)
    weights = [_weights(site, table, spreads[i], population) for i, site in enumerate(SITES)]
    together = _together(weights, links, order)
    left = population.site_correlation()
    factor = _remaining(left, together)
    for i, site in enumerate(SITES):
        z = np.zeros_like(table["age"])
        for name, weight in weights[i].items():
            z = z + weight * scores[name]
        for j in range(i + 1):
            z = z + factor[i][j] * rest[:, j]
        table[f"t_score_{site}"] = means[i] + spreads[i] * z
    for site in SITES:
        young = young_reference(site)
        table[f"bmd_{site}"] = young.mean + young.sd * table[f"t_score_{site}"]
    table["lowest_t_score"] = np.minimum.reduce([table[f"t_score_{site}"] for site in SITES])


def _expected(age: np.ndarray, population: VirtualPopulation) -> tuple[list[np.ndarray], list[float]]:
    """Mean and standard deviation of the T-score by site."""
    means, spreads = [], []
    for site in SITES:
        mean = population_score(site, population.sex, age, np.zeros_like(age))
        # One number for everybody, whoever stands first.
        low, high = population_score(site, population.sex, population.typical_age, np.array([0.0, 1.0]))
        spread = float(high - low)
        if site in population.t_score:
            printed, spread = population.t_score[site]
            mean = np.full_like(age, printed)
        means.append(mean)
        spreads.append(spread)
    return means, spreads


def _weights(
    site: str, table: Mapping[str, np.ndarray], spread: float, population: VirtualPopulation
) -> dict[str, np.ndarray]:
    """Return the loadings of one site's normal score on covariates and traits, ndarray (n,) each."""
    young = young_reference(site)
    mean = young.mean + young.sd * population_score(
        site, population.sex, table["age"], np.zeros_like(table["age"])
    )
    # What a normal score of each does to the log of density, in standard deviations of density.
    life = loadings(population.sex, site, table)
    weights = {name: effect * mean / (young.sd * spread) for name, effect in life.items()}
    order, links = population.covariates, population.correlation
    for one in population.density:
        if one.of[1] == site and one.of[0] not in SITES:
            column = links[:, order.index(one.of[0])]
            given = np.zeros_like(mean)
            for name, weight in weights.items():
                if name != one.of[0]:
                    given = given + weight * column[order.index(name)]
            # The published correlation holds what comes by way of hormones and vitamins.
            weights[one.of[0]] = one.r - given
    return weights


def _together(
    weights: Sequence[Mapping[str, np.ndarray]], links: np.ndarray, order: Sequence[str]
) -> list[list[np.ndarray]]:
    """Covariance between sites that comes from covariates and traits."""
    found: list[list[np.ndarray]] = []
    for one in weights:
        found.append([])
        for other in weights:
            total = np.zeros_like(next(iter(one.values())))
            for a, first in one.items():
                for b, second in other.items():
                    link = links[order.index(a), order.index(b)]
                    if link != 0.0:
                        total = total + link * first * second
            found[-1].append(total)
    return found


def _remaining(left: np.ndarray, taken: Sequence[Sequence[np.ndarray]]) -> list[list[np.ndarray]]:
    """Cholesky factor, person by person, of the covariance that is left; a lower triangle."""
    size = len(left)
    factor: list[list[np.ndarray]] = []
    for i in range(size):
        factor.append([])
        for j in range(i + 1):
            rest = left[i, j] - taken[i][j]
            for k in range(j):
                rest = rest - factor[i][k] * factor[j][k]
            if i == j:
                factor[i].append(np.sqrt(np.maximum(rest, _LEAST_REST)))
            else:
                factor[i].append(rest / factor[j][j])
    return factor

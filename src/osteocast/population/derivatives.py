"""What covariates and traits do to density over an untreated life, from the equations.

``python -m osteocast.population.derivatives`` writes ``tracking.yaml`` after the parameters have changed.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from osteocast import physiology
from osteocast.engine.solver import simulate
from osteocast.physiology import SITES
from osteocast.population.variability import variability
from osteocast.population.virtual import VirtualPopulation, population
from osteocast.simulation import Subject, batch_of
from osteocast.units import DAYS_PER_YEAR

__all__ = ["AGES", "computed", "main"]

#: Ages of the table, years.
AGES = (40.0, 45.0, 50.0, 52.5, 55.0, 57.5, 60.0, 65.0, 70.0, 75.0, 80.0, 85.0, 90.0, 100.0)
_POPULATIONS = {"female": "us-women", "male": "us-men"}
_COVARIATES = ("menopause_age", "calcium_intake", "vitamin_d")
#: Traits that only act together with a drug or with training.
_IDLE = ("bisphosphonate", "denosumab", "loading")
_DIGITS = 5


def computed(sex: str) -> dict[str, dict[str, list[float]]]:
    """Compute the loadings of a sex anew, by simulating lives a unit to either side of the average.

    Returns
    -------
    dict of str to dict of str to list of float
        By covariate or trait and site, one number per age of `AGES`.
    """
    people = population(_POPULATIONS[sex])
    names = [one.name for one in people.marginals if one.name in _COVARIATES]
    names += [
        trait.name
        for trait in variability().traits
        if trait.name not in _IDLE and (sex == "male" or trait.name != "testosterone")
    ]
    lives = [_moved(people, name, score) for name in names for score in (1.0, -1.0)]
    density = _densities(lives)
    found: dict[str, dict[str, list[float]]] = {}
    for i, name in enumerate(names):
        up, down = 2 * i, 2 * i + 1
        found[name] = {
            site: [round(float(x), _DIGITS) for x in 0.5 * np.log(values[up] / values[down])]
            for site, values in density.items()
        }
    return found


def _moved(people: VirtualPopulation, name: str, score: float) -> Subject:
    """Return the typical person with one covariate or trait a unit away from the middle."""
    subject = replace(people.typical(), age=AGES[-1])
    if name in _COVARIATES:
        value = people.marginal(name).value(np.full(1, score), np.full(1, people.typical_age))[0]
        moved: dict[str, Any] = {name: float(value)}
        return replace(subject, **moved)
    trait = next(one for one in variability().traits if one.name == name)
    own = subject.own_parameters(physiology.values())
    return replace(
        subject,
        parameters={
            parameter: own[parameter] * float(np.exp(trait.spread.sd * loading * score))
            for parameter, loading in trait.loadings.items()
        },
    )


def _days() -> np.ndarray:
    return (np.asarray(AGES) - AGES[-1]) * DAYS_PER_YEAR


def _densities(lives: list[Subject]) -> dict[str, np.ndarray]:
    """Density by site at every age, against peak bone mass, ndarray (n, n_age)."""
    batch = batch_of(lives, [()] * len(lives), _days())
    result = simulate(batch, [f"bmd_{site}" for site in SITES], relative_tolerance=1e-5)
    return {site: result.raise_on_failure().values[f"bmd_{site}"] for site in SITES}


def main() -> None:
    """Write the table."""
    lines = [
        "# What a unit of the normal score of a covariate or trait adds to the log of density by an age, in",
        "# an untreated life. Written by `python -m osteocast.population.derivatives`.",
        f"ages: [{', '.join(f'{age:g}' for age in AGES)}]",
    ]
    for sex in _POPULATIONS:
        lines.append(f"{sex}:")
        for name, by_site in computed(sex).items():
            lines.append(f"  {name}:")
            lines += [f"    {site}: [{', '.join(map(str, row))}]" for site, row in by_site.items()]
    (Path(__file__).parent / "tracking.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

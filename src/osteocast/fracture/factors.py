"""Risk factors, shared out between those who have them and those who have not."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from osteocast.fracture.coefficients import Coefficient, coefficient
from osteocast.fracture.data import COMPONENTS, data, middle
from osteocast.fracture.profile import PriorFracture, RiskProfile

__all__ = ["Factor", "factors_of"]

_HIGH_DOSE, _LOW_DOSE = 7.5, 2.5  # mg/d of prednisolone, the bands of van-staa-2000-glucocorticoids
_FIRST_YEAR, _LAST_YEAR = 1.0, 10.0


@dataclass(frozen=True)
class Factor:
    """What one risk factor does to each kind of fracture.

    Parameters
    ----------
    name, label : str
    log_ratio : dict of str to ndarray (n or 1, n_time or 1)
        Logarithm of the rate against the population's, by component; components it leaves alone are absent.
    sources : tuple of str
    """

    name: str
    label: str
    log_ratio: dict[str, np.ndarray]
    sources: tuple[str, ...]


def factors_of(profile: RiskProfile, years: np.ndarray, n: int) -> tuple[Factor, ...]:
    """Return the factors that are known of a person.

    The published incidence holds everybody. With a share ``p`` of people who have a factor of ratio ``r``,
    those with it break ``r / (1 + p (r - 1))`` times as often as the population, those without
    ``1 / (1 + p (r - 1))`` times. A factor of which nothing is known has no effect.

    Parameters
    ----------
    profile : RiskProfile
    years : ndarray (n_time,)
        From day 0.
    n : int
        Draws; 0 for the median.
    """
    found = []
    for name, present in profile.factors.items():
        found.append(_simple(name, present, profile, n))
    if profile.glucocorticoid is not None:
        found.append(_glucocorticoid(profile, years, n))
    if profile.fractures is not None:
        found.append(_fractures(profile, profile.fractures, years, n))
    return tuple(found)


def _shared(ratio: np.ndarray, prevalence: float, present: bool) -> np.ndarray:
    mean = 1.0 + prevalence * (ratio - 1.0)
    return np.asarray(np.log((ratio if present else 1.0) / mean))


def _entry_of(component: str) -> str:
    """Name of a component in the data files: forearm and humerus behave as all others do."""
    return "other" if component == "forearm_humerus" else component


def _label(name: str, present: bool) -> str:
    label = str(data("factors")[name]["label"])
    return label if present else f"no {label}".replace("no a ", "no ").replace("no an ", "no ")


def _simple(name: str, present: bool, profile: RiskProfile, n: int) -> Factor:
    entry = data("factors")[name]
    prevalence = float(entry["prevalence"]["value"])
    effects: dict[str, np.ndarray] = {}
    sources: list[str] = []
    for component in COMPONENTS:
        own = entry.get(_entry_of(component))
        if own is None:
            continue
        ratio = coefficient(f"{name} on {_entry_of(component)}", own, sex=profile.sex)
        effects[component] = _shared(ratio.draw(n), prevalence, present)[:, None]
        sources += ratio.sources
    return Factor(name, _label(name, present), effects, tuple(dict.fromkeys(sources)))


def _glucocorticoid(profile: RiskProfile, years: np.ndarray, n: int) -> Factor:
    """Return the effect of cortisone, which falls with age and rises with the dose."""
    entry = data("factors")["glucocorticoid"]
    dose = float(profile.glucocorticoid or 0.0)
    prevalence = float(entry["prevalence"]["value"])
    age = np.clip(profile.age + years, 50.0, 85.0)
    effects, sources = {}, ["van-staa-2000-glucocorticoids"]
    for component in COMPONENTS:
        own = entry[_entry_of(component)]
        young = coefficient(f"glucocorticoid on {_entry_of(component)}", own)
        at_85 = math.log(middle(own["at_85"]))
        log_ratio = np.interp(age, [50.0, 85.0], [math.log(young.value), at_85])
        # Half of the difference between the outer bands to either side of the one between them.
        half = 0.5 * math.log(_dose_ratio(own["dose_ratio"]))
        log_ratio = log_ratio + half * ((dose >= _HIGH_DOSE) - float(dose < _LOW_DOSE))
        error = np.log(Coefficient(young.name, 1.0, young.log_sd).draw(n))
        ratio = np.exp(np.maximum(log_ratio[None, :] + error[:, None], 0.0))
        effects[component] = _shared(ratio, prevalence, dose > 0.0)
        sources += young.sources
    return Factor(
        "glucocorticoid", _label("glucocorticoid", dose > 0.0), effects, tuple(dict.fromkeys(sources))
    )


def _dose_ratio(references: list[str]) -> float:
    """Ratio between the highest and the lowest dose: one value, or that of one against that of the other."""
    values = [middle(reference) for reference in references]
    return values[0] if len(values) == 1 else values[0] / values[1]


def _fractures(
    profile: RiskProfile, fractures: tuple[PriorFracture, ...], years: np.ndarray, n: int
) -> Factor:
    if not fractures:
        return _simple("previous_fracture", False, profile, n)
    dated = [one.years_ago for one in fractures if one.years_ago is not None]
    base = _recent(min(dated), years, n) if dated else _simple("previous_fracture", True, profile, n)
    if not any(one.vertebral for one in fractures):
        return base
    entry = data("exposures")["recent_fracture"]["vertebral_after_vertebral"]
    again = coefficient("vertebral fracture after vertebral fracture", entry)
    spine = _shared(again.draw(n), float(entry["prevalence"]), True)[:, None]
    spine = np.maximum(base.log_ratio["clinical_vertebral"], spine)
    effects = {**base.log_ratio, "clinical_vertebral": spine}
    return Factor(base.name, "a vertebral fracture before", effects, (*base.sources, *again.sources))


def _recent(years_ago: float, years: np.ndarray, n: int) -> Factor:
    """Return the effect of a fracture of known date: highest at first, and against the population already."""
    entry = data("exposures")["recent_fracture"]
    first = coefficient("a year after a fracture", {"evidence": entry["one_year"]})
    tenth = coefficient("ten years after a fracture", {"evidence": entry["ten_years"]})
    passed = np.log(np.clip(years_ago + years, _FIRST_YEAR, _LAST_YEAR)) / math.log(_LAST_YEAR)
    start, end = np.log(first.draw(n))[:, None], np.log(tenth.draw(n))[:, None]
    log_ratio = float(entry["kept"]) * np.maximum(start + (end - start) * passed, 0.0)
    when = f"{years_ago:.0f} years before" if years_ago >= 2 else "in the last two years"
    effects = dict.fromkeys(COMPONENTS, np.asarray(log_ratio))
    sources = tuple(dict.fromkeys((*first.sources, *tenth.sources)))
    return Factor("previous_fracture", f"a fracture {when}", effects, sources)

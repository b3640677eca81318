"""A titration in plain words."""

from __future__ import annotations

import math
from collections.abc import Iterator

from osteocast import evidence
from osteocast.forecast.titration_results import Pattern, Threshold, Titration, Uncertain
from osteocast.units.writing import signed

__all__ = ["PRESCRIBER", "TRAVERSE", "band", "dose_words", "headline", "no_promise", "sentences", "standing"]

#: Fractures on testosterone, in the evidence registry.
TRAVERSE = "traverse-fractures/t-fracture-38.3"

# mg a week; nobody could take less.
_SMALLEST = 0.05

PRESCRIBER = (
    "Doses of testosterone and anastrozole are changed with the prescriber only: oestradiol and testosterone "
    "are measured again (oestradiol by LC-MS) some weeks after any change, and density by DXA after a year."
)


def headline(titration: Titration) -> str:
    """Return one sentence with where his oestradiol is and what anastrozole has to do with it."""
    own, without = titration.current, titration.without
    before = f"{without.estradiol.value:.0f} pg/mL without anastrozole"
    if own is without:
        level = f"{own.estradiol.value:.0f} pg/mL"
        return f"Without anastrozole his oestradiol is about {level}: {standing(titration, own)}."
    return (
        f"On anastrozole {own.words} his oestradiol is about {own.estradiol.value:.0f} pg/mL "
        f"({before}): {standing(titration, own)}."
    )


def standing(titration: Titration, pattern: Pattern) -> str:
    """Say which of the ranges oestradiol is in."""
    level = pattern.estradiol.value
    below = [one for one in titration.thresholds if level < one.low]
    within = [one for one in titration.thresholds if one.low <= level < one.high]
    parts = [f"below {one.shown}, where {_rose(one)}" for one in below]
    parts += [f"between {one.low:g} and {one.high:g} pg/mL, where {_rose(one)}" for one in within]
    return ", and ".join(parts) if parts else "above the levels where resorption and fractures rise"


def _rose(threshold: Threshold) -> str:
    return threshold.label.replace("rises", "rose").replace("rise", "rose")


def sentences(titration: Titration) -> Iterator[str]:
    """Yield what the table and the chart say, most important first."""
    for one in titration.thresholds:
        found = [crossing for crossing in titration.crossings if crossing.threshold == one.id]
        first, last = found[0].dose, found[-1].dose
        yield f"Oestradiol is below {one.shown} {_from(first, last)}. {one.text}."
    small, large = 1.0, float(titration.weekly[-1])
    levels = [titration.estradiol.at(titration.weekly, dose).value for dose in (small, large)]
    yield (
        f"The effect is flat: {large / small:g} times {small:g} mg a week lowers oestradiol only from "
        f"{levels[0]:.1f} to {levels[1]:.1f} pg/mL. Trials in men compared 1 mg twice a week with 1 mg "
        "daily, which did the same; what less does is computed, not measured."
    )
    yield from _density(titration)
    yield from titration.unstudied
    yield no_promise()
    yield PRESCRIBER


def no_promise() -> str:
    """Say that density gained on testosterone is not the same as fewer fractures."""
    hazard = evidence.load().value(TRAVERSE).number
    return (
        "A gain of density on testosterone is no promise of fewer fractures: in the TRAVERSE trial more men "
        f"on testosterone than on placebo broke a bone (hazard ratio {hazard:g})."
    )


def _from(first: Uncertain, last: Uncertain) -> str:
    doses = sorted(
        {dose_words(first.value), dose_words(last.value)}, key=lambda text: text != dose_words(first.value)
    )
    if first.value == 0 and last.value == 0:
        return "even without anastrozole"
    text = f"from {' to '.join(doses)} a week on"
    if math.isinf(first.value):
        text = "at no dose that was tried"
    ends = [value for value in (first.low, last.high) if value is not None]
    if not ends:
        return text
    return f"{text} (90%: {dose_words(ends[0])} to {dose_words(ends[-1])})"


def dose_words(dose: float) -> str:
    """Write a dose a week, none and never included.

    Examples
    --------
    >>> dose_words(0.541), dose_words(0.01), dose_words(float("inf"))
    ('0.54 mg', 'less than 0.05 mg', 'never')
    """
    if math.isinf(dose):
        return "never"
    if dose == 0:
        return "none"
    return f"{dose:.2g} mg" if dose >= _SMALLEST else f"less than {_SMALLEST:g} mg"


def _density(titration: Titration) -> Iterator[str]:
    own, without = titration.current, titration.without
    for year in titration.spine:
        text = f"After {year:g} years the lumbar spine changes by {band(without.spine[year])} without "
        text += "anastrozole"
        if own is not without:
            apart = signed(own.spine[year].value - without.spine[year].value)
            text += f", by {band(own.spine[year])} on {own.words}: {apart} percentage points apart"
        yield f"{text}."
    yield (
        "Of these numbers the difference between doses is the surer one: what density does under both, from "
        "testosterone and with age (wear of the spine counts as bone in DXA), is the same."
    )


def band(number: Uncertain, digits: int = 1) -> str:
    """Write a change in percent with its band.

    Examples
    --------
    >>> band(Uncertain(-1.04, -3.0, 1.0))
    '−1.0% (−3.0 to +1.0)'
    """
    text = f"{signed(number.value, digits)}%"
    if number.low is None or number.high is None:
        return text
    return f"{text} ({signed(number.low, digits)} to {signed(number.high, digits)})"

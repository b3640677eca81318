"""From numbers to findings, and from findings to a verdict: one rule for all claims.

Trials decide. What was published is held against the claim first: all conditions met by all values make
*supported*, none *not supported*, anything between *partly*. A condition on which nothing was published
leaves at best *partly*, and nothing published at all leaves *not studied*, whatever the simulation says. The
simulation can lower *supported* to *partly*, where it does not show what trials have shown; it never raises a
verdict. A claim without conditions has no quantitative question and is answered in words.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from osteocast.claims.answers import Finding, Number, Published, Verdict
from osteocast.claims.schema import Criterion

__all__ = ["findings", "reason", "verdict"]

_ROUNDING = 1e-9


def findings(criteria: Sequence[Criterion], numbers: Mapping[str, Number]) -> tuple[Finding, ...]:
    """Hold every criterion against its numbers.

    Parameters
    ----------
    criteria : sequence of Criterion
    numbers : mapping of str to Number
        By name of the measure.

    Returns
    -------
    tuple of Finding
        One for each criterion and side.
    """
    found: list[Finding] = []
    for one in criteria:
        number = numbers[one.measure]
        if one.within is not None:
            found.append(_agreement(one, number))
            continue
        if one.side in ("both", "published"):
            met = sum(_met(one, given) for given in number.published)
            found.append(Finding("published", _text(one, number), met, len(number.published)))
        if one.side in ("both", "simulated"):
            simulated = number.simulated
            known = simulated is not None and math.isfinite(simulated)
            met = int(known and simulated is not None and _lies(simulated, one))
            found.append(Finding("simulated", _text(one, number), met, int(known)))
    return tuple(found)


def _agreement(one: Criterion, number: Number) -> Finding:
    """Whether the simulation lies near each published value, or within its confidence interval."""
    assert one.within is not None
    known = [given for given in number.published if given.value is not None]
    unit = " points" if number.unit.startswith("%") else _spaced(number.unit)
    text = f"{number.what}: simulated within {one.within:g}{unit} of what was published"
    if number.simulated is None:
        return Finding("agreement", text, 0, 0)
    met = 0
    for given in known:
        assert given.value is not None
        near = abs(number.simulated - given.value) <= one.within
        met += near or (given.ci is not None and given.ci[0] <= number.simulated <= given.ci[1])
    return Finding("agreement", text, met, len(known))


def _met(one: Criterion, given: Published) -> bool:
    """Whether a published value meets a criterion; a result without a number never does."""
    if given.value is None:
        return False
    if not one.clear:
        return _lies(given.value, one)
    # Without a printed interval a clear effect cannot be told from chance.
    return given.ci is not None and all(_lies(end, one) for end in given.ci)


def _lies(value: float, one: Criterion) -> bool:
    # A difference of two printed decimals is not one: 0.2 - (-0.7) is a little less than 0.9.
    low = -math.inf if one.low is None else one.low - _ROUNDING
    high = math.inf if one.high is None else one.high + _ROUNDING
    return low <= value <= high


def _text(one: Criterion, number: Number) -> str:
    unit = _spaced(number.unit)
    if one.low is not None and one.high is not None:
        bounds = f"from {one.low:g} to {one.high:g}{unit}"
    elif one.low is not None:
        bounds = f"at least {one.low:g}{unit}"
    else:
        bounds = f"at most {one.high:g}{unit}"
    clearly = ", with the whole confidence interval" if one.clear else ""
    return f"{number.what}: {bounds.replace('-', '−')}{clearly}"


def _spaced(unit: str) -> str:
    if not unit or unit.startswith("%"):
        return unit
    return f" {unit.replace('cm2', 'cm²').replace('cm3', 'cm³')}"


def verdict(found: Sequence[Finding]) -> Verdict:
    """Return what follows from the findings.

    Examples
    --------
    >>> trial = Finding("published", "spine: at least 1%", 3, 3)
    >>> verdict([trial, Finding("simulated", "spine: at least 1%", 1, 1)])
    'supported'
    >>> verdict([trial, Finding("simulated", "spine: at least 1%", 0, 1)])
    'partly'
    """
    if not found:
        return "answered in words"
    published = [one for one in found if one.side == "published"]
    known = [one for one in published if one.of]
    if not known:
        return "not studied"
    if not any(one.met for one in known):
        return "not supported"
    model_agrees = all(one.holds is not False for one in found if one.side != "published")
    if len(known) == len(published) and all(one.holds for one in known) and model_agrees:
        return "supported"
    return "partly"


def reason(found: Sequence[Finding]) -> str:
    """Say how the verdict follows.

    Examples
    --------
    >>> reason([Finding("published", "spine: at least 1%", 2, 3)])
    'Of 1 condition, published values meet 0 in full and 1 in part; the model was not asked.'
    """
    if not found:
        return "The claim has no quantitative question that this model or a trial could answer."
    published = [one for one in found if one.side == "published"]
    full = sum(one.holds is True for one in published)
    part = sum(0 < one.met < one.of for one in published)
    unstudied = sum(one.of == 0 for one in published)
    text = f"Of {_count(len(published), 'condition')}, published values meet {full} in full"
    if part:
        text += f" and {part} in part"
    if unstudied:
        text += f"; on {unstudied} nothing was published"
    if unstudied == len(published):
        text = "Nothing was published that bears on it"
    model = [one for one in found if one.side == "simulated" and one.of]
    near = [one for one in found if one.side == "agreement" and one.of]
    said = [f"meets {sum(one.met for one in model)} of {len(model)}"] if model else []
    if near:
        met, of = sum(one.met for one in near), sum(one.of for one in near)
        said.append(f"lies near {met} of {_count(of, 'published value')}")
    text += f"; the simulation {', and '.join(said)}" if said else "; the model was not asked"
    return f"{text}."


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"

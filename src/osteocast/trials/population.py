"""The population of a trial or an arm."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from osteocast.errors import Problem, unknown_name
from osteocast.person.fields import Fields, match_name
from osteocast.physiology.quantities import SITES
from osteocast.trials.courses import read_courses
from osteocast.trials.schema import Population

__all__ = ["POPULATION_FIELDS", "read_population"]

POPULATION_FIELDS = (
    "sex",
    "age",
    "age_sd",
    "menopause_age",
    "years_since_menopause",
    "menopause",
    "t_score",
    "t_score_range",
    "weight_kg",
    "estradiol",
    "testosterone",
    "calcium_intake",
    "calcium_supplement",
    "vitamin_d",
    "vitamin_d_after",
    "history",
    "assumed",
)
_ANY_AGE = 60.0
_MENOPAUSE_FIELDS = ("menopause_age", "years_since_menopause", "menopause")
_NUMBERS = {
    "age_sd": (0.0, 30.0, "a standard deviation of age, years"),
    "weight_kg": (25.0, 200.0, "a mean weight, kg"),
    "estradiol": (0.05, 1000.0, "serum oestradiol, pg/mL"),
    "testosterone": (5.0, 2000.0, "men's own total testosterone, ng/dL"),
    "calcium_intake": (0.0, 5000.0, "calcium with the diet, mg a day"),
    "calcium_supplement": (0.0, 5000.0, "calcium as a supplement, mg a day"),
    "vitamin_d": (2.0, 150.0, "25OHD, ng/mL"),
    "vitamin_d_after": (2.0, 150.0, "25OHD under the protocol's supplement, ng/mL"),
}


def read_population(parent: Fields, base: Population | None) -> Population | None:
    """Read the field ``population``.

    Parameters
    ----------
    parent : Fields
        Of the trial, or of an arm.
    base : Population, optional
        Of the trial, for an arm that differs from it in the fields it names; none for the trial itself.

    Returns
    -------
    Population or None
        None if it could not be read; the problems say why.
    """
    if base is None and not parent.require("population", "who took part", "give age and menopause at least"):
        return None
    before = len(parent.problems)
    fields = Fields(parent.raw("population"), parent.place("population"), parent.problems, POPULATION_FIELDS)
    given: dict[str, Any] = {}
    sex = fields.choice("sex", ("female", "male"), "sex")
    if base is None and sex is None:
        fields.require("sex", "female or male", "write 'sex: female'")
    given["sex"] = sex
    if base is None:
        fields.require("age", "mean age in years", "give the mean age at randomisation")
    given["age"] = fields.number("age", 18, 110, "mean age in years")
    for key, (low, high, expected) in _NUMBERS.items():
        given[key] = fields.number(key, low, high, expected)
    if given["testosterone"] is not None and (sex or (base.sex if base else "female")) == "female":
        fields.report("testosterone", "testosterone of men only", "remove it")
    given["t_score"] = _read_t_scores(fields)
    given["t_score_range"] = _read_ranges(fields)
    given["history"] = read_courses(fields, "history", past=True) or None
    given["assumed"] = _read_assumed(fields, base)
    # Without a usable age the menopause is read all the same, for what may be wrong with it.
    age = given["age"] or (base.age if base else _ANY_AGE)
    given.update(_read_menopause(fields, age, sex or (base.sex if base else "female"), base))
    if len(parent.problems) > before:
        return None
    # A field that is absent keeps the trial's value, or the default.
    known = {key: value for key, value in given.items() if value is not None or key == "menopause_age"}
    return replace(base, **known) if base else Population(**known)


def _read_menopause(fields: Fields, age: float, sex: str, base: Population | None) -> dict[str, Any]:
    """Read the menopause, given in one of three ways, into the age at it."""
    ways = [key for key in _MENOPAUSE_FIELDS if key in fields]
    if sex == "male":
        for key in ways:
            fields.report(key, "no menopause in men", "remove it")
        return {"menopause_age": None, "surgical": False}
    if len(ways) > 1:
        fields.report(ways[1], f"one of {', '.join(_MENOPAUSE_FIELDS)}", f"remove it or {ways[0]}")
        return {}
    if not ways:
        if base is None:
            remedy = "give years_since_menopause, menopause_age, or 'menopause: premenopausal'"
            fields.report("menopause", f"one of {', '.join(_MENOPAUSE_FIELDS)}", remedy)
            return {}
        return {"menopause_age": base.menopause_age}
    state = fields.choice("menopause", ("premenopausal", "surgical"), "menopause")
    if state is not None:
        surgical = state == "surgical"
        return {"menopause_age": age if surgical else None, "surgical": surgical}
    since = fields.number(
        "years_since_menopause", -30, 80, "years since menopause, negative where it lies ahead"
    )
    at_age = fields.number("menopause_age", 20, 75, "age at menopause, years")
    reached = at_age if since is None else age - since
    if reached is not None and not 20 <= reached <= 75:
        fields.report(ways[0], "a menopause between 20 and 75 years", "correct it or the age")
    return {"menopause_age": reached, "surgical": False}


def _read_t_scores(fields: Fields) -> dict[str, tuple[float, float]] | None:
    scores = {}
    for site, item, place in _by_site(fields, "t_score"):
        bounds = _read_pair(
            item, place, fields.problems, "[mean, standard deviation]", -6, 6, open_ended=False
        )
        if bounds is not None and bounds[0] is not None and bounds[1] is not None:
            if bounds[1] < 0:
                problem = Problem(place, item, "[mean, standard deviation]", "a spread is not negative")
                fields.problems.append(problem)
            scores[site] = (bounds[0], bounds[1])
    return scores or None


def _read_ranges(fields: Fields) -> dict[str, tuple[float | None, float | None]] | None:
    ranges = {}
    for site, item, place in _by_site(fields, "t_score_range"):
        bounds = _read_pair(
            item, place, fields.problems, "[lowest, highest], null for none", -6, 6, open_ended=True
        )
        if bounds is not None:
            low, high = bounds
            if low is not None and high is not None and not low < high:
                fields.problems.append(Problem(place, item, "[lowest, highest]", "exchange the two"))
            ranges[site] = bounds
    return ranges or None


def _by_site(fields: Fields, key: str) -> list[tuple[str, Any, str]]:
    found = []
    for name, item, place in fields.pairs(key, "T-scores by site"):
        site = match_name(name, SITES)
        if site is None:
            fields.problems.append(unknown_name(place, name, SITES, "site"))
        else:
            found.append((site, item, place))
    return found


def _read_pair(
    given: Any,
    place: str,
    problems: list[Problem],
    expected: str,
    low: float,
    high: float,
    *,
    open_ended: bool,
) -> tuple[float | None, float | None] | None:
    if not isinstance(given, list) or len(given) != 2 or (not open_ended and None in given):
        example = "[-2.0, null]" if open_ended else "[-0.8, 1.0]"
        problems.append(Problem(place, given, expected, f"write it like {example}"))
        return None
    holder = Fields({"first": given[0], "second": given[1]}, place, problems, ("first", "second"))
    before = len(problems)
    pair = (holder.number("first", low, high, "a T-score"), holder.number("second", low, high, "a T-score"))
    return pair if len(problems) == before else None


def _read_assumed(fields: Fields, base: Population | None) -> dict[str, str] | None:
    assumed = dict(base.assumed) if base else {}
    if base is not None:
        # What an arm states anew is read, unless the arm says that it is assumed.
        assumed = {key: reason for key, reason in assumed.items() if key not in fields}
    for name, item, place in fields.pairs("assumed", "reasons by field"):
        if name not in POPULATION_FIELDS:
            fields.problems.append(
                Problem(
                    place, name, "a field of the population", f"one of {', '.join(POPULATION_FIELDS[:-1])}"
                )
            )
        elif not isinstance(item, str) or not item.strip():
            fields.problems.append(Problem(place, item, "a reason", "say why the value was assumed"))
        else:
            assumed[name] = item
    return assumed

"""Charts of a virtual population beside its sources: single covariates, density by age, pairs."""

from __future__ import annotations

from typing import Any

import numpy as np

from osteocast.charts.chart import SCHEMA, Chart, Table
from osteocast.charts.layers import Layer
from osteocast.charts.layout import domain
from osteocast.charts.theme import CONFIG, INK, MUTED, PAPER, style
from osteocast.evidence import Value
from osteocast.person import SITE_LABELS
from osteocast.person.published import value_of
from osteocast.person.reference import young_reference
from osteocast.population import Cohort
from osteocast.population.density import population_score
from osteocast.population.virtual import Correlation

__all__ = ["LABELS", "charts_of", "density_by_age", "marginal", "pair"]

#: Covariates as a chart names them, and what a value of the registry is multiplied by to be in the same unit.
LABELS = {
    "menopause_age": ("age at menopause, years", 1.0),
    "height_cm": ("height, cm", 1.0),
    "body_mass_index": ("body mass index, kg/m²", 1.0),
    "vitamin_d": ("25OHD, ng/mL", 1.0),
    "calcium_intake": ("calcium with food, mg a day", 1.0),
    "filtration": ("filtration, mL/min/1.73 m²", 1.0),
    "adherence": ("share of tablets taken", 0.01),
    "estradiol": ("oestradiol, pg/mL", 1.0),
    "testosterone": ("testosterone, ng/dL", 28.84),
}
_SIZE = (420, 260)
_STEPS = 160
_POINTS = 800
_AGES = (45.0, 50.0, 55.0, 60.0, 65.0, 70.0, 75.0, 80.0, 85.0)
_HALF_BAND = 2.5  # years to either side of an age
_BANDS = ("50-59", "60-69", "70-and-over")
#: Published middles that a covariate was not made from, and is compared with, by sex.
_COMPARED = {
    ("estradiol", "female"): ("map3-estradiol/estradiol-median",),
    ("testosterone", "male"): ("kelsey-2014/age40-testosterone",),
    ("filtration", "female"): tuple(f"nkdep-filtration/mean-{band}" for band in _BANDS),
    ("filtration", "male"): tuple(f"nkdep-filtration/mean-{band}" for band in _BANDS),
}


def charts_of(cohort: Cohort) -> list[Chart]:
    """Return every chart of a drawn population.

    Parameters
    ----------
    cohort : Cohort
        Some ten thousand people, drawn without rules of inclusion.
    """
    named = [name for name in LABELS if name in cohort.table]
    sites = [density_by_age(cohort, site) for site in SITE_LABELS]
    drawn = set(cohort.table) | set(SITE_LABELS)
    linked = [
        one
        for one in (*cohort.population.correlations, *cohort.population.density)
        if set(one.of) <= drawn and one.basis != "estimate"
    ]
    return [*(marginal(cohort, name) for name in named), *sites, *(pair(cohort, one) for one in linked)]


def marginal(cohort: Cohort, name: str) -> Chart:
    """Chart the distribution of a covariate, with the means and shares that were published.

    Parameters
    ----------
    cohort : Cohort
    name : str
        One of `LABELS`.
    """
    values = np.sort(cohort.table[name])
    label, factor = LABELS[name]
    shares = (np.arange(_STEPS) + 0.5) / _STEPS
    curve = np.quantile(values, shares)
    marks = _published(cohort, name, factor)
    rows = [
        {"value": round(float(x), 4), "share": round(100 * float(s), 3)}
        for x, s in zip(curve, shares, strict=True)
    ]
    x = _axis("value", label, domain([*curve, *(mark["value"] for mark in marks)]))
    y = _axis("share", "of 100 people at or below", (0.0, 100.0))
    layers = [
        {
            "data": {"values": rows},
            "mark": {"type": "line", "strokeWidth": 2, "color": style(1).colour},
            "encoding": {"x": x, "y": y},
        },
        {
            "data": {"values": marks},
            "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1, "color": style(0).colour},
            "encoding": {"x": x, "y": y},
        },
    ]
    beside = [
        f"{mark['what']} {mark['number']:.4g} ({mark['drawn']:.4g} here; {mark['source']})" for mark in marks
    ]
    middle = f"{values.mean():.4g} on average, half of the people from {np.quantile(values, 0.25):.4g} to "
    text = f"{_opening(label)}: {middle}{np.quantile(values, 0.75):.4g}. "
    text += f"Published: {'; '.join(beside)}." if beside else "No published number stands beside it."
    table = tuple(
        (mark["what"], f"{mark['number']:.4g}", f"{mark['drawn']:.4g}", mark["source"]) for mark in marks
    )
    title = f"{_opening(label.partition(',')[0])} of {cohort.population.label}"
    return Chart(
        f"population-{name.replace('_', '-')}",
        title,
        text,
        Table(title, ("number", "published", "drawn", "source"), table),
        _spec(layers),
    )


def _published(cohort: Cohort, name: str, factor: float) -> list[dict[str, Any]]:
    """Means at the share of people that lie below them here, and shares at their limits."""
    values, age = cohort.table[name], cohort.table["age"]
    made_from = next((one for one in cohort.population.marginals if one.name == name), None)
    compared = _COMPARED.get((name, cohort.population.sex))
    found = []
    for limit, share in made_from.points if made_from is not None else ():
        own = 100 * float(np.mean(values <= limit))
        what, sources = f"share at or below {limit:.3g}, %", made_from.sources if made_from else ()
        source = ", ".join(dict.fromkeys(item.partition("/")[0] for item in sources))
        found.append(
            {"value": limit, "share": share, "what": what, "number": share, "drawn": own, "source": source}
        )
    for reference in compared or (() if made_from is None else made_from.sources):
        value = value_of(reference)
        if value.value is None or value.statistic not in ("mean", "median", "absolute"):
            continue
        here = values[_of_band(value, age)]
        middle = np.median(here) if value.statistic == "median" else here.mean()
        number = factor * value.value
        what = value.statistic if value.age_band is None else f"{value.statistic} at {value.age_band}"
        found.append(
            {
                "value": number,
                "number": number,
                "share": round(100 * float(np.mean(here <= number)), 3),
                "what": what.replace("absolute", "mean"),
                "drawn": float(middle),
                "source": reference.partition("/")[0],
            }
        )
    return found


def _of_band(value: Value, age: np.ndarray) -> np.ndarray:
    """Whom of the people a published number is of."""
    if value.age_band is None:
        return np.ones(age.size, dtype=bool)
    low, _, high = value.age_band.replace(" and over", "-200").partition("-")
    return np.asarray((age >= float(low)) & (age < float(high) + 1.0))


def density_by_age(cohort: Cohort, site: str) -> Chart:
    """Chart T-scores by age, mean and one standard deviation, beside those of the sources.

    Parameters
    ----------
    cohort : Cohort
    site : str
    """
    sex, age, scores = cohort.population.sex, cohort.table["age"], cohort.table[f"t_score_{site}"]
    rows, points = [], []
    for middle in _AGES:
        here = scores[np.abs(age - middle) < _HALF_BAND]
        if not here.size:
            continue
        low, mean, high = population_score(site, sex, middle, np.array([-1.0, 0.0, 1.0]))
        row = {"age": middle, "mean": here.mean(), "low": here.mean() - here.std()}
        rows.append({**row, "high": here.mean() + here.std()})
        points += [{"age": middle, "mean": float(one)} for one in (low, mean, high)]
    label = SITE_LABELS[site].lower()
    x = _axis("age", "age, years", (min(_AGES) - 2, max(_AGES) + 2))
    y = _axis("mean", "T-score", domain([row[end] for row in rows for end in ("low", "high")]))
    layers = [
        {
            "data": {"values": rows},
            "mark": {"type": "area", "opacity": 0.18, "color": style(1).colour},
            "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
        },
        {
            "data": {"values": rows},
            "mark": {"type": "line", "strokeWidth": 2, "color": style(1).colour},
            "encoding": {"x": x, "y": y},
        },
        {
            "data": {"values": points},
            "mark": {"type": "point", "filled": True, "size": 40, "opacity": 1, "color": style(0).colour},
            "encoding": {"x": x, "y": y},
        },
    ]
    off = max(abs(row["mean"] - point["mean"]) for row, point in zip(rows, points[1::3], strict=True))
    title = f"T-scores of {cohort.population.label}, {label}"
    table = tuple(
        (f"{row['age']:g}", f"{point['mean']:.2f}", f"{row['mean']:.2f}", f"{row['mean'] - row['low']:.2f}")
        for row, point in zip(rows, points[1::3], strict=True)
    )
    text = (
        f"Mean T-score of the {label} by age and one standard deviation to either side; points are those of "
        f"the sources. The means differ by at most {off:.2f}."
    )
    head = ("age", "published mean", "drawn mean", "drawn SD")
    return Chart(f"population-{site}-by-age", title, text, Table(title, head, table), _spec(layers))


def pair(cohort: Cohort, link: Correlation) -> Chart:
    """Chart two covariates that hang together.

    Parameters
    ----------
    cohort : Cohort
    link : Correlation
        Of the population; of a site, its T-score against what is usual at the age is shown.
    """
    first, second = (_score(cohort, name) for name in link.of)
    found = float(np.corrcoef(first[1], second[1])[0, 1])
    some = slice(0, min(_POINTS, len(cohort)))
    rows = [
        {"x": round(float(a), 3), "y": round(float(b), 3)}
        for a, b in zip(first[0][some], second[0][some], strict=True)
    ]
    x = _axis("x", first[2], domain(first[0][some]))
    y = _axis("y", second[2], domain(second[0][some]))
    layers = [
        {
            "data": {"values": rows},
            "mark": {"type": "point", "filled": True, "size": 10, "opacity": 0.5, "color": style(1).colour},
            "encoding": {"x": x, "y": y},
        }
    ]
    names = " and ".join(one[2].partition(",")[0] for one in (first, second))
    sources = ", ".join(dict.fromkeys(item.partition("/")[0] for item in link.sources))
    text = f"{_opening(names)}: correlation {found:.2f}; {link.basis} {link.r:.2f} ({sources})."
    table = (("correlation", f"{link.r:.2f}", f"{found:.2f}", sources),)
    key = f"population-{link.of[0]}-{link.of[1]}".replace("_", "-")
    head = ("number", link.basis, "drawn", "source")
    return Chart(key, _opening(names), text, Table(_opening(names), head, table), _spec(layers))


def _opening(words: str) -> str:
    """Return words as they open a sentence."""
    return words[:1].upper() + words[1:]


def _score(cohort: Cohort, name: str) -> tuple[np.ndarray, np.ndarray, str]:
    """Values to show, scores to correlate, and what they are called."""
    if name in SITE_LABELS:
        young = young_reference(name)
        mean = population_score(name, cohort.population.sex, cohort.table["age"], np.zeros(len(cohort)))
        z = (cohort.table[f"bmd_{name}"] - young.mean) / young.sd - mean
        return z, z, f"{SITE_LABELS[name].lower()}, T-score less the mean of the age"
    values = cohort.table[name]
    skewed = name not in ("height_cm", "menopause_age", "filtration", "adherence")
    return values, np.log(values) if skewed else values, LABELS[name][0]


def _axis(field: str, title: str, ends: tuple[float, float]) -> Layer:
    scale = {"domain": list(ends), "nice": False, "zero": False}
    return {
        "field": field,
        "type": "quantitative",
        "scale": scale,
        "axis": {"title": title, "titleColor": INK, "labelColor": MUTED},
    }


def _spec(layers: list[Layer]) -> dict[str, Any]:
    return {
        "$schema": SCHEMA,
        "config": CONFIG,
        "background": PAPER,
        "width": _SIZE[0],
        "height": _SIZE[1],
        "layer": layers,
    }

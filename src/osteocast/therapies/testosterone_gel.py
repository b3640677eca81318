"""Testosterone gel: a steady level from the skin, taken daily."""

from collections.abc import Mapping

from osteocast.therapies.drug import Drug
from osteocast.therapies.testosterone import CLASS_CAUTIONS


def _rate(mg_per_day: float, parameters: Mapping[str, float]) -> dict[str, float]:
    return {"testosterone_given": mg_per_day * parameters["testosterone_gel_rise"]}


DRUG = Drug(
    name="testosterone_gel",
    drug_class="androgen",
    route="transdermal",
    unit="mg",
    label_dose=40.5,
    label_interval_days=1.0,
    enters_as_rate=_rate,
    enters_as_dose=None,
    continuous_below_days=99.0,
    synonyms=("testosterone gel", "AndroGel", "Testogel", "Testim", "Tostran"),
    cautions=(
        "the dose is testosterone, not gel: 5 g of a 1% gel hold 50 mg, 2.5 g of a 1.62% gel hold 40.5 mg",
        "keep the skin covered: women and children take it up by touch",
        *CLASS_CAUTIONS,
    ),
    sources=("androgel-label", "finkelstein-2013", "sex-steroids-castration-gel"),
)

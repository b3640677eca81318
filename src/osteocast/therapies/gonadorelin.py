"""Gonadorelin: GnRH itself, which wakes the pituitary only in pulses, from a pump."""

from collections.abc import Mapping

from osteocast.therapies.drug import Drug

_PULSE_MG = 0.01
_PULSES_PER_DAY = 12.0


def _rate(mg_per_day: float, parameters: Mapping[str, float]) -> dict[str, float]:
    return {"gonadorelin_given": min(1.0, mg_per_day / (_PULSES_PER_DAY * _PULSE_MG))}


DRUG = Drug(
    name="gonadorelin",
    drug_class="GnRH",
    route="subcutaneous",
    unit="mg",
    label_dose=_PULSE_MG,
    label_interval_days=1.0 / _PULSES_PER_DAY,
    enters_as_rate=_rate,
    enters_as_dose=None,
    continuous_below_days=99.0,
    # One pulse releases LH once, however large it is.
    largest_dose=_PULSE_MG,
    synonyms=("GnRH", "LHRH", "Lutrepulse", "gonadorelin acetate"),
    cautions=(
        "works only in pulses: a pump gives one every 90 to 120 minutes; an injection once a day or a few "
        "times a week is one pulse each, and replaces hardly anything",
        "given without pauses, or as a long-acting agonist, it silences the axis instead",
        "no trial has measured its effect on bone",
    ),
    sources=("gonadorelin-dosing-page", "gonadorelin-pump-1982", "liu-1988-gonadorelin"),
)

"""Oestradiol through the skin, given as the rise of serum oestradiol that it brings."""

from collections.abc import Mapping

from osteocast.therapies.drug import Drug


def _rate(rise_per_day: float, parameters: Mapping[str, float]) -> dict[str, float]:
    return {"estradiol_given": rise_per_day}


DRUG = Drug(
    name="estradiol",
    drug_class="oestrogen",
    route="transdermal",
    unit="pg/mL",
    label_dose=3.7,
    label_interval_days=1.0,
    enters_as_rate=_rate,
    enters_as_dose=None,
    continuous_below_days=99.0,
    synonyms=("oestradiol",),
    cautions=("contraindicated after hormone-sensitive breast cancer",),
    sources=("ultra",),
)

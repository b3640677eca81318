"""Tamoxifen: a partial oestrogen agonist in bone, so that stopping it costs bone as well."""

from collections.abc import Mapping

from osteocast.therapies.drug import Drug


def _rate(mg_per_day: float, parameters: Mapping[str, float]) -> dict[str, float]:
    return {"tamoxifen_rate": mg_per_day}


DRUG = Drug(
    name="tamoxifen",
    drug_class="selective oestrogen receptor modulator",
    route="oral",
    unit="mg",
    label_dose=20.0,
    label_interval_days=1.0,
    enters_as_rate=_rate,
    enters_as_dose=None,
    continuous_below_days=8.0,
    synonyms=("Nolvadex",),
    in_women=(
        "before the menopause it takes bone instead of sparing it",
        "stopping it after the menopause costs bone in the first year",
    ),
    sources=("tamoxifen-label",),
)

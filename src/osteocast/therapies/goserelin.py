"""Goserelin: silences ovaries or testes while it is given (depot every 4 weeks)."""

from collections.abc import Mapping

from osteocast.therapies.drug import Drug

_DEPOT_MG_PER_DAY = 3.6 / 28.0  # also that of the 12-week depot of 10.8 mg


def _rate(mg_per_day: float, parameters: Mapping[str, float]) -> dict[str, float]:
    return {"gonadal_suppression": min(1.0, mg_per_day / _DEPOT_MG_PER_DAY)}


DRUG = Drug(
    name="goserelin",
    drug_class="GnRH agonist",
    route="subcutaneous",
    unit="mg",
    label_dose=3.6,
    label_interval_days=28.0,
    enters_as_rate=_rate,
    enters_as_dose=None,
    continuous_below_days=99.0,
    synonyms=("Zoladex",),
    in_women=(
        "in a woman it brings on an early menopause for bone: 5 to 10% lost at the spine in two years "
        "without protection",
    ),
    in_men=(
        "in a man it takes testosterone and oestradiol together: 2 to 4% lost at the spine in the first "
        "year without protection",
    ),
    sources=("fogelman-2003-goserelin", "greenspan-2005-androgen-deprivation", "michaelson-2007"),
)

"""Human chorionic gonadotropin: acts like LH, and has the testes make testosterone and oestradiol."""

from collections.abc import Mapping

from osteocast.therapies.drug import Drug


def _rate(units_per_day: float, parameters: Mapping[str, float]) -> dict[str, float]:
    return {"hcg_given": units_per_day}


DRUG = Drug(
    name="hcg",
    drug_class="gonadotropin",
    route="subcutaneous",
    unit="IU",
    label_dose=1000.0,
    label_interval_days=7.0 / 3.0,
    enters_as_rate=_rate,
    enters_as_dose=None,
    continuous_below_days=99.0,
    synonyms=("human chorionic gonadotropin", "chorionic gonadotropin", "Pregnyl", "Novarel"),
    cautions=(
        "raises oestradiol together with testosterone: breast tissue can grow",
        "no trial has measured its effect on bone",
        "not with prostate cancer; PSA and haematocrit are followed as on testosterone",
        "needs testes that answer: it does nothing for testosterone after their removal or failure",
    ),
    sources=("hcg-label-monograph", "coviello-2005", "gomula-hcg"),
)

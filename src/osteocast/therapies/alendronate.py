"""Alendronate: 70 mg once a week; a large part is buried in bone and stays for years."""

from osteocast.therapies.bisphosphonate import CLASS_CAUTIONS, ORAL_CAUTIONS, as_dose, as_rate
from osteocast.therapies.drug import Drug

DRUG = Drug(
    name="alendronate",
    drug_class="bisphosphonate",
    route="oral",
    unit="mg",
    label_dose=70.0,
    label_interval_days=7.0,
    enters_as_rate=as_rate("alendronate", "oral"),
    enters_as_dose=as_dose("alendronate", "oral"),
    continuous_below_days=15.0,
    synonyms=(
        "alendronic acid",
        "Fosamax",
    ),
    cautions=(*ORAL_CAUTIONS, *CLASS_CAUTIONS),
    sources=("alendronate-pk",),
)

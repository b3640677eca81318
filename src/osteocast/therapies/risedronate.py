"""Risedronate: 35 mg once a week; weakly held by bone, so that its effect wears off sooner."""

from osteocast.therapies.bisphosphonate import CLASS_CAUTIONS, ORAL_CAUTIONS, as_dose, as_rate
from osteocast.therapies.drug import Drug

DRUG = Drug(
    name="risedronate",
    drug_class="bisphosphonate",
    route="oral",
    unit="mg",
    label_dose=35.0,
    label_interval_days=7.0,
    enters_as_rate=as_rate("risedronate", "oral"),
    enters_as_dose=as_dose("risedronate", "oral"),
    continuous_below_days=15.0,
    synonyms=(
        "risedronic acid",
        "Actonel",
    ),
    cautions=(*ORAL_CAUTIONS, *CLASS_CAUTIONS),
    sources=("risedronate-pk",),
)

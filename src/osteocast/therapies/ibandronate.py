"""Ibandronate: 150 mg once a month by mouth; each dose acts at its own time."""

from osteocast.therapies.bisphosphonate import CLASS_CAUTIONS, ORAL_CAUTIONS, as_dose, as_rate
from osteocast.therapies.drug import Drug

DRUG = Drug(
    name="ibandronate",
    drug_class="bisphosphonate",
    route="oral",
    unit="mg",
    label_dose=150.0,
    label_interval_days=30.4375,
    enters_as_rate=as_rate("ibandronate", "oral"),
    enters_as_dose=as_dose("ibandronate", "oral"),
    continuous_below_days=15.0,
    synonyms=(
        "ibandronic acid",
        "Bonviva",
        "Boniva",
    ),
    cautions=(*ORAL_CAUTIONS, *CLASS_CAUTIONS),
    sources=("ibandronate-pk",),
)

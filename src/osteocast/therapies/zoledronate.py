"""Zoledronate: 4 mg every 6 months with an aromatase inhibitor, 5 mg a year in osteoporosis."""

from osteocast.therapies.bisphosphonate import CLASS_CAUTIONS, as_dose
from osteocast.therapies.drug import Drug

DRUG = Drug(
    name="zoledronate",
    drug_class="bisphosphonate",
    route="intravenous",
    unit="mg",
    label_dose=4.0,
    label_interval_days=182.625,
    enters_as_rate=None,
    enters_as_dose=as_dose("zoledronate", "intravenous"),
    continuous_below_days=0.0,
    synonyms=("zoledronic acid", "zoledronic_acid", "Zometa", "Aclasta", "Reclast"),
    cautions=(
        "not with an eGFR below 35 mL/min",
        "fever and aches in the three days after the first infusion are common (about 4 in 10)",
        *CLASS_CAUTIONS,
    ),
    sources=("zoledronate-pk-chen",),
)

"""Ibandronate by vein: 3 mg every 3 months."""

from osteocast.therapies.bisphosphonate import CLASS_CAUTIONS, as_dose
from osteocast.therapies.drug import Drug

DRUG = Drug(
    name="ibandronate_iv",
    drug_class="bisphosphonate",
    route="intravenous",
    unit="mg",
    label_dose=3.0,
    label_interval_days=91.3125,
    enters_as_rate=None,
    enters_as_dose=as_dose("ibandronate", "intravenous"),
    continuous_below_days=0.0,
    synonyms=(),
    cautions=("not with an eGFR below 30 mL/min", *CLASS_CAUTIONS),
    sources=("ibandronate-pk",),
)

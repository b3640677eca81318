"""Denosumab: binds RANKL; 60 mg under the skin every 6 months; never stopped without a follow-on."""

from collections.abc import Mapping

from osteocast.therapies.drug import Drug


def _dose(mg: float, parameters: Mapping[str, float]) -> dict[str, float]:
    return {"denosumab_depot": mg}


DRUG = Drug(
    name="denosumab",
    drug_class="RANKL antibody",
    route="subcutaneous",
    unit="mg",
    label_dose=60.0,
    label_interval_days=182.625,
    enters_as_rate=None,
    enters_as_dose=_dose,
    continuous_below_days=0.0,
    synonyms=("Prolia",),
    cautions=(
        "never stop or delay it without a follow-on bisphosphonate: turnover rebounds and vertebrae can "
        "fracture, from about 7 months after the last dose",
        "calcium and vitamin D must be replete before each dose; hypocalcaemia is a danger with poor kidneys",
        "rare: osteonecrosis of the jaw, atypical femur fracture",
    ),
    sources=("denosumab-poppk-sutjandra",),
)

"""Common to the forms of testosterone: what they share in cautions, and esters in oil as depots."""

from __future__ import annotations

from collections.abc import Mapping

from osteocast.therapies.drug import Drug

NG_PER_DL_FROM_MG_PER_KL = 1e6 / 1e4  # 1 mg in 1 kL

CLASS_CAUTIONS = (
    "raises bone density where testosterone was low, but is not shown to prevent fractures: in the TRAVERSE "
    "trial more men on testosterone broke a bone than on placebo (hazard ratio 1.43)",
    "not with prostate or male breast cancer; PSA and prostate are checked before and during treatment",
    "thickens the blood: haematocrit is checked before and during treatment, and a high one stops it",
    "silences the testes: few or no sperm while it is taken, little own testosterone for months after it",
    "an aromatase inhibitor beside it takes away the oestradiol that protects bone, and nothing gives way "
    "because the axis is silent",
)


def ester(
    name: str,
    depot: str,
    label_dose: float,
    label_interval_days: float,
    *,
    equivalent: str | None = None,
    synonyms: tuple[str, ...] = (),
    cautions: tuple[str, ...] = (),
    sources: tuple[str, ...] = (),
) -> Drug:
    """Describe an ester in oil, which muscle or fat releases slowly.

    Parameters
    ----------
    name : str
        Generic name, which the drug's file bears too.
    depot : str
        State that its doses enter, counted in milligrams of testosterone cypionate.
    label_dose, label_interval_days : float
        Milligrams of the ester, and days between injections.
    equivalent : str, optional
        Parameter that tells how much cypionate a milligram of this ester is worth; one by default.
    synonyms, cautions, sources : tuple of str
        As in `osteocast.therapies.drug.Drug`; the cautions of the class follow.
    """

    def cypionate(mg: float, parameters: Mapping[str, float]) -> float:
        return mg * (parameters[equivalent] if equivalent else 1.0)

    def rate(mg_per_day: float, parameters: Mapping[str, float]) -> dict[str, float]:
        # Injections a day or two apart leave no peaks: their mean is a steady rise of the serum level.
        per_day = cypionate(mg_per_day, parameters)
        return {
            "testosterone_given": NG_PER_DL_FROM_MG_PER_KL * per_day / parameters["testosterone_clearance"]
        }

    def dose(mg: float, parameters: Mapping[str, float]) -> dict[str, float]:
        return {depot: cypionate(mg, parameters)}

    return Drug(
        name=name,
        drug_class="androgen",
        route="intramuscular",
        unit="mg",
        label_dose=label_dose,
        label_interval_days=label_interval_days,
        enters_as_rate=rate,
        enters_as_dose=dose,
        continuous_below_days=3.0,
        synonyms=synonyms,
        cautions=(*cautions, *CLASS_CAUTIONS),
        sources=sources,
    )

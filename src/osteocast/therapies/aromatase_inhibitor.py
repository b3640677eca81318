"""Common to the aromatase inhibitors: tablets that enter plasma, and what the class does to bone."""

from __future__ import annotations

from collections.abc import Mapping

from osteocast.therapies.drug import Drug

CAUTION = "speeds bone loss for as long as it is taken: baseline bone density and a plan for bone come first"
IN_WOMEN = "in a woman with working ovaries it needs ovarian suppression"
IN_MEN = (
    "in a man it is used off label: it takes the oestradiol that his bones need, and two tablets a week do "
    "nearly as much as one a day; dosing oneself by feeling or by an immunoassay overshoots, so measure "
    "oestradiol by mass spectrometry, and bone density before and during use"
)


def aromatase_inhibitor(
    name: str, dose_mg: float, sources: tuple[str, ...], synonyms: tuple[str, ...]
) -> Drug:
    """Describe one inhibitor; doses three or more days apart act at their exact times."""

    def rate(mg_per_day: float, parameters: Mapping[str, float]) -> dict[str, float]:
        return {f"{name}_rate": mg_per_day}

    def dose(mg: float, parameters: Mapping[str, float]) -> dict[str, float]:
        return {name: 1000.0 * mg / parameters[f"{name}_volume"]}

    return Drug(
        name=name,
        drug_class="aromatase inhibitor",
        route="oral",
        unit="mg",
        label_dose=dose_mg,
        label_interval_days=1.0,
        enters_as_rate=rate,
        enters_as_dose=dose,
        continuous_below_days=3.0,
        synonyms=synonyms,
        cautions=(CAUTION,),
        in_women=(IN_WOMEN,),
        in_men=(IN_MEN,),
        sources=sources,
    )

"""What reaches the skeleton from outside: doses, nutrition, load, and drives of habits and diseases."""

from __future__ import annotations

from osteocast.physiology.quantities import SITES, Input

INPUTS: tuple[Input, ...] = (
    Input("anastrozole_rate", "mg/day", 0.0, "anastrozole taken"),
    Input("letrozole_rate", "mg/day", 0.0, "letrozole taken"),
    Input("exemestane_rate", "mg/day", 0.0, "exemestane taken"),
    Input("tamoxifen_rate", "mg/day", 0.0, "tamoxifen taken"),
    Input(
        "bisphosphonate_surface_rate", "mg ZOL-eq/day", 0.0, "oral bisphosphonate reaching the bone surface"
    ),
    Input("bisphosphonate_deep_rate", "mg ZOL-eq/day", 0.0, "oral bisphosphonate buried in bone"),
    Input("estradiol_given", "pg/mL", 0.0, "rise of serum oestradiol by an oestradiol patch or gel"),
    Input("gonadal_suppression", "1", 0.0, "0 = gonads free, 1 = silenced by a GnRH agonist"),
    Input("ovaries_removed", "1", 0.0, "0 = in place, 1 = removed"),
    Input("testosterone_given", "ng/dL", 0.0, "rise of serum testosterone by a daily form (gel)"),
    Input("hcg_given", "IU/day", 0.0, "human chorionic gonadotropin injected"),
    Input("gonadorelin_given", "1", 0.0, "pulsatile gonadorelin, 1 = replaces a man's own GnRH"),
    Input("calcium_intake", "mg/day", 800.0, "calcium from food and supplements"),
    Input("vitamin_d", "ng/mL", 30.0, "serum 25-hydroxyvitamin D"),
    # 0 is the ordinary life that the drug trials describe.
    *(
        Input(
            f"loading_{site}",
            "1",
            0.0,
            f"osteogenic loading of the {site.replace('_', ' ')} above habitual, 1 = high-intensity "
            "resistance and impact twice a week, negative = unloading",
        )
        for site in SITES
    ),
    Input("rankl_drive", "1", 0.0, "relative extra RANKL expression (inflammation, glucocorticoid)"),
    Input(
        "formation_drive",
        "1",
        0.0,
        "relative extra osteoblast recruitment (GH/IGF-1 up, glucocorticoid down)",
    ),
)

INPUT_NAMES: tuple[str, ...] = tuple(item.name for item in INPUTS)
INPUT_INDEX: dict[str, int] = {name: i for i, name in enumerate(INPUT_NAMES)}

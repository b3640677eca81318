"""What reaches the skeleton from outside: dosing rates, nutrition, load, and doors for later biology."""

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
    Input("ovarian_suppression", "1", 0.0, "0 = ovaries free, 1 = silenced (GnRH agonist or removal)"),
    Input("calcium_intake", "mg/day", 800.0, "calcium from food and supplements"),
    Input("vitamin_d", "ng/mL", 30.0, "serum 25-hydroxyvitamin D"),
    # Doors: 1 (load) or 0 (drives) is the ordinary life the trials describe.
    *(
        Input(f"load_{site}", "1", 1.0, f"mechanical load on the {site.replace('_', ' ')}, 1 = habitual")
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

"""What can be measured or plotted.

Bone mineral density leaves the engine as a fraction of the person's own peak; `osteocast.simulation` scales
it to the person's scan in g/cm2.
"""

from __future__ import annotations

from osteocast.physiology.quantities import SITES, Observable

OBSERVABLES: tuple[Observable, ...] = (
    *(
        Observable(f"bmd_{site}", "fraction of peak", f"areal bone mineral density, {site.replace('_', ' ')}")
        for site in SITES
    ),
    Observable("ctx", "ng/mL", "serum C-telopeptide of type I collagen (resorption)"),
    Observable("ntx", "nmol BCE/L", "serum N-telopeptide of type I collagen (resorption)"),
    Observable("p1np", "ng/mL", "serum procollagen type I N-propeptide (formation)"),
    Observable("bsap", "ug/L", "serum bone-specific alkaline phosphatase (formation)"),
    Observable("estradiol", "pg/mL", "serum oestradiol"),
    Observable("testosterone", "ng/dL", "serum total testosterone"),
    Observable("gnrh", "1", "GnRH drive of the pituitary, 1 = healthy young adult"),
    Observable("lh", "IU/L", "serum luteinising hormone"),
    Observable("fsh", "IU/L", "serum follicle-stimulating hormone"),
    Observable("pth", "pg/mL", "serum intact parathyroid hormone"),
    Observable("rankl_opg_ratio", "1", "free RANKL over OPG in bone, 1 = healthy premenopausal"),
    Observable("sclerostin", "1", "serum sclerostin, 1 = healthy premenopausal"),
    Observable("resorption", "1", "active resorption, 1 = healthy premenopausal"),
    Observable("formation", "1", "bone formation by osteoblasts, 1 = healthy premenopausal"),
    Observable("denosumab_free", "ng/mL", "free denosumab in serum"),
)

OBSERVABLE_NAMES: tuple[str, ...] = tuple(item.name for item in OBSERVABLES)
OBSERVABLE_INDEX: dict[str, int] = {name: i for i, name in enumerate(OBSERVABLE_NAMES)}

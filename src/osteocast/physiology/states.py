"""Every state of the model, in the order in which the engine stores them."""

from __future__ import annotations

from osteocast.physiology.quantities import SITES, State


def _site_states(site: str) -> tuple[State, ...]:
    name = site.replace("_", " ")
    return (
        State(f"osteoid_{site}", "1", 0.0, 0.05, f"{name}: matrix laid down, not yet mineralised"),
        State(f"young_{site}", "1", 0.0, 0.1, f"{name}: bone after primary mineralisation, still maturing"),
        State(f"mature_{site}", "1", 0.0, 0.1, f"{name}: bone after secondary mineralisation"),
        State(f"tissue_age_{site}", "year", 0.0, 1000.0, f"{name}: mean age of the mineralised tissue"),
        State(
            f"accommodation_{site}", "1", 0.0, 1.0, f"{name}: loading that osteocytes have got used to", -9.0
        ),
    )


STATES: tuple[State, ...] = (
    State("age", "year", 30.0, 1000.0, "age of the person"),
    # drugs
    State("anastrozole", "ng/mL", 0.0, 30.0, "plasma concentration"),
    State("letrozole", "ng/mL", 0.0, 100.0, "plasma concentration"),
    State("exemestane", "ng/mL", 0.0, 4.0, "plasma concentration"),
    State("aromatase", "1", 1.0, 1.0, "intact aromatase enzyme (exemestane destroys it)"),
    State("tamoxifen", "1", 0.0, 1.0, "tamoxifen and active metabolites, 1 = steady state on 20 mg a day"),
    State("denosumab_depot", "mg", 0.0, 200.0, "denosumab under the skin"),
    State("denosumab", "ng/mL", 0.0, 3000.0, "denosumab in serum, free and bound to RANKL"),
    State("denosumab_tissue", "ng/mL", 0.0, 30000.0, "denosumab in the peripheral compartment"),
    State("bisphosphonate_surface", "mg ZOL-eq", 0.0, 1.0, "loosely held bisphosphonate at the bone surface"),
    State("bisphosphonate_deep", "mg ZOL-eq", 0.0, 1.0, "bisphosphonate buried in bone"),
    State("testosterone_depot", "mg", 0.0, 100.0, "testosterone ester in muscle (cypionate, enanthate)"),
    State("testosterone_depot_slow", "mg", 0.0, 1000.0, "testosterone undecanoate in muscle"),
    # signals
    State("testosterone", "ng/dL", 0.0, 500.0, "total testosterone in serum"),
    # Below 0 where oestradiol is above 100 pg/mL.
    State(
        "oestrogen_deficit", "1", 0.0, 1.0, "missing oestrogen signal in bone, 0 before the menopause", -1.0
    ),
    State("pth", "1", 1.0, 3.0, "parathyroid hormone, 1 = healthy premenopausal"),
    State("rankl", "1", 1.0, 1.0, "RANKL, free and bound to denosumab, 1 = healthy premenopausal"),
    # cells
    State("precursors", "1", 1.0, 1.0, "osteoclast precursors waiting for RANKL"),
    State("committed", "1", 1.0, 1.0, "osteoclasts in the making, recruited but not yet resorbing"),
    State("osteoclasts", "1", 1.0, 1.0, "osteoclasts at remodelling sites"),
    State("preosteoblasts", "1", 1.0, 1.0, "osteoblast precursors recruited by resorption"),
    State("osteoblasts", "1", 1.0, 1.0, "bone-forming osteoblasts"),
    # matrix
    *(state for site in SITES for state in _site_states(site)),
)

STATE_NAMES: tuple[str, ...] = tuple(state.name for state in STATES)
STATE_INDEX: dict[str, int] = {name: i for i, name in enumerate(STATE_NAMES)}

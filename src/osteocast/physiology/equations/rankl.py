"""RANKL, OPG, RANK, and denosumab which binds RANKL.

Oestrogen deficit and PTH raise the expression of RANKL; oestrogen deficit lowers OPG. Denosumab follows
target-mediated disposition with the binding in quasi-steady state; RANKL made in excess (as on an aromatase
inhibitor) is also more target for the drug.
"""

from __future__ import annotations

import sympy as sp

from osteocast.physiology.equations.writing import Chapter


def write(c: Chapter) -> None:
    """Write denosumab, RANKL, OPG and the occupancy of RANK."""
    s, u, p = c.s, c.u, c.p
    deficit = s.oestrogen_deficit
    expression = c.let(
        "rankl_expression",
        (1 + p.rankl_e2_gain * deficit + u.rankl_drive) * (1 + p.rankl_pth_gain * (s.pth - 1)),
        "1",
        "RANKL made by osteocytes and osteoblasts",
    )
    opg = c.let("opg", 1 - p.opg_e2_gain * deficit, "1", "osteoprotegerin")

    target = c.let("rankl_serum", p.rankl_capacity * s.rankl, "ng/mL", "RANKL that denosumab can bind")
    unbound = s.denosumab - target - p.denosumab_kss
    free = c.let(
        "denosumab_free",
        (unbound + sp.sqrt(unbound**2 + 4 * p.denosumab_kss * s.denosumab)) / 2,
        "ng/mL",
        "denosumab not bound to RANKL",
    )
    bound = c.let("rankl_bound_fraction", free / (p.denosumab_kss + free), "1", "RANKL held by denosumab")

    c.rate("denosumab_depot", -p.denosumab_absorption * s.denosumab_depot)
    c.rate(
        "denosumab",
        1e6 * p.denosumab_bioavailability * p.denosumab_absorption * s.denosumab_depot / p.denosumab_volume
        - (p.denosumab_clearance + p.denosumab_exchange) * 24 / p.denosumab_volume * free
        + p.denosumab_exchange * 24 / p.denosumab_volume * s.denosumab_tissue
        - 24 * p.rankl_internalisation * bound * target,
    )
    c.rate(
        "denosumab_tissue",
        p.denosumab_exchange * 24 / p.denosumab_tissue_volume * (free - s.denosumab_tissue),
    )
    c.rate(
        "rankl",
        24 * p.rankl_degradation * (expression - (1 - bound) * s.rankl)
        - 24 * p.rankl_internalisation * bound * s.rankl,
    )
    available = s.rankl * p.denosumab_bone_k
    restraint = (p.denosumab_bone_k + free) * opg
    ratio = c.let("rankl_opg_ratio", available / restraint, "1", "free RANKL in bone over OPG")
    # (1 + K) ratio / (ratio + K), written with one division
    c.let(
        "rank_occupancy",
        (1 + p.rank_k) * available / (available + p.rank_k * restraint),
        "1",
        "RANK signal to precursors, 1 = healthy premenopausal",
    )
    c.observe("rankl_opg_ratio", ratio)
    c.observe("denosumab_free", free)

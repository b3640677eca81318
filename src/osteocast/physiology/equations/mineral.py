"""Calcium supply and parathyroid hormone.

Absorption follows the square root of intake and falls only when 25OHD is deficient; calcium that bone sets
free counts as supply, so that PTH falls when bone is lost fast (as on letrozole) and rises when an
antiresorptive closes that source, up to what the glands can make.
"""

from __future__ import annotations

import sympy as sp

from osteocast.physiology.equations.writing import Chapter

REFERENCE_INTAKE = 800.0
REFERENCE_25OHD = 30.0
ABSORPTION_FACTOR = 6.4  # absorbed fraction = 6.4 / sqrt(intake in mg/day)


def write(c: Chapter) -> None:
    """Write calcium absorbed, calcium supply and PTH."""
    s, u, p = c.s, c.u, c.p
    vitamin_d_effect = (
        u.vitamin_d**2
        * (REFERENCE_25OHD**2 + p.vitamin_d_half_effect**2)
        / (REFERENCE_25OHD**2 * (u.vitamin_d**2 + p.vitamin_d_half_effect**2))
    )
    absorbed = c.let(
        "calcium_absorbed",
        ABSORPTION_FACTOR * sp.sqrt(u.calcium_intake) * vitamin_d_effect,
        "mg/day",
        "calcium absorbed by the gut",
    )
    reference = ABSORPTION_FACTOR * sp.sqrt(REFERENCE_INTAKE)
    supply = c.let(
        "calcium_supply",
        (absorbed + p.skeletal_calcium_turnover * (c.known("resorption") - s.osteoblasts)) / reference,
        "1",
        "calcium from gut and bone, 1 = healthy premenopausal",
    )
    # A sigmoid with slope -pth_gain at the reference: the glands have a highest output.
    highest = p.pth_highest
    steepness = p.pth_gain * highest / (highest - 1)
    wanted = highest / (1 + (highest - 1) * sp.exp(steepness * (supply - 1)))
    c.rate("pth", p.pth_adaptation * (wanted - s.pth))
    c.observe("pth", p.pth_premenopausal * s.pth)

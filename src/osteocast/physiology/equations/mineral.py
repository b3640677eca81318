"""Calcium supply and parathyroid hormone.

Absorption follows the square root of intake and saturates with 25OHD; calcium that bone sets free counts as
supply, so that PTH falls when bone is lost fast (as on letrozole) and rises when an antiresorptive closes
that source.
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
        u.vitamin_d
        * (REFERENCE_25OHD + p.vitamin_d_half_effect)
        / (REFERENCE_25OHD * (u.vitamin_d + p.vitamin_d_half_effect))
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
    c.rate("pth", p.pth_adaptation * (sp.exp(-p.pth_gain * (supply - 1)) - s.pth))
    c.observe("pth", p.pth_premenopausal * s.pth)

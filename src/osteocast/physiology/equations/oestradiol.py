"""Serum oestradiol, the ovary's retirement, and the oestrogen signal that bone receives.

The response is a hyperbola in oestradiol, near-linear between 0 and 10 pg/mL. Tamoxifen takes the receptor
and replaces the oestrogen signal by a constant partial one: an agonist after the menopause, an antagonist
before it. Bone answers to the missing signal within days, the time its cells take to change what they make.
"""

from __future__ import annotations

import sympy as sp

from osteocast.physiology.equations.writing import DAYS_PER_YEAR, Chapter

PREMENOPAUSAL_E2 = 100.0


def write(c: Chapter) -> None:
    """Write age, tamoxifen, oestradiol and the oestrogen deficit."""
    s, u, p = c.s, c.u, c.p
    c.rate("age", sp.Float(1 / DAYS_PER_YEAR))
    c.rate("tamoxifen", p.tamoxifen_elimination * (u.tamoxifen_rate / p.tamoxifen_label_rate - s.tamoxifen))
    ovary = c.let(
        "ovarian_function",
        (1 - u.ovarian_suppression)
        / (1 + sp.exp((s.age - p.menopause_age + p.menopause_lead) / p.menopause_width)),
        "1",
        "what the ovaries still make, 1 before the menopause",
    )
    e2 = c.let(
        "oestradiol",
        (PREMENOPAUSAL_E2 - p.postmenopausal_e2) * ovary
        + p.postmenopausal_e2 * (p.e2_floor + (1 - p.e2_floor) * c.known("aromatase_activity"))
        + u.estradiol_given,
        "pg/mL",
        "serum oestradiol",
    )
    signal = c.let(
        "oestrogen_signal",
        (1 + p.e2_half_effect / PREMENOPAUSAL_E2) * e2 / (e2 + p.e2_half_effect),
        "1",
        "occupied oestrogen receptor by oestradiol alone, 1 at 100 pg/mL",
    )
    taken = c.let(
        "receptor_taken",
        s.tamoxifen / (s.tamoxifen + p.tamoxifen_half_occupancy),
        "1",
        "receptors occupied by tamoxifen and its metabolites",
    )
    missing = 1 - (1 - taken) * signal - taken * p.tamoxifen_agonism
    c.rate("oestrogen_deficit", p.oestrogen_response * (missing - s.oestrogen_deficit))
    c.observe("estradiol", e2)

"""Serum oestradiol, the ovary's retirement, and the oestrogen signal that bone receives.

A woman's oestradiol comes from the ovaries and, after the menopause, from aromatase elsewhere in the body. A
man's comes from testosterone through aromatase, and a little from adrenal precursors; an inhibitor leaves
more of it than in women. The response is a hyperbola in oestradiol, near-linear between 0 and 10 pg/mL, and
1 at the oestradiol of a healthy young woman or man. With age more of a man's oestradiol is bound in blood
and lost to bone, and his larger skeleton answers less to what is missing. Tamoxifen takes the receptor and
replaces the oestrogen signal by a constant partial one: an agonist after the menopause, an antagonist before
it. Bone answers to the missing signal within days, the time its cells take to change what they make.
"""

from __future__ import annotations

import sympy as sp

from osteocast.physiology.equations.writing import DAYS_PER_YEAR, Chapter

PREMENOPAUSAL_E2 = 100.0
AGEING_ONSET = 50.0
AGEING_BLEND = 5.0  # years over which ageing sets in


def write(c: Chapter) -> None:
    """Write age, tamoxifen, oestradiol and the oestrogen deficit."""
    s, u, p = c.s, c.u, c.p
    c.rate("age", sp.Float(1 / DAYS_PER_YEAR))
    past_onset = s.age - AGEING_ONSET
    ageing = c.let(
        "years_of_ageing",
        (past_onset + sp.sqrt(past_onset**2 + AGEING_BLEND**2)) / 2,
        "year",
        "years past the onset of skeletal ageing, set in smoothly",
    )
    c.rate("tamoxifen", p.tamoxifen_elimination * (u.tamoxifen_rate / p.tamoxifen_label_rate - s.tamoxifen))
    e2 = c.let(
        "oestradiol",
        (1 - p.male) * _woman(c) + p.male * _man(c) + u.estradiol_given,
        "pg/mL",
        "serum oestradiol",
    )
    reference = (1 - p.male) * PREMENOPAUSAL_E2 + p.male * p.male_reference_e2
    reaching = e2 / (1 + p.male * p.male_e2_binding * ageing)
    signal = c.let(
        "oestrogen_signal",
        (1 + p.e2_half_effect / reference) * reaching / (reaching + p.e2_half_effect),
        "1",
        "occupied oestrogen receptor by oestradiol alone, 1 in a healthy young adult",
    )
    taken = c.let(
        "receptor_taken",
        s.tamoxifen / (s.tamoxifen + p.tamoxifen_half_occupancy),
        "1",
        "receptors occupied by tamoxifen and its metabolites",
    )
    missing = 1 - (1 - taken) * signal - taken * p.tamoxifen_agonism
    felt = (1 + p.male * (p.male_response - 1)) * missing
    c.rate("oestrogen_deficit", p.oestrogen_response * (felt - s.oestrogen_deficit))
    c.observe("estradiol", e2)


def _woman(c: Chapter) -> sp.Expr:
    s, u, p = c.s, c.u, c.p
    reserve = c.let(
        "ovarian_reserve",
        (1 - u.ovaries_removed)
        / (1 + sp.exp((s.age - p.menopause_age + p.menopause_lead) / p.menopause_width)),
        "1",
        "what the ovaries could still make, 1 before the menopause",
    )
    ovary = c.let(
        "ovarian_function", (1 - u.gonadal_suppression) * reserve, "1", "what the ovaries make, 1 = all"
    )
    elsewhere = p.postmenopausal_e2 * (p.e2_floor + (1 - p.e2_floor) * c.known("aromatase_activity"))
    return (PREMENOPAUSAL_E2 - p.postmenopausal_e2) * ovary + elsewhere


def _man(c: Chapter) -> sp.Expr:
    s, p = c.s, c.p
    anastrozole, letrozole = s.anastrozole / p.anastrozole_ki, s.letrozole / p.letrozole_ki
    left = c.let(
        "male_aromatisation",
        c.known("aromatase_activity")
        + p.male_residual
        * (
            s.aromatase
            * (p.male_residual_anastrozole * anastrozole + p.male_residual_letrozole * letrozole)
            / (1 + anastrozole + letrozole)
            + p.male_residual_exemestane * (1 - s.aromatase)
        ),
        "1",
        "oestradiol made from a man's testosterone, fraction of that without an inhibitor",
    )
    substrate = (
        s.testosterone
        / p.testosterone_own
        * (p.aromatase_km + p.testosterone_own)
        / (p.aromatase_km + s.testosterone)
    )
    return p.male_e2_own * left * (p.male_e2_adrenal + (1 - p.male_e2_adrenal) * substrate)

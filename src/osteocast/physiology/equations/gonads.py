"""The axis from GnRH to the gonads, and testosterone.

In a man oestradiol and testosterone restrain GnRH, GnRH drives LH and FSH, LH drives the Leydig cells. An
aromatase inhibitor removes oestradiol, so that LH and testosterone rise until the loop closes again at a
lower oestradiol; testosterone from outside silences the axis, and an inhibitor then finds nothing that gives
way. Gonadotropins follow the hormones within hours and are taken as in balance with them. In a woman the
axis is read, not closed: LH and FSH rise as the ovaries retire.
"""

from __future__ import annotations

from osteocast.physiology.equations.writing import Chapter

NG_PER_DL_FROM_MG_PER_KL = 100.0


def write(c: Chapter) -> None:
    """Write GnRH, LH, FSH and testosterone from the gonads and from outside."""
    s, u, p = c.s, c.u, c.p
    free = 1 - u.gonadal_suppression
    # The fourth and second power are what LH does on anastrozole, letrozole and testosterone, see parameters.
    hormones = c.let(
        "gonadal_feedback",
        ((c.known("oestradiol") / p.male_e2_own) ** 2 * s.testosterone / p.testosterone_own) ** 2,
        "1",
        "restraint of GnRH by oestradiol and testosterone, 1 = a man's own balance",
    )
    # High testosterone silences the axis also where an inhibitor keeps oestradiol low.
    silenced = (1 + (p.testosterone_own / p.testosterone_silencing) ** 4) / (
        1 + (s.testosterone / p.testosterone_silencing) ** 4
    )
    own = silenced * p.gnrh_highest / (1 + (p.gnrh_highest - 1) * hormones)
    man = free * (own + u.gonadorelin_given)
    reserve = c.known("ovarian_reserve")
    woman = free * (reserve + (1 - reserve) * p.gnrh_after_menopause)
    gnrh = c.let("gnrh", p.male * man + (1 - p.male) * woman, "1", "GnRH drive of the pituitary")
    stimulus = c.let(
        "leydig_stimulus",
        gnrh + u.hcg_given / p.hcg_equivalent,
        "1",
        "LH and hCG at the Leydig cells, 1 = a man's own LH",
    )
    testis = p.testosterone_adrenal + (1 - p.testosterone_adrenal) * (
        1 + p.leydig_half_stimulus
    ) * stimulus / (stimulus + p.leydig_half_stimulus)
    injected = (
        NG_PER_DL_FROM_MG_PER_KL
        * (
            p.testosterone_depot_release * s.testosterone_depot
            + p.testosterone_depot_slow_release * s.testosterone_depot_slow
        )
        / p.testosterone_clearance
    )
    c.rate("testosterone_depot", -p.testosterone_depot_release * s.testosterone_depot)
    c.rate("testosterone_depot_slow", -p.testosterone_depot_slow_release * s.testosterone_depot_slow)
    c.rate(
        "testosterone",
        p.testosterone_turnover
        * (
            p.testosterone_own * (1 + p.male * (testis - 1))
            + u.testosterone_given
            + injected
            - s.testosterone
        ),
    )
    relative = s.testosterone / p.testosterone_reference
    androgen = (1 + p.androgen_half_effect) * relative / (relative + p.androgen_half_effect)
    c.let(
        "androgen_signal",
        p.male * (androgen - 1),
        "1",
        "testosterone's own signal in a man's bone, less that at the reference",
    )
    c.observe("testosterone", s.testosterone)
    c.observe("gnrh", gnrh)
    c.observe("lh", p.lh_young * gnrh)
    c.observe("fsh", p.fsh_young * gnrh)

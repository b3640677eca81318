"""Osteoclasts from a pool of precursors, and osteoblasts that follow resorption.

RANK signalling both recruits osteoclasts from precursors (slow, through a committed stage) and keeps those
present at work (at once): that is why resorption stops within days of denosumab and comes back only months
after RANKL is free again. The pool fills while RANK is silent: that is the rebound. A bisphosphonate silences
osteoclasts where they resorb and is set free by resorption. The surface pool acts in proportion and is gone
in months; the buried pool saturates, so that dose decides how long the effect lasts rather than how deep it
is, and repeated doses do not deepen it. Formation follows resorption through two stages of the osteoblast
lineage, restrained by sclerostin, which rises when oestrogen is missing, and supported
by testosterone in men.
"""

from __future__ import annotations

from osteocast.physiology.equations.writing import Chapter


def write(c: Chapter) -> None:
    """Write precursors, osteoclasts, bisphosphonate in bone, active resorption and the osteoblast lineage."""
    s, u, p = c.s, c.u, c.p
    deficit, occupancy = s.oestrogen_deficit, c.known("rank_occupancy")

    c.rate(
        "precursors",
        p.precursor_supply * (1 + p.precursor_loss_ratio)
        - p.precursor_supply * (occupancy + p.precursor_loss_ratio) * s.precursors,
    )
    c.rate("committed", p.osteoclast_turnover * (occupancy * s.precursors - s.committed))
    c.rate(
        "osteoclasts",
        p.osteoclast_turnover * (s.committed - (1 - p.osteoclast_e2_survival * deficit) * s.osteoclasts),
    )
    inhibition = c.let(
        "bisphosphonate_inhibition",
        p.bisphosphonate_surface_potency * s.bisphosphonate_surface
        + p.bisphosphonate_deep_effect
        * s.bisphosphonate_deep
        / (s.bisphosphonate_deep + p.bisphosphonate_deep_half),
        "1",
        "osteoclasts silenced for each one active",
    )
    active = c.let(
        "resorption",
        occupancy * s.osteoclasts / (1 + inhibition),
        "1",
        "osteoclasts at work, 1 = healthy premenopausal",
    )
    release = p.bisphosphonate_passive_release + (1 - p.bisphosphonate_passive_release) * active
    for pool in ("surface", "deep"):
        c.rate(
            f"bisphosphonate_{pool}",
            u[f"bisphosphonate_{pool}_rate"]
            - p[f"bisphosphonate_{pool}_release"] * release * s[f"bisphosphonate_{pool}"],
        )

    sclerostin = c.let(
        "sclerostin_systemic",
        1 + p.sclerostin_e2_gain * deficit,
        "1",
        "sclerostin as set by oestrogen, 1 = healthy premenopausal",
    )
    recruitment = (
        (1 + p.coupling * (active - 1))
        * (1 + u.formation_drive + p.androgen_formation_gain * c.known("androgen_signal"))
        / (1 + p.formation_sclerostin_gain * (sclerostin - 1))
    )
    c.rate("preosteoblasts", p.preosteoblast_turnover * (recruitment - s.preosteoblasts))
    c.rate("osteoblasts", p.osteoblast_turnover * (s.preosteoblasts - s.osteoblasts))
    c.observe("resorption", active)
    c.observe("formation", s.osteoblasts)

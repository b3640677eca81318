"""Aromatase inhibitors in plasma and what they leave of aromatase.

Anastrozole and letrozole block the enzyme reversibly; exemestane destroys it, so that recovery waits for new
enzyme. Tablets taken daily enter as a mean rate: their half-lives (1-3 days) and the flat dose-response make
the daily ripple invisible in bone.
"""

from __future__ import annotations

from osteocast.physiology.equations.writing import Chapter

NG_PER_ML_FROM_MG_PER_L = 1000.0
HOURS_PER_DAY = 24.0


def write(c: Chapter) -> None:
    """Write plasma levels of the inhibitors, intact enzyme and the activity that is left."""
    s, u, p = c.s, c.u, c.p
    for drug in ("anastrozole", "letrozole", "exemestane"):
        clearance, volume = p[f"{drug}_clearance"], p[f"{drug}_volume"]
        c.rate(
            drug,
            NG_PER_ML_FROM_MG_PER_L * u[f"{drug}_rate"] / volume
            - HOURS_PER_DAY * clearance / volume * s[drug],
        )
    c.rate(
        "aromatase",
        p.aromatase_turnover * (1 - s.aromatase) - p.exemestane_inactivation * s.exemestane * s.aromatase,
    )
    c.let(
        "aromatase_activity",
        s.aromatase / (1 + s.anastrozole / p.anastrozole_ki + s.letrozole / p.letrozole_ki),
        "1",
        "fraction of normal aromatisation that is left",
    )

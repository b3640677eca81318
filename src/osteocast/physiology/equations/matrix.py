"""Bone matrix at each site: osteoid, young and mature bone, and the strain that osteocytes feel.

Formation lays osteoid, which mineralises within weeks and matures over years; resorption takes young and
mature bone in proportion. Bone lost raises the strain in what is left, and strain (through local sclerostin)
raises formation and calms resorption: the mechanostat. A small modelling-based turnover, formation and
resorption apart from remodelling units, goes on under antiresorptives. With age each remodelling unit refills
a little less than it removed, so that ageing costs most where turnover is high and little under an
antiresorptive. Osteocytes get used to a load that lasts, so that training gains slow down, and they miss it
when it ends. Testosterone by itself supports modelling, the apposition at the periosteum.
"""

from __future__ import annotations

import sympy as sp

from osteocast.physiology.equations.writing import DAYS_PER_YEAR, Chapter
from osteocast.physiology.quantities import SITES

DEGENERATION_DELAY = 10.0  # years past 50


def write(c: Chapter) -> None:
    """Write the matrix of the three sites, bone mineral density and sclerostin."""
    p = c.p
    c.let(
        "strain_sensing",
        1 - p.mechanostat_e2_share * c.s.oestrogen_deficit,
        "1",
        "sensitivity of osteocytes to strain; oestrogen receptor alpha takes part in it",
    )
    c.let(
        "loading_sensing",
        1 - p.loading_e2_share * c.s.oestrogen_deficit,
        "1",
        "response to a new load, 1 with the oestrogen signal of a healthy young adult",
    )
    # Each remodelling unit of an older man refills better than that of an older woman.
    refill = c.let(
        "ageing",
        (1 + p.male * (p.male_ageing - 1)) * c.known("years_of_ageing"),
        "year",
        "years of ageing that remodelling units show",
    )
    unaccustomed = [_write_site(c, site, refill) for site in SITES]
    c.observe(
        "sclerostin",
        c.known("sclerostin_systemic") * sp.exp(-p.sclerostin_load_exponent * sum(unaccustomed) / len(SITES)),
    )


def _write_site(c: Chapter, site: str, ageing: sp.Symbol) -> sp.Expr:
    """Write one site; returns the load that its osteocytes have not got used to."""
    s, u, p = c.s, c.u, c.p
    unaccustomed = u[f"loading_{site}"] - s[f"accommodation_{site}"]
    osteoid, young, mature = s[f"osteoid_{site}"], s[f"young_{site}"], s[f"mature_{site}"]
    turnover = p[f"turnover_{site}"] / DAYS_PER_YEAR
    maturation = p.maturation / DAYS_PER_YEAR
    flux_at_peak = turnover * (1 + p.modelling)
    young_at_peak = flux_at_peak / (maturation + flux_at_peak)
    bmd = c.let(
        f"bmd_{site}",
        (p.young_mineral * young + mature) / (1 - (1 - p.young_mineral) * young_at_peak),
        "1",
        f"bone mineral density, {site.replace('_', ' ')}, fraction of peak",
    )
    log_strain = c.let(
        f"log_strain_{site}",
        p[f"loading_gain_{site}"] * c.known("loading_sensing") * unaccustomed - sp.log(bmd),
        "1",
        f"log of the strain signal, {site.replace('_', ' ')}",
    )
    c.rate(
        f"accommodation_{site}",
        p.accommodation_rate
        / DAYS_PER_YEAR
        * (p.accommodation * u[f"loading_{site}"] - s[f"accommodation_{site}"]),
    )
    sensitivity = p[f"mechanostat_{site}"] * c.known("strain_sensing")
    formation = c.let(
        f"formation_{site}",
        turnover
        * (
            s.osteoblasts * (1 - p[f"ageing_{site}"] * ageing)
            + p.modelling * (1 + p.androgen_modelling_gain * c.known("androgen_signal"))
        )
        * sp.exp(p.mechanostat_formation * sensitivity * log_strain),
        "1/day",
        f"matrix formed, {site.replace('_', ' ')}",
    )
    resorption = c.let(
        f"resorption_{site}",
        turnover
        * (
            c.known("resorption") * sp.exp(-p.mechanostat_resorption * sensitivity * log_strain) + p.modelling
        ),
        "1/day",
        f"bone resorbed, {site.replace('_', ' ')}",
    )
    mineralised = young + mature
    c.rate(f"osteoid_{site}", formation - p.primary_mineralisation * osteoid)
    c.rate(
        f"young_{site}",
        p.primary_mineralisation * osteoid - maturation * young - resorption * young / mineralised,
    )
    c.rate(f"mature_{site}", maturation * young - resorption * mature / mineralised)
    c.rate(
        f"tissue_age_{site}",
        1 / sp.Float(DAYS_PER_YEAR)
        - s[f"tissue_age_{site}"] * p.primary_mineralisation * osteoid / mineralised,
    )
    # What DXA counts as bone at a man's ageing spine: osteophytes and calcified vessels, late in coming.
    years = c.known("years_of_ageing")
    late = years**2 / (years + DEGENERATION_DELAY)
    degeneration = p.male * p.male_spine_degeneration * late if site == "lumbar_spine" else 0
    c.observe(f"bmd_{site}", bmd * (1 + degeneration))
    return unaccustomed

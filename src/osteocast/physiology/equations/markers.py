"""Markers of turnover in serum.

Each marker has a part that follows bone turnover and a part that does not (other tissue, slow clearance): NTX
moves less than CTX for the same change of resorption.
"""

from __future__ import annotations

from osteocast.physiology.equations.writing import Chapter


def write(c: Chapter) -> None:
    """Write CTX, NTX, P1NP and BSAP."""
    s, p = c.s, c.p
    drivers = {
        "ctx": c.known("resorption"),
        "ntx": c.known("resorption"),
        "p1np": s.preosteoblasts,
        "bsap": s.osteoblasts,
    }
    for marker, driver in drivers.items():
        responsive = p[f"{marker}_responsive"]
        c.observe(marker, p[f"{marker}_premenopausal"] * (1 - responsive + responsive * driver))

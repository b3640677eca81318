"""Common to the bisphosphonates: a dose reaches bone, part of it at the surface and part of it buried.

Amounts in bone are counted in milligrams of zoledronate of equal effect, so that sequences of different
bisphosphonates add up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

Enter = Callable[[float, Mapping[str, float]], dict[str, float]]

ORAL_CAUTIONS = (
    "empty stomach, a full glass of water, upright for 30 to 60 minutes; "
    "not with a narrowed or inflamed oesophagus",
    "not with an eGFR below 30-35 mL/min",
)
CLASS_CAUTIONS = (
    "calcium and vitamin D must be replete before the first dose",
    "rare: osteonecrosis of the jaw, atypical femur fracture, more with years of use",
)


def in_bone(name: str, route: str, parameters: Mapping[str, float]) -> tuple[float, float]:
    """Milligrams zoledronate-equivalent at the surface and buried, per milligram given."""
    reaching = parameters[f"{name}_retained"]
    if route == "oral":
        reaching *= parameters[f"{name}_bioavailability"]
    if name != "zoledronate":
        reaching *= parameters[f"{name}_potency"]
    deep = parameters[f"{name}_deep_share"]
    return reaching * (1 - deep), reaching * deep


def as_dose(name: str, route: str) -> Enter:
    """Doses that act at their exact times."""

    def enter(mg: float, parameters: Mapping[str, float]) -> dict[str, float]:
        surface, deep = in_bone(name, route, parameters)
        return {"bisphosphonate_surface": mg * surface, "bisphosphonate_deep": mg * deep}

    return enter


def as_rate(name: str, route: str) -> Enter:
    """Tablets that enter as a mean rate."""

    def enter(mg_per_day: float, parameters: Mapping[str, float]) -> dict[str, float]:
        surface, deep = in_bone(name, route, parameters)
        return {
            "bisphosphonate_surface_rate": mg_per_day * surface,
            "bisphosphonate_deep_rate": mg_per_day * deep,
        }

    return enter

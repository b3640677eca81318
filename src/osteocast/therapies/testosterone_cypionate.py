"""Testosterone cypionate: an ester in oil, injected every one to two weeks."""

from osteocast.therapies.testosterone import ester

DRUG = ester(
    "testosterone_cypionate",
    "testosterone_depot",
    200.0,
    14.0,
    synonyms=("testosterone cypionate", "Depo-Testosterone"),
    cautions=("levels swing between injections: high after days 2 to 5, low before the next",),
    sources=("testosterone-cypionate-poppk", "testosterone-cypionate-label-canada"),
)

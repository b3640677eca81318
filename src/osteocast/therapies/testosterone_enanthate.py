"""Testosterone enanthate: an ester in oil, much like cypionate."""

from osteocast.therapies.testosterone import ester

DRUG = ester(
    "testosterone_enanthate",
    "testosterone_depot",
    200.0,
    14.0,
    equivalent="testosterone_enanthate_equivalent",
    synonyms=("testosterone enanthate", "testosterone enantate", "Xyosted", "Testoviron"),
    cautions=("levels swing between injections: high after days 1 to 3, low before the next",),
    sources=("snyder-1980-enanthate-schedules", "bhasin-2001-dose-response"),
)

"""Testosterone undecanoate in castor oil: injected by a clinician about every ten weeks."""

from osteocast.therapies.testosterone import ester

DRUG = ester(
    "testosterone_undecanoate",
    "testosterone_depot_slow",
    750.0,
    70.0,
    equivalent="testosterone_undecanoate_equivalent",
    synonyms=("testosterone undecanoate", "Aveed", "Nebido", "Reandron"),
    cautions=(
        "the second injection comes 4 weeks after the first, the others every 10 weeks: enter the first as a "
        "course of its own",
        "oil can reach the lungs: given in a clinic, with 30 minutes of watching afterwards",
    ),
    sources=("aveed-label", "testosterone-undecanoate-us-24-weeks", "testosterone-undecanoate-phase-1"),
)

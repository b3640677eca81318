"""Letrozole: an aromatase inhibitor (reversible, non-steroidal)."""

from osteocast.therapies.aromatase_inhibitor import aromatase_inhibitor

DRUG = aromatase_inhibitor("letrozole", 2.5, sources=("letrozole-poppk-japan",), synonyms=("Femara",))

"""Exemestane: an aromatase inhibitor (irreversible, steroidal)."""

from osteocast.therapies.aromatase_inhibitor import aromatase_inhibitor

DRUG = aromatase_inhibitor("exemestane", 25.0, sources=("exemestane-pk-fed",), synonyms=("Aromasin",))

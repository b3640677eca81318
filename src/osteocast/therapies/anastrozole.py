"""Anastrozole: an aromatase inhibitor (reversible, non-steroidal)."""

from osteocast.therapies.aromatase_inhibitor import aromatase_inhibitor

DRUG = aromatase_inhibitor("anastrozole", 1.0, sources=("10.1210/jc.2008-2527",), synonyms=("Arimidex",))

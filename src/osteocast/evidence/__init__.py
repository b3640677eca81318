"""The evidence registry: every published number that osteocast rests on, one file per source.

A source is a paper, a label, a guideline or a piece of published code. Its file holds what was verified of
its citation, how it was read, and each value verbatim: where it stands, of whom, how many, with what
uncertainty, and whether it is used, kept as context, or excluded and why.

Examples
--------
>>> registry = load()
>>> registry.value("atac-bone-60-months/ana-total-hip-60").value
-7.24
>>> print(cite(["atac-bone-60-months"]))
Effect of anastrozole on bone mineral density: ... doi:10.1200/JCO.2007.11.0726. PMID 18309940. https://...
"""

from osteocast.evidence.citing import cite
from osteocast.evidence.registry import Registry, load
from osteocast.evidence.schema import Citation, Source, Value

__all__ = ["Citation", "Registry", "Source", "Value", "cite", "load"]

"""What a forecast was made with, so that every number can be made again."""

from osteocast.inference.provenance import Provenance, provenance

__all__ = ["Provenance", "provenance"]

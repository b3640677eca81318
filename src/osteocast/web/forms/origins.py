"""Where the values of a form come from: typed, imported, or assumed because nobody gave them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from osteocast.web.forms.document import fill
from osteocast.web.forms.fields import ROWS, SCALARS

__all__ = ["imported"]


def imported(document: Mapping[str, Any]) -> dict[str, str]:
    """Return the origins of a document that came from a file.

    Examples
    --------
    >>> imported({"person": {"sex": "male"}, "labs": [{"analyte": "ctx"}]})
    {'person.sex': 'imported', 'labs.0': 'imported'}
    """
    shown = fill(document)
    origins = {
        one.path: "imported" for fields in SCALARS.values() for one in fields if shown.get(one.path, "")
    }
    for path in ROWS:
        origins |= {
            name.removesuffix(".from"): "imported"
            for name in shown
            if name.startswith(f"{path}.") and name.endswith(".from")
        }
    return origins

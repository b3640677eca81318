"""The stable names of Python: what stands on the page of Python, and how it is called.

``python tests/baseline/stable.py`` writes them down; what a version takes
away or renames has to be deprecated first (docs/python.md).
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "python.md"
KEPT = Path(__file__).parent / "stable.json"


def documented() -> list[str]:
    """Return the classes, functions and errors of the page."""
    return re.findall(r"^\.\. auto(?:function|class|exception):: (\S+)", PAGE.read_text(), flags=re.MULTILINE)


def find(name: str) -> Any:
    """Return what a dotted name stands for."""
    module, _, own = name.rpartition(".")
    return getattr(importlib.import_module(module), own)


def arguments(found: Any) -> dict[str, bool]:
    """Return the names of arguments in their order, and whether each has to be given."""
    if inspect.isclass(found) and issubclass(found, BaseException):
        return {}
    return {
        name: one.default is one.empty and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
        for name, one in inspect.signature(found).parameters.items()
    }


def main() -> None:
    """Write down what there is."""
    stable = {name: arguments(find(name)) for name in sorted(set(documented()))}
    KEPT.write_text(json.dumps(stable, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

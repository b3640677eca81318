"""The model as code, of ``osteocast export``: C, and the kernel for graphics processors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from osteocast.cli.output import say

if TYPE_CHECKING:
    from osteocast.interop.sbml import Scenario

__all__ = ["write_c", "write_ptx"]


def write_c(file: Path, scenario: Scenario | None) -> None:
    """Write the equations in C, with the numbers and events of a scenario if there is one."""
    from osteocast.interop.c_source import to_c
    from osteocast.report.writing import write_text

    write_text(file, to_c(scenario))
    say(f"Written: {file}")


def write_ptx(file: Path) -> None:
    """Write the engine as a kernel for graphics processors."""
    from osteocast.engine import gpu
    from osteocast.report.writing import write_text

    write_text(file, gpu.ptx())
    say(f"Written: {file}: kernel {gpu.ENTRY} for {gpu.ARCHITECTURE} and later")

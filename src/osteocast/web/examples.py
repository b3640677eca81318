"""The cases that come with osteocast, to play with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from osteocast.person.documents import read_document
from osteocast.web.strings import N_

__all__ = ["Example", "examples"]

# Beside the package when it is installed, in the repository when it is worked on.
_FOLDERS = (Path(__file__).parents[1] / "examples", Path(__file__).parents[3] / "examples")


@dataclass(frozen=True)
class Example:
    """A case to play with.

    Parameters
    ----------
    name : str
        Of its file, without the suffix.
    label, about : str
    document : dict
    """

    name: str
    label: str
    about: str
    document: dict[str, Any]

    @property
    def file_name(self) -> str:
        """Name of its file."""
        return f"{self.name}.yaml"


_WORDS = {
    "postmenopausal-anastrozole": (
        N_("She starts anastrozole"),
        N_("61 years, two scans two years apart, density a little low"),
    ),
    "letrozole-denosumab-exit": (
        N_("Her density fell on letrozole"),
        N_("67 years, an earlier fracture; denosumab, and how to stop it"),
    ),
    "ovarian-suppression-exemestane": (
        N_("Her ovaries are silenced"),
        N_("45 years, goserelin and exemestane from now on"),
    ),
    "man-testosterone-anastrozole": (
        N_("He takes testosterone and anastrozole"),
        N_("52 years, oestradiol fell to 9 pg/mL"),
    ),
}


@cache
def examples() -> dict[str, Example]:
    """Return the examples by name, the one that is shown first first."""
    folder = next(folder for folder in _FOLDERS if folder.is_dir())
    return {
        name: Example(name, label, about, read_document(folder / f"{name}.yaml").content)
        for name, (label, about) in _WORDS.items()
    }

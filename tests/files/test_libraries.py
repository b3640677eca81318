"""Versions of libraries are those that the installer knows."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata

import pytest

from osteocast.files.libraries import version


@pytest.mark.parametrize("library", ["numba", "llvmlite", "jinja2", "numpy", "pyyaml"])
def test_it_is_what_the_files_say(library: str) -> None:
    version.cache_clear()
    assert version(library) == metadata.version(library)


def test_what_is_not_installed_is_an_error() -> None:
    with pytest.raises(metadata.PackageNotFoundError):
        version("no-such-library")


def test_a_folder_name_is_enough() -> None:
    code = (
        "import sys; from osteocast.files.libraries import version\n"
        "version('numba'); print('importlib.metadata' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"

"""The project keeps its own promises: one version everywhere, pins that match, files that travel."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

import osteocast

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
GENERATED = ROOT / "src/osteocast/engine/kernel.py"


def tracked_files() -> list[Path]:
    """Every file of the project: what git tracks, or all there is in an unpacked source release."""
    if (ROOT / ".git").exists():
        listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
        names = listing.stdout.decode().split("\0")
        return [ROOT / name for name in names if name and (ROOT / name).is_file()]
    return [path for path in ROOT.rglob("*") if path.is_file() and ".venv" not in path.parts]


def changelog_sections() -> list[tuple[str, str]]:
    """Heading and body of each version in the changelog, newest first."""
    text = (ROOT / "CHANGELOG.md").read_text()
    pieces = re.split(r"^## (.+)$", text, flags=re.MULTILINE)[1:]
    return list(zip(pieces[::2], pieces[1::2], strict=True))


def test_the_changelog_begins_with_this_version() -> None:
    heading, _ = changelog_sections()[0]
    assert re.fullmatch(r"\[(.+)\] - \d{4}-\d\d-\d\d", heading), heading
    assert heading.startswith(f"[{osteocast.__version__}]")


def test_every_version_tells_which_numbers_moved() -> None:
    without = [heading for heading, body in changelog_sections() if "\n### Numbers\n" not in body]
    assert not without


def test_the_changelog_goes_from_new_to_old() -> None:
    versions = [Version(heading.split("]")[0].lstrip("[")) for heading, _ in changelog_sections()]
    assert versions == sorted(set(versions), reverse=True)


def test_the_citation_names_this_version_and_licence() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == osteocast.__version__
    assert citation["license"] == PROJECT["license"]


def pins(name: str) -> dict[str, Version]:
    """Package and version of each line of a locked requirements file."""
    text = (ROOT / "requirements" / name).read_text()
    found = re.findall(r"^([a-z0-9][a-z0-9.-]*)(?:\[[\w,-]+\])?==([^ \\;]+)", text, flags=re.MULTILINE)
    return {package: Version(version) for package, version in found}


def requirements(*extras: str) -> list[Requirement]:
    """What pyproject.toml asks for, without the extras that only name other extras."""
    lines = list(PROJECT["dependencies"])
    for extra in extras:
        lines += PROJECT["optional-dependencies"][extra]
    return [parsed for parsed in map(Requirement, lines) if parsed.name != PROJECT["name"]]


@pytest.mark.parametrize(
    ("lock", "asked"),
    [("base.txt", requirements()), ("dev.txt", requirements("sbml", "docs", "dev"))],
    ids=["base", "dev"],
)
def test_the_pins_are_what_the_package_asks_for(lock: str, asked: list[Requirement]) -> None:
    pinned = pins(lock)
    for requirement in asked:
        name = requirement.name.lower().replace("_", "-")
        assert name in pinned, f"{name} is not in requirements/{lock}: run scripts/lock"
        assert requirement.specifier.contains(pinned[name]), f"{requirement} does not admit {pinned[name]}"


def test_a_user_and_a_developer_get_the_same_versions() -> None:
    base, dev = pins("base.txt"), pins("dev.txt")
    assert base.items() <= dev.items()


@pytest.mark.parametrize("lock", ["base.txt", "dev.txt"])
def test_every_pin_has_a_hash_and_none_names_a_place(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text()
    entries = [entry for entry in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE) if "==" in entry]
    assert len(entries) == len(pins(lock))
    assert all("--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"^\s*(--(extra-)?index-url|--find-links|-e)\b|://", text, flags=re.MULTILINE)


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    private = re.compile(rb"(?<![\w.~:/-])(/(home|root|work|Users|mnt)/[\w.])|[A-Z]:\\Users\\")
    found = [
        f"{path.relative_to(ROOT)}: {match.group()!r}"
        for path in tracked_files()
        if (match := private.search(path.read_bytes()))
    ]
    assert not found


def test_files_stay_small_enough_to_hold_one_idea() -> None:
    lengths = {
        path.relative_to(ROOT): len(path.read_text().splitlines())
        for path in tracked_files()
        if path.suffix == ".py" and path != GENERATED
    }
    assert lengths
    assert {path: length for path, length in lengths.items() if length > 650} == {}


def test_scripts_can_be_run() -> None:
    scripts = [path for path in (ROOT / "scripts").iterdir() if not path.name.startswith("_")]
    assert {"forecast", "test"} <= {path.name for path in scripts}
    for script in [*scripts, ROOT / ".ci" / "run"]:
        assert os.access(script, os.X_OK), script
        assert script.read_text().startswith("#!"), script


def test_the_wheel_carries_every_file_of_the_package(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        carried = set(archive.namelist())
    source = ROOT / "src"
    ours = [path for path in tracked_files() if path.is_relative_to(source)]
    expected = {path.relative_to(source).as_posix() for path in ours}
    assert "osteocast/py.typed" in expected
    assert expected - carried == set()
    assert any(name.endswith("licenses/LICENSE") for name in carried)

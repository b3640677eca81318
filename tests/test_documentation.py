"""What exists is documented, and what is documented exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

import osteocast
from osteocast.cli import app

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
README = (ROOT / "README.md").read_text()
#: Pages that are made when the documentation is built.
WRITTEN = ("calibration.md", "claims.md", "equations.md", "validation.md")


def commands(command: Any, path: str = "osteocast") -> Iterator[tuple[str, Any]]:
    """Walk the command line: each command with the words that call it."""
    # Typer brings its own copy of Click, so that the classes of the package `click` say nothing here.
    children = getattr(command, "commands", None)
    if children is None:
        yield path, command
    for name, child in (children or {}).items():
        yield from commands(child, f"{path} {name}")


COMMANDS = dict(commands(typer.main.get_command(app)))
PAGE = (DOCS / "commands.md").read_text()
SECTIONS = dict(re.findall(r"^## `(osteocast [^`]+)`\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))


def test_every_command_has_its_section_and_no_section_outlives_its_command() -> None:
    assert set(SECTIONS) == set(COMMANDS)


@pytest.mark.parametrize("path", COMMANDS)
def test_every_option_is_documented(path: str) -> None:
    options = {
        max(parameter.opts, key=len)
        for parameter in COMMANDS[path].params
        if parameter.param_type_name == "option" and not parameter.hidden
    }
    assert {option for option in options if f"`{option}" not in SECTIONS[path]} == set()


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_says_what_it_does(path: str) -> None:
    assert COMMANDS[path].help


def test_the_readme_draws_the_house_as_it_stands() -> None:
    drawn = set(re.findall(r"^\| `(\w+)` +\|", README, flags=re.MULTILINE))
    package = ROOT / "src" / "osteocast"
    rooms = {path.parent.name for path in package.glob("*/__init__.py")}
    assert drawn == rooms


def test_what_the_readme_tells_to_run_is_there() -> None:
    paths = re.findall(r"(?:\./)?((?:scripts|examples|benchmarks|docs)/[\w./-]+)", README)
    assert {"scripts/forecast", "scripts/test"} <= set(paths)
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_public_name_is_on_the_python_page() -> None:
    page = (DOCS / "python.md").read_text()
    names = set(osteocast.__all__) - {"__version__"}
    assert {name for name in names if not re.search(rf"osteocast\.{name}\b", page)} == set()


@pytest.mark.parametrize("page", [README, *(path.read_text() for path in DOCS.glob("*.md"))])
def test_links_between_pages_lead_somewhere(page: str) -> None:
    base = ROOT if page is README else DOCS
    targets = [target for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page) if "://" not in target]
    written = {name for name in WRITTEN if page is not README}
    assert [target for target in targets if target not in written and not (base / target).exists()] == []


def test_the_pages_that_the_build_writes_are_not_kept() -> None:
    ignored = (ROOT / ".gitignore").read_text().split()
    assert {f"docs/{name}" for name in WRITTEN} <= set(ignored)
    assert all(name.removesuffix(".md") in (DOCS / "conf.py").read_text() for name in WRITTEN)


def test_every_decision_has_its_own_number_and_tells_why() -> None:
    decisions = sorted((DOCS / "decisions").glob("[0-9]*.md"))
    assert len({path.name[:4] for path in decisions}) == len(decisions) > 3
    for path in decisions:
        text = path.read_text()
        assert text.startswith(f"# {path.name[:4]}. "), path.name
        headings = re.findall(r"^## (.+)$", text, flags=re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences"], path.name

"""What exists is documented, and what is documented exists."""

from __future__ import annotations

import dataclasses
import importlib
import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer.main
import yaml

import osteocast
from osteocast.cli import app

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
README = (ROOT / "README.md").read_text()
#: Pages that are made when the documentation is built.
WRITTEN = (
    "calibration.md",
    "claims.md",
    "equations.md",
    "reference-routes.md",
    "reference-rules.md",
    "reference-trials.md",
    "validation.md",
)


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


def options_of(command: Any) -> list[tuple[str, ...]]:
    """Every option of a command by the names that turn it on, and by those that turn it off."""
    given = [one for one in command.params if one.param_type_name == "option" and not one.hidden]
    return [tuple(names) for one in given for names in (one.opts, one.secondary_opts) if names]


@pytest.mark.parametrize("path", COMMANDS)
def test_every_option_is_documented(path: str) -> None:
    # A whole word: what is said of `--device` says nothing of a `--dev`.
    said = set(re.findall(r"`(--[a-z-]+)(?=[` ])", SECTIONS[path]))
    said |= set(re.findall(r"`--[a-z-]+ ?/ ?(--[a-z-]+)", SECTIONS[path]))
    assert {max(names, key=len) for names in options_of(COMMANDS[path])} - said == set()


@pytest.mark.parametrize("path", COMMANDS)
def test_no_option_is_listed_that_the_command_does_not_have(path: str) -> None:
    listed = set(re.findall(r"^- `(--[a-z-]+)(?=[` ])", SECTIONS[path], flags=re.MULTILINE))
    assert listed - {name for names in options_of(COMMANDS[path]) for name in names} == set()


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


PAGES = [*sorted(DOCS.glob("*.md")), *sorted(DOCS.glob("notebooks/*.md"))]


@pytest.mark.parametrize("page", [ROOT / "README.md", *PAGES], ids=lambda path: path.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    found = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text())
    targets = [page.parent / target for target in found if "://" not in target]
    made = [DOCS / name for name in (*WRITTEN, *(f"figures/{name}.svg" for name in written().CHARTS))]
    assert [one for one in targets if one.resolve() not in made and not one.exists()] == []


def test_the_pages_that_the_build_writes_are_not_kept() -> None:
    ignored = (ROOT / ".gitignore").read_text().split()
    assert {f"docs/{name}" for name in WRITTEN} <= set(ignored)
    makers = "".join((DOCS / name).read_text() for name in ("conf.py", "written.py"))
    assert all(name.removesuffix(".md") in makers for name in WRITTEN)


def test_every_page_is_in_the_table_of_contents_once() -> None:
    index = (DOCS / "index.md").read_text()
    listed = [
        line
        for block in re.findall(r"```{toctree}\n(.*?)```", index, flags=re.DOTALL)
        for line in block.split()
        if not line.startswith(":")
    ]
    captions = re.findall(r":caption: (.+)", index)
    assert captions == ["Tutorials", "How to", "Reference", "Explanation"]
    listed = [line for line in listed if (DOCS / f"{line}.md").exists() or f"{line}.md" in WRITTEN]
    kept = [path.relative_to(DOCS).with_suffix("").as_posix() for path in PAGES if path.name != "index.md"]
    wanted = {*kept, *(name.removesuffix(".md") for name in WRITTEN), "decisions/index"}
    assert sorted(listed) == sorted(wanted)


@cache
def written() -> ModuleType:
    """The module that writes pages of reference."""
    spec = importlib.util.spec_from_file_location("written", DOCS / "written.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_chart_that_the_build_draws_is_one_of_the_population() -> None:
    drawn = written().drawings()
    assert set(drawn) == set(written().CHARTS)
    assert all(drawing.startswith("<svg") for drawing in drawn.values())


def test_every_trial_file_is_on_the_page_of_trials() -> None:
    page = written().trials()
    names = {path.stem for path in (ROOT / "src/osteocast/trials/published").glob("*.yaml")}
    assert len(names) > 90
    assert {name for name in names if f"\n### {name}\n" not in page} == set()


def test_every_rule_is_on_the_page_of_rules() -> None:
    page = written().rules()
    folder = ROOT / "src/osteocast/guidance"
    for path in folder.glob("rules/*.yaml"):
        body = yaml.safe_load(path.read_text())
        section = page.split(f"\n### {body['name']}, {body['published']}\n")[1].split("\n### ")[0]
        assert [rule["id"] for rule in body["rules"] if f"\n| {rule['id']} | " not in section] == [], (
            path.name
        )
    for name in ("safety", "gaps"):
        rules = yaml.safe_load((folder / f"{name}.yaml").read_text())
        assert [rule["id"] for rule in rules if f"\n| {rule['id']} | " not in page] == []


def test_every_route_is_on_the_page_of_routes() -> None:
    from fastapi.routing import APIRoute

    from osteocast.web import api, cds

    page = written().routes()
    described = set(re.findall(r"^## (GET|POST|PUT|PATCH|DELETE) (\S+)$", page, flags=re.MULTILINE))
    assert {("POST", "/v1/forecast"), ("POST", "/v1/verdict"), ("GET", "/metrics")} <= described
    routes = [
        route
        for module in (api, cds)
        for source in Path(str(module.__file__)).parent.glob("*.py")
        for route in _routes_of(f"{module.__name__}.{source.stem}", APIRoute)
    ]
    assert len(routes) > 10
    for method, path in routes:
        assert any(one == method and shown.endswith(path) for one, shown in described), (method, path)


def test_every_page_for_people_is_on_the_page_of_routes_with_what_it_does() -> None:
    from fastapi.routing import APIRoute

    from osteocast.web.app import ROUTERS

    told = dict(re.findall(r"^\| `(\w+ \S+)` \| (.+) \|$", written().routes(), flags=re.MULTILINE))
    pages = {
        f"{method} {route.path}"
        for module in ROUTERS
        for route in module.router.routes
        if isinstance(route, APIRoute) and not route.include_in_schema
        for method in route.methods - {"HEAD"}
    }
    assert {"GET /", "POST /plans", "GET /d/{key}/verdict"} <= pages
    assert {page for page in pages if not told.get(page, "").strip()} == set()


def _routes_of(name: str, kind: type) -> Iterator[tuple[str, str]]:
    router = getattr(importlib.import_module(name), "router", None)
    for route in getattr(router, "routes", ()):
        if isinstance(route, kind) and route.include_in_schema:
            path = route.path.replace(":path}", "}")
            yield from ((method, path) for method in route.methods if method != "HEAD")


def test_every_variable_of_the_environment_is_on_the_page_of_settings() -> None:
    page = (DOCS / "settings.md").read_text()
    source = "".join(path.read_text() for path in (ROOT / "src/osteocast").rglob("*.py"))
    ours = set(re.findall(r"\bOSTEOCAST_[A-Z_]+\b", source))
    assert len(ours) > 2
    assert {name for name in ours if f"`{name}`" not in page} == set()


def test_every_setting_of_the_web_application_is_explained() -> None:
    from osteocast.web import Settings
    from osteocast.web.cds.settings import CdsSettings

    page = (DOCS / "settings.md").read_text()
    for settings in (Settings, CdsSettings):
        assert f".{settings.__name__}\n" in page
        explained = re.findall(r"^    ([\w, ]+) : ", settings.__doc__ or "", flags=re.MULTILINE)
        names = {name for line in explained for name in line.split(", ")}
        assert {field.name for field in dataclasses.fields(settings)} == names


def test_every_parameter_is_on_the_page_of_equations() -> None:
    from osteocast.physiology import parameters
    from osteocast.physiology.equations.page import to_markdown

    page = to_markdown()
    assert {name for name in parameters() if f"`{name}`" not in page} == set()


def test_every_decision_has_its_own_number_and_tells_why() -> None:
    decisions = sorted((DOCS / "decisions").glob("[0-9]*.md"))
    assert len({path.name[:4] for path in decisions}) == len(decisions) > 3
    for path in decisions:
        text = path.read_text()
        assert text.startswith(f"# {path.name[:4]}. "), path.name
        headings = re.findall(r"^## (.+)$", text, flags=re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences"], path.name

"""`import osteocast` is quick, complete, and honest about what it does not have."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import osteocast
from osteocast.engine import compiled

# Counted, not timed: a clock depends on the machine.
SOLVERS = {"libsbml", "llvmlite", "numba", "roadrunner", "scipy", "sympy", "vl_convert"}
HEAVY = SOLVERS | {"jinja2", "numpy", "pandas", "pydantic", "typer", "yaml"}

PACKAGE = Path(osteocast.__file__).parent


def loaded_by(statement: str) -> set[str]:
    """Top-level modules that a fresh interpreter holds after a statement."""
    code = f"{statement}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(answer.stdout.splitlines()[-1].split())


def test_importing_the_package_loads_nothing_heavy() -> None:
    loaded = loaded_by("import osteocast")
    assert "osteocast" in loaded
    assert loaded & HEAVY == set()


def test_importing_the_package_loads_none_of_its_rooms() -> None:
    code = "import osteocast, sys; print([name for name in sys.modules if name.startswith('osteocast.')])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "['osteocast.version']"


def test_asking_for_help_loads_no_solver() -> None:
    loaded = loaded_by(
        "import sys; sys.argv = ['osteocast', '--help']\n"
        "from osteocast.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass"
    )
    assert "osteocast" in loaded
    assert loaded & SOLVERS == set()


def test_a_forecast_loads_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    case = PACKAGE.parents[1] / "examples" / "postmenopausal-anastrozole.yaml"
    compiled.prepare()
    arguments = ["osteocast", "forecast", str(case), "--draws", "8", "--output", str(tmp_path)]
    code = (
        f"import sys; sys.argv = {arguments}\n"
        "from osteocast.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('\\n', *sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (tmp_path / "forecast.html").is_file()
    loaded = set(answer.stdout.splitlines()[-1].split())
    others = {
        "altair",
        "dask",
        "duckdb",
        "fastapi",
        "pandas",
        "pyarrow",
        "pydantic",
        "sqlalchemy",
        "statsmodels",
        "typst",
    }
    assert loaded & ((SOLVERS - {"llvmlite"}) | others) == set()  # llvmlite loads the compiled engine
    rooms = {name.split(".")[1] for name in loaded if name.startswith("osteocast.")}
    assert rooms & {"claims", "cohorts", "interop", "planning", "store", "virtual_trials", "web"} == set()


@pytest.mark.parametrize("name", osteocast.__all__)
def test_every_public_name_is_there_and_explains_itself(name: str) -> None:
    value = getattr(osteocast, name)
    if not isinstance(value, str):
        assert inspect.getdoc(value)


def test_a_name_that_is_not_there_lists_those_that_are() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'forcast'.*InputError"):
        osteocast.forcast  # noqa: B018


def test_completion_offers_names_before_they_are_loaded() -> None:
    assert set(osteocast.__all__) <= set(dir(osteocast))


def test_every_room_can_be_entered_by_name() -> None:
    rooms = {module.name for module in pkgutil.iter_modules([str(PACKAGE)])} - {"__main__", "cli", "version"}
    assert rooms == set(osteocast.__all__) & rooms
    assert {name for name in osteocast.__all__ if importlib.util.find_spec(f"osteocast.{name}")} == rooms


def test_type_checkers_see_what_the_interpreter_sees() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text())
    (guard,) = [node for node in tree.body if isinstance(node, ast.If)]
    declared = {
        alias.asname: (node.module, alias.name)
        for node in guard.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert set(declared) == set(osteocast.__all__) - {"__version__"}
    for shown, (module, name) in declared.items():
        assert shown == name
        home = "osteocast" if module == "osteocast" else getattr(osteocast, name).__module__
        assert home == module or home.startswith(f"{module}."), f"{name} lives in {home}, not {module}"

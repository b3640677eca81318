"""``osteocast parameters``, ``drugs`` and ``doctor``: what is inside, and whether it works here."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from osteocast.cli.output import console, print_json

__all__ = ["doctor", "drugs", "parameters"]


def parameters(
    search: Annotated[str, typer.Argument(help="Only parameters with this in name or meaning.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List the parameters of the model: value, uncertainty, meaning, and what each rests on.

    Examples
    --------
        osteocast parameters

        osteocast parameters zoledronate
    """
    from osteocast import physiology

    found = [
        one
        for one in physiology.parameters().values()
        if search.casefold() in f"{one.name} {one.meaning}".casefold()
    ]
    if as_json:
        print_json([asdict(one) for one in found])
        return
    from rich import box
    from rich.table import Table
    from rich.text import Text

    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("parameter", "value", "sd", "unit", "basis", "meaning"):
        # A name is needed whole, to look it up: it goes on in the next line.
        made.add_column(name, justify="right" if name in ("value", "sd") else "left", overflow="fold")
    for one in found:
        sd = "" if one.sd is None else f"{one.sd:.2g}"
        made.add_row(*map(Text, (one.name, f"{one.value:.4g}", sd, one.unit, one.basis, one.meaning)))
    console().print(made)


def drugs(as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False) -> None:
    """List the drugs a case can name: the dose where a case names none, other names, cautions.

    Examples
    --------
        osteocast drugs
    """
    from osteocast.forecast.events import in_words
    from osteocast.therapies import DRUGS, Course

    if as_json:
        print_json([_drug(name) for name in DRUGS])
        return
    from rich.padding import Padding
    from rich.text import Text

    screen = console()
    for name, drug in DRUGS.items():
        usual = in_words(Course(name)).removeprefix(drug.words).strip()
        head = Text.assemble(
            (name, "bold"), f"  {drug.drug_class}, {drug.route}. Unless a case says otherwise {usual}."
        )
        screen.print(head)
        if drug.synonyms:
            screen.print(Padding(Text("also: " + ", ".join(drug.synonyms)), (0, 0, 0, 2)))
        for caution in drug.cautions_for():
            screen.print(Padding(Text(f"- {caution}"), (0, 0, 0, 2)))


def _drug(name: str) -> dict[str, Any]:
    from osteocast.therapies import DRUGS

    drug = DRUGS[name]
    return {
        "name": name,
        "class": drug.drug_class,
        "route": drug.route,
        "label_dose": drug.label_dose,
        "unit": drug.unit,
        "label_interval_days": drug.label_interval_days,
        "synonyms": list(drug.synonyms),
        "cautions": list(drug.cautions_for()),
        "sources": list(drug.sources),
    }


_LIBRARIES = ("numpy", "numba", "scipy", "pyyaml", "typer", "rich", "jinja2", "vl-convert-python")
_EXTRAS = ("sympy", "python-libsbml")


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False) -> None:
    """Look whether everything needed is here, and say what is not.

    Examples
    --------
        osteocast doctor
    """
    report = _examine()
    if as_json:
        print_json(report)
    else:
        for name, value in report.items():
            shown = (
                value if isinstance(value, str) else ", ".join(f"{key} {one}" for key, one in value.items())
            )
            typer.echo(f"{name}: {shown}")
    if report["problems"]:
        raise typer.Exit(1)


def _examine() -> dict[str, Any]:
    import platform
    from importlib.metadata import PackageNotFoundError, version

    from osteocast.cli.compilation import is_compiled
    from osteocast.forecast.provenance import provenance

    found: dict[str, str] = {}
    for name in (*_LIBRARIES, *_EXTRAS):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    problems = {name: "not installed" for name in _LIBRARIES if found[name] == "not installed"}
    used = provenance()
    return {
        "osteocast": used.version,
        "python": f"{platform.python_version()} on {platform.platform()}",
        "parameters": used.parameters + ("" if used.calibrated else " (not fitted to the trials)"),
        "evidence": used.evidence,
        "engine": "compiled" if is_compiled() else "will be compiled at the first forecast, about 20 seconds",
        "libraries": found,
        "problems": problems,
    }

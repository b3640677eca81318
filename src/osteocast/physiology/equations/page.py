"""The page of equations, written from the declaration for the documentation."""

from __future__ import annotations

import re
from collections.abc import Iterable

import sympy as sp
from sympy.printing.latex import LatexPrinter

from osteocast import evidence
from osteocast.physiology import INPUTS, OBSERVABLES, STATES, Parameter, parameters
from osteocast.physiology.equations import declare
from osteocast.physiology.equations.writing import STATE, Declaration

__all__ = ["to_markdown"]

_HEAD = """# The equations

The program writes this page from the declaration from which the engine is generated
(`osteocast.physiology.equations`), with the parameters in use. Time is in days, age in years. A quantity
without unit is relative to the healthy premenopausal skeleton at peak bone mass, a steady state in which
every life history starts.

States are bold, inputs upright, parameters and named intermediates in italics.
"""

_PARAMETERS = """## Parameters

*Published*: a source gives it. *Derived*: arithmetic on published values. *Estimate*: chosen by us, for the
reason in the note. *Calibrated*: fitted to trials, starting from a prior; the uncertainty is that of the fit
(standard deviation on the scale of the prior). *Person*: differs from person to person.
"""


class _Printer(LatexPrinter):  # type: ignore[misc]  # SymPy is untyped
    """Sets states in bold, and names of several letters as words."""

    def __init__(self, states: Iterable[sp.Symbol]) -> None:
        super().__init__({"fold_short_frac": False, "mul_symbol": r"\,"})
        self._states = {symbol: symbol.name.removesuffix("_") for symbol in states}
        self._inputs = {item.name for item in INPUTS}

    def _print_Symbol(self, expr: sp.Symbol, style: str = "plain") -> str:
        if expr in self._states:
            return _word(self._states[expr], "mathbf")
        return _word(expr.name, "mathrm" if expr.name in self._inputs else "mathit")

    def _print_Float(self, expr: sp.Float) -> str:
        value = float(expr)
        if value == int(value) and abs(value) < 1e5:
            return str(int(value))
        if abs(value * 365.25 - 1.0) < 1e-9:
            return r"\frac{1}{365.25}"
        mantissa, _, exponent = f"{value:.6g}".partition("e")
        return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa


def _word(name: str, font: str) -> str:
    escaped = name.replace("_", r"\_")
    return rf"\{font}{{{escaped}}}"


def to_markdown() -> str:
    """Return the page in MyST Markdown: chapters with their equations, inputs, observables, parameters.

    Examples
    --------
    >>> page = to_markdown()
    >>> "## RANKL" in page and "denosumab_kss" in page
    True
    """
    declaration = declare()
    printer = _Printer(symbol for _, symbol in STATE.items())
    parts = [_HEAD]
    parts += [_chapter(name, text, declaration, printer) for name, text in declaration.chapters.items()]
    parts += [_observables(declaration, printer), _inputs(), _parameters(parameters().values())]
    return "\n".join(parts)


def _chapter(name: str, text: str, declaration: Declaration, printer: _Printer) -> str:
    title, _, rest = text.strip().partition("\n")
    lines = [f"## {title.rstrip('.')}", "", _prose(rest), ""]
    for item in declaration.assignments:
        if item.chapter == name:
            left, right = printer.doprint(item.symbol), printer.doprint(item.expression)
            lines += _equation(left, right, f"`{item.name}`: {item.meaning}", item.unit)
    for state in STATES:
        if declaration.rate_chapter[state.name] == name:
            left = rf"\frac{{d}}{{dt}}\,{printer.doprint(STATE[state.name])}"
            right = printer.doprint(declaration.rates[state.name])
            lines += _equation(left, right, f"`{state.name}`: {state.meaning}", state.unit)
    return "\n".join(lines)


def _equation(left: str, right: str, said: str, unit: str) -> list[str]:
    return [f"{said}{_in(unit)}.", "", "$$", f"{left} = {right}", "$$", ""]


def _in(unit: str) -> str:
    return "" if unit == "1" else f" ({unit})"


def _bare(unit: str) -> str:
    return "" if unit == "1" else _cell(unit)


def _prose(text: str) -> str:
    """Turn the text of a chapter into paragraphs; its single backticks are code, as in any docstring."""
    return re.sub(r"`+([^`]+)`+", r"`\1`", text.strip())


def _observables(declaration: Declaration, printer: _Printer) -> str:
    lines = ["## Observables", "", "What can be measured, computed from states.", ""]
    for item in OBSERVABLES:
        right = printer.doprint(declaration.observables[item.name])
        left = _word(item.name, "mathrm") + r"^\ast"
        lines += _equation(left, right, f"`{item.name}`: {item.meaning}", item.unit)
    return "\n".join(lines)


def _inputs() -> str:
    rows = [f"| `{i.name}` | {_cell(i.meaning)} | {i.default:g} | {_bare(i.unit)} |" for i in INPUTS]
    lines = ["## Inputs", "", "Set from outside and constant between two events.", ""]
    return "\n".join([*lines, "| name | meaning | default | unit |", "|---|---|---:|---|", *rows, ""])


def _parameters(items: Iterable[Parameter]) -> str:
    head = ["| name | meaning | value | ± | unit | basis | rests on |", "|---|---|---:|---:|---|---|---|"]
    return "\n".join([_PARAMETERS, *head, *map(_row, items), ""])


def _row(item: Parameter) -> str:
    uncertainty = ""
    if item.sd is not None and item.prior is not None:
        uncertainty = f"{item.sd:.2g} ({item.prior.scale})"
    elif item.prior is not None:
        uncertainty = f"prior {item.prior.sd:.2g} ({item.prior.scale})"
    rests = "; ".join(filter(None, [", ".join(map(_source, item.sources)), _cell(item.note)]))
    value, unit = f"{item.value:.4g}", _bare(item.unit)
    cells = (f"`{item.name}`", _cell(item.meaning), value, uncertainty, unit, item.basis, rests)
    return f"| {' | '.join(cells)} |"


def _source(name: str) -> str:
    """Return a link to a source, or its bare name where no address was verified."""
    registry = evidence.load()
    if name not in registry:
        return name
    citation = registry.source(name).citation
    address = f"https://doi.org/{citation.doi}" if citation.doi else citation.url
    return f"[{name}]({address})" if address else name


def _cell(text: str) -> str:
    return text.replace("|", r"\|")

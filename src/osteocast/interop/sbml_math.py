"""The declaration's expressions as libSBML's trees."""

from __future__ import annotations

from typing import Any

import libsbml
import sympy as sp
from sympy.printing.str import StrPrinter

from osteocast.errors import OsteocastError
from osteocast.physiology import (
    INPUT_NAMES,
    OBSERVABLE_NAMES,
    PARAMETER_NAMES,
    STATE_NAMES,
    declared,
    peak_state,
)
from osteocast.physiology.equations import declare
from osteocast.physiology.equations.writing import INPUT, PARAMETER, STATE


class _Printer(StrPrinter):  # type: ignore[misc]  # SymPy is untyped
    """SymPy's text with SBML's spelling of logarithms and every digit of a number."""

    def _print_Float(self, expr: sp.Float) -> str:
        return repr(float(expr))

    def _print_log(self, expr: sp.log) -> str:
        return f"ln({self._print(expr.args[0])})"


class Mathematics:
    """Names and formulas of the document.

    A state carries its own name, unless an observable has that name: then it is ``<name>_state``.

    Attributes
    ----------
    declaration : Declaration
    used_parameters, used_inputs : set of str
        Those that an equation or an amount of a dose uses.
    dose_symbols : dict of str to Symbol
        Fitted parameters that say how much of a dose reaches bone.
    inner : dict of str to str
        Identifiers of intermediates whose names belong to observables that are more than they.
    """

    def __init__(self) -> None:
        self.declaration = declare()
        free: set[sp.Symbol] = set()
        for item in self.declaration.assignments:
            free |= item.expression.free_symbols
        for expression in (*self.declaration.rates.values(), *self.declaration.observables.values()):
            free |= expression.free_symbols
        for value in peak_state(dict(PARAMETER.items())).values():
            free |= sp.sympify(value).free_symbols
        self.used_parameters = {name for name in PARAMETER_NAMES if PARAMETER[name] in free}
        # Of the parameters in no equation, the fitted ones scale doses; the others stay numbers.
        self.dose_symbols = {
            name: PARAMETER[name]
            for name, item in declared().items()
            if item.prior is not None and name not in self.used_parameters
        }
        self.used_parameters |= set(self.dose_symbols)
        self.used_inputs = {name for name in INPUT_NAMES if INPUT[name] in free}
        self._rename = {STATE[name]: sp.Symbol(self.state_id(name), real=True) for name in STATE_NAMES}
        # An intermediate may carry the name of an observable that is more than it.
        self.inner = {
            item.name: f"{item.name}_intermediate"
            for item in self.declaration.assignments
            if (seen := self.declaration.observables.get(item.name)) is not None and not seen.is_Symbol
        }
        self._rename |= {
            symbol: sp.Symbol(self.inner[symbol.name], real=True)
            for symbol in free
            if symbol.name in self.inner
        }
        self._printer = _Printer()

    @staticmethod
    def state_id(name: str) -> str:
        """Return the identifier of a state."""
        return f"{name}_state" if name in OBSERVABLE_NAMES else name

    def start(self) -> dict[str, Any]:
        """Return the premenopausal steady state: a number, or an expression of parameters, by state."""
        start: dict[str, Any] = {}
        for name, value in peak_state(dict(PARAMETER.items())).items():
            expression = sp.sympify(value)
            start[name] = expression if expression.free_symbols else float(expression)
        return start

    def rate(self, state: str) -> Any:
        """Return the rate of a state, per day."""
        return self.tree(self.declaration.rates[state])

    def tree(self, expression: Any) -> Any:
        """Return a SymPy expression as a tree of libSBML; a tree is returned as it is."""
        if isinstance(expression, libsbml.ASTNode):
            return expression
        return self.parse(self.text(expression))

    def text(self, expression: Any) -> str:
        """Return a number or a SymPy expression in SBML's infix notation."""
        if isinstance(expression, float | int):
            return repr(float(expression))
        text: str = self._printer.doprint(expression.xreplace(self._rename))
        return text.replace("**", "^")

    def parse(self, formula: str) -> Any:
        """Return a formula in SBML's infix notation as a tree."""
        tree = libsbml.parseL3Formula(formula)
        if tree is None:
            raise OsteocastError(f"not a formula of SBML: {formula}: {libsbml.getLastParseL3Error()}")
        return tree

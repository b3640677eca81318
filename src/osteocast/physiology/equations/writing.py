"""How a chapter writes its equations, and the finished declaration they make."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import sympy as sp

from osteocast.errors import OsteocastError
from osteocast.physiology.inputs import INPUT_NAMES
from osteocast.physiology.observables import OBSERVABLE_NAMES
from osteocast.physiology.parameters import PARAMETER_NAMES
from osteocast.physiology.states import STATE_NAMES

DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class Assignment:
    """A named intermediate: computed from states, inputs, parameters and earlier assignments."""

    name: str
    symbol: sp.Symbol
    expression: sp.Expr
    chapter: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class Declaration:
    """The whole model as symbols. Rates are per day."""

    assignments: tuple[Assignment, ...]
    rates: dict[str, sp.Expr]
    rate_chapter: dict[str, str]
    observables: dict[str, sp.Expr]
    chapters: dict[str, str]

    def expand(self, expression: sp.Expr) -> sp.Expr:
        """Replace every assignment, latest first, so that only states, inputs and parameters remain."""
        for assignment in reversed(self.assignments):
            expression = expression.subs(assignment.symbol, assignment.expression)
        return expression


class Symbols:
    """Attribute access to a fixed set of symbols; an unknown name is an error that lists what is known."""

    def __init__(self, kind: str, names: Iterable[str]) -> None:
        self._kind = kind
        self._symbols = {
            name: sp.Symbol(name if kind != "state" else f"{name}_", real=True) for name in names
        }

    def __getattr__(self, name: str) -> sp.Symbol:
        if name.startswith("_"):  # Python asks objects for protocols that this one does not have
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> sp.Symbol:
        try:
            return self._symbols[name]
        except KeyError:
            known = ", ".join(sorted(self._symbols))
            raise OsteocastError(f"no {self._kind} called {name!r}; known: {known}") from None

    def items(self) -> Iterable[tuple[str, sp.Symbol]]:
        """Names and symbols in storage order."""
        return self._symbols.items()


STATE = Symbols("state", STATE_NAMES)
INPUT = Symbols("input", INPUT_NAMES)
PARAMETER = Symbols("parameter", PARAMETER_NAMES)


@dataclass
class Writer:
    """Collects what the chapters write."""

    assignments: list[Assignment] = field(default_factory=list)
    rates: dict[str, sp.Expr] = field(default_factory=dict)
    rate_chapter: dict[str, str] = field(default_factory=dict)
    observables: dict[str, sp.Expr] = field(default_factory=dict)
    chapters: dict[str, str] = field(default_factory=dict)

    def chapter(self, name: str, text: str) -> Chapter:
        """Open a chapter."""
        self.chapters[name] = text
        return Chapter(name, self)

    def finish(self) -> Declaration:
        """Check completeness and freeze."""
        missing = [name for name in STATE_NAMES if name not in self.rates]
        missing += [name for name in OBSERVABLE_NAMES if name not in self.observables]
        if missing:
            raise OsteocastError(f"declared but never written: {', '.join(missing)}")
        return Declaration(
            assignments=tuple(self.assignments),
            rates={name: self.rates[name] for name in STATE_NAMES},
            rate_chapter=self.rate_chapter,
            observables={name: self.observables[name] for name in OBSERVABLE_NAMES},
            chapters=self.chapters,
        )


@dataclass(frozen=True)
class Chapter:
    """The pen of one chapter: states `s`, inputs `u`, parameters `p`, and what earlier chapters named."""

    name: str
    writer: Writer

    @property
    def s(self) -> Symbols:
        """States."""
        return STATE

    @property
    def u(self) -> Symbols:
        """Inputs."""
        return INPUT

    @property
    def p(self) -> Symbols:
        """Parameters."""
        return PARAMETER

    def known(self, name: str) -> sp.Symbol:
        """Return an assignment written earlier."""
        for assignment in self.writer.assignments:
            if assignment.name == name:
                return assignment.symbol
        raise OsteocastError(f"chapter {self.name} uses {name!r} before it is written")

    def let(self, name: str, expression: sp.Expr, unit: str, meaning: str) -> sp.Symbol:
        """Name an intermediate and return its symbol."""
        symbol = sp.Symbol(name, real=True)
        self.writer.assignments.append(
            Assignment(name, symbol, sp.sympify(expression), self.name, unit, meaning)
        )
        return symbol

    def rate(self, state: str, expression: sp.Expr) -> None:
        """Give a state its rate of change, per day."""
        STATE[state]
        self.writer.rates[state] = sp.sympify(expression)
        self.writer.rate_chapter[state] = self.name

    def observe(self, observable: str, expression: sp.Expr) -> None:
        """Define an observable."""
        self.writer.observables[observable] = sp.sympify(expression)

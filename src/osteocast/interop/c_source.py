"""The equations for one person as C99, with the numbers of a life and its events if one is given.

For integrators that take their equations as compiled code, such as CVODE. The functions are those of
`osteocast.engine.kernel`, statement for statement: the right-hand side, a sparse factorisation of its
Jacobian and the observables. The file needs nothing but ``math.h``.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from osteocast import physiology
from osteocast.engine import codes, kernel
from osteocast.engine.schedule import Schedule
from osteocast.engine.solver import Batch, input_table, parameter_table, state_table
from osteocast.interop.sbml import Scenario
from osteocast.simulation import batch_of
from osteocast.version import __version__

__all__ = ["to_c"]

# Per function: what it may change, and what it says. The rest of its arguments are read alone.
_FUNCTIONS: dict[Callable[..., None], tuple[str, str]] = {
    kernel.constants: ("q", "Fill what stands in q behind parameters and inputs, after a change of those."),
    kernel.rates: ("f", "Right-hand side: f becomes dy/dt, per day."),
    kernel.factor: ("w", "Factors of diagonal[0] * I - J, J being the Jacobian of the right-hand side."),
    kernel.solve: ("b", "Solve with those factors, in place."),
    kernel.observe: ("out", "Observables of a state."),
}
# All that Python and C write and read alike.
_ALIKE = (
    *(ast.Assign, ast.Name, ast.Subscript, ast.Constant, ast.Load, ast.Store),
    *(ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.UnaryOp, ast.USub, ast.Call),
)
_LIBRARY = {"exp", "log", "sqrt"}

_HEAD = """\
/* osteocast {version}: bone under aromatase inhibitors, the equations for one person in C99.
 *
 * Time is in days, from the person's day 0 if one was given. y holds the states; q the parameters, the
 * inputs and, behind them, what osteocast_constants makes of those. Bone mineral density is a fraction of
 * the person's own peak.
 *
 * To begin, copy osteocast_initial to y and osteocast_given to q, and call osteocast_constants(q). Integrate
 * up to the day of each event, call osteocast_apply, and start the integrator anew.
 */
#include <math.h>

enum {{
    osteocast_n_state = {n_state},
    osteocast_n_given = {n_given}, /* parameters and inputs */
    osteocast_n_q = {n_q},
    osteocast_n_factor = {n_factor}, /* length of w */
    osteocast_n_observable = {n_observable},
    osteocast_n_event = {n_event},
}};
"""

_EVENTS = """\
/* An event adds to y[index] (a dose) or else sets q[index] (an input). */
struct osteocast_event {{ double day; int adds; int index; double value; }};
const struct osteocast_event osteocast_events[] = {{
{rows}
}};
"""

_APPLY = """\
/* Let an event happen. */
void osteocast_apply(const struct osteocast_event *event, double *y, double *q)
{
    if (event->adds) {
        y[event->index] += event->value;
    } else {
        q[event->index] = event->value;
        osteocast_constants(q);
    }
}
"""


def to_c(scenario: Scenario | None = None) -> str:
    """Return the equations, with the numbers and events of a scenario, as a C file.

    Parameters
    ----------
    scenario : Scenario, optional
        Whose numbers and events to write; without it, a person at peak bone mass to whom nothing happens but
        age.

    Examples
    --------
    >>> "void osteocast_rates(const double *y, const double *q, double *f)" in to_c()
    True
    """
    batch = _at_peak() if scenario is None else _living(scenario)
    events = list(_events(batch.schedule))
    n_given = len(kernel.PARAMETERS) + len(kernel.INPUTS)
    head = _HEAD.format(
        version=__version__,
        n_state=kernel.N_STATE,
        n_given=n_given,
        n_q=n_given + kernel.N_CONSTANT,
        n_factor=kernel.N_FACTOR,
        n_observable=kernel.N_OBSERVABLE,
        n_event=len(events),
    )
    parameters = physiology.parameters()
    inputs = {item.name: item for item in physiology.INPUTS}
    given = np.concatenate([batch.parameters[0], batch.inputs[0]])
    names = (*kernel.PARAMETERS, *kernel.INPUTS)
    parts = [
        head,
        _places("state", physiology.STATES),
        _places("parameter", [parameters[name] for name in kernel.PARAMETERS]),
        _places("input", [inputs[name] for name in kernel.INPUTS], len(kernel.PARAMETERS)),
        _places("observable", physiology.OBSERVABLES),
        f"const double osteocast_start = {float(batch.start[0])!r}; /* days */\n"
        f"const double osteocast_end = {float(batch.end[0])!r};\n",
        _table("initial", batch.initial[0], physiology.STATE_NAMES),
        _table("given", given, names),
        # C has no array without elements.
        _EVENTS.format(rows="\n".join(events or ["    {0.0, 1, 0, 0.0}"])),
        *(_function(one, changed, note) for one, (changed, note) in _FUNCTIONS.items()),
        _APPLY,
    ]
    return "\n".join(parts)


def _at_peak() -> Batch:
    values = physiology.values()
    return Batch(
        parameters=parameter_table([values]),
        inputs=input_table([{}]),
        initial=state_table([physiology.peak_state(values)]),
        start=np.zeros(1),
        end=np.zeros(1),
        schedule=Schedule.of([[]]),
        days=np.zeros(1),
    )


def _living(scenario: Scenario) -> Batch:
    days = np.array([0.0, scenario.until])
    return batch_of([scenario.subject], [scenario.courses], days, exposures=[scenario.exposures])


def _events(schedule: Schedule) -> Iterator[str]:
    """Rows of the table of events; one that sets an input which no equation takes is left out."""
    rows = zip(schedule.day, schedule.kind, schedule.index, schedule.value, strict=True)
    for day, kind, index, value in rows:
        if kind == codes.SET_INPUT:
            name = physiology.INPUT_NAMES[index]
            if name not in kernel.INPUTS:
                continue
            place = f"0, osteocast_input_{name}"
        else:
            place = f"1, osteocast_state_{physiology.STATE_NAMES[index]}"
        yield f"    {{{float(day)!r}, {place}, {float(value)!r}}},"


def _places(kind: str, items: Sequence[Any], first: int = 0) -> str:
    """Name the positions of an array, each with its unit and meaning."""
    lines = [
        f"    osteocast_{kind}_{item.name} = {i}, /* {item.unit}: {item.meaning} */"
        for i, item in enumerate(items, first)
    ]
    return "\n".join(["enum {", *lines, "};\n"])


def _table(name: str, values: np.ndarray, names: Iterable[str]) -> str:
    rows = [f"    {value!r}, /* {own} */" for value, own in zip(values.tolist(), names, strict=True)]
    return "\n".join([f"const double osteocast_{name}[] = {{", *rows, "};\n"])


def _function(function: Callable[..., None], changed: str, note: str) -> str:
    """Write a function of the kernel in C."""
    definition = ast.parse(inspect.getsource(function)).body[0]
    assert isinstance(definition, ast.FunctionDef)
    arguments = [argument.arg for argument in definition.args.args]
    takes = ", ".join(f"{'' if one == changed else 'const '}double *{one}" for one in arguments)
    known: set[str] = set()
    lines = [_statement(one, known) for one in definition.body if not isinstance(one, ast.Expr)]
    head = [f"/* {note} */", f"void osteocast_{definition.name}({takes})", "{"]
    return "\n".join([*head, *lines, "}\n"])


def _statement(statement: ast.stmt, known: set[str]) -> str:
    """Write an assignment in C, with the type in front where a name is used for the first time."""
    for node in ast.walk(statement):
        call = isinstance(node, ast.Call) and ast.unparse(node.func) not in _LIBRARY
        if call or not isinstance(node, _ALIKE) or _divides_integers(node):
            raise NotImplementedError(f"the kernel uses something new: {ast.dump(node)}")
    assert isinstance(statement, ast.Assign)
    (target,) = statement.targets
    new = isinstance(target, ast.Name) and target.id not in known
    if isinstance(target, ast.Name):
        known.add(target.id)
    return f"    {'double ' if new else ''}{ast.unparse(statement)};"


def _divides_integers(node: ast.AST) -> bool:
    """Whether C would leave out the remainder."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)):
        return False
    return all(
        isinstance(one.value, int) if isinstance(one, ast.Constant) else not isinstance(one, ast.Name)
        for one in ast.walk(node)
    )

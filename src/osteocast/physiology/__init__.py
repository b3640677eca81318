"""What the skeleton does: states, inputs, parameters, observables, and the equations between them.

The names and numbers load without SymPy; `osteocast.physiology.equations` (which needs it) holds the
equations.
"""

from osteocast.physiology.inputs import INPUT_INDEX, INPUT_NAMES, INPUTS
from osteocast.physiology.observables import OBSERVABLE_INDEX, OBSERVABLE_NAMES, OBSERVABLES
from osteocast.physiology.parameters import PARAMETER_NAMES, Parameter, Prior, declared, parameters, values
from osteocast.physiology.quantities import SITES, Input, Observable, State
from osteocast.physiology.states import STATE_INDEX, STATE_NAMES, STATES
from osteocast.physiology.steady_state import peak_state

__all__ = [
    "INPUTS",
    "INPUT_INDEX",
    "INPUT_NAMES",
    "OBSERVABLES",
    "OBSERVABLE_INDEX",
    "OBSERVABLE_NAMES",
    "PARAMETER_NAMES",
    "SITES",
    "STATES",
    "STATE_INDEX",
    "STATE_NAMES",
    "Input",
    "Observable",
    "Parameter",
    "Prior",
    "State",
    "declared",
    "parameters",
    "peak_state",
    "values",
]

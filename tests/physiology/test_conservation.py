"""Nothing comes from nowhere: bone and mineral laid down, less what is resorbed, is what the stock gains.

The states come from SciPy on the declaration; the flows are integrated apart from them, by Gauss's rule.
"""

from __future__ import annotations

import functools

import numpy as np
import pytest
import sympy as sp

from osteocast.engine.kernel import PARAMETERS
from osteocast.engine.reference import declared, trajectory
from osteocast.physiology import INPUTS, SITES, STATE_NAMES
from osteocast.physiology.equations import declare
from osteocast.physiology.equations.writing import INPUT, PARAMETER, STATE
from osteocast.simulation import Subject, batch_of
from osteocast.therapies import Course

# An inhibitor, denosumab and its absence: turnover that is slow, silenced, and rebounding. Doses fall between
# panels.
WOMAN = Subject(age=60.0, menopause_age=51.0)
COURSES = [Course("letrozole"), Course("denosumab", interval_days=180.0, n_doses=2)]
SPAN = 720.0
NODES, WEIGHTS = np.polynomial.legendre.leggauss(6)


@functools.cache
def life() -> tuple[np.ndarray, np.ndarray, np.ndarray, dict[str, float]]:
    """Return weights of the nodes, states on them, states at both ends, and parameters."""
    after_a_dose = np.geomspace(1e-4, 2.0, 20)
    edges = np.union1d(np.arange(0.0, SPAN + 1.0, 2.5), [*after_a_dose, *(180.0 + after_a_dose)])
    half = np.diff(edges) / 2
    nodes = (edges[:-1, None] + half[:, None] * (1.0 + NODES)).ravel()
    batch = batch_of([WOMAN], [COURSES], np.concatenate([[0.0], nodes, [SPAN]]))
    states = trajectory(batch, 0, 1e-10, equations=declared)
    weights = (half[:, None] * WEIGHTS).ravel()
    return weights, states[1:-1], states[[0, -1]], dict(zip(PARAMETERS, batch.parameters[0], strict=True))


@functools.cache
def flows() -> dict[str, np.ndarray]:
    """Return every intermediate of the declaration on the nodes."""
    _, states, _, own = life()
    known = {INPUT[item.name]: item.default for item in INPUTS}
    known |= {PARAMETER[name]: value for name, value in own.items()}
    known |= {STATE[name]: series for name, series in zip(STATE_NAMES, states.T, strict=True)}
    for item in declare().assignments:
        arguments = sorted(item.expression.free_symbols, key=str)
        known[item.symbol] = sp.lambdify(arguments, item.expression)(*(known[symbol] for symbol in arguments))
    return {item.name: known[item.symbol] for item in declare().assignments}


def flow(name: str) -> np.ndarray:
    return flows()[name]


def column(states: np.ndarray, pool: str, site: str) -> np.ndarray:
    taken: np.ndarray = states[:, STATE_NAMES.index(f"{pool}_{site}")]
    return taken


@pytest.mark.parametrize("site", SITES)
def test_matrix_formed_less_matrix_resorbed_is_the_gain_of_matrix(site: str) -> None:
    weights, _, ends, _ = life()
    formed, resorbed = weights @ flow(f"formation_{site}"), weights @ flow(f"resorption_{site}")
    stock = sum(column(ends, pool, site) for pool in ("osteoid", "young", "mature"))
    assert formed > 0.01
    assert resorbed > 0.01
    assert stock[1] - stock[0] == pytest.approx(formed - resorbed, abs=1e-7)


@pytest.mark.parametrize("site", SITES)
def test_mineral_laid_down_less_mineral_resorbed_is_the_gain_of_mineral(site: str) -> None:
    weights, states, ends, own = life()
    young, mature = column(states, "young", site), column(states, "mature", site)
    share = own["young_mineral"]
    primary = share * own["primary_mineralisation"] * column(states, "osteoid", site)
    secondary = (1.0 - share) * own["maturation"] / 365.25 * young
    resorbed = flow(f"resorption_{site}") * (share * young + mature) / (young + mature)
    stock = share * column(ends, "young", site) + column(ends, "mature", site)
    assert stock[1] - stock[0] == pytest.approx(weights @ (primary + secondary - resorbed), abs=1e-7)


@pytest.mark.parametrize("site", SITES)
def test_density_is_mineral(site: str) -> None:
    _, states, _, own = life()
    mineral = own["young_mineral"] * column(states, "young", site) + column(states, "mature", site)
    ratio = flow(f"bmd_{site}") / mineral
    assert ratio == pytest.approx(np.full(ratio.size, ratio[0]), rel=1e-12)


def test_the_drug_was_there_and_gone() -> None:
    resorption = flow("resorption")
    assert resorption.min() < 0.5 * resorption[0]
    assert resorption[-1] > 1.2 * resorption.min()

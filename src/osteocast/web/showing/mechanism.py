"""The chain from aromatase to bone as a diagram: every number under one plan at one time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from osteocast.forecast import Forecast, PlanForecast
from osteocast.forecast.summary import signed
from osteocast.person import AROMATASE_INHIBITORS
from osteocast.units import DAYS_PER_YEAR
from osteocast.web.strings import N_

__all__ = ["LABELS", "Chain", "Edge", "Node", "chain", "years_of"]

# Size of a box, and of the grid on which boxes stand, in units of the drawing.
_WIDTH, _HEIGHT = 156.0, 74.0
_WIDE = (196.0, 118.0)
_NARROW = (176.0, 108.0)
_MARGIN = 6.0
_TIP = 5.0  # by how much an arrow ends before its box


@dataclass(frozen=True)
class Step:
    """One link of the chain.

    Parameters
    ----------
    key : str
        Of the node; the name of a curve, where it is one.
    label, unit : str
    digits : int
        After the point.
    wide, narrow : (float, float)
        Column and row in either layout.
    """

    key: str
    label: str
    unit: str
    digits: int
    wide: tuple[float, float]
    narrow: tuple[float, float]


_AROMATASE = Step("aromatase", N_("Aromatase"), "", 0, (0, 1), (0, 0))
_BONE = Step("bone", N_("Bone density"), "%", 1, (4, 1), (0.5, 4))
_STEPS = (
    Step("testosterone", N_("Testosterone"), "ng/dL", 0, (0, 0), (1, 0)),
    Step("estradiol", N_("Oestradiol"), "pg/mL", 1, (1, 1), (0.5, 1)),
    Step("rankl_opg_ratio", N_("RANKL / OPG"), "", 2, (2, 0), (0, 2)),
    Step("sclerostin", N_("Sclerostin"), "", 2, (2, 2), (1, 2)),
    Step("resorption", N_("Osteoclasts"), "", 2, (3, 0), (0, 3)),
    Step("formation", N_("Osteoblasts"), "", 2, (3, 2), (1, 3)),
    Step("ctx", "CTX", "ng/mL", 2, (4, 0), (0, 5)),
    Step("p1np", "P1NP", "ng/mL", 0, (4, 2), (1, 5)),
)
#: What the links of the chain are called, to be translated.
LABELS: Mapping[str, str] = {step.key: step.label for step in (_AROMATASE, *_STEPS)}
#: From, to, and whether it drives (+) or holds back (-).
_ARROWS = (
    ("testosterone", "aromatase", "+"),
    ("aromatase", "estradiol", "+"),
    ("estradiol", "rankl_opg_ratio", "-"),
    ("estradiol", "sclerostin", "-"),
    ("rankl_opg_ratio", "resorption", "+"),
    ("sclerostin", "formation", "-"),
    ("resorption", "formation", "+"),
    ("resorption", "ctx", "+"),
    ("formation", "p1np", "+"),
    ("resorption", "bone", "-"),
    ("formation", "bone", "+"),
)


@dataclass(frozen=True)
class Node:
    """A box of the diagram.

    Parameters
    ----------
    key, label : str
    value : str
        With its unit.
    change : str
        Since today.
    span : str
        What 80% of virtual people like this one span.
    wide, narrow : (float, float)
        Upper left corner.
    """

    key: str
    label: str
    value: str
    change: str
    span: str
    wide: tuple[float, float]
    narrow: tuple[float, float]


@dataclass(frozen=True)
class Edge:
    """An arrow of the diagram.

    Parameters
    ----------
    sign : {"+", "-"}
        Whether it drives or holds back.
    wide, narrow : tuple of float
        From x, y to x, y.
    """

    sign: str
    wide: tuple[float, float, float, float]
    narrow: tuple[float, float, float, float]


@dataclass(frozen=True)
class Chain:
    """The diagram under one plan at one time.

    Parameters
    ----------
    plan : str
    year : float
    date : str
    nodes : tuple of Node
    edges : tuple of Edge
    wide, narrow : (float, float)
        Size of the drawing.
    box : (float, float)
        Size of a box.
    words : str
        The same in a sentence or two.
    table : tuple of (str, str, tuple of str, str)
        Quantity, today, the value under each plan at that time, and the name of the curve or site.
    """

    plan: str
    year: float
    date: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    wide: tuple[float, float]
    narrow: tuple[float, float]
    box: tuple[float, float]
    words: str
    table: tuple[tuple[str, str, tuple[str, ...], str], ...]


def years_of(forecast: Forecast) -> tuple[float, ...]:
    """Return the years that can be looked at: every half year from today."""
    count = int(2 * forecast.horizon / DAYS_PER_YEAR + 0.02)
    return tuple(i / 2 for i in range(count + 1))


def chain(forecast: Forecast, index: int, year: float) -> Chain:
    """Return the diagram of a plan at a time.

    Parameters
    ----------
    forecast : Forecast
    index : int
        Place of the plan.
    year : float
        From day 0.
    """
    plan = forecast.plans[index]
    day = min(year * DAYS_PER_YEAR, plan.horizon)
    steps = [step for step in _STEPS if step.key != "testosterone" or forecast.case.person.sex == "male"]
    nodes = [_aromatase(plan, day), *(_node(forecast, plan, step, day) for step in steps)]
    nodes.append(_bone(forecast, plan, day))
    placed = {node.key: node for node in nodes}
    arrows = [one for one in _ARROWS if one[0] in placed]
    return Chain(
        plan.name,
        year,
        forecast.date_of(day).isoformat(),
        tuple(nodes),
        tuple(_edge(placed[start], placed[end], sign) for start, end, sign in arrows),
        (4 * _WIDE[0] + _WIDTH + 2 * _MARGIN, 2 * _WIDE[1] + _HEIGHT + 2 * _MARGIN),
        (_NARROW[0] + _WIDTH + 2 * _MARGIN, 5 * _NARROW[1] + _HEIGHT + 2 * _MARGIN),
        (_WIDTH, _HEIGHT),
        "; ".join(f"{node.label} {node.value}{f' ({node.change})' if node.change else ''}" for node in nodes),
        tuple(_table(forecast, steps, day)),
    )


def _place(step: Step) -> tuple[tuple[float, float], tuple[float, float]]:
    (x, y), (a, b) = step.wide, step.narrow
    return (_MARGIN + x * _WIDE[0], _MARGIN + y * _WIDE[1]), (
        _MARGIN + a * _NARROW[0],
        _MARGIN + b * _NARROW[1],
    )


def _aromatase(plan: PlanForecast, day: float) -> Node:
    taken = [
        span for span in plan.spans if span.drug in AROMATASE_INHIBITORS and span.start <= day < span.stop
    ]
    value = taken[0].drug if taken else "not inhibited"
    words = taken[0].words.removeprefix(f"{taken[0].drug} ") if taken else ""
    return Node("aromatase", _AROMATASE.label, value, words, "", *_place(_AROMATASE))


def _node(forecast: Forecast, plan: PlanForecast, step: Step, day: float) -> Node:
    curve = plan.curves[step.key]
    now, then = curve.at(forecast.days, 0.0), curve.at(forecast.days, day)
    change = "" if day == 0 or not now else f"{signed(100 * (then / now - 1), 0)}% since today"
    band = curve.band_at(forecast.days, day)
    span = "" if band is None else f"{_shown(band[0], step)} to {_shown(band[1], step)}"
    return Node(step.key, step.label, _shown(then, step, unit=True), change, span, *_place(step))


def _shown(value: float, step: Step, *, unit: bool = False) -> str:
    text = f"{value:.{step.digits}f}"
    return f"{text} {step.unit}" if unit and step.unit else text


def _bone(forecast: Forecast, plan: PlanForecast, day: float) -> Node:
    site = forecast.first_site
    curve = plan.curves[f"change_{site}"]
    score = plan.curves.get(f"t_{site}")
    band = curve.band_at(forecast.days, day)
    t_score = "" if score is None else f", T {signed(score.at(forecast.days, day))}"
    return Node(
        "bone",
        _BONE.label,
        f"{signed(curve.at(forecast.days, day))}%{t_score}",
        forecast.sites[site].label,
        "" if band is None else f"{signed(band[0])} to {signed(band[1])}",
        *_place(_BONE),
    )


def _edge(start: Node, end: Node, sign: str) -> Edge:
    return Edge(sign, _line(start.wide, end.wide), _line(start.narrow, end.narrow))


def _line(start: Sequence[float], end: Sequence[float]) -> tuple[float, float, float, float]:
    """Return a line from the edge of one box to a little before the edge of another."""
    ax, ay = start[0] + _WIDTH / 2, start[1] + _HEIGHT / 2
    bx, by = end[0] + _WIDTH / 2, end[1] + _HEIGHT / 2
    dx, dy = bx - ax, by - ay
    length = (dx * dx + dy * dy) ** 0.5
    across = min(_WIDTH / 2 / abs(dx) if dx else float("inf"), _HEIGHT / 2 / abs(dy) if dy else float("inf"))
    out, into = across + 1 / length, across + (_TIP + 1) / length
    return (
        round(ax + dx * out, 1),
        round(ay + dy * out, 1),
        round(bx - dx * into, 1),
        round(by - dy * into, 1),
    )


def _table(
    forecast: Forecast, steps: Sequence[Step], day: float
) -> Iterator[tuple[str, str, tuple[str, ...], str]]:
    for step in steps:
        now = forecast.plans[0].curves[step.key].at(forecast.days, 0.0)
        cells = tuple(
            _shown(plan.curves[step.key].at(forecast.days, min(day, plan.horizon)), step)
            for plan in forecast.plans
        )
        label = f"{step.label}, {step.unit}" if step.unit else step.label
        yield label, _shown(now, step), cells, step.key
    for site, basis in forecast.sites.items():
        cells = tuple(
            f"{signed(plan.curves[f'change_{site}'].at(forecast.days, min(day, plan.horizon)))}%"
            for plan in forecast.plans
        )
        yield f"BMD, {basis.label}", "0%", cells, site

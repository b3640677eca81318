"""How many people of a hundred break a bone under each plan."""

from __future__ import annotations

from collections.abc import Sequence

from osteocast.charts.chart import Chart, Table
from osteocast.charts.layers import Layer
from osteocast.charts.rows import named, rows_spec, spans, symbols, wrapped_name
from osteocast.charts.theme import GRID, style
from osteocast.fracture import KINDS, FractureRisk
from osteocast.fracture.words import LEVEL, between, of_100

__all__ = ["fractures"]


def fractures(
    plans: Sequence[tuple[str, FractureRisk]],
    kind: str,
    years: float,
    *,
    width: int = 300,
    labels: bool = True,
) -> Chart:
    """Chart the probability of a first fracture of a kind within a time, by plan.

    Parameters
    ----------
    plans : sequence of (str, FractureRisk)
        All plans of a forecast, in its order, which gives them their colours and symbols; those that do not
        reach the time are left out.
    kind : str
        In `osteocast.fracture.KINDS`.
    years : float
    width : int
        Of the plot itself.
    labels : bool
        Whether the number stands at the end of each row; on a narrow screen it does not fit.

    Returns
    -------
    Chart
        A symbol at the mean of the virtual people, and a line over the central 80% of them.

    Raises
    ------
    ValueError
        If no plan reaches the time.
    """
    reached = [
        (i, name, found)
        for i, (name, risk) in enumerate(plans)
        for found in risk.probabilities
        if (found.kind, found.years) == (kind, years)
    ]
    if not reached:
        raise ValueError(f"no plan reaches {years:g} years")
    rows = []
    for place, (i, name, found) in enumerate(reached):
        low, high = found.intervals.get(LEVEL, (found.value, found.value))
        rows.append(
            {
                "row": place,
                "value": round(100 * found.value, 2),
                "low": round(100 * low, 2),
                "high": round(100 * high, 2),
                "name": wrapped_name(name),
                "text": _words(of_100(found.value), between(found)),
                "colour": style(i).colour,
                "shape": style(i).symbol,
            }
        )
    furthest = max(float(row["high"]) for row in rows)  # type: ignore[arg-type]
    x: Layer = {
        "type": "quantitative",
        "scale": {"domain": [0, 1.06 * furthest], "nice": False},
        "axis": {"title": "people of 100", "tickCount": 5, "gridColor": GRID},
    }
    data = {"values": rows}
    layers = [
        spans(data, x, ("low", "high"), strokeWidth=3),
        symbols(data, x, "value", 90),
        *named(data, width, labels=labels),
    ]
    title = f"{KINDS[kind][:1].upper()}{KINDS[kind][1:]} within {years:g} years"
    table = Table(
        title,
        ("Plan", "People of 100", f"{LEVEL}% of virtual people"),
        tuple((name, of_100(found.value), between(found) or "–") for _, name, found in reached),
    )
    said = "; ".join(
        f"{name}: {_words(of_100(found.value), between(found))} of 100" for _, name, found in reached
    )
    key = f"fracture-{kind.replace('_', '-')}"
    return Chart(key, title, f"{said}.", table, rows_spec(layers, len(rows), width))


def _words(number: str, ends: str) -> str:
    return f"{number} ({ends})" if ends else number

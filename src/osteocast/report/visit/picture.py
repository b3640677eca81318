"""The charts of a visit, as both formats take them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from osteocast import charts
from osteocast.charts import Chart
from osteocast.charts.hundreds import Hundred, hundreds
from osteocast.planning import AssessedPlan, Assessment

__all__ = ["Picture", "broken_bones", "hero", "plotted"]

#: Lines that can be told apart in one chart.
_MOST_LINES = 5
_WIDTH, _HEIGHT = 440, 200


@dataclass(frozen=True)
class Picture:
    """A chart with the words and numbers that stand in for it.

    Parameters
    ----------
    chart : Chart
    caption : str
        How to read it.
    """

    chart: Chart
    caption: str

    @property
    def alternative(self) -> str:
        """What the chart shows, for who cannot see it."""
        return f"{self.chart.title}. {self.chart.summary}"


def plotted(found: Assessment) -> tuple[AssessedPlan, ...]:
    """Return the plans that have a line: those to compare with, and the first others."""
    return found.plans[:_MOST_LINES]


def hero(found: Assessment) -> Picture | None:
    """Draw density over time, with the own scans, and the fan of the first plan without a drug for bone.

    Parameters
    ----------
    found : Assessment

    Returns
    -------
    Picture or None
        None if there is no plan to draw.
    """
    drawn = plotted(found)
    if not drawn:
        return None
    made = replace(found.forecast, plans=tuple(one.forecast for one in drawn))
    basis = made.sites[made.first_site]
    parts = []
    if basis.scans:
        parts.append("Points: own scans, with the least significant change; less can be error alone.")
    if made.n_draws:
        parts.append(
            f"Fan: 50, 80 and 95% of {made.n_draws} virtual people like this one under the first plan; bars "
            "at the right: 50% (thick) and 95% (thin) under each plan at its end. The error of the next scan "
            "comes on top."
        )
    if basis.scale is not None:
        parts.append(f"T-scores: {basis.scale.reference}.")
    return Picture(charts.bone(made, width=_WIDTH, height=_HEIGHT), " ".join(parts))


def broken_bones(items: tuple[Hundred, ...], *, title: str, filled: str, caption: str) -> Picture:
    """Draw chances of a broken bone as squares out of a hundred."""
    return Picture(hundreds(items, title=title, filled=filled, key="broken-bones"), caption)

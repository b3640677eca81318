"""Charts of a population say what was drawn beside what was published."""

from __future__ import annotations

import pytest

from osteocast.charts.population import charts_of, marginal
from osteocast.population import draw, population


@pytest.mark.parametrize("name", ["us-women", "us-men"])
def test_what_is_drawn_stands_beside_what_was_published(name: str) -> None:
    cohort = draw(population(name), 3000, "charts")
    charts = charts_of(cohort)
    keys = [chart.key for chart in charts]
    assert len(set(keys)) == len(keys)
    assert {"population-vitamin-d", "population-total_hip-by-age"} <= set(keys)
    compared = 0
    for chart in charts:
        if chart.table.head[:3] == ("number", "published", "drawn"):
            for _, published, drawn, _ in chart.table.rows:
                assert float(drawn) == pytest.approx(float(published), rel=0.45)
                compared += 1
    assert compared >= 6
    pairs = [chart for chart in charts if chart.table.head[0] == "number" and len(chart.table.rows) == 1]
    assert any("correlation" in chart.summary for chart in pairs)
    assert marginal(cohort, "body_mass_index").svg().startswith("<svg")

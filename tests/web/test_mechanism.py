from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

import osteocast as oc
from osteocast.web.drafts import Draft
from osteocast.web.examples import examples
from osteocast.web.showing.mechanism import chain, years_of


@pytest.fixture(scope="module")
def forecasts() -> dict[str, oc.Forecast]:
    names = ("letrozole-denosumab-exit", "man-testosterone-anastrozole")
    return {name: oc.run_forecast(Draft(examples()[name].document).case(), draws=0) for name in names}


def test_the_numbers_are_those_of_the_forecast_at_that_time(forecasts: dict[str, oc.Forecast]) -> None:
    forecast = forecasts["letrozole-denosumab-exit"]
    plan = forecast.plans[1]
    for year in (0.0, 2.5, years_of(forecast)[-1]):
        found = chain(forecast, 1, year)
        values = {node.key: node.value for node in found.nodes}
        assert values["ctx"] == f"{plan.curves['ctx'].at(forecast.days, year * 365.25):.2f} ng/mL"
        assert values["formation"] == f"{plan.curves['formation'].at(forecast.days, year * 365.25):.2f}"


def test_the_inhibitor_is_there_until_it_ends(forecasts: dict[str, oc.Forecast]) -> None:
    forecast = forecasts["letrozole-denosumab-exit"]
    assert chain(forecast, 0, 1.0).nodes[0].value == "letrozole"
    assert chain(forecast, 0, 6.0).nodes[0].value == "not inhibited"


def test_a_man_has_testosterone_in_the_chain_and_a_woman_has_not(forecasts: dict[str, oc.Forecast]) -> None:
    keys = {name: {node.key for node in chain(one, 0, 1.0).nodes} for name, one in forecasts.items()}
    assert "testosterone" in keys["man-testosterone-anastrozole"]
    assert "testosterone" not in keys["letrozole-denosumab-exit"]


@pytest.mark.parametrize("layout", ["wide", "narrow"])
def test_boxes_stand_apart_and_inside_the_drawing(forecasts: dict[str, oc.Forecast], layout: str) -> None:
    found = chain(forecasts["man-testosterone-anastrozole"], 0, 1.0)
    width, height = found.box
    places = [getattr(node, layout) for node in found.nodes]
    size = getattr(found, layout)
    assert all(x >= 0 and x + width <= size[0] and y >= 0 and y + height <= size[1] for x, y in places)
    pairs = [(a, b) for i, a in enumerate(places) for b in places[i + 1 :]]
    assert all(abs(a[0] - b[0]) >= width or abs(a[1] - b[1]) >= height for a, b in pairs)


def test_the_page_shows_the_chain_with_a_table_and_answers_htmx_with_the_chain_alone(
    client: TestClient,
) -> None:
    path = client.get("/examples/postmenopausal-anastrozole").url.path + "/mechanism"
    page = client.get(path, params={"year": 5, "plan": 1}).text
    assert page.count('class="chain') == 2
    assert "The numbers, under every plan" in page
    assert re.search(r"Zoledronate every 6 months, 5 years from today", " ".join(page.split()))
    part = client.get(path, params={"year": 0}, headers={"hx-request": "true"}).text
    assert "<html" not in part
    assert client.get(path, params={"year": 99}).status_code == 422
    assert client.get(path, params={"year": 30, "plan": 999}).status_code == 200

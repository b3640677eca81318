"""Every number of the pages of a case leads to what is behind it, and nothing leads to an empty drawer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from unittest.mock import Mock, patch

import pytest
from markupsafe import Markup, escape
from starlette.testclient import TestClient

from osteocast import evidence
from osteocast.physiology.parameters import PARAMETER_NAMES
from osteocast.web.examples import examples
from osteocast.web.showing.behind import KINDS, OPTION_KINDS
from osteocast.web.showing.behind.limits import known_limits
from osteocast.web.showing.behind.quantities import QUANTITIES, data
from osteocast.web.showing.leading import leading

from .conftest import token

LIMITS = Path(__file__).parents[2] / "docs" / "model-limits.md"
WOMAN, MAN = "letrozole-denosumab-exit", "man-testosterone-anastrozole"


@dataclass
class Cell:
    """A cell of a table: its words, and the links in it."""

    head: bool
    text: str = ""
    links: list[str] = field(default_factory=list)


class Tables(HTMLParser):
    """The tables of a page, cell by cell."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tables: list[list[list[Cell]]] = []
        self.all: list[str] = []
        self._cell: Cell | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self._cell = Cell(tag == "th")
            self.tables[-1][-1].append(self._cell)
        elif tag == "a":
            address = given.get("href") or ""
            if "/evidence/" in address:
                self.all.append(address)
                if self._cell is not None:
                    self._cell.links.append(address)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.text += data

    def bare(self) -> Iterator[str]:
        """Yield numbers that lead nowhere: neither their cell nor the head of their row has a link."""
        for table in self.tables:
            for row in table:
                led = any(cell.links for cell in row if cell.head)
                for cell in row:
                    if re.search(r"\d", cell.text) and not (cell.head or cell.links or led):
                        yield " ".join(cell.text.split())


def pages(client: TestClient, name: str) -> dict[str, Tables]:
    path = client.get(f"/examples/{name}").url.path
    found = {part or "/forecast": client.get(path + part).text for part in ("", "/plans", "/mechanism")}
    sent = {"csrf": token(found["/forecast"]), "back": path}
    found["patient"] = client.post("/preferences", data=sent | {"view": "patient"}).text
    client.post("/preferences", data=sent | {"view": "clinician"})
    assert found["patient"] != found["/forecast"]
    return {part: Tables(page) for part, page in found.items()}


@pytest.mark.parametrize("name", [WOMAN, MAN])
def test_every_number_in_a_table_leads_to_what_is_behind_it(client: TestClient, name: str) -> None:
    for part, found in pages(client, name).items():
        assert found.tables, part
        # Dates of scans are what the person's own report says; the head of their row leads to the scans.
        assert list(found.bare()) == [], part


@pytest.mark.parametrize("name", [WOMAN, MAN])
def test_no_number_leads_to_an_empty_drawer(client: TestClient, name: str) -> None:
    registry = evidence.load()
    asked: dict[tuple[str, str, str], str] = {}
    for found in pages(client, name).values():
        for address in found.all:
            if address.startswith("/d/"):
                kind, _, query = address.split("/")[4].partition("?")
                given = dict(part.split("=") for part in query.split("&"))
                # What stands in the second of two views is the same drawer.
                asked[kind, given["plan"], given.get("of", "")] = address
    assert {kind for kind, *_ in asked} == set(KINDS)
    for address in asked.values():
        answer = client.get(address, headers={"hx-request": "true"})
        assert answer.status_code == 200, address
        body = answer.text
        assert "<html" not in body
        assert re.search(r"<h2[^>]*>[^<]+</h2>", body), address
        assert len(re.findall(r"<li>", body.split('<ul class="sources">')[0])) >= 1, address
        sources = re.findall(r'href="/evidence/([^"?/]+)[^"]*"', body.split('<ul class="sources">')[1])
        assert sources, address
        assert all(source in registry for source in sources), address


def test_without_javascript_it_is_a_page_with_a_way_back(client: TestClient) -> None:
    path = client.get(f"/examples/{WOMAN}").url.path
    drawer = client.get(f"{path}/evidence/density?plan=1&year=2", headers={"hx-request": "true"}).text
    page = client.get(f"{path}/evidence/density?plan=1&year=2").text
    body = drawer.split("</div>", 1)[1].strip()
    assert body in page
    assert f'<a href="{path}#plans">' in page
    assert " style=" not in page
    assert f'href="{path}/plans"' in client.get(f"{path}/evidence/density?page=plans").text
    # A source that is looked up from there leads back to the number, and nowhere else.
    lookup = next(one for one in re.findall(r'href="(/evidence/[^"]+)"', page) if "back=" in one)
    assert f'href="{path}/evidence/density?' in client.get(lookup).text
    for away in ("https://elsewhere.example/d/a/evidence/b", "//elsewhere.example/d/a/evidence/b", "/admin"):
        assert "Back to the number" not in client.get("/evidence/abcsg-18", params={"back": away}).text


def test_the_drawer_says_the_number_of_the_cell_that_opened_it(client: TestClient) -> None:
    page = client.get(f"/examples/{WOMAN}").text
    cells = re.findall(
        r'<a class="behind" href="([^"]+/evidence/density[^"]+year=[^"]+)"[^>]*><strong>([^<]+)', page
    )
    assert len(cells) >= 4
    for address, shown in cells:
        assert f'<p class="number">{shown}' in client.get(address.replace("&amp;", "&")).text


def test_a_plan_shows_its_own_trials_nearest_first(client: TestClient) -> None:
    case = examples()[WOMAN].document
    alone = client.post("/v1/evidence", params={"plan": 0}, json=case).json()
    denosumab = client.post("/v1/evidence", params={"plan": 1}, json=case).json()
    assert {row["trial"] for row in alone["published"]} & {"atac", "hong-2017"}
    assert "abcsg-18" not in {row["trial"] for row in alone["published"]}
    assert denosumab["published"][0]["trial"] == "abcsg-18"
    assert all(row["simulated"] and row["published"] for row in denosumab["published"])
    assert {"denosumab_bone_k", "letrozole_ki"} <= {one["name"] for one in denosumab["parameters"]}
    fitted = next(one for one in denosumab["parameters"] if one["name"] == "denosumab_bone_k")
    assert "SD" in fitted["value"]
    assert fitted["informed_by"][0].startswith("freedom ")
    assert not any(one["name"].startswith("male_") for one in denosumab["parameters"])


def test_men_are_held_against_men(client: TestClient) -> None:
    found = client.post("/v1/evidence", json=examples()[MAN].document).json()
    assert {row["trial"] for row in found["published"]} <= {
        "burnett-bowie",
        "amory",
        "snyder",
        "testosterone-open",
        "kenny",
    }
    assert any("Nobody has studied" in text for text in found["distrust"])
    assert found["grade"] == "D"
    # Nobody measured the spine of men on zoledronate alone: their hips are told.
    treated = client.post("/v1/evidence", params={"plan": 1}, json=examples()[MAN].document).json()
    assert treated["published"][0]["trial"] == "horizon-men"
    assert "hip" in treated["published"][0]["what"]


@pytest.mark.parametrize("number", [*KINDS, "verdict"])
def test_the_api_says_what_is_behind_each_kind_of_number(client: TestClient, number: str) -> None:
    of = {"input": "0", "visit": "0"}.get(number, "")
    answer = client.post(
        "/v1/evidence", params={"number": number, "plan": 1, "of": of}, json=examples()[WOMAN].document
    )
    assert answer.status_code == 200
    found = answer.json()
    assert found["kind"] == number
    assert found["made_of"]
    assert found["sources"]
    assert any(one["links"] for one in found["sources"])


@pytest.mark.parametrize(
    "query", [{"plan": 99}, {"of": "wrist"}, {"number": "visit", "of": "99"}, {"number": "harm", "of": "tea"}]
)
def test_a_number_that_there_is_not_has_nothing_behind_it(client: TestClient, query: dict[str, str]) -> None:
    answer = client.post("/v1/evidence", params=query, json=examples()[WOMAN].document)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_verdict_leads_to_what_is_behind_it(client: TestClient) -> None:
    path = client.get("/examples/postmenopausal-anastrozole").url.path
    page = client.get(f"{path}/verdict").text
    for _ in range(100):
        if "Each plan, and why" in page:
            break
        page = client.get(f"{path}/verdict").text
    found = Tables(page)
    plans = {address for address in found.all if "/evidence/verdict?" in address}
    assert plans and len(plans) == page.count('<p class="chance">')
    assert [text for text in found.bare() if re.match(r"(over |under |[−+])?[0-9.]+%", text)] == []
    for address in plans:
        assert "Adequate:" in client.get(address).text
    programme = page[page.index('<h2 id="programme">') :].partition("</table>")[0]
    rows = programme.split('<th scope="row">')[1:]
    assert rows
    assert all(
        row.startswith('<a class="behind"') and 'class="source" href="/evidence/' in row for row in rows
    )


def test_the_search_leads_to_what_is_behind_it(client: TestClient) -> None:
    path = client.get("/examples/postmenopausal-anastrozole").url.path
    page = client.get(f"{path}/search").text
    for _ in range(100):
        if 'id="worth"' in page:
            break
        page = client.get(f"{path}/search").text
    assert "data-number" not in page and "data-plan" not in page
    found = Tables(page)
    # The rank of a plan is no number of a person; what stands with a number in words is part of it.
    for table in found.tables:
        ranks = [i for i, cell in enumerate(table[0]) if cell.text == "Rank"]
        for row in table[1:]:
            led = any(cell.links for cell in row if cell.head)
            bare = [
                cell.text for i, cell in enumerate(row) if i not in ranks and not (cell.head or cell.links)
            ]
            assert led or not any(re.search(r"^\W*\d", text) for text in bare), bare
    asked: dict[str, set[str]] = {}
    for address in found.all:
        if address.startswith("/d/"):
            assert address.endswith("&page=search"), address
            asked.setdefault(address.split("/")[4].partition("?")[0], set()).add(address)
    assert set(asked) == set(OPTION_KINDS)
    # The plans of the page are those of the drawer, number by number.
    cells = re.findall(r'href="([^"]+/evidence/density[^"]+)"[^>]*>([−+]?[0-9.]+%)<', page)
    assert len({address for address, _ in cells}) >= 8
    for address, shown in cells[:3]:
        assert f'<p class="number">{shown}</p>' in client.get(address.replace("&amp;", "&")).text
    for addresses in asked.values():
        ordered = sorted(addresses)
        for address in (ordered[0], ordered[-1]):
            body = client.get(address, headers={"hx-request": "true"}).text
            assert "<html" not in body
            made, _, sources = body.partition('<ul class="sources">')
            assert "<li>" in made and 'href="/evidence/' in sources, address
    assert f'<a href="{path}/search">' in client.get(cells[0][0]).text
    assert client.get(f"{path}/evidence/grade?plan=999&page=search").status_code == 404
    assert client.get(f"{path}/evidence/t-score?page=search").status_code == 404


@pytest.mark.parametrize("name", ["row", "th", 'Mum\'s <b>plan</b> & "tea"'])
def test_a_plan_may_be_called_like_a_mark_of_the_page(name: str) -> None:
    plan = Mock(courses=(), probability=0.5, effects=())
    plan.name = name
    found = Mock(plans=(plan,), inputs=())
    given = f'<tr><th scope="row">{escape(name)}</th><td>87%</td></tr>'
    with patch("osteocast.web.showing.leading.deciding", return_value=plan):
        made = leading(Markup(given), "abc", found)
    assert made.startswith('<tr><th scope="row"><a class="behind" href="/d/abc/evidence/verdict?plan=0')
    assert made.endswith("</th><td>87%</td></tr>")
    assert f">{escape(name)}<span" in made


def test_what_to_distrust_stands_on_the_page_of_limits() -> None:
    page = " ".join(LIMITS.read_text(encoding="utf-8").split())
    registry = evidence.load()
    for limit in known_limits():
        assert limit.where in page, limit.id
        assert set(limit.kinds) <= {*KINDS, "verdict"}, limit.id
        assert all(source in registry for source in limit.sources), limit.id


def test_parameters_named_for_a_quantity_are_part_of_its_equations() -> None:
    from osteocast.physiology.equations import declare

    declared = declare()
    rates = {**declared.rates, **{one.name: one.expression for one in declared.assignments}}

    def behind_of(name: str) -> set[str]:
        seen: set[str] = set()
        wanted = [declared.observables.get(name) or rates[name]]
        while wanted:
            for symbol in {str(one).removesuffix("_") for one in wanted.pop().free_symbols} - seen:
                seen.add(symbol)
                if symbol in rates:
                    wanted.append(rates[symbol])
        return seen & set(PARAMETER_NAMES)

    for name in QUANTITIES:
        entry = data()["quantities"][name]
        named = {*entry["parameters"], *entry.get("women", ()), *entry.get("men", ())}
        assert named <= behind_of("estradiol" if name == "aromatase" else name), name
    for entry in data()["inputs"].values():
        assert set(entry["parameters"]) <= set(PARAMETER_NAMES)

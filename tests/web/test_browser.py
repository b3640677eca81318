from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from osteocast.progress import Report
from osteocast.web import Settings
from osteocast.web.long_work import KINDS

from .browser import CHROMIUM, PICTURES, free_port, picture, served

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
api = pytest.importorskip("playwright.sync_api")

EXAMPLE = "/examples/letrozole-denosumab-exit"
_PATIENCE = 60_000  # milliseconds: a test is about what comes, not about when
PASSWORD = "sieben lange Wörter"
NUMBERS = re.compile(r"[+−]\d+\.\d%|T [+−]\d\.\d")


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("browsed")
    settings = Settings(
        port=free_port(), database=f"sqlite:///{folder / 'cases.db'}", draws=16, people=64, warm=False
    )
    with served(settings) as made:
        yield made


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    with api.sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    """A page whose script may not complain, and which may ask nobody else."""
    context = browser.new_context(base_url=address, accept_downloads=True)
    context.set_default_timeout(_PATIENCE)
    made = context.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    made.on("pageerror", lambda error: complaints.append(str(error)))
    made.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    made.on("request", lambda request: asked.append(request.url))
    yield made
    context.close()
    # A form that is sent back with what is wrong is an answer; the browser's console calls it an error.
    assert [one for one in complaints if "422" not in one] == []
    assert [url for url in asked if not url.startswith((address, "data:", "about:"))] == []


def start(page: Any) -> None:
    """Fill the first questions of a new case."""
    page.goto("/new")
    page.get_by_label("Sex at birth").select_option("female")
    page.get_by_label("Date of birth").fill("1963-05-14")
    page.get_by_label("Menopause").select_option("natural")
    page.get_by_label("Age at the last period").fill("50")
    page.get_by_label("Aromatase inhibitor").select_option("anastrozole")
    page.get_by_label("Start").first.fill("2025-03-10")


def test_from_the_first_visit_to_the_first_forecast(page: Any) -> None:
    page.goto("/")
    assert "forecast to" in page.locator(".headline").inner_text()
    page.get_by_role("link", name="Start with your own values").click()
    start(page)
    page.get_by_role("button", name="Show the forecast").last.click()
    page.wait_for_url("**/d/*")
    assert "Anastrozole alone" in page.locator(".headline").inner_text()


def test_a_scan_is_added_and_narrows_the_forecast(page: Any) -> None:
    start(page)
    page.get_by_text("Bone scans (DXA)").click()
    page.get_by_role("button", name="Add a scan").click()
    page.get_by_label("Date", exact=True).fill("2025-02-24")
    page.get_by_label("Maker").select_option("hologic")
    page.get_by_role("textbox", name="Lumbar spine, BMD").fill("0.919")
    page.get_by_role("button", name="Show the forecast").last.click()
    page.wait_for_url("**/d/*")
    assert "from 1 own scan" in str(page.locator("svg.chart").first.get_attribute("aria-label"))


def test_what_is_wrong_takes_one_to_its_field(page: Any) -> None:
    start(page)
    page.get_by_label("Age at the last period").fill("5")
    page.get_by_role("button", name="Show the forecast").last.click()
    assert page.locator("#summary").evaluate("one => document.activeElement === one")
    assert page.locator("#summary a").first.inner_text() == "Age at the last period"
    page.locator("#summary a").first.click()
    assert page.locator("#person-menopause-age").evaluate("one => one.getBoundingClientRect().top >= 0")


def test_plans_are_compared_and_change_as_one_types(page: Any) -> None:
    page.goto(EXAMPLE)
    page.get_by_role("link", name="Plans", exact=True).click()
    before = page.locator("#result .plans").inner_text()
    doses = page.locator('[name="plans.3.courses.0.doses"]')
    doses.fill("5")
    doses.press("Tab")
    page.wait_for_function(
        "before => (document.querySelector('#result .plans') || {innerText: before}).innerText !== before",
        arg=before,
    )
    assert "4 injections of denosumab" in page.locator("#result .plans").inner_text()


def test_an_unsafe_plan_is_refused(page: Any) -> None:
    page.goto(EXAMPLE + "")
    page.get_by_role("link", name="Plans", exact=True).click()
    refusal = page.locator(".refusal").first
    assert "Refused:" in refusal.inner_text()
    assert refusal.bounding_box()["y"] < page.locator(".headline").bounding_box()["y"]


def test_the_drawer_opens_behind_a_number_and_gives_focus_back(page: Any) -> None:
    page.goto(EXAMPLE)
    link = page.locator("details[open] a.source").first
    link.click()
    page.locator("#drawer h2").wait_for()
    assert page.locator("#drawer h2").evaluate("one => document.activeElement === one")
    page.keyboard.press("Escape")
    assert page.locator("#drawer").evaluate("one => one.childElementCount") == 0
    assert link.evaluate("one => document.activeElement === one")


def test_the_diagram_moves_with_time(page: Any) -> None:
    page.goto(EXAMPLE)
    page.get_by_role("link", name="Mechanism", exact=True).click()
    page.locator("#year").evaluate(
        "one => { one.value = 6; one.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    page.get_by_text("not inhibited").first.wait_for()


def test_a_saved_case_opens_again_with_the_same_numbers(page: Any) -> None:
    page.goto(EXAMPLE)
    before = NUMBERS.findall(page.locator("main").inner_text())
    page.get_by_role("link", name="Save and print").click()
    page.get_by_label("Title").fill("Seen in the browser")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/cases/*")
    page.goto("/cases")
    page.get_by_role("link", name="Seen in the browser", exact=True).click()
    page.get_by_role("link", name="Open the forecast").click()
    page.wait_for_url("**/d/*")
    assert before
    assert NUMBERS.findall(page.locator("main").inner_text()) == before


def test_reports_are_downloaded(page: Any) -> None:
    page.goto(EXAMPLE)
    page.get_by_role("link", name="Save and print").click()
    for name, suffix in (
        ("The case as a file", ".json"),
        ("The forecast as one page", ".html"),
        ("no bone drug", ".ics"),
    ):
        with page.expect_download() as coming:
            page.get_by_role("link", name=name).click()
        assert coming.value.suggested_filename.endswith(suffix)


def test_long_work_shows_how_far_it_is_and_its_result_by_itself(
    page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = KINDS["visit"]

    def slow(draft: Any, count: int, report: Report) -> Any:
        for step in range(1, 41):
            report(f"step {step} of 50", step, 50)
            time.sleep(0.1)
        return real(draft, count, report)

    monkeypatch.setitem(KINDS, "verdict", slow)
    monkeypatch.setitem(KINDS, "visit", slow)
    page.goto("/examples/ovarian-suppression-exemestane")
    case = page.url
    page.goto(case + "/verdict")
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_url(case)
    page.goto(case + "/keep")
    with page.expect_download(timeout=6 * _PATIENCE) as coming:
        page.get_by_role("link", name="PDF").last.click()
        page.locator("progress").wait_for()
        shares = []
        for _ in range(4):
            shares.append(int(page.locator("progress").get_attribute("value")))
            assert re.search(r"step \d+ of 50", page.locator(".progress").inner_text())
            page.wait_for_timeout(200)
    assert coming.value.suggested_filename.endswith("patient.pdf")
    assert shares == sorted(shares)
    assert shares[0] < shares[-1]
    assert "Save the file" in page.locator("#work").inner_text()
    again: list[object] = []
    page.on("download", lambda one: again.append(one))
    page.wait_for_timeout(1200)
    assert again == []


def test_the_keyboard_reaches_everything(page: Any) -> None:
    page.goto("/new")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the content"
    page.keyboard.press("Enter")
    reached = set()
    for _ in range(14):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.name || document.activeElement.tagName"))
        shown = page.evaluate(
            # The parts of a date have an outline of their own.
            "document.activeElement === document.body || document.activeElement.type === 'date' || "
            "getComputedStyle(document.activeElement).outlineStyle !== 'none'"
        )
        assert shown, page.evaluate("document.activeElement.outerHTML")
    assert {"person.sex", "person.birth_date", "person.menopause.type"} <= reached


def test_everything_from_form_to_result_without_javascript(browser: Any, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    context.set_default_timeout(_PATIENCE)
    page = context.new_page()
    start(page)
    page.get_by_text("Laboratory values").click()
    page.get_by_role("button", name="Add a value").click()
    page.locator('[name="labs.0.analyte"]').select_option("vitamin_d")
    page.get_by_label("Value", exact=True).fill("50")
    page.locator('[name="labs.0.value.unit"]').select_option("nmol/L")
    page.locator('[name="labs.0.date"]').fill("2025-03-01")
    page.get_by_role("button", name="Show the forecast").last.click()
    page.wait_for_url("**/d/*")
    page.get_by_role("link", name="Plans", exact=True).click()
    page.locator("#preset").select_option("programme:walking")
    page.get_by_role("button", name="Add it").click()
    assert "walking" in page.locator("#result").inner_text()
    page.get_by_role("link", name="Mechanism", exact=True).last.click()
    page.get_by_role("link", name="5", exact=True).click()
    assert "5 years from today" in page.locator("#chain").inner_text()
    page.get_by_role("button", name="Dark").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    context.close()


def test_a_number_opens_what_is_behind_it_by_keyboard_and_gets_the_focus_back(
    browser: Any, address: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    context = browser.new_context(
        base_url=address, viewport={"width": 360, "height": 800}, bypass_csp=True, color_scheme="dark"
    )
    page = context.new_page()
    page.goto(EXAMPLE)
    number = page.locator(".plans a.behind").nth(1)
    shown = number.locator("strong").inner_text()
    number.focus()
    page.keyboard.press("Enter")
    page.locator("#drawer .number").wait_for()
    assert page.locator("#drawer .number").inner_text().startswith(shown)
    assert page.evaluate("document.activeElement === document.querySelector('#drawer h2')")
    found = axe.Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    sizes = page.locator("a.behind:visible, #drawer a.source:visible, #drawer button").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect()).map(box => Math.min(box.width, box.height))"
    )
    assert min(sizes) >= 24
    page.locator("#drawer a.source").first.press("Enter")
    page.locator("#drawer a", has_text="Back to the number").press("Enter")
    page.locator("#drawer .number").wait_for()
    page.keyboard.press("Escape")
    assert page.locator("#drawer").inner_text() == ""
    assert number.evaluate("one => one === document.activeElement")
    # What is reached behind the drawer is not hidden by it.
    page.keyboard.press("Enter")
    page.locator("#drawer .number").wait_for()
    page.locator("footer a").first.focus()
    assert page.locator("#drawer").inner_text() == ""
    context.close()


PAGES = {
    "home": "/",
    "form": "/new",
    "forecast": EXAMPLE,
    "edit": EXAMPLE + "#/edit",
    "plans": EXAMPLE + "#/plans",
    "mechanism": EXAMPLE + "#/mechanism",
    "verdict": EXAMPLE + "#/verdict",
    "search": EXAMPLE + "#/search",
    "keep": EXAMPLE + "#/keep",
    "letter": EXAMPLE + "#/letter",
    "cases": "/cases",
    "admin": "/admin",
    "evidence": "/evidence/abcsg-18",
    "behind": EXAMPLE + "#/evidence/density?plan=1&year=2",
    "missing": "/nowhere",
    # The last: whoever chose to read as a patient goes on doing so.
    "patient": EXAMPLE + "#the patient",
}


def visit(page: Any, where: str) -> None:
    """Open a page; what stands after # is a page of the case that is opened before it, or whom it is for."""
    start_, _, then = where.partition("#")
    page.goto(start_)
    if then and not then.startswith("/"):
        page.get_by_role("button", name=then).click()
        page.locator("#people").wait_for()
    elif then:
        page.goto(page.url + then)
        for _ in range(100):
            if not page.locator("progress").count():
                break
            page.wait_for_timeout(100)
            page.reload()


def serious(page: Any) -> list[str]:
    """Return what axe finds on a page that keeps somebody from using it, with everything folded out."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    found = axe.Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:120]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(browser: Any, address: str, name: str) -> None:
    # The colours are the same on every page: a few of them show the dark ones.
    for theme in ("light", "dark") if name in ("home", "edit", "plans", "patient") else ("light",):
        context = browser.new_context(base_url=address, color_scheme=theme, bypass_csp=True)
        page = context.new_page()
        visit(page, PAGES[name])
        found = serious(page)
        context.close()
        assert found == [], theme


def test_axe_finds_nothing_serious_where_something_was_done(
    browser: Any, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(draft: Any, count: int, report: Report) -> None:
        for step in range(1, 401):
            report(f"step {step} of 400", step, 400)
            time.sleep(0.1)

    monkeypatch.setitem(KINDS, "plan", slow)
    context = browser.new_context(base_url=address, bypass_csp=True)
    context.set_default_timeout(_PATIENCE)
    page = context.new_page()
    start(page)
    page.get_by_label("Age at the last period").fill("5")
    page.get_by_role("button", name="Show the forecast").last.click()
    page.locator("#summary").wait_for()
    assert serious(page) == []
    page.goto("/examples/man-testosterone-anastrozole")
    case = page.url
    page.goto(case + "/keep")
    page.get_by_label("Title").fill("For axe")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/cases/*")
    assert serious(page) == []
    page.goto(case + "/search")
    page.locator("progress").wait_for()
    assert serious(page) == []
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_url(case)
    context.close()


def test_axe_finds_nothing_serious_where_people_log_in(browser: Any, tmp_path: Path) -> None:
    from osteocast import store

    settings = Settings(
        port=free_port(),
        database=f"sqlite:///{tmp_path / 'cases.db'}",
        draws=0,
        multi_user=True,
        warm=False,
    )
    with store.open_store(settings.database) as db:
        store.add_user(db, store.local_user(db), "ada", "admin", PASSWORD)
    with served(settings) as address:
        context = browser.new_context(base_url=address, bypass_csp=True)
        context.set_default_timeout(3 * _PATIENCE)
        page = context.new_page()
        page.goto("/")
        assert serious(page) == []
        page.get_by_label("Name").fill("ada")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        for where in ("/account", "/admin"):
            page.goto(where)
            assert page.get_by_text("ada").first.is_visible()
            assert serious(page) == []
        context.close()


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_page_is_wider_than_the_screen(browser: Any, address: str, width: int) -> None:
    context = browser.new_context(base_url=address, viewport={"width": width, "height": 800})
    page = context.new_page()
    wide = []
    for name, where in PAGES.items():
        visit(page, where)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(name)
        picture(page, f"{name}-{width}")
    context.close()
    assert wide == []


@pytest.mark.skipif(not PICTURES, reason="pictures are left only where OSTEOCAST_SCREENSHOTS names a folder")
def test_pages_as_they_are_printed(browser: Any, address: str) -> None:
    context = browser.new_context(base_url=address)
    page = context.new_page()
    for name in ("forecast", "letter", "plans", "patient"):
        page.emulate_media(media="screen")  # buttons are not printed
        visit(page, PAGES[name])
        page.emulate_media(media="print")
        picture(page, f"{name}-print")
    context.close()

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import osteocast as oc
from osteocast import report
from osteocast.errors import InputError
from osteocast.forecast import headline
from osteocast.report.data import FORMAT, NOT_A_DEVICE
from osteocast.report.sources import citations, source_ids
from osteocast.report.titration import MARKER
from osteocast.report.writing import check_folder, make_folder, write_text

from .pages import Page

EXAMPLES = Path(__file__).parents[2] / "examples"


@cache
def forecast(name: str = "postmenopausal-anastrozole") -> oc.Forecast:
    return oc.run_forecast(oc.load_case(EXAMPLES / f"{name}.yaml", today=date(2026, 6, 1)), draws=4)


@cache
def html(name: str = "postmenopausal-anastrozole") -> str:
    return report.page(forecast(name))


def test_the_page_is_well_formed_and_has_its_landmarks() -> None:
    page = Page(html())
    assert page.open == []
    assert page.all("html") == [{"lang": "en"}]
    for landmark in ("header", "main", "footer", "h1"):
        assert len(page.all(landmark)) == 1
    assert page.all("title")


def test_the_page_loads_nothing_from_anywhere() -> None:
    page = Page(html())
    assert page.all("script") == page.all("link") == page.all("img") == page.all("iframe") == []
    style = html().split("</style>")[0]
    assert set(re.findall(r"url\((\w+):", style)) == {"data"}
    assert "@import" not in style
    for tag, attributes in page.seen:
        for name, value in attributes.items():
            if name in ("src", "href", "xlink:href") and value and "://" in value:
                assert tag == "a", (tag, value)


def test_ids_are_unique_and_labels_lead_somewhere() -> None:
    page = Page(html())
    ids = [attributes["id"] for _, attributes in page.seen if attributes.get("id")]
    assert len(ids) == len(set(ids))
    labels = [attributes["aria-labelledby"] for _, attributes in page.seen if "aria-labelledby" in attributes]
    assert set(labels) <= set(ids)
    assert set(re.findall(r"url\(#([^)]+)\)", html())) <= set(ids)


def test_every_chart_is_told_in_words_and_in_numbers() -> None:
    page = Page(html())
    charts = [one for one in page.all("svg") if one.get("role") == "img"]
    assert len(charts) >= 8
    assert all(len(one["aria-label"] or "") > 60 for one in charts)
    # A chart drawn twice, once for phones, has one table.
    narrow = [one for one in charts if (one["class"] or "").endswith("narrow")]
    assert len(narrow) == 3
    assert len(page.all("details")) == len(charts) - len(narrow)


def test_the_page_opens_with_the_decision_and_what_it_is_not() -> None:
    main = Page(html().split('<main id="main">')[1].split("</main>")[0]).text
    assert main.index(headline(forecast())) < main.index(NOT_A_DEVICE[:40]) < main.index("Plans side by side")


def test_warnings_assumptions_sources_and_versions_are_on_the_page() -> None:
    text = Page(html()).text
    assert "Denosumab wears off in March 2030" in text
    assert "followed for 36 months at most" in text
    assert forecast().provenance.parameters in text
    for line in citations(forecast()):
        assert line[:30] in text


def test_her_scans_are_judged_against_measurement_error() -> None:
    assert "within error" in Page(html()).text


def test_a_name_from_the_case_cannot_become_markup() -> None:
    made = forecast()
    plans = (replace(made.plans[0], name='<script>alert("x")</script>'), *made.plans[1:])
    page = Page(report.page(replace(made, plans=plans)))
    assert page.all("script") == []
    assert page.open == []


def test_dark_and_print_are_styled() -> None:
    assert "prefers-color-scheme: dark" in html()
    assert "@media print" in html()
    assert "var(--plan-0, " in html()


def test_a_person_never_scanned_gets_a_page_in_percent() -> None:
    text = "person: {sex: female, birth_date: 1963-05-14, menopause: {age: 50}}"
    made = oc.run_forecast(oc.load_case(text), years=5, draws=0)
    page = Page(report.page(made)).text
    assert "% of today" in report.page(made)
    assert "never scanned" in page
    assert "Never scanned: changes in percent only, and no T-score." in " ".join(report.table(made).split())


def test_the_table_fits_its_width_and_names_every_plan() -> None:
    for name in ("postmenopausal-anastrozole", "letrozole-denosumab-exit"):
        text = report.table(forecast(name), width=90)
        assert max(map(len, text.splitlines())) <= 90
        assert "…" not in text
        words = " ".join(text.split())
        for plan in forecast(name).plans:
            assert plan.name.split(",")[0] in words
    assert "\x1b" not in text
    assert "\x1b[" in report.table(forecast(), colour=True)


def test_the_data_is_json_and_holds_every_curve() -> None:
    content = json.loads(json.dumps(report.as_data(forecast()), allow_nan=False))
    assert content["format"] == FORMAT
    assert len(content["plans"]) == 4
    for plan in content["plans"]:
        for curve in plan["curves"].values():
            assert set(curve["bands"]) == {"50", "80", "95"}
            for band in curve["bands"].values():
                assert len(curve["value"]) == len(band["low"]) == len(band["high"]) == len(content["days"])
    change = content["plans"][0]["curves"]["change_lumbar_spine"]["value"]
    assert change[content["days"].index(0.0)] == 0.0


def test_the_data_holds_a_few_lives_half_a_year_apart() -> None:
    made = forecast()
    content = report.as_data(made)
    assert content["path_days"][0] == 0.0
    assert content["path_days"][-1] == content["days"][-1]
    assert max(later - sooner for sooner, later in pairwise(content["path_days"])) < 184
    at = [content["days"].index(day) for day in content["path_days"]]
    for plan, given in zip(made.plans, content["plans"], strict=True):
        kept = {name for name, curve in given["curves"].items() if "paths" in curve}
        assert kept == {f"change_{site}" for site in made.sites}
        for name in kept:
            paths = plan.curves[name].paths
            assert paths is not None
            np.testing.assert_allclose(given["curves"][name]["paths"], paths[:, at], atol=0.0051)


def test_sources_are_in_the_registry_and_counted_once() -> None:
    ids = source_ids(forecast())
    assert len(ids) == len(set(ids)) > 4
    assert {"nhanes-iii-total-femur", "wilson-dxa-precision", "iscd-2005-reporting"} <= set(ids)
    assert len(citations(forecast())) == len(ids)


def test_a_forecast_is_written_and_written_again(tmp_path: Path) -> None:
    first = report.write(forecast(), tmp_path / "a" / "b")
    assert first.page is not None
    assert sorted(path.name for path in first.folder.iterdir()) == [
        "forecast.html",
        "forecast.json",
        "lumbar-spine.svg",
    ]
    assert first.page.read_text() == html()
    assert report.write(forecast(), first.folder, html=False).page is None


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(InputError, match="nothing was written"):
        report.write(forecast(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    with pytest.raises(InputError, match="name a folder"):
        check_folder(tmp_path / "thesis.txt")


def test_a_file_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "new \ud800")
    assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["a.txt"]


def test_a_habit_without_a_beginning_can_be_written(tmp_path: Path) -> None:
    smoker = oc.load_case(
        "person: {sex: female, birth_date: 1963-05-14, menopause: {age: 50}}\n"
        "lifestyle: {habits: {smoking: current}}\n"
        "treatments: [{drug: anastrozole, start: 2025-03-10, stop: 2030-03-10}]\n"
        "options: {as_of: 2025-03-10}\n"
    )
    written = oc.report.write(oc.run_forecast(smoker, years=2, draws=0), tmp_path / "smoker", html=False)
    plan = json.loads(written.data.read_text())["plans"][0]
    assert any("smok" in effect["label"] for effect in plan["effects"])


def test_a_folder_below_a_file_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="choose another folder"):
        make_folder(tmp_path / "file" / "visit")
    # Known before anything is computed, and told by the name of the option.
    with pytest.raises(InputError, match=r"--output: .*file cannot be written to"):
        check_folder(tmp_path / "file" / "visit")


def test_a_folder_is_known_by_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "titration.json").write_text('{"format": "osteocast-titration-0"}')
    assert check_folder(tmp_path, MARKER) == tmp_path
    with pytest.raises(InputError, match="one with an earlier forecast"):
        check_folder(tmp_path)

"""The page of claims: it stands alone, shows every answer, and is written again without change."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from osteocast.claims import Finding, Number, Published, Result, ask
from osteocast.errors import InputError
from osteocast.report import claims_words as words
from osteocast.report.claims import claims_page, write_claims, write_docs


@pytest.fixture(scope="module")
def result() -> Result:
    return ask(["S6", "S11", "L1", "L2", "M1", "M2", "M3", "M4", "E4"], draws=2)


@pytest.fixture(scope="module")
def page(result: Result) -> str:
    return claims_page(result)


def test_the_page_loads_nothing_from_anywhere(page: str) -> None:
    assert "<script" not in page
    loaded = re.findall(r"url\(([^)]+)\)", page) + re.findall(r' (?:src|srcset)="([^"]*)"', page)
    assert all(one.startswith(("data:", "#")) for one in loaded)
    assert not re.search(r"<link|@import", page)


def test_every_answer_is_on_the_page_with_verdict_grade_and_sources(page: str, result: Result) -> None:
    for answer in result.answers:
        section = page.split(f'id="{answer.id}">')[1].split("</article>")[0]
        assert answer.verdict in section
        assert f"grade {answer.grade}" in section
        assert "Sources" in section
        assert section.count("<svg") == (answer.claim.picture is not None)


def test_the_tables_of_the_articles_are_there(page: str) -> None:
    titles = ("Annual loss at the lumbar spine", "Trials in users", "Mediators", "RANKL/OPG ratio")
    assert all(title in page for title in titles)


def test_every_number_names_its_study(page: str) -> None:
    assert "https://doi.org/10.1200/JCO.2007.11.0726" in page
    assert re.search(r"−6\.1% <span class=\"study\"><a [^>]*>ATAC</a>", page)


def test_an_answer_in_words_has_no_empty_table(page: str) -> None:
    section = page.split('id="S11">')[1].split("</article>")[0]
    assert "<table" not in section
    assert "piezoelectric" in section


def test_a_value_kept_out_of_the_model_says_why(page: str) -> None:
    assert "kept out of the model: no site of the model" in page


def test_page_and_data_are_written(tmp_path: Path, result: Result) -> None:
    written = write_claims(result, tmp_path / "new")
    assert written.read_text().startswith("<!doctype html>")
    content = json.loads(written.with_suffix(".json").read_text())
    assert len(content["claims"]) == len(result.answers)


def test_a_file_is_no_folder(tmp_path: Path, result: Result) -> None:
    taken = tmp_path / "claims"
    taken.write_text("mine")
    with pytest.raises(InputError, match="name a folder"):
        write_claims(result, taken)
    assert taken.read_text() == "mine"


def test_the_documentation_has_the_same_answers_and_is_written_once(tmp_path: Path, result: Result) -> None:
    write_docs(tmp_path, result)
    text = (tmp_path / "claims.md").read_text()
    for answer in result.answers:
        assert f"### {answer.id}: {answer.verdict}" in text
    figures = re.findall(r"\]\((figures/[\w-]+\.svg)\)", text)
    assert len(figures) == sum(one.claim.picture is not None for one in result.answers) > 3
    assert all((tmp_path / name).read_text().startswith("<svg") for name in figures)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*")}
    write_docs(tmp_path, result)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*")} == before


def test_numbers_are_told_with_sign_unit_and_range() -> None:
    given = Published(("atac-bone-60-months/ana-lumbar-spine-60",), -6.08, (-7.0, -5.0))
    number = Number("spine", "lumbar spine", "%", -4.94, -6.0, -4.0, (given,))
    assert words.simulated(number) == "−4.9% (−6.0 to −4.0)"
    assert words.cited(number)[0].text == "−6.1% (−7.0 to −5.0)"
    assert words.simulated(Number("x", "x", "", None, None, None, ())) == "–"


def test_a_condition_says_what_became_of_it_on_both_sides(result: Result) -> None:
    answer = next(one for one in result.answers if one.id == "M4")
    told = words.told(answer)
    assert len(told) == len({one.text for one in answer.findings})
    assert all(sign in "✓◐✗?" for sign, _, _ in told)
    assert words.outcome(Finding("published", "x", 0, 0)) == "published: nothing"

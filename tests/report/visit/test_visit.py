"""The report of a visit: two pages or one, the same numbers for both readers, nothing read as markup."""

from __future__ import annotations

import html
import io
import re
import sys
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pypdf
import pytest
import textstat  # type: ignore[import-untyped]

import osteocast as oc
from osteocast.planning import Assessment
from osteocast.report.visit import READERS, Reader, sheet, visit_html, visit_pdf, write_visit
from osteocast.report.visit.clinician import clinician_sheet
from osteocast.report.visit.content import content
from osteocast.report.visit.figures import figures, of_100
from osteocast.report.visit.patient import PatientSheet, patient_sheet

from ..pages import Page
from .conftest import ALL, HOSTILE, NAMES, assessed

PAGES: dict[Reader, int] = {"clinician": 2, "patient": 1}
READING_AGE = 12.0


@cache
def pdf(name: str, reader: Reader) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(visit_pdf(assessed(name), reader)))


def words(text: str) -> str:
    return " ".join(text.split())


class Sheet(Page):
    """A page without its style sheet."""

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            super().handle_data(data)


# --- PDF


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", ALL)
def test_pdf_has_its_pages_is_tagged_and_says_what_it_is(name: str, reader: Reader) -> None:
    made = pdf(name, reader)
    assert len(made.pages) == PAGES[reader]
    assert all(float(page.mediabox.width) == pytest.approx(595.28, abs=0.1) for page in made.pages)
    root: Any = made.trailer["/Root"]
    assert "/StructTreeRoot" in root
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert made.metadata is not None
    assert made.metadata.title == sheet(assessed(name), reader).title
    assert b"pdfuaid:part>1<" in root["/Metadata"].get_object().get_data()
    text = words("".join(page.extract_text() for page in made.pages))
    assert "not a medical device" in text
    assert f"osteocast {oc.__version__}" in text


def test_pdf_is_set_in_the_font_that_comes_along() -> None:
    fonts: set[str] = set()
    for page in pdf(NAMES[0], "clinician").pages:
        resources: Any = page["/Resources"]
        fonts |= {str(font.get_object()["/BaseFont"]) for font in resources["/Font"].values()}
    assert fonts
    assert all("Inter" in font for font in fonts)


@pytest.mark.parametrize("reader", READERS)
def test_pdf_of_one_case_is_the_same_to_the_byte(reader: Reader) -> None:
    once, again = (visit_pdf(assessed(NAMES[0]), reader) for _ in range(2))
    assert once == again
    assert f"{assessed(NAMES[0]).case.as_of}T00:00:00".encode() in once


def test_every_drawing_of_the_pdf_has_words() -> None:
    def alternatives(node: Any) -> list[str]:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            return [one for each in node for one in alternatives(each)]
        if not isinstance(node, dict):
            return []
        own = [str(node["/Alt"])] if "/Alt" in node else []
        return own + (alternatives(node["/K"]) if "/K" in node else [])

    for reader in READERS:
        root: Any = pdf(NAMES[0], reader).trailer["/Root"]
        found = alternatives(root["/StructTreeRoot"])
        picture = sheet(assessed(NAMES[0]), reader).picture
        assert picture is not None
        assert picture.alternative in found


# --- HTML


@pytest.mark.parametrize("reader", READERS)
def test_html_is_well_formed_and_stands_alone(found: Assessment, reader: Reader) -> None:
    page = Sheet(visit_html(found, reader))
    assert page.open == []
    tags = [tag for tag, _ in page.seen]
    assert {"header", "main", "footer", "h1"} <= set(tags)
    assert tags.count("h1") == tags.count("main") == 1
    assert not {"script", "link", "img", "iframe"} & set(tags)
    ids = [attributes["id"] for _, attributes in page.seen if attributes.get("id")]
    assert len(ids) == len(set(ids))
    labels = {attributes["aria-labelledby"] for _, attributes in page.seen if "aria-labelledby" in attributes}
    assert labels <= set(ids)
    for tag, attributes in page.seen:
        for name, value in attributes.items():
            if name in ("src", "href", "xlink:href") and value and "://" in value:
                assert tag == "a"
        if tag == "th":
            assert attributes.get("scope") in ("col", "row")
    drawings = [
        attributes for tag, attributes in page.seen if tag == "svg" and attributes.get("role") == "img"
    ]
    assert len(drawings) == (1 if found.plans else 0)
    assert all(attributes["aria-label"] for attributes in drawings)
    assert "not a medical device" in words(page.text)
    # Nothing that Python says about itself.
    assert not re.search(r"built-in|object at 0x|\bNone\b(?! of the plans)|\bnan\b", page.text)


# --- Numbers


def printed(reader: Reader, format: str, name: str) -> str:
    if format == "pdf":
        return words("".join(page.extract_text() for page in pdf(name, reader).pages))
    return words(Sheet(visit_html(assessed(name), reader)).text)


@pytest.mark.parametrize("name", [name for name in ALL if name not in ("all-refused", "hostile")])
@pytest.mark.parametrize("format", ["html", "pdf"])
def test_both_readers_read_the_same_numbers_in_both_formats(name: str, format: str) -> None:
    found = assessed(name)
    assert found.leading is not None
    assert found.nothing is not None
    clinician, patient = (printed(reader, format, name) for reader in READERS)
    shown = figures(found, found.leading)
    for chance in (shown.major[10.0], figures(found, found.nothing).major[10.0]):
        assert chance in clinician
        assert of_100(chance) in patient
    change = shown.bones[1][0].change
    assert change in clinician
    assert change in patient
    if found.leading.option.barred is None:
        assert f"({shown.enough}, grade {shown.grade})" in clinician or found.leading is found.lifestyle
        assert f"{of_100(shown.enough).removesuffix(' in 100')} stay in the safe range" in patient.replace(
            " in 100 stay", " stay"
        )
    for harm in shown.harms:
        assert f"{harm.what} {harm.expected}" in clinician
        assert re.search(rf"(?<![\d.]){re.escape(harm.expected)}(?![\d.]\d)", patient)
    text = words(clinician_sheet(found).decision)
    assert text in clinician


def test_squares_are_as_many_as_the_number_beside_them() -> None:
    found = assessed(NAMES[0])
    picture = patient_sheet(found).picture
    assert picture is not None
    filled = next(
        layer
        for layer in picture.chart.spec["layer"]
        if layer["mark"].get("color") == "#b3420a" and layer["mark"]["type"] == "point"
    )
    counts = [
        int(re.sub(r"\D", "", of_100(figures(found, plan).major[10.0]).removesuffix("in 100")))
        for plan in found.plans[:2]
    ]
    assert found.leading is not None
    counts.append(int(figures(found, found.leading).major[10.0].removesuffix("%")))
    assert len(filled["data"]["values"]) == sum(counts)


# --- Safety


@pytest.mark.parametrize("format", ["html", "pdf"])
def test_refused_plans_come_first_and_without_a_number(format: str) -> None:
    name = "letrozole-denosumab-exit"
    found, text = assessed(name), printed("clinician", format, name)
    refused = [plan.name for plan in found.refused]
    assert refused
    assert text.index("Refused: not to be done") < text.index("Plans side by side")
    for plan in refused:
        assert plan in text[: text.index("Plans side by side")]
        assert plan not in text[text.index("Plans side by side") :]
    patient = printed("patient", format, name)
    assert all(plan in patient for plan in refused)
    assert "Not safe for you" in patient


def test_where_every_plan_is_refused_both_say_so_and_praise_none() -> None:
    found = assessed("all-refused")
    made = clinician_sheet(found)
    assert made.refused
    assert made.plans == ()
    assert made.picture is None
    assert "every plan that was looked at is refused" in made.decision
    said = patient_sheet(found)
    assert any("None of the plans" in text for text in said.numbers)
    assert not (said.choices or said.harms or said.dates)


def test_what_has_to_be_done_first_is_told() -> None:
    text = " ".join(clinician_sheet(assessed("man-testosterone-anastrozole")).first)
    assert "oestradiol" in text
    alerts = " ".join(clinician_sheet(assessed("man-testosterone-anastrozole")).alerts)
    assert "Nobody has studied" in alerts


def test_a_patient_is_told_never_to_stop_denosumab() -> None:
    for name in NAMES:
        said = dict(patient_sheet(assessed(name)).lists)
        assert any(text.startswith("Never stop denosumab") for text in said["What you should never do"])


# --- What little is known


def test_without_a_scan_the_pages_say_so_and_show_no_score() -> None:
    found = assessed("woman-of-whom-nothing-is-known")
    made = clinician_sheet(found)
    assert "no scans" in made.who
    assert all(bone.t_score == "" for row in made.plans for year in row.figures.bones for bone in year)
    assert any("scan" in text for text in patient_sheet(found).numbers)
    assert made.dates[0].what.startswith("DXA")


def test_for_men_on_both_it_says_that_no_guideline_exists() -> None:
    made = clinician_sheet(assessed("man-of-whom-nothing-is-known"))
    assert any("No guideline exists" in gap for gap in made.gaps)
    assert patient_sheet(assessed("man-of-whom-nothing-is-known")).alerts


# --- What people write


def test_nothing_that_a_person_writes_is_read_as_markup() -> None:
    found = assessed("hostile")
    assert any(plan.name == HOSTILE for plan in found.plans)
    for reader in READERS:
        source = visit_html(found, reader)
        assert "<script" not in source.lower()
        assert html.escape("<script>alert(1)</script>") in source
        assert words(HOSTILE) in words(Sheet(source).text)
        text = "".join("".join(page.extract_text() for page in pdf("hostile", reader).pages).split())
        assert "".join(HOSTILE.split()) in text


# --- Reading age


def said_to(made: PatientSheet) -> str:
    """Every sentence of a page, without the names of plans, which the clinician's page shares."""
    texts: list[str] = [made.decision, *made.numbers, made.sure, *made.alerts, made.notice]
    texts += [made.picture.caption] if made.picture is not None else []
    texts += [text for one in made.choices for text in one.how]
    texts += [f"{one}." for _, one in made.dates] + [f"{one}." for one, _ in made.harms]
    texts += [f"{text.rstrip(';.')}." for _, items in made.lists for text in items]
    texts += [text for _, text in made.words]
    return re.sub(r"“[^”]*”", "this", " ".join(texts))


# They count letters, words and sentences: indices of syllables need a dictionary from the network.
# A grade of school is five years younger than its pupils.
INDICES = (textstat.automated_readability_index, textstat.coleman_liau_index)


@pytest.mark.parametrize("name", ALL)
def test_a_child_of_twelve_can_read_it(name: str) -> None:
    text = said_to(patient_sheet(assessed(name)))
    assert len(text.split()) > 150
    for index in INDICES:
        assert index(text) + 5.0 <= READING_AGE
    longest = max(re.split(r"(?<=[.?!;])\s", text), key=lambda each: len(each.split()))
    assert len(longest.split()) <= 25, longest


def test_a_hard_page_would_be_noticed() -> None:
    hard = clinician_sheet(assessed(NAMES[0])).confidence
    assert all(index(hard) + 5.0 > READING_AGE for index in INDICES)


# --- Writing


def test_a_report_is_written_replaced_and_never_put_over_something_else(tmp_path: Path) -> None:
    found = assessed(NAMES[0])
    for suffix in ("html", "pdf"):
        target = write_visit(found, tmp_path / "new" / f"visit.{suffix}", reader="patient")
        first = target.read_bytes()
        assert write_visit(found, target, reader="patient").read_bytes() == first
        foreign = tmp_path / f"foreign.{suffix}"
        foreign.write_text("mine")
        with pytest.raises(oc.InputError, match="nothing was written"):
            write_visit(found, foreign)
        assert foreign.read_text() == "mine"
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["visit.html", "visit.pdf"]
    with pytest.raises(oc.InputError, match="not a folder"):
        write_visit(found, tmp_path)
    with pytest.raises(oc.InputError, match=r"\.html or \.pdf"):
        write_visit(found, tmp_path / "visit.docx")


def test_without_typst_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(oc.OsteocastError, match=r"osteocast\[report\]"):
        write_visit(assessed(NAMES[0]), tmp_path / "visit.pdf")
    assert list(tmp_path.iterdir()) == []
    write_visit(assessed(NAMES[0]), tmp_path / "visit.html")


def test_content_is_what_json_holds() -> None:
    import json

    for reader in READERS:
        json.dumps(content(sheet(assessed(NAMES[0]), reader)), allow_nan=False)


def test_another_day_gives_another_file() -> None:
    found = assessed(NAMES[0])
    later = replace(found, case=replace(found.case, as_of=found.case.as_of + timedelta(days=1)))
    assert visit_pdf(found) != visit_pdf(later)

"""The page of claims, self-contained, and the same as a page of the documentation."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from osteocast import evidence
from osteocast.charts.chart import Chart
from osteocast.charts.claims import claim_chart
from osteocast.charts.rendering import as_svgs
from osteocast.claims import Answer, Result, as_data
from osteocast.errors import InputError, Problem
from osteocast.forecast.grading import GRADES
from osteocast.report import claims_words as words
from osteocast.report.data import NOT_A_DEVICE
from osteocast.report.inline import inline
from osteocast.report.writing import make_folder, write_text

__all__ = ["claims_page", "to_markdown", "write_claims", "write_docs"]

#: Folder of the figures, beside the page of the documentation.
FIGURES = "figures"

_PAGE, _DATA = "claims.html", "claims.json"


def write_claims(result: Result, folder: str | Path) -> Path:
    """Write ``claims.html`` and ``claims.json`` to a folder and return the page.

    Parameters
    ----------
    result : Result
    folder : str or Path
        Made if it is not there.

    Raises
    ------
    InputError
        If it is a file.
    """
    target = Path(folder)
    if target.exists() and not target.is_dir():
        expected = "a folder, existing or new"
        raise InputError([Problem("--output", str(target), expected, "name a folder, not a file")])
    page, data = claims_page(result), json.dumps(as_data(result), ensure_ascii=False, allow_nan=False)
    make_folder(target)
    write_text(target / _DATA, data + "\n")
    write_text(target / _PAGE, page)
    return target / _PAGE


def claims_page(result: Result) -> str:
    """Return the answers as one HTML file that loads nothing from anywhere.

    Parameters
    ----------
    result : Result
    """
    from osteocast.report.page import template

    drawn = _drawn(result.answers)
    html: str = template("claims.html.jinja").render(
        introduction=words.INTRODUCTION,
        notice=NOT_A_DEVICE,
        draws=result.draws,
        counts=words.counts(result.answers),
        verdicts=words.VERDICTS,
        grades=GRADES,
        groups=list(words.grouped(result.answers)),
        collected=list(words.collected(result.answers)),
        tables=[(table.spec, words.cells(table)) for table in result.tables],
        figures={key: (chart, inline(chart)) for key, chart in drawn.items()},
        citations={one.id: _citations(one) for one in result.answers},
        words=words,
    )
    return html


def _drawn(answers: Sequence[Answer]) -> dict[str, Chart]:
    """Return the charts by claim, drawn all at once."""
    made = {one.id: chart for one in answers if (chart := claim_chart(one)) is not None}
    as_svgs([chart.spec for chart in made.values()])
    return made


def _citations(answer: Answer) -> list[str]:
    return evidence.cite(answer.references).splitlines() if answer.references else []


def write_docs(folder: Path, result: Result) -> None:
    """Write ``claims.md`` and its figures; files that would not change are left alone."""
    drawn = _drawn(result.answers)
    (folder / FIGURES).mkdir(parents=True, exist_ok=True)
    svgs = as_svgs([chart.spec for chart in drawn.values()])
    files = {f"{FIGURES}/{chart.key}.svg": svg for chart, svg in zip(drawn.values(), svgs, strict=True)}
    files["claims.md"] = to_markdown(result, drawn)
    for name, text in files.items():
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def to_markdown(result: Result, drawn: Mapping[str, Chart]) -> str:
    """Return the answers as a page in MyST Markdown.

    Parameters
    ----------
    result : Result
    drawn : mapping of str to Chart
        Charts by claim.
    """
    lines = ["# Claims, run", "", words.INTRODUCTION, "", "The program writes this page, as does", ""]
    lines += ["```sh", "osteocast claims --output claims", "```", ""]
    lines += ["| verdict | claims | meaning |", "|---|---:|---|"]
    lines += [
        f"| {name} | {count} | {words.VERDICTS[name]} |" for name, count in words.counts(result.answers)
    ]
    lines += ["", "Grades of the evidence: " + "; ".join(f"{k}, {v}" for k, v in GRADES.items()) + "."]
    if result.draws:
        lines += ["", _ranges(result.draws)]
    lines += ["", "| | claim | verdict | grade |", "|---|---|---|---|"]
    lines += [
        f"| [{one.id}](#{one.id.lower()}) | {_cell(one.claim.claim)} | {one.verdict} | {one.grade} |"
        for one in result.answers
    ]
    lines += ["", "## Tables"]
    for title, numbers in words.collected(result.answers):
        lines += ["", f"### {title}", "", "| claim | what | simulated | published |", "|---|---|---:|---|"]
        lines += [f"| {key} {_number_row(number)}" for key, number in numbers]
    for table in result.tables:
        head = ["", *(column.title for column in table.spec.columns)]
        lines += ["", f"### {table.spec.title}", "", table.spec.intro, "", f"| {' | '.join(head)} |"]
        lines.append("|---|" + "---:|" * len(table.spec.columns))
        lines += [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in words.cells(table)]
    for title, answers in words.grouped(result.answers):
        lines += ["", f"## {title}"]
        for one in answers:
            lines += _section(one, drawn.get(one.id))
    return "\n".join(lines) + "\n"


def _ranges(draws: int) -> str:
    return (
        "A simulated number is that of the average person; the range in brackets holds 90% of "
        f"{draws} draws of what the trials leave open about it."
    )


def _section(answer: Answer, chart: Chart | None) -> list[str]:
    claim = answer.claim
    lines = [
        "",
        f"({claim.id.lower()})=",
        "",
        f"### {claim.id}: {answer.verdict}",
        "",
        f"> {claim.claim}",
        "",
    ]
    simulated = f" *Simulated: {'; '.join(answer.scenarios)}.*" if answer.scenarios else ""
    lines += [f"**Asked:** {claim.question}{simulated}", ""]
    lines += [f"**Evidence:** grade {claim.grade}, {claim.because}.", ""]
    if answer.findings:
        lines += [f"**Why:** {answer.reason}", ""]
        lines += ["| what | simulated | published |", "|---|---:|---|"]
        lines += [_number_row(number) for number in answer.numbers]
        lines += ["", *(f"- {sign} {text} ({became})" for sign, text, became in words.told(answer)), ""]
    if chart is not None:
        lines += [f"![{chart.summary}]({FIGURES}/{chart.key}.svg)", ""]
    return [*lines, claim.words]


def _number_row(number: Any) -> str:
    published = "; ".join(
        f"{one.text} {f'[{one.study}]({one.address})' if one.address else one.study}"
        for one in words.cited(number)
    )
    return f"| {_cell(number.what)} | {words.simulated(number)} | {_cell(published) or '–'} |"


def _cell(text: str) -> str:
    return text.replace("|", "/")

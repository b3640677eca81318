"""Writing the report of a visit to a file: all of it or nothing, and never over somebody else's."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

from osteocast.errors import InputError, Problem
from osteocast.planning import Assessment
from osteocast.report.visit.clinician import ClinicianSheet, clinician_sheet
from osteocast.report.visit.content import content
from osteocast.report.visit.html import as_html
from osteocast.report.visit.patient import PatientSheet, patient_sheet
from osteocast.report.visit.pdf import as_pdf
from osteocast.report.writing import make_folder, write_bytes

__all__ = [
    "FORMATS",
    "READERS",
    "Format",
    "Reader",
    "check_file",
    "sheet",
    "visit_html",
    "visit_pdf",
    "write_visit",
]

Reader = Literal["clinician", "patient"]
Format = Literal["html", "pdf"]
READERS: tuple[Reader, ...] = get_args(Reader)
FORMATS: tuple[Format, ...] = get_args(Format)

#: What every report of ours holds near its beginning or its end, by the bytes of its kind.
_OURS = (b'<meta name="generator" content="osteocast visit">', b"osteocast, visit")


def sheet(found: Assessment, reader: Reader) -> ClinicianSheet | PatientSheet:
    """Return what one reader is told, as data.

    Parameters
    ----------
    found : Assessment
    reader : {"clinician", "patient"}
    """
    return clinician_sheet(found) if reader == "clinician" else patient_sheet(found)


def visit_html(found: Assessment, reader: Reader = "clinician") -> str:
    """Return the report of a visit as one HTML file.

    Parameters
    ----------
    found : Assessment
    reader : {"clinician", "patient"}

    Returns
    -------
    str
        HTML that loads nothing from anywhere, needs no script, has a table and words for each chart, and
        prints on two pages (clinician) or one (patient).
    """
    return as_html(sheet(found, reader))


def visit_pdf(found: Assessment, reader: Reader = "clinician") -> bytes:
    """Return the report of a visit as PDF: two pages of A4 for a clinician, one for a patient.

    Parameters
    ----------
    found : Assessment
    reader : {"clinician", "patient"}

    Returns
    -------
    bytes
        Tagged PDF (PDF/UA-1); the same bytes for the same assessment.

    Raises
    ------
    OsteocastError
        If the extra ``report`` is not installed.
    """
    return as_pdf(f"{reader}.typ", content(sheet(found, reader)), found.case.as_of)


def write_visit(
    found: Assessment, path: str | Path, *, reader: Reader = "clinician", format: Format | None = None
) -> Path:
    """Write the report of a visit to a file.

    Parameters
    ----------
    found : Assessment
    path : str or Path
        New, or an earlier report, which is replaced in one step.
    reader : {"clinician", "patient"}
    format : {"html", "pdf"}, optional
        By the end of the name if left out.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        If the file holds something else, cannot be written, or its name says no format.
    OsteocastError
        If PDF is asked for and the extra ``report`` is not installed.
    """
    target = check_file(path)
    chosen = format or _format_of(target)
    made = visit_pdf(found, reader) if chosen == "pdf" else visit_html(found, reader).encode("utf-8")
    make_folder(target.parent)
    try:
        write_bytes(target, made)
    except OSError as error:
        reason = error.strerror or str(error)
        remedy = f"choose another file ({reason}); nothing was written"
        raise InputError([Problem("--output", str(target), "a file that can be written", remedy)]) from error
    return target


def check_file(path: str | Path) -> Path:
    """Return the path if a report may be written there.

    Raises
    ------
    InputError
        If it is a folder, or a file that holds something other than an earlier report.
    """
    target = Path(path)
    expected = "a new file, or an earlier report of osteocast"
    if target.is_dir():
        raise InputError([Problem("--output", str(target), expected, "name a file, not a folder")])
    if target.exists() and not _is_ours(target):
        remedy = "choose another file; nothing was written"
        raise InputError([Problem("--output", str(target), expected, remedy)])
    return target


def _is_ours(path: Path) -> bool:
    try:
        held = path.read_bytes()
    except OSError:
        return False
    return any(mark in held for mark in _OURS)


def _format_of(path: Path) -> Format:
    for format in FORMATS:
        if path.suffix.lower() == f".{format}":
            return format
    expected = f"a name that ends with {' or '.join(f'.{format}' for format in FORMATS)}, or a format"
    raise InputError([Problem("--output", str(path), expected, "change the name, or give --format")])

"""The report of a visit: two pages for a clinician, one for a patient, as HTML and PDF."""

from osteocast.report.visit.clinician import ClinicianSheet, decision
from osteocast.report.visit.patient import PatientSheet
from osteocast.report.visit.writing import (
    FORMATS,
    READERS,
    Format,
    Reader,
    check_file,
    sheet,
    visit_html,
    visit_pdf,
    write_visit,
)

__all__ = [
    "FORMATS",
    "READERS",
    "ClinicianSheet",
    "Format",
    "PatientSheet",
    "Reader",
    "check_file",
    "decision",
    "sheet",
    "visit_html",
    "visit_pdf",
    "write_visit",
]

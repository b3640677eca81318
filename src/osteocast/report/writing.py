"""Writing a forecast to a folder: all of it or nothing, and never over somebody else's files."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from osteocast import charts
from osteocast.errors import InputError, Problem
from osteocast.forecast.results import Forecast
from osteocast.forecast.verdict_results import Verdict
from osteocast.report.data import FORMAT, SEARCH_FORMAT, as_data
from osteocast.report.page import page
from osteocast.report.verdict_data import VERDICT_FORMAT, verdict_as_data

if TYPE_CHECKING:
    from osteocast.planning import PlanSearch

__all__ = [
    "Marker",
    "Written",
    "check_folder",
    "make_folder",
    "write",
    "write_bytes",
    "write_search",
    "write_text",
    "write_verdict",
]

_DATA, _VERDICT_DATA, _SEARCH_DATA = "forecast.json", "verdict.json", "plan.json"
_OPTION, _WRITABLE = "--output", "a folder that can be made and written to"


@dataclass(frozen=True)
class Marker:
    """By what a folder is known to hold an earlier result.

    Parameters
    ----------
    what : str
        What the result is, in a word.
    files : mapping of str to str
        Name of a file of data, and the format that it says it has; one of them is enough.
    """

    what: str
    files: Mapping[str, str]


_FORECASTS = Marker("forecast", {_DATA: FORMAT, _VERDICT_DATA: VERDICT_FORMAT, _SEARCH_DATA: SEARCH_FORMAT})


@dataclass(frozen=True)
class Written:
    """What was written.

    Parameters
    ----------
    folder : Path
    page : Path or None
        The HTML page.
    chart : Path
        The chart of the first site, SVG.
    data : Path
        Every number, JSON.
    """

    folder: Path
    page: Path | None
    chart: Path
    data: Path


def write(forecast: Forecast, folder: str | Path, *, html: bool = True) -> Written:
    """Write page, chart and data of a forecast to a folder.

    Everything is made before the first file is touched, and each file takes its place in one step.

    Parameters
    ----------
    forecast : Forecast
    folder : str or Path
        New, empty, or holding an earlier forecast, which is replaced.
    html : bool
        Whether to write the page.

    Returns
    -------
    Written

    Raises
    ------
    InputError
        If the folder holds something else.
    """
    target = check_folder(folder)
    chart = charts.bone(forecast)
    files = {f"{chart.key}.svg": chart.svg(), _DATA: json.dumps(as_data(forecast), allow_nan=False) + "\n"}
    if html:
        files["forecast.html"] = page(forecast)
    make_folder(target)
    for name, text in files.items():
        write_text(target / name, text)
    return Written(
        target, target / "forecast.html" if html else None, target / f"{chart.key}.svg", target / _DATA
    )


def write_verdict(verdict: Verdict, folder: str | Path) -> Written:
    """Write page, chart and data of a verdict to a folder.

    Parameters
    ----------
    verdict : Verdict
    folder : str or Path
        New, empty, or holding an earlier forecast or verdict; files of the same names are replaced.

    Returns
    -------
    Written

    Raises
    ------
    InputError
        If the folder holds something else.
    """
    from osteocast.report.verdict_page import verdict_page

    target = check_folder(folder)
    chart = charts.verdict(verdict)
    data = json.dumps(verdict_as_data(verdict), allow_nan=False) + "\n"
    files = {f"{chart.key}.svg": chart.svg(), _VERDICT_DATA: data, "verdict.html": verdict_page(verdict)}
    make_folder(target)
    for name, text in files.items():
        write_text(target / name, text)
    return Written(target, target / "verdict.html", target / f"{chart.key}.svg", target / _VERDICT_DATA)


def write_search(found: PlanSearch, folder: str | Path) -> Written:
    """Write page, chart and data of a search for a plan to a folder.

    Parameters
    ----------
    found : PlanSearch
    folder : str or Path
        New, empty, or holding an earlier forecast, verdict or search; files of the same names are replaced.

    Returns
    -------
    Written

    Raises
    ------
    InputError
        If the folder holds something else.
    """
    from osteocast.charts.planning import tradeoffs
    from osteocast.report.planning_data import search_as_data
    from osteocast.report.planning_page import search_page

    target = check_folder(folder)
    data = json.dumps(search_as_data(found), allow_nan=False) + "\n"
    files = {_SEARCH_DATA: data, "plan.html": search_page(found)}
    if found.options:
        files["plans.svg"] = tradeoffs(found).svg()
    make_folder(target)
    for name, text in files.items():
        write_text(target / name, text)
    return Written(target, target / "plan.html", target / "plans.svg", target / _SEARCH_DATA)


def check_folder(folder: str | Path, marker: Marker | None = None) -> Path:
    """Return the folder if results may be written there, before anything is computed.

    Parameters
    ----------
    folder : str or Path
    marker : Marker, optional
        By what an earlier result is known, which may be replaced; forecasts, verdicts and searches of plans
        by default.

    Raises
    ------
    InputError
        If it is a file, holds something other than an earlier result, or cannot be made.
    """
    target, known = Path(folder), _FORECASTS if marker is None else marker
    expected = f"a new or empty folder, or one with an earlier {known.what}"
    if target.exists() and not target.is_dir():
        raise InputError([Problem(_OPTION, str(target), expected, "name a folder, not a file")])
    if target.is_dir() and any(target.iterdir()) and not _is_ours(target, known):
        remedy = "choose another folder; nothing was written"
        raise InputError([Problem(_OPTION, str(target), expected, remedy)])
    above = next((one for one in (target, *target.absolute().parents) if one.exists()), target)
    if not above.is_dir() or not os.access(above, os.W_OK):
        remedy = f"choose another folder ({above} cannot be written to); nothing was written"
        raise InputError([Problem(_OPTION, str(target), _WRITABLE, remedy)])
    return target


def make_folder(folder: Path) -> None:
    """Make a folder, with those above it.

    Raises
    ------
    InputError
        If that is not allowed, or one of those above is a file.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        remedy = f"choose another folder ({reason}); nothing was written"
        raise InputError([Problem(_OPTION, str(folder), _WRITABLE, remedy)]) from error


def _is_ours(folder: Path, marker: Marker) -> bool:
    for name, kind in marker.files.items():
        try:
            # Files of an earlier version count too.
            if kind.rstrip("0123456789") in (folder / name).read_text(encoding="utf-8")[:200]:
                return True
        except (OSError, UnicodeDecodeError):
            continue
    return False


def write_text(path: Path, text: str) -> None:
    """Write a file so that it is either the old one or the new one, never half of it."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """Write what is no text in the same way."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        # mkstemp makes files for the owner alone: give the rights that any new file would have.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(name, 0o666 & ~mask)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise

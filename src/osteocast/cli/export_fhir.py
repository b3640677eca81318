"""The FHIR bundle of ``osteocast export``."""

from __future__ import annotations

from pathlib import Path

from osteocast.cli.output import say

__all__ = ["write_fhir"]


def write_fhir(file: Path, path: Path, plan: str | None, years: float | None) -> None:
    """Write a person, and risks and schedule under a plan, as a bundle.

    Parameters
    ----------
    file : Path
        To write.
    path : Path
        Of the case.
    plan : str or None
        Name of the plan or part of it; the first by default.
    years : float or None
        How far to look.
    """
    from dataclasses import replace

    from osteocast.cli.compilation import announced
    from osteocast.person import load_case
    from osteocast.report.writing import write_text

    case = load_case(path)
    with announced():
        from osteocast.forecast import run_forecast
        from osteocast.forecast.scenarios import chosen
        from osteocast.interop.fhir.exporting import export_fhir

        planned, wanted = chosen(case, plan)
        forecast = run_forecast(replace(planned, plans=(wanted,)), years=years)
        made = export_fhir(case, forecast)
    write_text(file, made.text)
    say(f"Written: {file}: {len(made.bundle['entry'])} resources, plan: {wanted.name}")
    if made.left_out:
        say(f"Not in it: {'; '.join(made.left_out)}")

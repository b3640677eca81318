"""What became of a record, as tables for a terminal and as plain data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from osteocast.interop.fhir.importing import FhirImport, ImportedCase
from osteocast.interop.fhir.ledger import Finding
from osteocast.report.data import NOT_A_DEVICE
from osteocast.report.text import new_table

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

__all__ = ["FORMAT", "import_as_data", "import_renderables"]

FORMAT = "osteocast-import-1"
_NAMED = 3


def import_as_data(found: FhirImport, written: Mapping[str, str]) -> dict[str, Any]:
    """Return every finding as what JSON can hold.

    Parameters
    ----------
    found : FhirImport
    written : mapping of str to str
        File of each case, by patient; empty if none was written.
    """
    return {
        "format": FORMAT,
        "notice": NOT_A_DEVICE,
        "cases": [
            {
                "patient": one.patient,
                "file": written.get(one.patient),
                "findings": [each.as_dict() for each in one.findings],
                "missing": [each.as_dict() for each in one.missing],
                "warnings": list(one.case.warnings),
            }
            for one in found.cases
        ],
        "findings": [each.as_dict() for each in found.findings],
        "skipped": dict(found.skipped),
    }


def import_renderables(found: FhirImport) -> list[RenderableType]:
    """Return what was used and what was dropped, person by person."""
    from rich.text import Text

    parts: list[RenderableType] = []
    for one in found.cases:
        used = sum(each.used for each in one.findings)
        counted = f"{used} value{'' if used == 1 else 's'}"
        heading = f"\n{one.patient}: {counted} used, {len(one.findings) - used} dropped"
        parts.append(Text(heading, style="bold"))
        parts += _tables(one)
    if found.findings:
        parts += [Text("\nOf nobody imported", style="bold"), _dropped(found.findings)]
    if found.skipped:
        counted = ", ".join(f"{count} {kind}" for kind, count in sorted(found.skipped.items()))
        parts.append(Text(f"\nNot read: {counted}", style="dim"))
    return parts


def _tables(one: ImportedCase) -> list[RenderableType]:
    from rich.text import Text

    used = [each for each in one.findings if each.used]
    parts: list[RenderableType] = [_used(used)] if used else []
    dropped = [each for each in one.findings if not each.used]
    if dropped:
        parts.append(_dropped(dropped))
    if one.missing:
        parts.append(Text("Not in the record", style="bold"))
        parts += [Text(f"  {each.field}: {each.why}") for each in one.missing]
    parts += [Text(f"  {warning}", style="yellow") for warning in one.case.warnings]
    return parts


def _used(rows: Sequence[Finding]) -> RenderableType:
    table = new_table()
    for name in ("used", "what", "field of the case", "note"):
        table.add_column(name)
    for row in rows:
        table.add_row(*_plain(row.resource, row.what, ", ".join(row.fields), "; ".join(row.notes)))
    return table


def _dropped(rows: Sequence[Finding]) -> RenderableType:
    """Return dropped resources by their reason: a record has hundreds that no case takes."""
    groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for row in rows:
        groups[row.resource.partition("/")[0], "; ".join(row.notes)].append(row)
    table = new_table()
    for name in ("dropped", "how many", "what", "why"):
        table.add_column(name)
    for (kind, why), group in groups.items():
        named = list(dict.fromkeys(row.what for row in group if row.what))
        what = ", ".join(named[:_NAMED]) + (" …" if len(named) > _NAMED else "")
        table.add_row(*_plain(kind, str(len(group)), what, why))
    return table


def _plain(*texts: str) -> list[Text]:
    """Return texts that nobody takes for markup."""
    from rich.text import Text

    return [Text(one) for one in texts]

"""Guidelines, safety and surveillance as tables for a terminal, and as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from osteocast import evidence
from osteocast.guidance import Finding, Guidelines, Ruling, Schedule, is_refused
from osteocast.report.data import NOT_A_DEVICE
from osteocast.report.safety import Checked, fact_as_data, findings_as_data

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = [
    "guidelines_as_data",
    "guidelines_renderables",
    "safety_as_data",
    "safety_renderables",
    "surveillance_as_data",
    "surveillance_renderables",
]

_STYLE = {"refuse": "bold red", "warn": "yellow", "note": "dim"}
_SAID = {"refuse": "refused", "warn": "first", "note": "note"}


def guidelines_renderables(found: Guidelines, *, everything: bool = False) -> list[RenderableType]:
    """Return what the bodies say: one block each, with clause, facts, and what would change it.

    Parameters
    ----------
    found : Guidelines
    everything : bool
        Whether to show clauses that do not apply as well.
    """
    from rich.text import Text

    parts: list[RenderableType] = []
    parts += [Text(gap.text + ".", style="bold yellow") for gap in found.gaps]
    parts += [Text(conflict.words() + ".", style="bold") for conflict in found.conflicts]
    for name in dict.fromkeys(verdict.body.body for verdict in found.verdicts):
        verdicts = [verdict for verdict in found.verdicts if verdict.body.body == name]
        body = verdicts[0].body
        shown = [each for each in verdicts if everything or each.outcome != "does not apply"]
        parts.append(Text(f"\n{body.name} ({body.published}), for {body.applies_to}", style="bold"))
        parts.append(Text(f"  {_read(body.source)}", style="dim"))
        if body.caution:
            parts.append(Text(f"  {body.caution}", style="dim"))
        parts += [_block(verdict) for verdict in shown]
        quiet = len(verdicts) - len(shown)
        if quiet:
            parts.append(
                Text(f"  {quiet} more clause{'s' if quiet > 1 else ''} that do not apply", style="dim")
            )
    if found.elsewhere:
        bodies = ", ".join(body.body for body in found.elsewhere)
        parts.append(Text(f"\nWritten for other people: {bodies}.", style="dim"))
    parts.append(Text(f"\n{NOT_A_DEVICE}"))
    return parts


def _block(verdict: Ruling) -> RenderableType:
    from rich.padding import Padding
    from rich.text import Text

    rule = verdict.rule
    style = {"applies": "bold green", "cannot tell": "yellow"}.get(verdict.outcome, "dim")
    text = Text()
    text.append(f"{verdict.outcome}: ", style=style)
    text.append(f"{rule.action} ")
    text.append(
        f"[{rule.about}; {rule.clause}{'; grade ' + rule.grade if rule.grade else ''}]\n", style="dim"
    )
    text.append("  from: " + "; ".join(fact.words() for fact in verdict.used), style="dim")
    missing = [*(f"{fact.label} ({fact.ask})" for fact in verdict.missing), *verdict.unread]
    if missing:
        text.append("\n  missing: " + "; ".join(missing))
    if verdict.changes:
        text.append("\n  it " + "; it ".join(verdict.changes), style="dim")
    return Padding(text, (0, 0, 0, 2))


def _read(source_id: str) -> str:
    source = evidence.load().source(source_id)
    where = source.citation.doi or source.citation.url or source.citation.title or ""
    return f"{where}; read: {source.read.replace('_', ' ')}"


def guidelines_as_data(found: Guidelines) -> dict[str, Any]:
    """Return the same as plain data."""
    return {
        "verdicts": [_verdict(verdict) for verdict in found.verdicts],
        "conflicts": [
            {"about": each.about, "yes": each.yes, "no": each.no, "open": each.open}
            for each in found.conflicts
        ],
        "no_guideline": [{"id": gap.id, "text": gap.text, "sources": gap.sources} for gap in found.gaps],
        "for_other_people": [body.body for body in found.elsewhere],
        "notice": NOT_A_DEVICE,
    }


def _verdict(verdict: Ruling) -> dict[str, Any]:
    source = evidence.load().source(verdict.body.source)
    return {
        "body": verdict.body.body,
        "name": verdict.body.name,
        "published": verdict.body.published,
        "applies_to": verdict.body.applies_to,
        "rule": verdict.rule.id,
        "clause": verdict.rule.clause,
        "about": verdict.rule.about,
        "grade": verdict.rule.grade or None,
        "action": verdict.rule.action,
        "outcome": verdict.outcome,
        "used": [fact_as_data(fact) for fact in verdict.used],
        "missing": [fact_as_data(fact) for fact in verdict.missing],
        "unread": verdict.unread,
        "changes": verdict.changes,
        "source": verdict.rule.source,
        "doi": source.citation.doi,
        "url": source.citation.url,
        "read": source.read,
    }


def safety_renderables(plans: Checked) -> list[RenderableType]:
    """Return the findings of each plan, the worst first.

    Parameters
    ----------
    plans : sequence of (str, sequence of Finding)
        By name of the plan.
    """
    from rich.padding import Padding
    from rich.text import Text

    parts: list[RenderableType] = []
    for name, findings in plans:
        refused = is_refused(findings)
        parts.append(
            Text(
                f"\n{name}: " + ("REFUSED" if refused else "not refused"),
                style="bold red" if refused else "bold",
            )
        )
        for finding in findings:
            text = Text()
            text.append(f"{_SAID[finding.level]}: ", style=_STYLE[finding.level])
            text.append(finding.words())
            facts = "; ".join(fact.words() for fact in finding.used if fact.value is not False)
            if facts:
                text.append(f" [{facts}]", style="dim")
            if finding.missing:
                text.append("\n  to give: " + "; ".join(fact.ask for fact in finding.missing), style="dim")
            for rate in finding.rates:
                text.append(f"\n  {rate.kind}: {rate.words()}")
                text.append(f" ({rate.population})" if rate.population else "", style="dim")
            text.append("\n  " + ", ".join(_sources(finding)), style="dim")
            parts.append(Padding(text, (0, 0, 0, 2)))
        if not findings:
            parts.append(Text("  nothing found: no check speaks against it", style="dim"))
    parts.append(Text(f"\n{NOT_A_DEVICE}"))
    return parts


def _sources(finding: Finding) -> Iterator[str]:
    registry = evidence.load()
    for reference in finding.sources:
        source_id = reference.partition("/")[0]
        yield f"{reference} (read: {registry.source(source_id).read.replace('_', ' ')})"


def safety_as_data(plans: Checked) -> dict[str, Any]:
    """Return the same as plain data."""
    return {
        "plans": [{"plan": name, **findings_as_data(findings)} for name, findings in plans],
        "notice": NOT_A_DEVICE,
    }


def surveillance_renderables(schedule: Schedule) -> list[RenderableType]:
    """Return a schedule as a table."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("date", "what", "why", "what would change the plan", "rests on"):
        table.add_column(heading, no_wrap=heading == "date")
    for visit in schedule.visits:
        table.add_row(visit.date.isoformat(), visit.what, visit.why, "; ".join(visit.if_so), visit.basis)
    parts: list[RenderableType] = [Text(f"{schedule.plan}, from {schedule.as_of}", style="bold"), table]
    parts += [Text(f"{note.rstrip('.')}.") for note in schedule.notes]
    parts.append(Text(f"\n{NOT_A_DEVICE}"))
    return parts


def surveillance_as_data(schedule: Schedule) -> dict[str, Any]:
    """Return the same as plain data."""
    return {
        "plan": schedule.plan,
        "as_of": schedule.as_of.isoformat(),
        "visits": [
            {
                "date": visit.date.isoformat(),
                "day": visit.day,
                "kind": visit.kind,
                "what": visit.what,
                "why": visit.why,
                "if_so": visit.if_so,
                "basis": visit.basis,
                "sources": visit.sources,
            }
            for visit in schedule.visits
        ],
        "notes": schedule.notes,
        "notice": NOT_A_DEVICE,
    }

"""What a clinician reads: two pages, from the decision to what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from osteocast import evidence
from osteocast.forecast.events import in_words
from osteocast.forecast.grading import GRADES
from osteocast.forecast.summary import lowered
from osteocast.forecast.verdict_results import likelihood
from osteocast.forecast.verdict_words import enough_words, percent, settling_words
from osteocast.guidance import Guidelines
from osteocast.person import SITE_LABELS
from osteocast.planning import GOAL_WORDS, AssessedPlan, Assessment
from osteocast.report.data import NOT_A_DEVICE
from osteocast.report.safety import told
from osteocast.report.sources import source_ids
from osteocast.report.verdict_table import moved
from osteocast.report.visit.figures import COUNTED, YEARS, PlanFigures, figures
from osteocast.report.visit.picture import Picture, hero, plotted
from osteocast.report.visit.rows import (
    DateRow,
    GuidelineRow,
    consequences,
    date_rows,
    day_words,
    guideline_rows,
    guideline_sources,
    left_out,
)
from osteocast.therapies import DRUGS

__all__ = ["ClinicianSheet", "PlanRow", "clinician_sheet", "decision", "version"]


@dataclass(frozen=True)
class PlanRow:
    """One plan in the table.

    Parameters
    ----------
    figures : PlanFigures
    line : int or None
        Number of its line in the chart; None if it has none.
    leads : bool
        Whether it is the plan to talk about first.
    enough_word : str
        How likely it is to be enough, in a word.
    regimen : str
        What is taken and done.
    stopping : str
        What its end does; empty without a drug.
    """

    figures: PlanFigures
    line: int | None
    leads: bool
    enough_word: str
    regimen: str
    stopping: str


@dataclass(frozen=True)
class ClinicianSheet:
    """Two pages for a clinician.

    Parameters
    ----------
    reader, title, who, notice, notice_short, version : str
    decision, confidence, meaning : str
        The answer in a sentence, how well it is known, and what "enough" means.
    alerts : tuple of str
        What limits the answer as a whole.
    refused : tuple of (str, str)
        Unsafe plans with the reason.
    first : tuple of str
        What has to be done or known before a plan.
    picture : Picture or None
    years : tuple of str
        Of the columns.
    plans : tuple of PlanRow
    plans_note : str
    harms : tuple of (str, str)
        By plan, events of 10,000 people within ten years.
    harms_note : str
    dates_of : str
        Whose dates.
    dates : tuple of DateRow
    dates_notes : tuple of str
    changes : tuple of str
        Results that would change the plan.
    gaps : tuple of str
        Where no guideline exists, and where bodies differ.
    guidelines : tuple of GuidelineRow
    guidelines_note : str
    why : tuple of (str, tuple of str)
        What it hangs on, what the scans changed, what was assumed, what is extrapolated.
    sources : tuple of (str, str, str)
        Id in the registry, where it was published (DOI, PMID or nothing), and the whole citation.
    """

    reader: str
    title: str
    who: str
    notice: str
    notice_short: str
    version: str
    decision: str
    confidence: str
    meaning: str
    alerts: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]
    first: tuple[str, ...]
    picture: Picture | None
    years: tuple[str, ...]
    plans: tuple[PlanRow, ...]
    plans_note: str
    harms: tuple[tuple[str, str], ...]
    harms_note: str
    dates_of: str
    dates: tuple[DateRow, ...]
    dates_notes: tuple[str, ...]
    changes: tuple[str, ...]
    gaps: tuple[str, ...]
    guidelines: tuple[GuidelineRow, ...]
    guidelines_note: str
    why: tuple[tuple[str, tuple[str, ...]], ...]
    sources: tuple[tuple[str, str, str], ...]


def clinician_sheet(found: Assessment) -> ClinicianSheet:
    """Put the two pages for a clinician together.

    Parameters
    ----------
    found : Assessment
    """
    made, schedule, guidelines = found.forecast, found.schedule, found.guidelines
    drawn = plotted(found)
    rows = () if schedule is None else date_rows(schedule)
    return ClinicianSheet(
        reader="clinician",
        title=f"Bone report: {case_name(found)}",
        who=who(found),
        notice=NOT_A_DEVICE,
        notice_short=sentence(NOT_A_DEVICE.split(":")[0]),
        version=version(found),
        decision=decision(found),
        confidence=_confidence(found),
        meaning=found.verdict.criteria.in_words(),
        alerts=tuple(
            dict.fromkeys([*found.search.cautions, *found.verdict.cautions, *(a.text for a in made.alerts)])
        ),
        refused=tuple(
            (named(one.plans or [plan.name for plan in found.refused]), one.words)
            for one in told([(plan.name, plan.findings) for plan in found.refused], ["refuse"])
        ),
        first=tuple(
            one.words for one in told([(plan.name, plan.option.findings) for plan in found.plans], ["warn"])
        ),
        picture=hero(found),
        years=tuple(f"{year:g}" for year in YEARS),
        plans=tuple(_row(found, one, drawn) for one in found.plans),
        plans_note=_plans_note(found),
        harms=tuple(_harms(found)),
        harms_note=_harms_note(found),
        dates_of="" if schedule is None else schedule.plan,
        dates=rows,
        dates_notes=() if schedule is None else tuple(sentence(note) for note in schedule.notes),
        changes=consequences(rows),
        gaps=tuple(
            [sentence(gap.text) for gap in guidelines.gaps]
            + [sentence(conflict.words()) for conflict in guidelines.conflicts]
        ),
        guidelines=guideline_rows(guidelines),
        guidelines_note=_guidelines_note(guidelines),
        why=tuple((title, items) for title, items in _why(found) if items),
        sources=_sources(found),
    )


def case_name(found: Assessment) -> str:
    """Return the name of the case as a title has it."""
    return (found.case.name or "case").removesuffix(".yaml").removesuffix(".yml").replace("-", " ")


def sentence(text: str) -> str:
    """Write a clause as a sentence."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""


def named(names: Sequence[str], mark: str = "{}") -> str:
    """Name a few plans and count the others.

    Parameters
    ----------
    names : sequence of str
    mark : str
        What a name stands in, with braces for the name.

    Examples
    --------
    >>> named(["a", "b", "c", "d", "e"])
    'a; b; c; and 2 more'
    """
    # Names may hold braces of their own.
    told = [mark.replace("{}", name) for name in names[:_NAMED]]
    left = len(names) - len(told)
    return "; ".join([*told, f"and {left} more"] if left else told)


def version(found: Assessment) -> str:
    """Say with what the numbers can be made again."""
    used = found.forecast.provenance
    return (
        f"osteocast {used.version}, parameters {used.parameters}, evidence {used.evidence}, "
        f"engine {used.engine}, streams {used.seeds}; {found.search.n_people} virtual people"
    )


def who(found: Assessment) -> str:
    """Say in a line who this is about: nothing that names a person."""
    case, person = found.case, found.case.person
    parts = [f"{'woman' if person.sex == 'female' else 'man'}, {int(case.age)}"]
    menopause = person.menopause
    if menopause is not None:
        age = "before menopause" if menopause.age is None else f"menopause at {int(menopause.age)}"
        parts.append(age if menopause.type != "surgical" else f"{age} (surgical)")
    if person.weight is not None:
        parts.append(f"{person.weight:.0f} kg")
    parts += [name.replace("_", " ") for name in person.conditions]
    parts += [
        f"{in_words(course)} {'since' if course.start_day < 0 else 'from'} "
        f"{day_words(case.date_of(course.start_day))}"
        for course in case.treatments
        if course.stop_day is None or course.stop_day > 0
    ]
    scans = len(case.scans)
    parts.append(f"{scans or 'no'} scan{'' if scans == 1 else 's'}")
    return f"{sentence(', '.join(parts))} Seen from {day_words(case.as_of)}."


def decision(found: Assessment) -> str:
    """Say in one sentence what there is to decide, and how likely each answer is.

    Parameters
    ----------
    found : Assessment
    """
    alone, leading, nothing = found.verdict.plan("lifestyle"), found.leading, found.nothing
    text = f"Lifestyle alone {enough_words(alone)}"
    if alone.barred is not None:
        text += f", because {alone.barred}"
    else:
        until = f"{found.case.date_of(found.verdict.criteria.last_day):%B %Y}"
        text += f": {percent(alone.probability)} of virtual people like this one stay within the limits"
        text += f" until {until}"
    if leading is None:
        return f"{text}; every plan that was looked at is refused or left out, for the reasons below."
    shown = figures(found, leading)
    if leading is not found.lifestyle:
        text += f"; to discuss first is {lowered(leading.name)} ({shown.enough}, grade {shown.grade})"
    text += f", with which {shown.major[_TEN]} break a major bone within ten years"
    if nothing is not None and nothing is not leading:
        text += f" instead of {figures(found, nothing).major[_TEN]}"
    return f"{text}."


_TEN = COUNTED[-1]
#: Names that a line has room for.
_NAMED = 3


def _confidence(found: Assessment) -> str:
    leading = found.leading
    if leading is None:
        return ""
    option, shown = leading.option, figures(found, leading)
    alone = found.verdict.plan("lifestyle")
    searched = found.search
    text = f"It comes first of {len(searched.options)} plans for the goal ({GOAL_WORDS[searched.goal]})"
    tied = sum(one.tied for one in searched.options) - 1
    text += f"; {tied} cannot be told apart from it. " if tied > 0 else ". "
    text += f"Grade {option.grade}: {sentence(option.grade_reason)}"
    if shown.major_range:
        text += (
            f" Under it eight in ten virtual people have a ten-year probability of a major fracture of "
            f"{shown.major_range}."
        )
    return f"{text} Lifestyle alone: {settling_words(found.case, alone.settling)}."


def _row(found: Assessment, plan: AssessedPlan, drawn: tuple[AssessedPlan, ...]) -> PlanRow:
    option = plan.option
    return PlanRow(
        figures=figures(found, plan),
        line=drawn.index(plan) if plan in drawn else None,
        leads=plan is found.leading,
        enough_word=likelihood(option.adequate, option.barred),
        regimen=_regimen(found, plan),
        stopping=option.stopping[-1].words if option.stopping else "",
    )


def _plans_note(found: Assessment) -> str:
    if not found.plans:
        return ""
    sites = [bone.site for bone in figures(found, found.plans[0]).bones[0]]
    said = f"Bold: change of density of the {sites[0]} since today"
    said += f", with T-score; below it the {sites[1]}." if len(sites) > 1 else ", with T-score."
    left = len(found.search.options) - len(found.plans)
    more = f" {left} more plans were looked at: osteocast plan lists them." if left else ""
    out = len(found.search.excluded)
    wished = f" {out} were left out by what was asked for." if out else ""
    grades = "; ".join(f"{letter} {words}" for letter, words in GRADES.items())
    return (
        f"{said} Enough: probability of staying within the limits. Fracture: probability of a first one "
        "before death, in brackets what eight in ten virtual people span. Harm: serious harms of 10,000 "
        "people in ten years. Burden: doses, visits and training sessions a year. Grades: "
        f"{grades}.{more}{wished}"
    )


def _guidelines_note(said: Guidelines) -> str:
    parts = []
    left = left_out(said)
    if left:
        parts.append(f"{left} more clauses apply or wait for facts: osteocast guidelines lists them.")
    if said.elsewhere:
        parts.append(f"Written for other people: {', '.join(body.body for body in said.elsewhere)}.")
    return " ".join(parts)


def _regimen(found: Assessment, plan: AssessedPlan) -> str:
    """Say what is taken besides what everybody takes, and what is done."""
    nothing = found.nothing
    shared = set() if nothing is None else {span.words for span in nothing.forecast.spans}
    parts = dict.fromkeys(
        span.words for span in plan.forecast.spans if span.words not in shared and span.stop > 0
    )
    lifestyle = plan.plan.lifestyle
    if lifestyle is not None:
        parts |= dict.fromkeys(lowered(programme.label) for programme in lifestyle.exercise)
        parts |= {} if lifestyle.nutrition is None else {"nutrition": None}
    parts |= dict.fromkeys(f"{DRUGS[drug].words} stopped" for drug in plan.plan.stop_days)
    return "; ".join(parts)


def _harms(found: Assessment) -> Iterator[tuple[str, str]]:
    """Yield harms by drug and kind, with the plans that share them."""
    shared: dict[str, list[str]] = {}
    for plan in found.plans:
        by_drug: dict[str, list[str]] = {}
        for one in figures(found, plan).harms:
            by_drug.setdefault(one.drug, []).append(f"{one.what} {one.expected}")
        if by_drug:
            text = "; ".join(f"{drug}: {', '.join(harms)}" for drug, harms in by_drug.items())
            shared.setdefault(text, []).append(plan.name)
    for text, plans in shared.items():
        yield " / ".join(plans), text


def _harms_note(found: Assessment) -> str:
    unknown = dict.fromkeys(text for plan in found.plans for text in plan.option.harm.unknown)
    said = "Counted in people at different risk: compare orders of magnitude."
    if unknown:
        said += f" No rate is known, which is not none: {'; '.join(unknown)}."
    return said


def _sources(found: Assessment) -> tuple[tuple[str, str, str], ...]:
    known = evidence.load()
    harms = [part.sources for plan in found.plans for part in plan.option.harm.parts]
    ids = [*source_ids(found.forecast), *guideline_sources(found.guidelines)]
    ids += [known.source(each.partition("/")[0]).id for sources in harms for each in sources]
    return tuple(_source(each) for each in dict.fromkeys(ids))


def _source(name: str) -> tuple[str, str, str]:
    citation = evidence.load().source(name).citation
    place = f"doi:{citation.doi}" if citation.doi else f"PMID {citation.pmid}" if citation.pmid else ""
    return name, place, evidence.cite([name])


def _why(found: Assessment) -> Iterator[tuple[str, tuple[str, ...]]]:
    made, judged = found.forecast, found.verdict
    alone = judged.plan("lifestyle")
    yield "What lifestyle alone hangs on", tuple(sentence(moved(mover)) for mover in alone.movers)
    yield "What would change the order of the plans", found.search.changes
    learnt = judged.learnt
    # The site of the chart; the forecast's own page tells all.
    others = tuple(f"{label.capitalize()}:" for site, label in SITE_LABELS.items() if site != made.first_site)
    kept = [text for text in learnt.sentences if not text.startswith(others)]
    yield "What the own scans and blood values changed", (*learnt.flags, *kept)
    assumed = [f"{one.name} {one.value} ({one.note})" for one in made.inputs if one.origin == "assumed"]
    said = dict.fromkeys([*found.search.assumptions, *made.assumptions, *assumed])
    yield "Assumed", tuple(sentence(text) for text in said)
    yield "Beyond what the trials observed", made.extrapolated
    if found.plans:
        yield "Fractures", found.plans[0].option.fracture.notes

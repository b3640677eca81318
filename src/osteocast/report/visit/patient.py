"""What a patient reads: one page in plain words, with the numbers of the clinician's report."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from osteocast.charts.hundreds import Hundred
from osteocast.files import read_data
from osteocast.forecast.plans import inhibitor_course
from osteocast.forecast.unstudied import unstudied
from osteocast.forecast.verdict_words import percent
from osteocast.person.case import end_day
from osteocast.planning import AssessedPlan, Assessment
from osteocast.report.visit.clinician import named, version
from osteocast.report.visit.figures import COUNTED, figures, of_100
from osteocast.report.visit.picture import Picture, broken_bones
from osteocast.report.visit.rows import date_rows, day_words
from osteocast.therapies import DRUGS

__all__ = ["Choice", "PatientSheet", "patient_sheet"]

_TEN_YEARS = COUNTED[-1]
_FIVE_YEARS = 1  # place in `figures.YEARS`
_MOST_DATES = 4
_MOST_CHOICES = 3


@dataclass(frozen=True)
class Choice:
    """One plan as a patient reads it.

    Parameters
    ----------
    name : str
    chance : str
        How many of a hundred stay in the safe range.
    how : tuple of str
        What is taken and done.
    first : bool
        Whether it is the plan to talk about first.
    """

    name: str
    chance: str
    how: tuple[str, ...]
    first: bool


@dataclass(frozen=True)
class PatientSheet:
    """One page for a patient.

    Parameters
    ----------
    reader, title, made, notice, notice_short, version : str
    decision : str
        The answer.
    numbers : tuple of str
        The numbers behind it, in sentences.
    sure : str
        How well it is known.
    alerts : tuple of str
        What limits the answer as a whole.
    picture : Picture or None
    choices_title : str
    choices : tuple of Choice
    harms_title : str
    harms : tuple of (str, str)
        What, and how many of 10,000 people in a year, by drug of the plan to talk about first.
    dates_title, dates_of : str
    dates : tuple of (str, str)
        Day and what is due.
    lists : tuple of (str, tuple of str)
        What to do, what never to do, when to call, what to ask.
    words_title : str
    words : tuple of (str, str)
    """

    reader: str
    title: str
    made: str
    notice: str
    notice_short: str
    version: str
    decision: str
    numbers: tuple[str, ...]
    sure: str
    alerts: tuple[str, ...]
    picture: Picture | None
    choices_title: str
    choices: tuple[Choice, ...]
    harms_title: str
    harms: tuple[tuple[str, str], ...]
    dates_title: str
    dates_of: str
    dates: tuple[tuple[str, str], ...]
    lists: tuple[tuple[str, tuple[str, ...]], ...]
    words_title: str
    words: tuple[tuple[str, str], ...]


def patient_sheet(found: Assessment) -> PatientSheet:
    """Put the page for a patient together.

    Parameters
    ----------
    found : Assessment
    """
    said, alone, leading = _catalogue(), found.verdict.plan("lifestyle"), found.leading
    return PatientSheet(
        reader="patient",
        title=said["title"],
        made=said["made"].format(day=day_words(found.case.as_of)),
        notice=said["notice"],
        notice_short=said["notice"].split(". ")[0] + ".",
        version=version(found),
        decision=said["answer"][alone.in_a_word],
        numbers=tuple(_numbers(found)),
        sure="" if leading is None else said["sure"][leading.option.grade],
        alerts=(said["unstudied"],) if _untested_man(found) else (),
        picture=_squares(found),
        choices_title=said["choices_title"],
        choices=tuple(_choice(found, one) for one in _chosen(found)),
        harms_title=said["harms_title"],
        harms=tuple(_harms(found)),
        dates_title=said["dates_title"],
        dates_of=said["no_dates"] if leading is None else said["dates_of"].format(name=leading.name),
        dates=tuple(_dates(found)),
        lists=tuple((title, items) for title, items in _lists(found) if items),
        words_title=said["words_title"],
        words=tuple(_words(found)),
    )


@functools.cache
def _catalogue() -> dict[str, Any]:
    content = read_data(Path(__file__).parent / "patient.yaml")
    assert isinstance(content, dict)
    return content


def _untested_man(found: Assessment) -> bool:
    return found.case.person.sex == "male" and bool(unstudied(found.case))


def _numbers(found: Assessment) -> Iterator[str]:
    """Yield what a hundred people like this one come to, and what becomes of the bone."""
    said, leading, nothing = _catalogue(), found.leading, found.nothing
    alone = found.verdict.plan("lifestyle")
    if alone.barred is None:
        yield said["lifestyle_number"].format(chance=_people(percent(alone.probability)))
    if leading is None:
        yield said["none_safe"]
    elif leading is found.lifestyle or leading.option.barred is not None:
        yield said["leading_alone"].format(name=leading.name)
    else:
        shown = figures(found, leading)
        yield said["leading_number"].format(name=leading.name, chance=_people(shown.enough))
    yield said["safe_range"].get(found.verdict.criteria.start) or said["safe_range"]["unknown"]
    site = said["sites"][found.forecast.first_site]
    if nothing is not None:
        change = figures(found, nothing).bones[_FIVE_YEARS][0].change
        yield said["bone"].format(name=nothing.name, site=site, change=change)
    if leading is not None and leading is not nothing:
        change = figures(found, leading).bones[_FIVE_YEARS][0].change
        yield said["bone_leading"].format(name=leading.name, change=change)
    if nothing is not None or leading is not None:
        yield said["bone_signs"]


def _people(chance: str) -> str:
    """Say a printed probability as a number of people, of the hundred that the sentence names."""
    return of_100(chance).removesuffix(" in 100")


def _compared(found: Assessment) -> tuple[AssessedPlan, ...]:
    """Return the safe plans that the squares compare."""
    wanted = (found.nothing, found.lifestyle, found.leading)
    return tuple(one for one in dict.fromkeys(wanted) if one is not None)


def _squares(found: Assessment) -> Picture | None:
    said, items = _catalogue()["squares"], []
    for one in _compared(found):
        items.append(Hundred(one.name, one.option.major, of_100(figures(found, one).major[_TEN_YEARS])))
    if not items:
        return None
    return broken_bones(tuple(items), title=said["title"], filled=said["filled"], caption=said["caption"])


def _chosen(found: Assessment) -> tuple[AssessedPlan, ...]:
    """Return the plans that are explained: those compared, and the next ones with a drug for bone."""
    kept = list(_compared(found))
    kept += [one for one in found.plans if one.bone_drugs and one not in kept][: _MOST_CHOICES - len(kept)]
    return tuple(kept)


def _choice(found: Assessment, plan: AssessedPlan) -> Choice:
    said, shown = _catalogue()["choices"], figures(found, plan)
    barred = plan.option.barred is not None
    chance = said["barred"] if barred else said["enough"].format(chance=_sentence(of_100(shown.enough)))
    return Choice(plan.name, chance, tuple(_how(plan)), plan is found.leading)


def _how(plan: AssessedPlan) -> Iterator[str]:
    said = _catalogue()
    drugs = [drug for drug in plan.bone_drugs if drug in said["drugs"]]
    for drug in drugs:
        yield said["drugs"][drug]
    lifestyle = plan.plan.lifestyle
    if lifestyle is not None and lifestyle.exercise:
        yield said["choices"]["train"]
    if lifestyle is not None and lifestyle.nutrition is not None:
        yield said["choices"]["eat"]
    for drug in plan.plan.stop_days:
        yield said["stopped"].format(drug=DRUGS[drug].words)
    if not drugs and lifestyle is None and not plan.plan.stop_days:
        yield said["choices"]["nothing"]


def _harms(found: Assessment) -> Iterator[tuple[str, str]]:
    """Yield the harms of the plan to talk about first, each with the number that the clinician reads."""
    said = _catalogue()["harms"]
    for one in () if found.leading is None else figures(found, found.leading).harms:
        words = next((plain for name, plain in said.items() if name in one.what), one.what)
        yield f"{_sentence(one.drug.split('_')[0])}: {words}", one.expected


def _dates(found: Assessment) -> Iterator[tuple[str, str]]:
    said = _catalogue()["dates"]
    if found.schedule is None:
        return
    for row in date_rows(found.schedule)[:_MOST_DATES]:
        kinds = dict.fromkeys(said[visit.kind] for visit in row.visits)
        yield row.when, _sentence("; ".join(kinds))


def _lists(found: Assessment) -> Iterator[tuple[str, tuple[str, ...]]]:
    said, case = _catalogue(), found.case
    yield said["refused_title"], tuple(_refused(found))
    never = [said["never"]["denosumab"]] if _meets_denosumab(found) else []
    inhibitor = inhibitor_course(case)
    if inhibitor is not None and end_day(inhibitor) > 0:
        which = "man" if case.person.sex == "male" else "inhibitor"
        never.append(said["never"][which].format(drug=inhibitor.drug))
    yield said["never_title"], (*never, said["never"]["own"])
    drugs = found.leading is not None and found.leading.bone_drugs
    yield said["do_title"], (*said["do"], *([said["do_drug"]] if drugs else []))
    yield said["call_title"], tuple(said["call"])
    more = [said["ask_unstudied"]] if _untested_man(found) else []
    yield said["ask_title"], (*said["ask"], *more)


def _meets_denosumab(found: Assessment) -> bool:
    """Whether denosumab is taken or talked about on this page."""
    courses = [course for one in found.refused for course in (*found.case.treatments, *one.plan.courses)]
    return any("denosumab" in one.bone_drugs for one in _chosen(found)) or any(
        course.drug == "denosumab" for course in courses
    )


def _refused(found: Assessment) -> Iterator[str]:
    said, own, others = _catalogue(), {plan.name for plan in found.case.plans}, []
    for one in sorted(found.refused, key=lambda each: each.name not in own):
        reasons = {finding.id for finding in one.findings}
        if reasons <= {"denosumab-stopped", "denosumab-delayed"}:
            yield said["refused_denosumab"].format(name=one.name)
        else:
            others.append(one.name)
    if others:
        yield said["refused"].format(names=named(others, "“{}”"))


def _words(found: Assessment) -> Iterator[tuple[str, str]]:
    said = _catalogue()
    yield from said["words"].items()
    inhibitor = inhibitor_course(found.case)
    if inhibitor is not None and end_day(inhibitor) > 0:
        yield inhibitor.drug, said["word_inhibitor"]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]

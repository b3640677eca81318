"""Guidelines side by side: what each body says of a person, from what, and what would change it.

Each body has a dated file of rules; every rule resolves to a value of the evidence registry, which says how
deeply its source was read. Bodies are not averaged: where they differ on one question, that is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from osteocast.guidance.bodies import Body, Gap, Rule, load_bodies, load_gaps
from osteocast.guidance.facts import Fact, Facts
from osteocast.guidance.language import (
    All,
    Compare,
    Condition,
    Truth,
    leaves,
    reading,
)
from osteocast.person import Case, Plan

__all__ = ["Conflict", "Guidelines", "Ruling", "guidelines"]

Outcome = Literal["applies", "does not apply", "cannot tell"]

_OUTCOMES: Mapping[Truth, Outcome] = {True: "applies", False: "does not apply", None: "cannot tell"}


@dataclass(frozen=True)
class Ruling:
    """What one clause says of one person.

    Parameters
    ----------
    body : Body
    rule : Rule
    outcome : {"applies", "does not apply", "cannot tell"}
    used, missing : tuple of Fact
        Facts that went in, and facts that it asks for and nobody gave.
    unread : tuple of str
        What the source says there and could not be read.
    changes : tuple of str
        What would change the outcome, one thing at a time.
    """

    body: Body
    rule: Rule
    outcome: Outcome
    used: tuple[Fact, ...]
    missing: tuple[Fact, ...]
    unread: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Conflict:
    """Bodies that answer one question differently.

    Parameters
    ----------
    about : str
    yes, no, open : tuple of str
        Bodies by what they say of this person.
    """

    about: str
    yes: tuple[str, ...]
    no: tuple[str, ...]
    open: tuple[str, ...] = ()

    def words(self) -> str:
        """Say who says what.

        Examples
        --------
        >>> Conflict("bone drug", ("ESCEO",), ("ASCO",)).words()
        'On bone drug the bodies differ: yes by ESCEO; no by ASCO'
        """
        text = f"On {self.about} the bodies differ: yes by {', '.join(self.yes)}; no by {', '.join(self.no)}"
        return text + (f"; open for want of facts: {', '.join(self.open)}" if self.open else "")


@dataclass(frozen=True)
class Guidelines:
    """All bodies on one person.

    Parameters
    ----------
    verdicts : tuple of Ruling
        In order of the bodies; those first that were written for this person.
    conflicts : tuple of Conflict
    gaps : tuple of Gap
    elsewhere : tuple of Body
        Bodies whose guideline was written for other people.
    """

    verdicts: tuple[Ruling, ...]
    conflicts: tuple[Conflict, ...]
    gaps: tuple[Gap, ...]
    elsewhere: tuple[Body, ...]


def guidelines(case: Case, plan: Plan | None = None) -> Guidelines:
    """Hold a case against every guideline.

    Parameters
    ----------
    case : Case
        Whether or not the model covers it: guidelines ask for facts, not for a forecast.
    plan : Plan, optional
        Looked at under this plan instead of under the treatments as they run.

    Returns
    -------
    Guidelines

    Examples
    --------
    >>> from osteocast.person import load_case
    >>> found = guidelines(load_case('''
    ... person: {sex: female, birth_date: 1948-05-14, menopause: {age: 50}, conditions: [breast_cancer]}
    ... treatments: [{drug: anastrozole, start: 2025-03-10}]
    ... '''))
    >>> [(each.body.body, each.rule.id) for each in found.verdicts
    ...  if each.rule.about == "bone drug" and each.outcome == "applies"]
    [('ESCEO', 'age')]
    """
    facts = Facts(case, plan)
    verdicts: list[Ruling] = []
    elsewhere = []
    for body in load_bodies():
        if body.population.truth(facts, {}) is False:
            elsewhere.append(body)
        else:
            verdicts += [_judge(body, rule, facts) for rule in body.rules]
    gaps = tuple(gap for gap, when in load_gaps() if when.truth(facts, {}))
    return Guidelines(tuple(verdicts), tuple(_conflicts(verdicts)), gaps, tuple(elsewhere))


def _judge(body: Body, rule: Rule, facts: Facts) -> Ruling:
    whole = All((body.population, rule.when))
    truth = whole.truth(facts, {})
    found = reading(whole, facts)
    # What nobody gave and would not change the answer is not missed.
    open_ = truth is None
    return Ruling(
        body,
        rule,
        _OUTCOMES[truth],
        found.used,
        found.missing if open_ else (),
        found.unread if open_ else (),
        tuple(_changes(whole, rule.when, facts, truth)),
    )


def _changes(condition: Condition, part: Condition, facts: Facts, truth: Truth) -> Iterator[str]:
    """Yield what would change the outcome: each comparison of a part turned round or answered."""
    seen: set[str] = set()
    for leaf in leaves(part):
        # Nobody changes a date of birth or a sex to suit a guideline.
        if not isinstance(leaf, Compare) or leaf.fact in ("female", "age"):
            continue
        now = leaf.truth(facts, {})
        for holds in (True, False):
            if holds is now:
                continue
            then = condition.truth(facts, {id(leaf): holds})
            text = f"{_OUTCOMES[then]} if {leaf.words(facts, holds)}"
            if then is not truth and text not in seen:
                seen.add(text)
                yield text


def _conflicts(verdicts: Sequence[Ruling]) -> Iterator[Conflict]:
    """Yield the questions about a drug for bone or about diagnosis on which bodies differ."""
    for about in dict.fromkeys(verdict.rule.about for verdict in verdicts):
        if about not in _COMPARED:
            continue
        answers: dict[str, Truth] = {}
        for verdict in verdicts:
            if verdict.rule.about != about:
                continue
            name = verdict.body.body
            before = answers.get(name, False)
            said = {"applies": True, "does not apply": False, "cannot tell": None}[verdict.outcome]
            # One criterion that is met is enough; one that is open leaves the body open.
            answers[name] = True if True in (before, said) else None if None in (before, said) else False
        yes, no, unknown = (
            tuple(name for name, said in answers.items() if said is wanted) for wanted in (True, False, None)
        )
        if yes and no:
            yield Conflict(about, yes, no, unknown)


#: Questions that every body answers with yes or no, so that a difference is one of opinion.
_COMPARED = ("bone drug", "vertebral imaging", "vitamin D")

"""Every exception that osteocast raises on purpose.

::

    OsteocastError                  something osteocast can explain              exit 1
    ├── InputError                  what was given is wrong; lists every problem  exit 2
    │   └── TrialError              the same, for a trial file                   exit 2
    ├── NotCovered                  well formed, but outside what the model knows exit 3
    ├── EngineError                 a simulation could not be solved             exit 1
    ├── EvidenceError               the evidence registry is wrong or lacks an id exit 1
    ├── Cancelled                   somebody called the work off                 exit 1
    └── StoreError                  a case could not be kept or found            exit 1
        ├── NotFound                it is not there, or not for this user        exit 2
        ├── NotAllowed              this user may not do that                    exit 1
        │   ├── LoginRefused        name and password do not belong together     exit 1
        │   └── TooManyAttempts     too many wrong passwords; wait               exit 1
        ├── Conflict                somebody else saved in between               exit 1
        └── Unavailable             the database does not answer, or cannot write exit 1

An `InputError` is never raised at the first mistake: readers collect `Problem` objects and raise once,
so that a person corrects a file in one pass.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

__all__ = [
    "Cancelled",
    "Conflict",
    "EngineError",
    "EvidenceError",
    "InputError",
    "LoginRefused",
    "NotAllowed",
    "NotCovered",
    "NotFound",
    "OsteocastError",
    "Problem",
    "StoreError",
    "TooManyAttempts",
    "TrialError",
    "Unavailable",
    "close_matches",
    "unknown_name",
]

_SHOWN_CHARACTERS = 80


class OsteocastError(Exception):
    """Base of all errors that osteocast raises on purpose.

    Attributes
    ----------
    exit_code : int
        What the command line returns when this error reaches it.
    """

    exit_code: ClassVar[int] = 1


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input, told so that it can be corrected.

    Parameters
    ----------
    field : str
        Path of the field, as in ``scans[1].sites.total_hip.bmd``; empty for the document as a whole.
    value : object
        What was given; `Problem.ABSENT` when nothing was.
    expected : str
        What would have been accepted.
    remedy : str
        What to do, in the imperative.

    Examples
    --------
    >>> print(Problem("weight", "heavy", "a mass such as 70 kg", "give the weight with its unit"))
    weight: got 'heavy'; expected a mass such as 70 kg; give the weight with its unit
    """

    ABSENT: ClassVar[str] = "(absent)"

    field: str
    value: object
    expected: str
    remedy: str

    @property
    def shown_value(self) -> str:
        """The value as a message shows it: one line, at most 80 characters."""
        if isinstance(self.value, str) and self.value == Problem.ABSENT:
            return "nothing"
        text = repr(self.value) if isinstance(self.value, str) else str(self.value)
        text = " ".join(text.split())
        return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"

    def __str__(self) -> str:
        """Field, value, expectation and remedy on one line."""
        place = self.field or "document"
        return f"{place}: got {self.shown_value}; expected {self.expected}; {self.remedy}"

    def as_dict(self) -> dict[str, str]:
        """Field, value, expectation and remedy as strings, for ``--json``."""
        return {
            "field": self.field,
            "value": self.shown_value,
            "expected": self.expected,
            "remedy": self.remedy,
        }


class InputError(OsteocastError):
    """The input is wrong; the message lists every problem found.

    Parameters
    ----------
    problems : iterable of Problem
        At least one.
    source : str, optional
        What was read, usually a file name; it opens the message.

    Attributes
    ----------
    problems : tuple of Problem
    source : str or None
    """

    exit_code = 2

    def __init__(self, problems: Iterable[Problem], source: str | None = None) -> None:
        self.problems = tuple(problems)
        self.source = source
        if not self.problems:
            raise ValueError("an InputError needs at least one problem")
        super().__init__(self.problems, source)

    def __str__(self) -> str:
        """Heading with the count, then one line per problem."""
        count = len(self.problems)
        heading = f"{count} problem{'s' if count > 1 else ''}"
        if self.source:
            heading = f"{self.source}: {heading}"
        return "\n".join([heading, *(f"  {problem}" for problem in self.problems)])


class TrialError(InputError):
    """A trial file is wrong; the message lists every problem found."""


class NotCovered(OsteocastError):
    """The request is well formed, but the model does not cover it: reasons instead of numbers.

    Parameters
    ----------
    reasons : iterable of str
        One sentence each; at least one.
    """

    exit_code = 3

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = tuple(reasons)
        if not self.reasons:
            raise ValueError("NotCovered needs at least one reason")
        super().__init__(self.reasons)

    def __str__(self) -> str:
        """One line per reason."""
        return "\n".join(["the model does not cover this case", *(f"  {reason}" for reason in self.reasons)])


class EngineError(OsteocastError):
    """A simulation could not be solved; the message names patient, time and state."""


class EvidenceError(OsteocastError):
    """The evidence registry is inconsistent, or an id is not in it."""


class Cancelled(OsteocastError):
    """The work was called off before it was done; `osteocast.progress` says how."""

    def __init__(self) -> None:
        super().__init__("the work was called off")


class StoreError(OsteocastError):
    """A case, a user or a database is not as it should be.

    Parameters
    ----------
    reason : str
        What is the matter, as a clause.
    remedy : str
        What to do, in the imperative.
    """

    def __init__(self, reason: str, remedy: str) -> None:
        self.reason = reason
        self.remedy = remedy
        super().__init__(reason, remedy)

    def __str__(self) -> str:
        """Reason and remedy on one line."""
        return f"{self.reason}; {self.remedy}"


class NotFound(StoreError):
    """It is not there, or not for this user: which of the two is not told."""

    exit_code = 2


class NotAllowed(StoreError):
    """The user is known, and may not do that."""


class LoginRefused(NotAllowed):
    """Name and password do not belong together; which of the two is wrong is not told."""


class TooManyAttempts(NotAllowed):
    """Too many wrong passwords for this account, or from this client.

    Attributes
    ----------
    retry_after : int
        Seconds until the next attempt counts.
    """

    def __init__(self, reason: str, remedy: str, retry_after: int) -> None:
        super().__init__(reason, remedy)
        self.retry_after = retry_after

    def __reduce__(self) -> tuple[type[TooManyAttempts], tuple[str, str, int]]:
        return type(self), (self.reason, self.remedy, self.retry_after)


class Conflict(StoreError):
    """Somebody else saved the case in between; nothing was written.

    Attributes
    ----------
    by : str
        Who saved it.
    at : datetime
        When, UTC.
    version : int
        Number of the version that is there now.
    """

    def __init__(self, reason: str, remedy: str, by: str, at: datetime, version: int) -> None:
        super().__init__(reason, remedy)
        self.by, self.at, self.version = by, at, version

    def __reduce__(self) -> tuple[type[Conflict], tuple[str, str, str, datetime, int]]:
        return type(self), (self.reason, self.remedy, self.by, self.at, self.version)


class Unavailable(StoreError):
    """The database does not answer or cannot write; the next call works again once the cause is gone."""


def close_matches(name: object, known: Iterable[str], count: int = 3) -> list[str]:
    """Names in `known` that resemble `name`, best first.

    Examples
    --------
    >>> close_matches("zolendronate", ["anastrozole", "zoledronate"])
    ['zoledronate']
    """
    folded = {candidate.casefold(): candidate for candidate in known}
    found = difflib.get_close_matches(str(name).strip().casefold(), list(folded), n=count, cutoff=0.6)
    return [folded[match] for match in found]


def unknown_name(field: str, name: object, known: Iterable[str], what: str = "key") -> Problem:
    """Problem for a name that is not one of the known ones: lists them, and the likeliest first.

    Parameters
    ----------
    field : str
        Path of the field that holds the name.
    name : object
        The name given.
    known : iterable of str
        Names that would have been accepted.
    what : str
        What the name stands for: "key", "drug", "site".

    Examples
    --------
    >>> print(unknown_name("plans[0].drug", "letrazole", ["anastrozole", "letrozole"], "drug"))
    plans[0].drug: got 'letrazole'; expected a known drug: anastrozole, letrozole; did you mean letrozole?
    """
    names = list(known)
    near = close_matches(name, names)
    remedy = f"did you mean {near[0]}?" if near else "use one of these or remove it"
    return Problem(field, name, f"a known {what}: {', '.join(sorted(names))}", remedy)

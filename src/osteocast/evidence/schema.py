"""What a source file may say, and the checks that keep it honest."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, cast, get_args

from osteocast.errors import EvidenceError, close_matches

__all__ = ["Citation", "Reading", "Source", "Status", "Value", "source_from"]

#: How the source was read, from the paper itself down to a summary by somebody else.
Reading = Literal["full_text", "table", "abstract", "label", "code", "secondary"]
#: used: a parameter or a trial rests on it; context: read, nothing rests on it; excluded: not to be used.
Status = Literal["used", "context", "excluded"]

_ID = re.compile(r"[a-z0-9][a-z0-9._-]*")
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_CITATION_TEXTS = ("doi", "pmid", "pmcid", "url", "title", "journal")


@dataclass(frozen=True)
class Citation:
    """What was verified of a citation; nothing else is written down.

    Parameters
    ----------
    doi, pmid, pmcid, url, title, year, journal : optional
        At least one of doi, pmid, url and title is given, or the source names its code.
    """

    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    url: str | None = None
    title: str | None = None
    year: int | None = None
    journal: str | None = None


@dataclass(frozen=True)
class Value:
    """One published number, as it was read.

    Parameters
    ----------
    id : str
        Unique within its source.
    quantity : str
        What was measured: ``bmd``, ``ctx``, ``fracture_rate``, ``CL/F``.
    statistic : str
        Of what kind the number is: ``mean_pct_change``, ``median_pct_change``, ``mean_diff_pct``,
        ``absolute``, ``hazard_ratio``, ``parameter``.
    unit : str
        Unit of `value`, `ci`, `range`, `sd` and `se`; ``1`` for none.
    where : str
        Where in the source it stands.
    status : {"used", "context", "excluded"}
    value : float, optional
        The number; none where the source gives only a range or a text.
    verbatim : str, optional
        The text, where it is not a number.
    range : (float or None, float or None), optional
        A printed range; ``ci`` is a 95% confidence interval.
    site, arm, versus, population, age_band, treatment : str, optional
        Of whom, and against whom.
    n, n_total : int, optional
        Number in the arm; number in the whole trial, where the arm's was not read.
    month, from_month : float, optional
        Month of the measurement, and the month it is compared with, 0 when left out.
    ci, sd, se, variability : optional
        Uncertainty as printed.
    url : str, optional
        Page where it was read, if not that of the citation.
    note, reason : str, optional
        What a user of the number has to know; why it is not used.
    """

    id: str
    quantity: str
    statistic: str
    unit: str
    where: str
    status: Status
    value: float | None = None
    verbatim: str | None = None
    range: tuple[float | None, float | None] | None = None
    site: str | None = None
    arm: str | None = None
    versus: str | None = None
    population: str | None = None
    age_band: str | None = None
    treatment: str | None = None
    n: int | None = None
    n_total: int | None = None
    month: float | None = None
    from_month: float | None = None
    ci: tuple[float | None, float | None] | None = None
    sd: float | None = None
    se: float | None = None
    variability: str | None = None
    url: str | None = None
    note: str | None = None
    reason: str | None = None

    @property
    def number(self) -> float:
        """The value, for those who cannot do without.

        Raises
        ------
        EvidenceError
            If the source gives a range or a text instead.
        """
        if self.value is None:
            raise EvidenceError(f"{self.id} is not a number but {self.verbatim or self.range}")
        return self.value


@dataclass(frozen=True)
class Source:
    """One source and the values read in it.

    Parameters
    ----------
    id : str
        Readable, lower case: the name of the file.
    citation : Citation
    read : {"full_text", "table", "abstract", "label", "code", "secondary"}
    values : tuple of Value
    study : tuple of str
        Trials, cohorts or drugs that it reports on.
    code : str, optional
        Published code in which the values stand.
    """

    id: str
    citation: Citation
    read: Reading
    values: tuple[Value, ...]
    study: tuple[str, ...] = ()
    code: str | None = None

    def value(self, value_id: str) -> Value:
        """Return a value by id.

        Raises
        ------
        EvidenceError
            If the source has no such value; names the nearest ones.
        """
        for value in self.values:
            if value.id == value_id:
                return value
        near = close_matches(value_id, [value.id for value in self.values]) or [
            value.id for value in self.values[:5]
        ]
        raise EvidenceError(f"{self.id} has no value {value_id!r}; near it: {', '.join(near)}")


def source_from(content: Any, name: str) -> Source:
    """Build a source from the content of its file.

    Parameters
    ----------
    content : object
        What the YAML holds.
    name : str
        The file's name without suffix; the id has to agree.

    Raises
    ------
    EvidenceError
        If anything is wrong; lists everything that is.
    """
    problems: list[str] = []
    if not isinstance(content, Mapping):
        raise EvidenceError(f"{name}: not a mapping")
    _check_keys(content, Source, "", problems)
    if content.get("id") != name or not _ID.fullmatch(name):
        problems.append(f"id {content.get('id')!r} is not the file's name in lower case")
    if content.get("read") not in get_args(Reading):
        problems.append(f"read is {content.get('read')!r}, not one of {', '.join(get_args(Reading))}")
    citation = _citation(content.get("citation"), content.get("code"), problems)
    values = [_value(item, index, problems) for index, item in enumerate(content.get("values") or ())]
    ids = [value.id for value in values if value]
    problems += [f"value {item!r} stands twice" for item in sorted({i for i in ids if ids.count(i) > 1})]
    if not values:
        problems.append("it has no values")
    if problems:
        raise EvidenceError("\n".join([f"{name}: {len(problems)} problem(s)", *(f"  {p}" for p in problems)]))
    return Source(
        id=name,
        citation=citation,
        read=cast(Reading, content["read"]),
        values=tuple(value for value in values if value),
        study=tuple(str(item) for item in content.get("study") or ()),
        code=content.get("code"),
    )


def _check_keys(content: Mapping[Any, Any], kind: type, place: str, problems: list[str]) -> None:
    known = [item.name for item in fields(kind)]
    for key in content:
        if key not in known:
            near = close_matches(key, known)
            hint = f"; did you mean {near[0]}?" if near else ""
            problems.append(f"{place}unknown key {key!r}{hint}")


def _citation(content: Any, code: Any, problems: list[str]) -> Citation:
    if content is None and code:
        return Citation()
    if not isinstance(content, Mapping):
        problems.append("citation is not a mapping")
        return Citation()
    _check_keys(content, Citation, "citation: ", problems)
    doi, year = content.get("doi"), content.get("year")
    if doi is not None and not _DOI.fullmatch(str(doi)):
        problems.append(f"citation: {doi!r} is not a DOI")
    if year is not None and not (isinstance(year, int) and 1900 <= year <= 2100):
        problems.append(f"citation: {year!r} is not a year")
    if not any(content.get(key) for key in ("doi", "pmid", "url", "title")) and not code:
        problems.append("citation: one of doi, pmid, url and title is needed")
    texts = {key: str(content[key]) for key in _CITATION_TEXTS if content.get(key) is not None}
    return Citation(year=year if isinstance(year, int) else None, **texts)


def _value(content: Any, index: int, problems: list[str]) -> Value | None:
    place = f"values[{index}] "
    if not isinstance(content, Mapping):
        problems.append(f"{place}is not a mapping")
        return None
    place = f"{content.get('id', place)}: "
    before = len(problems)
    _check_keys(content, Value, place, problems)
    needed = ("id", "quantity", "statistic", "unit", "where", "status")
    problems += [f"{place}{key} is missing" for key in needed if not content.get(key)]
    status = content.get("status")
    if status is not None and status not in get_args(Status):
        problems.append(f"{place}status is {status!r}, not one of {', '.join(get_args(Status))}")
    if status == "excluded" and not content.get("reason"):
        problems.append(f"{place}excluded without a reason")
    if all(content.get(key) is None for key in ("value", "verbatim", "range")):
        problems.append(f"{place}has neither value, range nor verbatim text")
    for key in ("value", "sd", "se", "month", "from_month"):
        if content.get(key) is not None and not _is_number(content[key]):
            problems.append(f"{place}{key} {content[key]!r} is not a finite number")
    for key in ("ci", "range"):
        if content.get(key) is not None and not _is_interval(content[key]):
            problems.append(f"{place}{key} {content[key]!r} is not [low, high] with low below high")
    if len(problems) > before:
        return None
    given = dict(content)
    for key in ("ci", "range"):
        if given.get(key) is not None:
            given[key] = tuple(given[key])
    for key in ("id", "arm", "versus", "unit", "age_band", "verbatim", "variability"):
        if given.get(key) is not None:
            given[key] = str(given[key])
    return Value(**given)


def _is_number(given: Any) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given)


def _is_interval(given: Any) -> bool:
    if not isinstance(given, list) or len(given) != 2 or all(bound is None for bound in given):
        return False
    if any(bound is not None and not _is_number(bound) for bound in given):
        return False
    low, high = given
    return low is None or high is None or low <= high

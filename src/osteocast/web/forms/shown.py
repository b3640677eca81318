"""A form as the template shows it: sections, fields with value, range, origin and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from osteocast.errors import Problem
from osteocast.lifestyle import MEDICINES
from osteocast.person import AROMATASE_INHIBITORS
from osteocast.person.conditions import CONDITIONS
from osteocast.therapies import DRUGS
from osteocast.web.drafts import Draft
from osteocast.web.forms.carrying import carried
from osteocast.web.forms.document import fill, kind_of, rows_in
from osteocast.web.forms.fields import ANSWERS, INHIBITORS, ROWS, SCALARS, Field, Rows, plausible
from osteocast.web.forms.kinds import Choice, Kind, Late, Numbers, Quantity
from osteocast.web.forms.paths import dotted, find
from osteocast.web.strings import N_

__all__ = ["Row", "Shown", "ShownField", "shown_field", "shown_form", "shown_rows"]


@dataclass(frozen=True)
class ShownField:
    """One question, as it stands.

    Parameters
    ----------
    name : str
        Of the input, and its place in the document.
    label, hint, widget, value, unit : str
    units, options : tuple
        What can be chosen.
    unset : str
        Label of no answer.
    range, quantity : str
        Plausible range in the unit shown, and of what.
    origin : str
        ``typed``, ``imported`` or nothing.
    problems : tuple of Problem
    """

    name: str
    label: str
    hint: str = ""
    widget: str = "text"
    value: str = ""
    unit: str = ""
    units: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    unset: str = ""
    range: str = ""
    quantity: str = ""
    origin: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def id(self) -> str:
        """Id of the input."""
        return self.name.replace(".", "-")


@dataclass(frozen=True)
class Row:
    """One of many.

    Parameters
    ----------
    name : str
    number : str
        Which one of the document it is; empty for a new one.
    fields : mapping of str to ShownField
        By path within the row.
    origin : str
    """

    name: str
    number: str
    fields: Mapping[str, ShownField]
    origin: str = ""


@dataclass(frozen=True)
class Place:
    """What an input is called on the form.

    Parameters
    ----------
    label : str
        Of the input; empty if the form has none.
    row : str
        What its row is called; empty outside rows.
    number : int
        Of its row, from 1.
    """

    label: str = ""
    row: str = ""
    number: int = 0


@dataclass(frozen=True)
class Shown:
    """A form, ready for the template.

    Parameters
    ----------
    base : str
        What the form carries along, as JSON.
    name : str
    sections : mapping of str to tuple of ShownField
    rows : mapping of str to tuple of Row
        By place of the list.
    add : mapping of str to str
        What the button that adds a row says.
    inhibitor : Row
        The row of treatments that the first questions are about.
    answer : ShownField
        Whether there were fractures.
    conditions, medicines : tuple of (str, str, bool)
        Name, label, whether it is ticked.
    problems : tuple of (Problem, str, Place)
        Everything that is wrong, with the id of the input it is about, empty if the form has none, and what
        that is called.
    opened : frozenset of str
        Sections to show open.
    """

    base: str
    name: str
    sections: Mapping[str, tuple[ShownField, ...]]
    rows: Mapping[str, tuple[Row, ...]]
    add: Mapping[str, str]
    inhibitor: Row
    answer: ShownField
    conditions: tuple[tuple[str, str, bool], ...]
    covered: frozenset[str]
    medicines: tuple[tuple[str, str, bool], ...]
    problems: tuple[tuple[Problem, str, Place], ...] = ()
    opened: frozenset[str] = field(default_factory=frozenset)


# How the form numbers what there may be several of.
_ROW_WORDS = {
    "person.fractures": N_("Fracture"),
    "scans": N_("Scan"),
    "labs": N_("Value"),
    "treatments": N_("Treatment"),
    "lifestyle.exercise": N_("Exercise"),
}
_SECTION_OF = {
    "scans": "scans",
    "labs": "labs",
    "treatments": "treatments",
    "lifestyle": "lifestyle",
    "options": "options",
    "person.precautions": "safety",
    "person.conditions": "conditions",
    "person.fractures": "first",
}


def shown_form(
    draft: Draft, problems: Sequence[Problem] = (), *, added: Sequence[str] = (), opened: str = ""
) -> Shown:
    """Return the form of a draft."""
    document = draft.document
    texts = fill(document)
    maker = _Maker(texts, draft.origins, problems)
    sections = {
        name: tuple(maker.field(one.path, one, one.kind) for one in fields)
        for name, fields in SCALARS.items()
    }
    rows = {path: maker.rows(path, one, find(document, path), path in added) for path, one in ROWS.items()}
    treatments = ROWS["treatments"]
    inhibitor = next((row for row in rows["treatments"] if _is_inhibitor(row)), None)
    if inhibitor is None:
        # One more than there are: it is left out again if nothing is chosen.
        inhibitor = maker.row("treatments", treatments, 1 + len(rows["treatments"]), None, number="")
    drug = inhibitor.fields["drug"]
    other = () if drug.value in ("", *AROMATASE_INHIBITORS) else ((drug.value, drug.value),)
    asked = ShownField(
        drug.name,
        N_("Aromatase inhibitor"),
        widget="choice",
        value=drug.value,
        options=(*other, *INHIBITORS),
        unset=N_("none"),
        origin=drug.origin,
        problems=drug.problems,
    )
    inhibitor = Row(inhibitor.name, inhibitor.number, {**inhibitor.fields, "drug": asked}, inhibitor.origin)
    answer = maker.field(
        "person.fractures.answer",
        Field("", N_("Bones broken without an accident, since 18"), ANSWERS),
        ANSWERS,
    )
    found = tuple((problem, maker.target(problem), maker.place(problem)) for problem in problems)
    wanted = {section for problem in problems if (section := _section(dotted(problem.field)))}
    if opened:
        wanted.add(_section(opened) or opened)
    return Shown(
        carried(draft),
        draft.name,
        sections,
        rows,
        {path: one.add for path, one in ROWS.items()},
        inhibitor,
        answer,
        tuple(_boxes("person.conditions", tuple(CONDITIONS), texts)),
        frozenset(name for name, reason in CONDITIONS.items() if reason is None),
        tuple(_boxes("lifestyle.habits.medicines", MEDICINES, texts)),
        found,
        frozenset(wanted),
    )


def shown_rows(
    path: str, rows: Rows, node: Any, texts: Mapping[str, str], problems: Sequence[Problem], *, add: bool
) -> tuple[Row, ...]:
    """Return the rows of a list, with an empty one if another is wanted."""
    return _Maker(texts, {}, problems).rows(path, rows, node, add)


def shown_field(
    name: str, one: Field, texts: Mapping[str, str], problems: Sequence[Problem] = ()
) -> ShownField:
    """Return one question."""
    return _Maker(texts, {}, problems).field(name, one, one.kind)


class _Maker:
    """Makes fields from texts, origins and problems."""

    def __init__(
        self, texts: Mapping[str, str], origins: Mapping[str, str], problems: Sequence[Problem]
    ) -> None:
        self.texts = texts
        self.origins = origins
        self.problems = problems
        self.labels: dict[str, str] = {}

    def field(self, name: str, one: Field, kind: Kind, origin: str = "") -> ShownField:
        self.labels[name] = one.label
        value = self.texts.get(name, "")
        unit, span = "", ""
        units: tuple[str, ...] = ()
        if isinstance(kind, Quantity):
            units = kind.units()
            # Beside a number that came without a unit none is chosen yet, or it would look like its own.
            unit = self.texts.get(f"{name}.unit", "") or (units[0] if kind.quantity and not value else "")
            if unit not in units:
                units = (unit, *units)
            span = plausible(kind.quantity, unit) if kind.quantity and unit else ""
        options = kind.options if isinstance(kind, Choice) else ()
        if value and options and value not in [known for known, _ in options]:
            options = ((value, value), *options)
        return ShownField(
            name,
            one.label,
            one.hint,
            kind.widget if not _odd_date(kind, value) else "text",
            value,
            unit,
            units,
            options,
            kind.unset if isinstance(kind, Choice) else "",
            span,
            kind.quantity if isinstance(kind, Quantity) else "",
            origin or (self.origins.get(name, "") if value else ""),
            tuple(problem for problem in self.problems if _is_about(problem, name, kind)),
        )

    def rows(self, path: str, rows: Rows, node: Any, add: bool) -> tuple[Row, ...]:
        numbers = rows_in(self.texts, path)
        items = node if isinstance(node, list) else [node]
        made = [self.row(path, rows, i, items[i] if i < len(items) else None, number=str(i)) for i in numbers]
        if add:
            made.append(self.row(path, rows, (numbers[-1] + 1) if numbers else 0, None, number=""))
        return tuple(made)

    def row(self, path: str, rows: Rows, index: int, item: Any, *, number: str) -> Row:
        name = f"{path}.{index}"
        origin = self.origins.get(name, "")
        fields = {
            one.path: self.field(f"{name}.{one.path}", one, kind_of(rows, one, item), origin)
            for one in rows.fields
        }
        return Row(name, number, fields, origin)

    def target(self, problem: Problem) -> str:
        """Return the id of the input that a problem is about: its own, or the nearest."""
        place = dotted(problem.field)
        while place:
            if place in self.labels:
                return place.replace(".", "-")
            below = sorted(name for name in self.labels if name.startswith(f"{place}."))
            if below:
                return below[0].replace(".", "-")
            place = place.rpartition(".")[0]
        return ""

    def place(self, problem: Problem) -> Place:
        """Return what the input is called that a problem is about, as the form shows it."""
        name = dotted(problem.field)
        label = self.labels.get(name, "")
        for path, word in _ROW_WORDS.items():
            number = name.removeprefix(f"{path}.").partition(".")[0]
            if label and name.startswith(f"{path}.") and number.isdecimal():
                return Place(label, word, int(number) + 1)
        return Place(label)


def _is_about(problem: Problem, name: str, kind: Kind) -> bool:
    """Whether a problem is about an input, or about one of several things that it takes."""
    place = dotted(problem.field)
    return place == name or (isinstance(kind, Numbers | Late) and place.startswith(f"{name}."))


def _odd_date(kind: Kind, value: str) -> bool:
    """Whether a date is written in a way that the browser's own field would not show."""
    parts = value.split("-")
    full = [len(part) for part in parts] == [4, 2, 2] and all(part.isdecimal() for part in parts)
    return kind.widget == "date" and bool(value) and not full


def _is_inhibitor(row: Row) -> bool:
    given = row.fields["drug"].value.casefold()
    names = {
        synonym.casefold(): name for name in AROMATASE_INHIBITORS for synonym in (name, *DRUGS[name].synonyms)
    }
    return given in names


def _boxes(path: str, known: Sequence[str], texts: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    ticked = [name.removeprefix(f"{path}.") for name in texts if name.startswith(f"{path}.")]
    names = dict.fromkeys((*known, *ticked))
    return [(name, name.replace("_", " ").replace("-", " "), name in ticked) for name in names]


def _section(place: str) -> str:
    for path, section in _SECTION_OF.items():
        if place == path or place.startswith(f"{path}."):
            return section
    for section, fields in SCALARS.items():
        if any(place == one.path or one.path.startswith(f"{place}.") for one in fields):
            return section
    return ""

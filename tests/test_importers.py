"""Whatever a file holds, a reader takes it or refuses it with an `InputError`: nothing else comes of it.

Files are valid ones in which places were changed, or text cut, doubled and scribbled over. FHIR and the calls
of records have tests of their own beside theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from osteocast.cohorts.spec import load_spec
from osteocast.errors import InputError
from osteocast.interop.events_table import read_events, write_events
from osteocast.person import load_case
from osteocast.person.portable import document_text
from osteocast.store.case_files import read_case_file
from osteocast.trials.load import load_trial
from osteocast.virtual_trials.reading import load_design
from osteocast.web.cds.settings import read_cds_settings

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
PUBLISHED = ROOT / "src" / "osteocast" / "trials" / "published"

CARDS = """
base_url: https://bones.example.org
issuers:
  - issuer: https://ehr.example.org
    keys: {keys: [{kty: EC, crv: P-384, kid: one, x: "", y: ""}]}
origins: [https://ehr.example.org]
forecast_ms: 200
calls_per_minute: 10
"""


@dataclass(frozen=True)
class Importer:
    """A reader of files, and files that it takes, or nearly."""

    read: Callable[[Path], object]
    seeds: tuple[str, ...]
    suffix: str = ".yaml"


def texts(*paths: Path) -> tuple[str, ...]:
    return tuple(path.read_text(encoding="utf-8") for path in paths)


@cache
def events() -> tuple[str, ...]:
    return tuple(write_events([load_case(path)]) for path in sorted(EXAMPLES.glob("*.yaml")))


IMPORTERS = {
    "case": Importer(load_case, texts(*sorted(EXAMPLES.glob("*.yaml")))),
    "cohort": Importer(load_spec, texts(EXAMPLES / "cohorts" / "two-arms.yaml")),
    "virtual trial": Importer(load_design, texts(EXAMPLES / "trials" / "denosumab-vs-placebo-on-ai.yaml")),
    "published trial": Importer(
        load_trial, texts(*(PUBLISHED / f"{name}.yaml" for name in ("abcsg-18", "adamant")))
    ),
    "cards": Importer(read_cds_settings, (CARDS,)),
    "exported case": Importer(read_case_file, ('{"format": "osteocast-case-1", "versions": []}',), ".json"),
}

NUMBERS = st.integers(-(10**40), 10**40) | st.floats()
WORDS = st.text(max_size=12) | st.sampled_from(
    [
        "2023-02-30",
        "9999-12-31",
        "0000-01-01",
        "-1e9 mg",
        "1e400",
        "nan",
        "yes",
        "\ud800",
        "../../etc",
        "!!python/x",
    ]
)
JUNK = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
SCRIBBLES = st.text(max_size=8) | st.sampled_from(
    ["\x00", "\t", "\n- ", ": ", "&a ", "*a", "{", "]", "'", '"', "#", "!!", "---\n", "\ufeff", "<<: ", "? "]
)


def places(content: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    found = [path] if path else []
    items = (
        content.items()
        if isinstance(content, dict)
        else enumerate(content)
        if isinstance(content, list)
        else ()
    )
    for key, value in items:
        found += places(value, (*path, key))
    return found


@st.composite
def changed(draw: st.DrawFn, seed: str) -> str:
    """A document in which some places hold something else, or nothing."""
    content = deepcopy(yaml.safe_load(seed))
    everywhere = places(content)
    for _ in range(draw(st.integers(1, 5))):
        *above, last = draw(st.sampled_from(everywhere))
        try:
            holder = content
            for key in above:
                holder = holder[key]
            if draw(st.booleans()):
                holder[last] = draw(JUNK)
            else:
                del holder[last]
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    written: str = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
    return written


@st.composite
def scribbled(draw: st.DrawFn, seed: str) -> str:
    """A text of which pieces are cut out, doubled, or written over."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(seed)))
        end = min(len(seed), start + draw(st.integers(0, 60)))
        between = draw(st.sampled_from(["", seed[start:end] * 2]) | SCRIBBLES)
        seed = seed[:start] + between + seed[end:]
    return seed


@pytest.mark.parametrize("name", IMPORTERS)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_file_is_taken_or_refused_with_what_to_do(
    name: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    importer = IMPORTERS[name]
    seed = data.draw(st.sampled_from(importer.seeds))
    text = data.draw(changed(seed) | scribbled(seed))
    path = tmp_path_factory.getbasetemp() / f"{name.replace(' ', '-')}{importer.suffix}"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        importer.read(path)
    except InputError as error:
        assert all(problem.expected and problem.remedy for problem in error.problems), str(error)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_table_of_events_is_taken_or_refused_with_what_to_do(data: st.DataObject) -> None:
    table = data.draw(st.sampled_from(events()))
    rows = [row.split(",") for row in table.splitlines()]
    for _ in range(data.draw(st.integers(0, 4))):
        row = data.draw(st.sampled_from(rows))
        row[data.draw(st.integers(0, len(row) - 1))] = data.draw(
            WORDS | st.sampled_from(["", ".", "1e400", "-1", "99999999999"]) | NUMBERS.map(str)
        )
    text = "\n".join(",".join(row) for row in rows)
    if data.draw(st.booleans()):
        text = data.draw(scribbled(text))
    try:
        for document in read_events(text, as_of=date(2025, 3, 10)).values():
            load_case(document_text(document))
    except InputError as error:
        assert all(problem.expected and problem.remedy for problem in error.problems), str(error)

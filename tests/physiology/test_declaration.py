from __future__ import annotations

import copy

import pytest
import sympy as sp

from osteocast.errors import OsteocastError
from osteocast.physiology import INPUT_NAMES, OBSERVABLE_NAMES, PARAMETER_NAMES, STATE_NAMES
from osteocast.physiology.equations import declare
from osteocast.physiology.equations.writing import INPUT, PARAMETER, STATE, Writer

DECLARATION = declare()
GIVEN = {symbol for symbols in (STATE, INPUT, PARAMETER) for _, symbol in symbols.items()}


def test_every_state_changes_and_every_observable_is_defined() -> None:
    assert tuple(DECLARATION.rates) == STATE_NAMES
    assert tuple(DECLARATION.observables) == OBSERVABLE_NAMES


def test_nothing_is_used_before_it_is_written() -> None:
    known = set(GIVEN)
    for item in DECLARATION.assignments:
        assert item.expression.free_symbols <= known, item.name
        known.add(item.symbol)
    for expression in (*DECLARATION.rates.values(), *DECLARATION.observables.values()):
        assert expression.free_symbols <= known


def test_expanded_equations_know_only_what_is_given() -> None:
    for name in ("osteoclasts", "pth"):
        assert DECLARATION.expand(DECLARATION.rates[name]).free_symbols <= GIVEN


def test_names_are_used_once() -> None:
    names = [item.name for item in DECLARATION.assignments]
    assert len(set(names)) == len(names)
    assert not set(names) & set(PARAMETER_NAMES)
    assert not set(names) & set(INPUT_NAMES)
    assert not set(names) & set(STATE_NAMES)


def test_every_assignment_says_what_it_is() -> None:
    assert all(item.meaning and item.unit for item in DECLARATION.assignments)
    assert all(text.strip() for text in DECLARATION.chapters.values())


def test_an_unknown_name_lists_those_that_are_known() -> None:
    with pytest.raises(OsteocastError, match=r"no state called 'osteoclast'; known: .*osteoclasts"):
        STATE.osteoclast  # noqa: B018


def test_symbols_can_be_copied_and_asked_for_protocols() -> None:
    assert not hasattr(PARAMETER, "__wrapped__")
    assert copy.copy(PARAMETER).rank_k == PARAMETER.rank_k


def test_a_chapter_cannot_read_ahead() -> None:
    with pytest.raises(OsteocastError, match="'resorption' before it is written"):
        Writer().chapter("early", "").known("resorption")


def test_an_unfinished_declaration_is_refused() -> None:
    writer = Writer()
    writer.chapter("age", "").rate("age", sp.Integer(1))
    with pytest.raises(OsteocastError, match=r"never written: anastrozole, .*ctx"):
        writer.finish()

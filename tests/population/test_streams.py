from __future__ import annotations

import numpy as np
import pytest

from osteocast.population.streams import mirrored_normals, normals, uniforms


def test_adding_a_patient_never_moves_another_draw() -> None:
    alone = normals("study", "traits", 17, 1, 8)
    among = normals("study", "traits", 0, 500, 8)
    assert (among[17] == alone[0]).all()


def test_a_purpose_that_needs_more_numbers_keeps_the_first() -> None:
    assert (normals("study", "traits", 3, 5, 20)[:, :4] == normals("study", "traits", 3, 5, 4)).all()


def test_studies_and_purposes_have_streams_of_their_own() -> None:
    a, b, c = (uniforms(study, purpose, 0, 50, 10) for study, purpose in (("a", "x"), ("b", "x"), ("a", "y")))
    assert not np.isclose(a, b).any() and not np.isclose(a, c).any()


def test_numbers_are_uniform_and_normal() -> None:
    drawn = uniforms("study", "shape", 0, 20_000, 3)
    assert np.allclose(drawn.mean(axis=0), 0.5, atol=0.01)
    assert np.allclose(np.corrcoef(drawn.T), np.eye(3), atol=0.03)
    standard = normals("study", "shape", 0, 20_000, 3)
    assert np.allclose([standard.mean(), standard.std()], [0.0, 1.0], atol=0.02)


def test_nobody_owns_more_than_sixty_four() -> None:
    with pytest.raises(ValueError, match="64"):
        uniforms("study", "too much", 0, 1, 65)


def test_mirrored_people_keep_their_numbers_wherever_one_begins() -> None:
    whole = mirrored_normals("study", "traits", 0, 40, 5)
    assert (whole[1::2] == -whole[::2]).all()
    for first, n in ((0, 7), (3, 8), (10, 1), (11, 1)):
        assert (mirrored_normals("study", "traits", first, n, 5) == whole[first : first + n]).all()
    assert (whole[::2] == normals("study", "traits", 0, 40, 5)[::2]).all()

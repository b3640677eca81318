"""Random numbers keyed by study, patient and purpose.

A stream belongs to a study and a purpose; every patient owns a fixed stretch of it. So nobody's draw depends
on how many patients there are, on who else is in the study, or on what else is drawn.
"""

from __future__ import annotations

import hashlib

import numpy as np

from osteocast.population.normal import quantile

__all__ = ["mirrored_normals", "normals", "uniforms"]

#: Numbers of a stream that belong to one patient, more than any purpose needs.
_PER_PATIENT = 64
_PER_COUNTER = 4  # 64-bit numbers that Philox makes for one count


def uniforms(study: str, purpose: str, first: int, n: int, width: int) -> np.ndarray:
    """Draw numbers between 0 and 1, exclusive, for patients `first` to ``first + n - 1``.

    Parameters
    ----------
    study, purpose : str
        Key of the stream.
    first, n : int
        Number of the first patient, and how many.
    width : int
        Numbers per patient, at most 64; the first few are the same for any width.

    Returns
    -------
    ndarray (n, width)

    Examples
    --------
    >>> few, many = uniforms("a study", "traits", 0, 3, 2), uniforms("a study", "traits", 1, 9, 5)
    >>> bool((few[1:] == many[:2, :2]).all())
    True
    """
    if not 0 <= width <= _PER_PATIENT:
        raise ValueError(f"a patient owns {_PER_PATIENT} numbers of a stream, not {width}")
    key = hashlib.blake2b(f"{study}\0{purpose}".encode(), digest_size=16).digest()
    generator = np.random.Philox(key=int.from_bytes(key, "big"))
    generator.advance(first * _PER_PATIENT // _PER_COUNTER)
    drawn = np.random.Generator(generator).random(n * _PER_PATIENT).reshape(n, _PER_PATIENT)[:, :width]
    # Zero itself, once in 2**53, would be an infinite normal number.
    return np.maximum(drawn, 2.0**-54)


def normals(study: str, purpose: str, first: int, n: int, width: int) -> np.ndarray:
    """Draw standard normal numbers, one from each uniform one of `uniforms`, ndarray (n, width)."""
    return quantile(uniforms(study, purpose, first, n, width))


def mirrored_normals(study: str, purpose: str, first: int, n: int, width: int) -> np.ndarray:
    """Draw standard normal numbers of which every second patient has the opposite of the one before.

    What differs between two such people cancels in the middle of many, so that a median of a few hundred is
    as sure as one of thousands.

    Parameters
    ----------
    study, purpose, first, n, width
        As in `uniforms`.

    Returns
    -------
    ndarray (n, width)

    Examples
    --------
    >>> drawn = mirrored_normals("a study", "traits", 0, 4, 3)
    >>> bool((drawn[1] == -drawn[0]).all() and (drawn[3] == -drawn[2]).all())
    True
    """
    even = first - first % 2
    drawn = normals(study, purpose, even, n + first % 2 + 1, width)
    drawn[1::2] = -drawn[: drawn.shape[0] - 1 : 2]
    return np.asarray(drawn[first - even : first - even + n])

"""How wide words are, from the advance widths in the fonts that come along."""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path

__all__ = ["width_of"]

_FONTS = Path(__file__).parents[1] / "fonts"
_SEMI_BOLD = 600


def width_of(words: str, size: float, weight: int = 400) -> float:
    """Return the width of a line of text, in the unit of the font size; without kerning."""
    widths, other = _advances("Inter-SemiBold.ttf" if weight >= _SEMI_BOLD else "Inter-Regular.ttf")
    return size * sum(widths.get(ord(letter), other) for letter in words)


@cache
def _advances(name: str) -> tuple[dict[int, float], float]:
    """Advance width of each character, in units of the font size, and that of an unknown one.

    Tables ``head``, ``hhea``, ``hmtx`` and ``cmap`` (format 4) of the OpenType specification.
    """
    data = (_FONTS / name).read_bytes()
    (count,) = struct.unpack_from(">H", data, 4)
    tables = {}
    for i in range(count):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, 12 + 16 * i)
        tables[tag] = offset
    (units,) = struct.unpack_from(">H", data, tables[b"head"] + 18)
    (n_metrics,) = struct.unpack_from(">H", data, tables[b"hhea"] + 34)
    metrics = struct.unpack_from(f">{2 * n_metrics}H", data, tables[b"hmtx"])[::2]
    glyphs = _characters(data, tables[b"cmap"])
    last = n_metrics - 1
    return {code: metrics[min(glyph, last)] / units for code, glyph in glyphs.items()}, metrics[0] / units


def _characters(data: bytes, cmap: int) -> dict[int, int]:
    """Glyph of each character of the Basic Multilingual Plane."""
    (count,) = struct.unpack_from(">H", data, cmap + 2)
    for i in range(count):
        (offset,) = struct.unpack_from(">I", data, cmap + 8 + 8 * i)
        at = cmap + offset
        if struct.unpack_from(">H", data, at)[0] == 4:
            break
    else:
        raise ValueError("the font has no table of characters that can be read")
    (double,) = struct.unpack_from(">H", data, at + 6)
    n = double // 2
    ends, starts, deltas, ranges = (
        struct.unpack_from(f">{n}H", data, at + 14 + (2 if part else 0) + part * double) for part in range(4)
    )
    found = {}
    for i, (first, last, delta, shift) in enumerate(zip(starts, ends, deltas, ranges, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if shift:
                place = at + 16 + 3 * double + 2 * i + shift + 2 * (code - first)
                (glyph,) = struct.unpack_from(">H", data, place)
                if not glyph:
                    continue
            found[code] = (glyph + delta) & 0xFFFF
    return found

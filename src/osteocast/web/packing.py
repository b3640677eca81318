"""Texts that are sent again and again: compressed once, but for a word that everybody has for themselves.

A page is the same for everybody but for the token of its forms; the rest is compressed when it is made. The
word goes between the pieces as it is, in a block of the stream that is not compressed; so nothing about
it can be told from how long the answer is.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from functools import cached_property

__all__ = ["Packed", "pack"]

_LEVEL = 5
_RAW = -zlib.MAX_WBITS  # blocks alone; head and end are written here (RFC 1951, RFC 1952)
_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LAST_BLOCK = b"\x01\x00\x00\xff\xff"


@dataclass(frozen=True)
class Packed:
    """A text in pieces, between which one word belongs.

    Parameters
    ----------
    pieces : tuple of bytes
        As they are.
    """

    pieces: tuple[bytes, ...]

    @cached_property
    def blocks(self) -> tuple[bytes, ...]:
        """Each piece as blocks of a compressed stream that end with a whole byte and are not the last."""
        return tuple(map(_blocks, self.pieces))

    @cached_property
    def size(self) -> int:
        """Bytes that it takes to keep it."""
        return sum(map(len, (*self.pieces, *self.blocks)))

    def plain(self, word: bytes = b"") -> bytes:
        """Return the text with a word in its places."""
        return word.join(self.pieces)

    def gzipped(self, word: bytes = b"") -> bytes:
        """Return the text with a word in its places, as a gzip stream.

        Parameters
        ----------
        word : bytes
            Fewer than 65536.
        """
        between = struct.pack("<BHH", 0, len(word), len(word) ^ 0xFFFF) + word
        plain = self.plain(word)
        end = struct.pack("<II", zlib.crc32(plain), len(plain) & 0xFFFFFFFF)
        return b"".join((_HEAD, between.join(self.blocks), _LAST_BLOCK, end))


def pack(text: bytes, word: bytes | None = None) -> Packed:
    """Return a text that is compressed when it is first asked for so.

    Parameters
    ----------
    text : bytes
    word : bytes, optional
        What stands where everybody has a word for themselves.

    Examples
    --------
    >>> import gzip
    >>> packed = pack(b"Dear NAME, good morning.", b"NAME")
    >>> gzip.decompress(packed.gzipped(b"Ada"))
    b'Dear Ada, good morning.'
    """
    return Packed((text,) if word is None else tuple(text.split(word)))


def _blocks(piece: bytes) -> bytes:
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW)
    return compressor.compress(piece) + compressor.flush(zlib.Z_SYNC_FLUSH)

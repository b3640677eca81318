from __future__ import annotations

import gzip
import zlib

import pytest

from osteocast.web.packing import pack

TOKEN = b"0123456789abcdef" * 4


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"no place for it",
        TOKEN,
        TOKEN + TOKEN,
        b"<p>" + TOKEN + b"</p>" * 40_000 + TOKEN,
        bytes(range(256)) * 300 + TOKEN + b"end",
    ],
)
@pytest.mark.parametrize("word", [b"", b"f" * 64, b"another word " * 5000])
def test_what_is_unpacked_is_the_text_with_the_word(text: bytes, word: bytes) -> None:
    packed = pack(text, TOKEN)
    assert packed.plain(word) == text.replace(TOKEN, word)
    assert gzip.decompress(packed.gzipped(word)) == text.replace(TOKEN, word)


def test_a_text_without_a_word_stays_as_it_is() -> None:
    packed = pack(b"numbers " * 1000)
    assert gzip.decompress(packed.gzipped()) == packed.plain() == b"numbers " * 1000


def test_a_browser_that_reads_as_it_comes_reads_all_of_it() -> None:
    stream = pack(b"a" * 5000 + TOKEN + b"b" * 5000, TOKEN).gzipped(b"-")
    reader = zlib.decompressobj(16 + zlib.MAX_WBITS)
    read = b"".join(reader.decompress(stream[i : i + 7]) for i in range(0, len(stream), 7))
    assert read == b"a" * 5000 + b"-" + b"b" * 5000
    assert reader.eof
    assert reader.unused_data == b""


def test_nothing_about_the_word_can_be_told_from_the_length() -> None:
    # Compressed together with what somebody else chose, a word that is like it would be shorter.
    page = b"<p>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" * 20 + TOKEN + b"</p>"
    packed = pack(page, TOKEN)
    guessed, other = b"a" * 64, bytes(range(64))
    assert len(packed.gzipped(guessed)) == len(packed.gzipped(other))
    assert other in packed.gzipped(other)


def test_most_of_a_page_is_compressed() -> None:
    packed = pack(b"<tr><td>0.919</td></tr>" * 5000 + TOKEN, TOKEN)
    assert len(packed.gzipped(b"x" * 64)) < 0.05 * len(packed.plain(b"x" * 64))
    assert packed.size == sum(len(piece) for piece in packed.pieces) + sum(len(one) for one in packed.blocks)

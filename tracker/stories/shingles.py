"""Sign texts so that copies can be found: the least hash in every window of five-word shingles (winnowing).

A MinHash of the whole text tells how alike two texts are, but loses a copy that was cut to its first third. A minimum
for every window of sixteen shingles tells which passages two texts share, whatever comes before and after: twenty words
in common, in order, give at least one mark in common. Schleimer, Wilkerson and Aiken: Winnowing, SIGMOD 2003.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from itertools import accumulate
from struct import unpack
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .words import Text

SHINGLE_WORDS: Final = 5
UNSPACED_SHINGLE_LETTERS: Final = 10
WINDOW_SHINGLES: Final = 16
MIN_SIGNED_WORDS: Final = 24
"""A shorter text gets no marks: a caption or a teaser is part of many stories."""


_WRAP: Final = 1 << 64
_HALF: Final = 1 << 63
_BLAKE: Final = partial(blake2b, digest_size=8)


@dataclass(frozen=True, slots=True)
class Signature:
    """How many words a text has, and its marks: signed 64-bit hashes, as databases have them, sorted."""

    words: int
    marks: tuple[int, ...]


def sign(text: Text) -> Signature:
    """Return the signature of *text*. The same text gives the same marks in every process and on every machine."""
    if len(text.words) < MIN_SIGNED_WORDS:
        return Signature(len(text.words), ())
    size = UNSPACED_SHINGLE_LETTERS if text.unspaced else SHINGLE_WORDS
    least = _least(_hashes(text.words, size))
    return Signature(len(text.words), tuple(sorted([mark - _WRAP if mark >= _HALF else mark for mark in least])))


def _hashes(words: Sequence[str], size: int) -> Sequence[int]:
    """Return the hash of each run of *size* words, joined by spaces."""
    joined = " ".join(words).encode("utf-8", "surrogatepass")
    # In ASCII, a letter is a byte; otherwise each word is encoded to learn how many bytes it has.
    lengths = [len(word) + 1 for word in words]
    if len(joined) >= sum(lengths):
        lengths = [len(word.encode("utf-8", "surrogatepass")) + 1 for word in words]
    ends = list(accumulate(lengths, initial=0))
    runs = [joined[start : end - 1] for start, end in zip(ends, ends[size:], strict=False)]
    return unpack(f"<{len(runs)}Q", b"".join([run.digest() for run in map(_BLAKE, runs)]))


def _least(hashes: Sequence[int]) -> set[int]:
    """Return the least hash of every window."""
    least = min(hashes[:WINDOW_SHINGLES])
    at = hashes.index(least)
    found = {least}
    for newest in range(WINDOW_SHINGLES, len(hashes)):
        if hashes[newest] <= least:
            at, least = newest, hashes[newest]
        elif at <= newest - WINDOW_SHINGLES:
            # The least hash has left the window: look for the next one.
            at = newest - WINDOW_SHINGLES + 1
            least = min(hashes[at : newest + 1])
            at = hashes.index(least, at)
        else:
            continue
        found.add(least)
    return found

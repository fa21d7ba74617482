"""The signature of a text: the least hash in every window of its five-word shingles (winnowing).

A MinHash of the whole text knows how alike two texts are; it loses a copy that was cut to its first third. A minimum
for every window of sixteen shingles knows which passages two texts share, however much stands around them: twenty
words in common, in order, give at least one mark in common. Schleimer, Wilkerson and Aiken, SIGMOD 2003.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .words import Text

SHINGLE: Final = 5
WINDOW: Final = 16
LEAST_WORDS: Final = 24
"""Of fewer words nothing is claimed: a caption or a teaser stands in many stories."""

_UNSPACED_SHINGLE: Final = 10
_FORM: Final = 1
_HEAD: Final = 5


@dataclass(frozen=True, slots=True)
class Signature:
    """The marks of a text, and how many words it has: what is kept of an article to find its copies."""

    words: int
    marks: tuple[int, ...]

    def to_bytes(self) -> bytes:
        """Return the signature as it is stored: form, word count, marks; eight bytes a mark."""
        return struct.pack(f"<BI{len(self.marks)}Q", _FORM, self.words, *self.marks)

    @classmethod
    def from_bytes(cls, stored: bytes) -> Signature:
        """Read what `to_bytes` wrote. Raises ValueError for another form: sign the text again."""
        if len(stored) < _HEAD or stored[0] != _FORM or (len(stored) - _HEAD) % 8:
            raise ValueError("this signature was written in another form")
        _, words, *marks = struct.unpack(f"<BI{(len(stored) - _HEAD) // 8}Q", stored)
        return cls(words, tuple(marks))


def sign(text: Text) -> Signature:
    """Return the signature of *text*; it has no marks where the text is too short to tell."""
    if len(text.words) < LEAST_WORDS:
        return Signature(len(text.words), ())
    size = _UNSPACED_SHINGLE if text.unspaced else SHINGLE
    return Signature(len(text.words), tuple(sorted(_least(_hashes(text.words, size)))))


def _hashes(words: Sequence[str], size: int) -> list[int]:
    joined = [word.encode("utf-8", "surrogatepass") for word in words]
    return [
        int.from_bytes(hashlib.blake2b(b" ".join(joined[i : i + size]), digest_size=8).digest(), "little")
        for i in range(len(joined) - size + 1)
    ]


def _least(hashes: Sequence[int]) -> set[int]:
    """Return the least hash of every window; the last of equals, so that a repeated passage adds few."""
    window = min(WINDOW, len(hashes))
    at = -1
    found = set()
    for start in range(len(hashes) - window + 1):
        newest = start + window - 1
        if at < start:
            at = min(range(newest, start - 1, -1), key=hashes.__getitem__)
        elif hashes[newest] <= hashes[at]:
            at = newest
        found.add(hashes[at])
    return found

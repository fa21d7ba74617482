"""The checkpoint that an evidence package rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.archive.ledger.notes import read_note
from tracker.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Anchor:
    """A signed note that the evidence is proven against, the public key, and time stamps of the note by file ending."""

    note: str
    public: str
    stamps: Mapping[str, bytes]
    latest: str = ""


def choose(notes: Sequence[tuple[str, Mapping[str, bytes]]], public: str, size: int) -> Anchor | None:
    """Return the note to prove against: the oldest with a time stamp that holds *size* leaves, else the oldest.

    *notes* come with their time stamps; those that *public* did not sign are passed over.
    """
    fit = []
    for note, stamps in notes:
        try:
            found = read_note(note, public)
        except ArchiveError:
            continue
        if found.size >= size:
            fit.append((not stamps, found.size, note, stamps))
    if not fit:
        return None
    fit.sort(key=lambda each: each[:2])
    latest = max(fit, key=lambda each: each[1])
    _, held, note, stamps = fit[0]
    return Anchor(note, public, stamps, latest[2] if latest[1] > held else "")

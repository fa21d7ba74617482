"""The checkpoint that an evidence package refers to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tracker.archive.ledger.notes import read_note
from tracker.errors import ArchiveError


@dataclass(frozen=True, slots=True)
class Anchor:
    """The signed note that covers the evidence, the public key, and the note's time stamps by file ending.

    `latest` is the newest note, if it is another one.
    """

    note: str
    public: str
    stamps: Mapping[str, bytes]
    latest: str = ""


def choose(notes: Sequence[tuple[str, Mapping[str, bytes]]], public: str, size: int) -> Anchor | None:
    """Return the oldest time-stamped note that covers *size* leaves, or the oldest if none is time-stamped.

    *notes* are pairs of a note and its time stamps; those not signed with *public* are skipped.
    """
    usable = []
    for note, stamps in notes:
        try:
            found = read_note(note, public)
        except ArchiveError:
            continue
        if found.size >= size:
            # The oldest proves most: that these versions were there so early.
            usable.append((not stamps, found.size, note, stamps))
    if not usable:
        return None
    usable.sort(key=lambda each: each[:2])
    latest = max(usable, key=lambda each: each[1])
    _, covered, note, stamps = usable[0]
    return Anchor(note, public, stamps, latest[2] if latest[1] > covered else "")

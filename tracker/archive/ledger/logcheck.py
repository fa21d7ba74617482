"""Check the log as a whole: every position is taken, and its roots match the archive's own checkpoints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.errors import ArchiveError

from .merkle import Frontier
from .notes import read_note

if TYPE_CHECKING:
    from tracker.archive.database.connection import Connection
    from tracker.archive.database.database import Database


@dataclass(frozen=True, slots=True)
class Damage:
    """One finding of verification: *what* is damaged, usually as ARTICLE@VERSION, and *how*."""

    what: str
    how: str


@dataclass(frozen=True, slots=True)
class _Kept:
    """A checkpoint as stored in its row."""

    size: int
    root: bytes
    note: str

    @property
    def name(self) -> str:
        return f"checkpoint {self.size}"

    def damage(self, own: str | None) -> str:
        """Return what is wrong with the note; an empty string if it matches its row."""
        try:
            found = read_note(self.note)
            name = (own or "").partition("+")[0]
            # An older key may have signed it; the signature is checked only if the note names the current key.
            if own is not None and (found.origin == name or f"— {name} " in self.note):
                read_note(self.note, own)
        except ArchiveError as error:
            return error.message
        return "" if (found.size, found.root) == (self.size, self.root.hex()) else "its row and its note differ"


def check_log(database: Database, own: str | None) -> tuple[int, int, list[Damage]]:
    """Read the log once and compare it with every checkpoint in the archive.

    *own* is the archive's public key, if known. Returns how many entries and checkpoints there are, and what is
    damaged.
    """
    with database.read() as connection:
        rows = connection.all("SELECT size, root, note FROM checkpoint ORDER BY size")
        kept = [_Kept(row.size, bytes(row.root), row.note) for row in rows]
        damage = [Damage(each.name, said) for each in kept if (said := each.damage(own))]
        due = {each.size: each.root for each in kept}
        frontier, wrong = Frontier(), []
        for place, hashed in _leaves(connection):
            if place != frontier.size:
                return 0, len(kept), [*damage, Damage("the log", f"entry {frontier.size} is missing")]
            frontier.append(hashed)
            if frontier.size in due and frontier.root() != due.pop(frontier.size):
                wrong.append(frontier.size)
    due.pop(0, None)
    if wrong:
        damage.append(Damage("the log", f"the first {wrong[0]} entries do not match checkpoint {wrong[0]}"))
    if due:
        damage.append(Damage("the log", f"it had {max(due)} entries at a checkpoint, now {frontier.size}"))
    return frontier.size, len(kept), damage


def _leaves(connection: Connection) -> Iterator[tuple[int, bytes]]:
    """Yield position and leaf hash of every entry in order: versions and recaptures."""
    for row in connection.stream(
        "SELECT position AS place, hash FROM leaf WHERE position IS NOT NULL"
        " UNION ALL SELECT position, leaf FROM recapture WHERE position IS NOT NULL ORDER BY place"
    ):
        yield row.place, bytes(row.hash)

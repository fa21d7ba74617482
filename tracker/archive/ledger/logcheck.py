"""Check the archive as a whole: the log against its checkpoints, frames against deletions, values against columns.

In the log every position is taken once, every entry has its row, and the roots match the checkpoints.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

from tracker.archive.archive import Archive
from tracker.archive.database.connection import Connection, Row
from tracker.archive.encoding import to_ms
from tracker.archive.schema_revision import TABLES
from tracker.errors import ArchiveError

from .log import SELECT_ENTRIES
from .merkle import Frontier
from .notes import Checkpoint, read_note

# A version is committed at most so long after it was seen: a checkpoint in between does not contain it.
COMMIT_SLACK_MS: Final = 15 * 60_000
_ORPHANS: Final = (
    (
        "SELECT l.position FROM leaf l LEFT JOIN version v ON v.id = l.version_id WHERE v.id IS NULL",
        "the version that it belongs to is missing",
    ),
    (
        "SELECT e.position FROM event e LEFT JOIN article a ON a.id = e.article_id WHERE a.id IS NULL",
        "the article that it belongs to is missing",
    ),
)

# From what was deleted to what hangs on it, by the index of bases: a search among all frames would read the archive.
_HANGING: Final = """
SELECT b.id FROM blob b JOIN (
  SELECT c.head_id AS id FROM tombstone t JOIN capture c ON c.version_id = t.version_id WHERE t.parts <> 'body'
  UNION ALL SELECT c.body_id FROM tombstone t JOIN capture c ON c.version_id = t.version_id
  UNION ALL SELECT v.content_id FROM tombstone t JOIN version v ON v.id = t.version_id WHERE t.parts = 'all'
  UNION ALL SELECT r.head_id FROM recapture r WHERE r.removed <> ''
  UNION ALL SELECT r.body_id FROM recapture r WHERE r.removed <> ''
) gone ON b.base_id = gone.id
"""
_OWNERS: Final = """
SELECT a.ident, v.n, part.name FROM (
  SELECT version_id, head_id AS id, 'head' AS name FROM capture
  UNION ALL SELECT version_id, body_id, 'body' FROM capture
  UNION ALL SELECT id, content_id, 'content' FROM version
  UNION ALL SELECT version_id, content_id, 'later reading' FROM reading
) part JOIN version v ON v.id = part.version_id JOIN article a ON a.id = v.article_id
WHERE part.id IN (:ids) ORDER BY a.ident, v.n
"""
_COLUMNS: Final = """SELECT name, type, "notnull" FROM pragma_table_info(:table)"""
# How SQLite stores what a declared type contains; everything else is an integer.
_STORED_AS: Final = (("CHAR", "text"), ("TEXT", "text"), ("BLOB", "blob"), ("BINARY", "blob"), ("FLOAT", "real"))


@dataclass(frozen=True, slots=True)
class Damage:
    """One finding of verification: `what` is damaged, usually as ARTICLE@VERSION, and `how`."""

    what: str
    how: str


class Checkpoints:
    """The checkpoints that the archive has of its own log, and one stored `elsewhere`.

    `damage` is what is wrong with their rows. `own` is the archive's public key, if known.
    """

    def __init__(self, archive: Archive, own: str | None, elsewhere: Checkpoint | None = None) -> None:
        with archive.read() as connection:
            rows = connection.all("SELECT size, root, at, note FROM checkpoint ORDER BY size")
        self.elsewhere = elsewhere
        self.roots: dict[int, bytes] = {row.size: bytes(row.root) for row in rows}
        self.damage: list[Damage] = []
        # Apart: whoever controls the database can add checkpoints of other keys, which must not hide what ours say.
        signed: list[Checkpoint] = [] if elsewhere is None else [elsewhere]
        unsigned: list[Checkpoint] = []
        for row in rows:
            found, by_own, wrong = _read(row.note, own)
            if found is not None and not _is_noted(row, found):
                wrong = "its row and its note differ"
            if wrong:
                self.damage.append(Damage(f"checkpoint {row.size}", wrong))
            elif found is not None:
                (signed if by_own else unsigned).append(found)
        self._timed = [
            sorted((each.size, to_ms(each.at) - COMMIT_SLACK_MS) for each in some if each.at is not None)
            for some in (signed, unsigned)
        ]

    def is_late(self, seen: int, position: int | None) -> bool:
        """Return whether an entry seen at `seen` (ms) is missing from a checkpoint that was made after that."""
        for timed in self._timed:
            place = len(timed) if position is None else bisect_right(timed, position, key=itemgetter(0))
            if place and seen < timed[place - 1][1]:
                return True
        return False


def _is_noted(row: Row, found: Checkpoint) -> bool:
    """Return whether the row of a checkpoint says what its note says; notes of earlier releases have no time."""
    same_time = found.at is None or to_ms(found.at) == row.at
    return same_time and (found.size, found.root) == (row.size, bytes(row.root).hex())


def _read(note: str, own: str | None) -> tuple[Checkpoint | None, bool, str]:
    """Return the checkpoint of a stored note, whether it is signed with the key `own`, and what is wrong with it."""
    try:
        found = read_note(note)
        name = (own or "").partition("+")[0]
        # An older key may have signed it; the signature is checked only if the note names the current key.
        by_own = own is not None and (found.origin == name or f"— {name} " in note)
        if by_own:
            read_note(note, own)
    except ArchiveError as error:
        return None, False, error.message
    return found, by_own, ""


def check_log(archive: Archive, known: Checkpoints) -> tuple[int, list[Damage]]:
    """Read the log once and compare it with every checkpoint; return how many entries it has and what is damaged."""
    with archive.read() as connection:
        damage = _orphans(connection)
        frontier, wrong = Frontier(), []
        due = dict(known.roots)
        there = known.elsewhere
        for row in connection.stream(SELECT_ENTRIES):
            if row.position != frontier.size:
                how = "is missing" if row.position > frontier.size else "is there twice"
                damage.append(Damage("the log", f"entry {min(row.position, frontier.size)} {how}"))
                break
            frontier.append(bytes(row.hash))
            if frontier.size in due and frontier.root() != due.pop(frontier.size):
                wrong.append(frontier.size)
            if there is not None and frontier.size == there.size and frontier.root().hex() != there.root:
                damage.append(Damage("the log", f"the first {there.size} entries do not match the checkpoint"))
        else:
            due.pop(0, None)
            if due:
                damage.append(Damage("the log", f"it had {max(due)} entries at a checkpoint, now {frontier.size}"))
    if wrong:
        damage.append(Damage("the log", f"the first {wrong[0]} entries do not match checkpoint {wrong[0]}"))
    if there is not None and frontier.size < there.size:
        how = f"it had {there.size} entries at the checkpoint; only {frontier.size} of them are left"
        damage.append(Damage("the log", how))
    return frontier.size, damage


def _orphans(connection: Connection) -> list[Damage]:
    return [
        Damage("an entry of the log" if row.position is None else f"entry {row.position} of the log", how)
        for statement, how in _ORPHANS
        for row in connection.all(statement)
    ]


def frames_without_base(connection: Connection) -> list[Damage]:
    """Return a finding for each stored part of a version whose frame needs bytes that were deleted."""
    lost = set(connection.column(int, _HANGING))
    owners = list(connection.of_each(_OWNERS, "ids", lost))
    how = "was encoded against bytes that have been deleted, and cannot be read"
    found = [Damage(f"{row.ident}@{row.n}", f"its {row.name} {how}") for row in owners]
    rest = len(lost) - len(owners)
    return found + ([Damage("the archive", f"{rest} stored captures or reference pages {how}")] if rest > 0 else [])


def wrong_types(connection: Connection) -> Iterator[Damage]:
    """Yield a finding for each table with values of another type than its columns have.

    SQLite stores such values, and nothing can be compared with them.
    """
    for table in sorted(TABLES) if connection.is_sqlite else ():
        wrong = []
        for column in connection.all(_COLUMNS, table=table):
            stored = next((stored for part, stored in _STORED_AS if part in column.type.upper()), "integer")
            wrong.append(f"typeof({column.name}) NOT IN ('{stored}', '{'' if column.notnull else 'null'}')")
        if count := connection.number(f"SELECT count(*) FROM {table} WHERE {' OR '.join(wrong)}"):
            yield Damage(f"table {table}", f"rows with values that are not of their column's type: {count}")

"""Entries of the log for what is shown along with a version as first stored, and may change after it.

These are re-extracted texts, changes derived again, deletions, further addresses, states, and imports. `verify` derives
from them what the tables must hold; see `event_check.py`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import orjson

from tracker.archive.database.connection import Connection
from tracker.archive.encoding import clean_text

from .log_proofs import leaf_hash

# In SQL: events of an article in the order of the log, which covers their positions but not their row ids.
EVENT_ORDER: Final = "position IS NULL, position, id"
# An import takes at most so long: a checkpoint made later contains what it read.
MAX_IMPORT_MS: Final = 7 * 86_400_000
_FORM: Final = 1


class EventKind(StrEnum):
    """What an entry records, and the fields of its record. Times are milliseconds since 1970, hashes hexadecimal.

    Attributes:
        READING: a page was extracted again: n, at, extractor, came_to, no_edit, signature, identity, content.
        CHANGE: the change to version n was derived again: n, and its `change_digest` as change.
        REMOVAL: bytes of version n were deleted or never stored: n, parts, reason, at.
        RECAPTURE_REMOVAL: the bytes of a recapture were deleted: capture (its leaf), reason.
        ALIAS: the article was seen under another address: url, key.
        ALIAS_END: an address no longer leads to the article: key.
        MOVE: the article goes to another outlet or address, with its versions up to n: n, url, source, new_url,
            new_source.
        STATE: the article is watched otherwise from now on: state.
        VERDICT: a person judged the change to version n: n, at, author, weight, shown, labels, note, link; and
            imported, if the verdict was read from a file then.
        OUTSIDE_CAPTURE: another archive was asked to capture version n: n, at, service, address, answer.
        IMPORT: version n was not fetched when it says it was seen, but read from a file: n, at (of the import).
    """

    READING = "reading"
    CHANGE = "change"
    REMOVAL = "removal"
    RECAPTURE_REMOVAL = "recapture-removal"
    ALIAS = "alias"
    ALIAS_END = "alias-end"
    MOVE = "move"
    STATE = "state"
    VERDICT = "verdict"
    OUTSIDE_CAPTURE = "outside-capture"
    IMPORT = "import"


def enter(connection: Connection, article: tuple[int, str], kind: EventKind, **fields: object) -> None:
    """Enter what happened to an article, given as row and id, in the transaction that makes it happen."""
    key, ident = article
    # The text is what is hashed and what is stored: `verify` needs no second encoder that must agree with this one.
    record = record_of(kind.value, ident, fields)
    connection.insert(
        "event",
        article_id=key,
        kind=kind,
        n=fields.get("n"),
        record=record.decode(),
        leaf=leaf_hash(record),
    )


def record_of(kind: str, ident: str, fields: dict[str, object]) -> bytes:
    """Return the JSON of an event: texts as the database stores them, keys in order."""
    clean = {name: clean_text(value) if isinstance(value, str) else value for name, value in fields.items()}
    return orjson.dumps({"form": _FORM, "kind": kind, "article": ident, **clean}, option=orjson.OPT_SORT_KEYS)

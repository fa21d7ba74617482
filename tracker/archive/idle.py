"""Whether anything is due, asked with the standard library alone so that a cron run with nothing to do is cheap."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

ACTIVE_ARTICLE: Final = "a.state <> 'paused' AND a.source_id NOT IN (SELECT id FROM source WHERE paused)"
ACTIVE_HUB: Final = "h.source_id NOT IN (SELECT id FROM source WHERE paused)"
# The memo that a full pass leaves: until when no other is needed unless something falls due, and for what settings.
IDLE_MEMO: Final = "idle"

_NOT_BEFORE: Final = "EXISTS (SELECT 1 FROM host WHERE name = {}.host AND not_before > :until)"
# A memo from the future means that the clock was set back: the ordinary pass moves the due times.
_NOTHING_DUE: Final = f"""
SELECT 1 FROM memo WHERE name = '{IDLE_MEMO}' AND at <= :until
  AND CAST(substr(text, 1, instr(text, ' ')) AS INTEGER) > :now AND substr(text, instr(text, ' ') + 1) = :fingerprint
  AND NOT EXISTS (SELECT 1 FROM article a WHERE {ACTIVE_ARTICLE} AND a.next_check_at <= :until
                  AND NOT {_NOT_BEFORE.format("a")})
  AND NOT EXISTS (SELECT 1 FROM hub h WHERE {ACTIVE_HUB} AND h.next_poll_at <= :until
                  AND NOT {_NOT_BEFORE.format("h")})
  AND NOT EXISTS (SELECT 1 FROM delivery WHERE state = 'pending' AND due_at <= :now)
  AND NOT EXISTS (SELECT 1 FROM version WHERE id > (SELECT coalesce(max(version_id), 0) FROM story_reading))
"""


def nothing_due(path: Path, fingerprint: str, now_ms: int, until_ms: int) -> bool:
    """Return whether a pass over the SQLite archive at `path` would do nothing until `until_ms`.

    `fingerprint` must be the one that the last pass saved. Times are milliseconds since 1970. False also means "not
    known": the archive is missing, locked, or of another schema. The ordinary pass says what is wrong.
    """
    try:
        # Read-only: a cron run with nothing to do must neither create an archive nor change one.
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute(
                _NOTHING_DUE, {"fingerprint": fingerprint, "now": now_ms, "until": until_ms}
            ).fetchone()
    except sqlite3.Error:
        return False
    return found is not None

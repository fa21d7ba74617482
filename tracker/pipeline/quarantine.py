"""Pages that hung or crashed their reader twice: their bytes are kept, one for each article or list, the newest.

They stand among the archive's memos: no version came of them, and none may.
"""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tracker.archive.memos import save_memo
from tracker.extraction.pool import REFUSED_BEFORE

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.model import Capture, Failure

MEMO: Final = "quarantine|"


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A page that nobody could read: where and when it was fetched, what became of its reader, and its bytes."""

    url: str
    status: int
    fetched_at: datetime
    sha256: str
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def keep(archive: Archive, name: str, page: Capture, failure: Failure, now: datetime) -> Failure:
    """Keep the bytes that *failure* is about under *name*, an article's identifier or a list's address; say so.

    What was kept when it failed for the first time is not written again.
    """
    if failure.reason != REFUSED_BEFORE:
        save_memo(archive, MEMO + name, _written(page, failure.reason), now)
    return replace(failure, reason=f"{failure.reason}; its bytes are kept (writethru show {name} --quarantined)")


def read(text: str) -> Quarantined:
    """Read what `keep` wrote. Raises ValueError."""
    head, _, body = text.partition("\n")
    found = json.loads(head)
    return Quarantined(
        found["url"],
        found["status"],
        datetime.fromisoformat(found["fetched"]),
        found["sha256"],
        found["reason"],
        tuple((name, value) for name, value in found["headers"]),
        zlib.decompress(base64.b64decode(body)),
    )


def _written(page: Capture, reason: str) -> str:
    head = {
        "url": page.final_url,
        "status": page.status,
        "fetched": page.fetched_at.isoformat(),
        "sha256": page.sha256,
        "reason": reason,
        "headers": page.headers,
    }
    return f"{json.dumps(head)}\n{base64.b64encode(zlib.compress(page.body)).decode()}"

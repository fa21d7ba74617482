"""Pages that hung or crashed the extractor twice: the newest one of each article or hub is stored.

They are stored in memos, because they are evidence of a failure and must not become versions, until the article or hub
can be read again.
"""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from tracker.archive.codec import dump_memo, load_memo
from tracker.archive.memos import QUARANTINE_PREFIX, get_memo, save_memo
from tracker.extraction.pool import REFUSED_BEFORE

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.model.capture import Capture, Failure


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A page that could not be read: where and when it was fetched, what became of its reader, and its bytes."""

    url: str
    status: int
    fetched: datetime
    sha256: str
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""


def keep(archive: Archive, name: str, page: Capture, failure: Failure, now: datetime) -> Failure:
    """Store the bytes that `failure` is about, and return the failure with how to look at them.

    What was stored when the page failed for the first time is not written again.

    Args:
        archive: the open archive.
        name: the article's id, or the address of a list.
        page: what could not be read.
        failure: why.
        now: the time of the check.
    """
    # REFUSED_BEFORE: the pool knew the bytes again and did not read them.
    if failure.reason != REFUSED_BEFORE:
        found = Quarantined(page.final_url, page.status, page.fetched_at, page.sha256, failure.reason, page.headers)
        body = base64.b64encode(zlib.compress(page.body)).decode()
        save_memo(archive, QUARANTINE_PREFIX + name, f"{dump_memo(found, without=('body',))}\n{body}", now)
    return replace(failure, reason=f"{failure.reason}; the page is stored (see writethru show {name} --quarantined)")


def release(archive: Archive, name: str, now: datetime) -> None:
    """Delete the page of an article or a list that can be read again: it is not set aside any longer."""
    save_memo(archive, QUARANTINE_PREFIX + name, "", now)


def get_quarantined(archive: Archive, name: str) -> Quarantined | None:
    """Return the quarantined page of an article or a list, None if there is none. Raises ValueError if damaged."""
    head, _, body = get_memo(archive, QUARANTINE_PREFIX + name).partition("\n")
    return load_memo(Quarantined, head, body=zlib.decompress(base64.b64decode(body))) if head else None

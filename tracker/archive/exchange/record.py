"""A line of JSON, read back: a version with all that is needed to keep it once more."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from tracker.archive import codec
from tracker.errors import PageError
from tracker.model import Article, Capture, Change

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tracker.model import Version

NO_PAGE: Final = "imported without its page"
_SCHEMA: Final = 1
_LOG: Final = "writethru export --format jsonl writes lines that can be read back; those of log --json cannot"
EMPTY: Final = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Record:
    """One version as a file tells of it; *page_removed* says why its page is not there, *removed* why nothing is.

    *claimed* is the hash of the page, whether it is there or not.
    """

    url: str
    n: int
    seen: datetime
    source: str
    content: Article
    capture: Capture
    extractor: str
    stories: tuple[str, ...] = ()
    previous_seen: datetime | None = None
    change: Change | None = None
    signature: str = ""
    page_removed: str = ""
    removed: str = ""
    claimed: str = ""

    def is_same(self, kept: Version) -> bool:
        """Say whether *kept* is this version."""
        return kept.removed == self.removed and (
            kept.content.sha256 == self.content.sha256 and kept.capture_sha256 == self.claimed
        )


def records(lines: Iterable[bytes], resource: str = "") -> Iterator[Record]:
    """Read versions, one a line. Raises PageError, with the number of the line that is none."""
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            yield record(json.loads(text))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise PageError(f"line {number} is no version: {_told(error)}", resource=resource, hint=_LOG) from None


def record(value: dict[str, Any]) -> Record:
    """Return what one object tells. Raises ValueError, KeyError or TypeError where it is no version."""
    if value["schema"] != _SCHEMA:
        raise ValueError(f"schema {value['schema']!r} is not {_SCHEMA}")
    removed = str(value.get("removed", ""))
    content = codec.load(Article, _bytes(value["content"]))
    if not removed and content.sha256 != value["sha256"]:
        raise ValueError("its text does not match its sha256")
    capture = _capture(value, datetime.fromisoformat(value["seen"]))
    reason = str(value.get("page_removed", ""))
    return Record(
        url=value["url"],
        n=int(value["version"]),
        seen=datetime.fromisoformat(value["seen"]),
        source=value["source"],
        content=content,
        capture=capture,
        extractor=value["extractor"],
        stories=tuple(value["stories"]),
        previous_seen=datetime.fromisoformat(value["previous_seen"]) if value["previous_seen"] else None,
        change=codec.load(Change, _bytes(value["diff"])) if value["diff"] else None,
        signature=value["signature"],
        page_removed=reason or ("" if "body" in value else NO_PAGE),
        removed=removed,
        claimed=value["capture"],
    )


def _capture(value: dict[str, Any], seen: datetime) -> Capture:
    if "body" not in value:
        # What was taken out, or never came along: the hash is all that is known of the page.
        return Capture(value["url"], value["url"], int(value["status"]), (), b"", seen, EMPTY)
    try:
        body = base64.b64decode(value["body"], validate=True)
    except binascii.Error as error:
        raise ValueError(f"its body is not base64: {error}") from None
    if hashlib.sha256(body).hexdigest() != value["capture"]:
        raise ValueError("its body does not match the hash in capture")
    return codec.load(Capture, _bytes(value["evidence"]), body=body)


def _bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _told(error: Exception) -> str:
    return f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)

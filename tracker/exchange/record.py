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
from tracker.model import Article, ArticleState, Capture, Change, CheckOutcome, KeptAs, Reread, Rereading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tracker.model import Version

NO_PAGE: Final = "imported without its page"
_SCHEMA: Final = 1
_LOG: Final = "import reads lines written by writethru export --format jsonl, not those of log --json"
EMPTY: Final = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Record:
    """One version as a file tells of it; *page_removed* says why its page is not there, *removed* why nothing is.

    *claimed* is the hash of the page, whether it is there or not. *content* is what it was read as last, *kept_as*
    what it was kept as, where it was read again since.
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
    kept_as: KeptAs | None = None

    def is_same(self, kept: Version) -> bool:
        """Say whether *kept* is this version."""
        return kept.removed == self.removed and (
            kept.content.sha256 == self.content.sha256 and kept.capture_sha256 == self.claimed
        )


@dataclass(frozen=True, slots=True)
class Known:
    """An article as a file tells of it, from the time it was first heard of."""

    url: str
    source: str
    first_seen: datetime
    state: ArticleState = ArticleState.ACTIVE
    feed_title: str = ""
    stories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordedCheck:
    """A check that made no version, as a file tells of it."""

    url: str
    source: str
    at: datetime
    outcome: CheckOutcome
    status: int | None = None
    detail: str = ""
    elapsed: float = 0.0


def records(lines: Iterable[bytes], resource: str = "") -> Iterator[Record | Known | RecordedCheck]:
    """Read versions, articles and checks, one a line. Raises PageError, with the number of the line that is none."""
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            record = _record(json.loads(text))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise PageError(
                f"line {number} is not a valid version: {_told(error)}", resource=resource, hint=_LOG
            ) from None
        yield record


def _record(value: object) -> Record | Known | RecordedCheck:
    if not isinstance(value, dict):
        raise ValueError("it is not a JSON object")  # noqa: TRY004 - the text is at fault, not a caller
    kind = value.get("type", "version")
    if kind not in _READERS:
        raise ValueError(f"its type {kind!r} is not one of {', '.join(_READERS)}")
    return _READERS[kind](value)


def known(value: dict[str, Any]) -> Known:
    """Return the article that one object tells of. Raises ValueError, KeyError or TypeError where it is none."""
    _require_schema(value)
    return Known(
        url=value["url"],
        source=value["source"],
        first_seen=datetime.fromisoformat(value["first_seen"]),
        state=ArticleState(value["state"]),
        feed_title=str(value["feed_title"]),
        stories=tuple(value["stories"]),
    )


def visit(value: dict[str, Any]) -> RecordedCheck:
    """Return the check that one object tells of. Raises ValueError, KeyError or TypeError where it is none."""
    _require_schema(value)
    return RecordedCheck(
        url=value["url"],
        source=value["source"],
        at=datetime.fromisoformat(value["at"]),
        outcome=CheckOutcome(value["outcome"]),
        status=None if value["status"] is None else int(value["status"]),
        detail=str(value["detail"]),
        elapsed=float(value["elapsed"]),
    )


def record(value: dict[str, Any]) -> Record:
    """Return what one object tells. Raises ValueError, KeyError or TypeError where it is no version."""
    _require_schema(value)
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
        change=None if value["diff"] is None else codec.load(Change, _bytes(value["diff"])),
        signature=value["signature"],
        page_removed=reason or ("" if "body" in value else NO_PAGE),
        removed=removed,
        claimed=value["capture"],
        kept_as=_kept_as(value["reading"], int(value["version"]), content) if "reading" in value else None,
    )


def _kept_as(value: dict[str, Any], n: int, content: Article) -> KeptAs:
    first = value["first"]
    reread = Reread(
        n,
        value["extractor"],
        Rereading(value["came_to"]),
        content if value["other_text"] else None,
        value["signature"],
        no_edit=bool(value["no_edit"]),
    )
    text = codec.load(Article, _bytes(first["content"]))
    return KeptAs(text, first["extractor"], first["signature"], reread, datetime.fromisoformat(value["at"]))


def _require_schema(value: dict[str, Any]) -> None:
    if value["schema"] != _SCHEMA:
        raise ValueError(f"schema {value['schema']!r} is not {_SCHEMA}")


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
    """Say what is wrong with a line, without Python's own words for a value of the wrong type."""
    if isinstance(error, KeyError):
        return f"{error.args[0]!r} is missing"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return str(error) if isinstance(error, ValueError) else "a value has the wrong type"


_READERS: Final[dict[str, Callable[[dict[str, Any]], Record | Known | RecordedCheck]]] = {
    "version": record,
    "article": known,
    "check": visit,
}

"""Read the JSON lines that `export` wrote: versions, articles, checks, verdicts, with all it takes to store them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from tracker.archive import codec
from tracker.archive.checks import StoredCheck
from tracker.errors import PageError
from tracker.model.article import Article
from tracker.model.capture import Capture
from tracker.model.change import Change
from tracker.model.check import ArticleState, Check
from tracker.model.verdict import Verdict
from tracker.model.version import Reread, Rereading, StoredAs, Version

NO_PAGE: Final = "imported without its page"
# More than twice what the browser is allowed, so that later releases may allow more.
MAX_SCREENSHOT_BYTES: Final = 1_000_000
_JPEG_START: Final = b"\xff\xd8\xff"
EMPTY_SHA256: Final = hashlib.sha256(b"").hexdigest()
_SCHEMA: Final = 1
_HINT: Final = "import reads lines written by writethru export --format jsonl, not those of log --json"


@dataclass(frozen=True, slots=True)
class Record:
    """One version as recorded in a file.

    Attributes:
        version: with the content as extracted last, and the hash of the page, whether the file has that or not.
        page_removed: why the file does not have the page.
        stored_as: the content as stored first, if the page was extracted again later.
    """

    version: Version
    capture: Capture
    page_removed: str = ""
    stored_as: StoredAs | None = None

    def is_same(self, stored: Version) -> bool:
        """Return whether *stored* is this version."""
        own = self.version
        return (
            stored.removed == own.removed
            and stored.content.sha256 == own.content.sha256
            and stored.capture_sha256 == own.capture_sha256
        )


@dataclass(frozen=True, slots=True)
class RecordedArticle:
    """An article as recorded in a file."""

    url: str
    source: str
    first_seen: datetime
    state: ArticleState
    feed_title: str
    stories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordedVerdict:
    """A verdict as recorded in a file, and the address of its article."""

    url: str
    verdict: Verdict


Recorded = Record | RecordedArticle | StoredCheck | RecordedVerdict


def records(lines: Iterable[bytes], resource: str = "") -> Iterator[Recorded]:
    """Yield what *lines* record. Raises PageError with the number of an invalid line."""
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            found = _recorded(json.loads(text))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise PageError(
                f"line {number} is not a valid version: {_reason(error)}", resource=resource, hint=_HINT
            ) from None
        yield found


def _recorded(value: object) -> Recorded:
    if not isinstance(value, dict):
        raise ValueError("it is not a JSON object")  # noqa: TRY004 - the text is at fault, not a caller
    kind = value.get("type", "version")
    if kind not in _READERS:
        raise ValueError(f"its type {kind!r} is not one of {', '.join(_READERS)}")
    if value["schema"] != _SCHEMA:
        raise ValueError(f"schema {value['schema']!r} is not {_SCHEMA}")
    return _READERS[kind](value)


def _check(value: dict[str, Any]) -> StoredCheck:
    # Another archive has another name for the article.
    # Not strict, here and below: other programs write numbers as text, such as a status "200".
    check = msgspec.convert(value | {"article": ""}, Check, strict=False)
    _require_zone(check.at)
    return StoredCheck(check, value["url"], value["source"])


def _article(value: dict[str, Any]) -> RecordedArticle:
    article = msgspec.convert(value, RecordedArticle, strict=False)
    _require_zone(article.first_seen)
    return article


def _verdict(value: dict[str, Any]) -> RecordedVerdict:
    return RecordedVerdict(value["url"], read_verdict(value))


def read_verdict(value: dict[str, Any]) -> Verdict:
    """Return the verdict in a JSON object. Raises ValueError if it is not a valid one."""
    verdict = msgspec.convert(value, Verdict, strict=False)
    _require_zone(verdict.at)
    return verdict


def record(value: dict[str, Any]) -> Record:
    """Return the version in a JSON object. Raises ValueError, KeyError or TypeError if it is not a valid one."""
    removed = str(value.get("removed", ""))
    content = codec.load(Article, _bytes(value["content"]))
    # A version that was edited by hand must not become evidence.
    if not removed and content.sha256 != value["sha256"]:
        raise ValueError("its text does not match its sha256")
    seen, n = _time(value["seen"]), int(value["version"])
    version = Version(
        article=value["article"],
        n=n,
        url=value["url"],
        seen=seen,
        content=content,
        extractor=value["extractor"],
        capture_sha256=value["capture"],
        previous_seen=_time(value["previous_seen"]) if value["previous_seen"] else None,
        change=None if value["diff"] is None else codec.load(Change, _bytes(value["diff"])),
        status=int(value["status"]),
        signature=value["signature"],
        source=value["source"],
        stories=tuple(value["stories"]),
        removed=removed,
    )
    return Record(
        version,
        _capture(value, seen),
        page_removed=str(value.get("page_removed", "")) or ("" if "body" in value else NO_PAGE),
        stored_as=_stored_as(value["reading"], n, content) if "reading" in value else None,
    )


def _stored_as(value: dict[str, Any], n: int, content: Article) -> StoredAs:
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
    return StoredAs(text, first["extractor"], first["signature"], reread, _time(value["at"]))


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    _require_zone(at)
    return at


def _require_zone(at: datetime) -> None:
    if at.tzinfo is None:
        raise ValueError(f"the time {at.isoformat()} has no zone; write it as in {at.isoformat()}Z")


def _capture(value: dict[str, Any], seen: datetime) -> Capture:
    if "body" not in value:
        # The page was deleted or not exported: only its hash is known.
        return Capture(value["url"], value["url"], int(value["status"]), (), b"", seen, EMPTY_SHA256)
    try:
        body = base64.b64decode(value["body"], validate=True)
    except binascii.Error as error:
        raise ValueError(f"its body is not base64: {error}") from None
    # As above: what is stored must be what was exported.
    if hashlib.sha256(body).hexdigest() != value["capture"]:
        raise ValueError("its body does not match the hash in capture")
    capture = codec.load(Capture, _bytes(value["evidence"]), body=body)
    try:
        if capture.screenshot and not is_jpeg(base64.b64decode(capture.screenshot, validate=True)):
            raise ValueError("its screenshot is not a JPEG file, or is too large")
    except binascii.Error as error:
        raise ValueError(f"its screenshot is not base64: {error}") from None
    return capture


def is_jpeg(data: bytes) -> bool:
    """Return whether *data* looks like a screenshot that Writethru took: a JPEG file that is not too large."""
    return data.startswith(_JPEG_START) and len(data) <= MAX_SCREENSHOT_BYTES


def _bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _reason(error: Exception) -> str:
    """Return what is wrong with a line, without Python's own words for a value of the wrong type."""
    if isinstance(error, KeyError):
        return f"{error.args[0]!r} is missing"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return str(error) if isinstance(error, ValueError) else "a value has the wrong type"


_READERS: Final[dict[str, Callable[[dict[str, Any]], Recorded]]] = {
    "version": record,
    "article": _article,
    "check": _check,
    "verdict": _verdict,
}

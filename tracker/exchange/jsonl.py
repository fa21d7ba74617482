"""JSON lines: one object a version, as `log --json` writes it, with all that `import` needs; written and read here.

In addition to the keys of `log --json`, each object has ``text``, ``status``, ``signature``, ``content`` (the Article)
and ``diff`` (the Change, or null). `content` and `diff` are exactly those of the model, without fields that hold their
default. With captures there are ``evidence`` (the Capture without its body) and ``body`` in base64, or
``page_removed`` with the reason. ``reading`` is there if the page was extracted again: when, by which extractor and
with what result, and in ``first`` the reading stored before.

People’s verdicts come last: lines with the ``type`` ``verdict``, as `note --json` writes them, with the ``url``; and
pages that people handed in: lines with the ``type`` ``handin``, which an import leaves out.
With checks there are two more kinds of line: ``article`` for every article, at the time it was first seen, and
``check`` for every check that made no version, at its time.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import heapq
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from operator import itemgetter
from typing import Annotated, Any, Final, TypeVar

import msgspec

from tracker.archive import codec
from tracker.archive.articles import list_articles
from tracker.archive.checks import StoredCheck, iter_checks_without_version
from tracker.archive.readings import stored_as
from tracker.archive.versions import translated
from tracker.errors import PageError, reason_of
from tracker.model.article import Article
from tracker.model.capture import Capture
from tracker.model.change import Change, Verdict
from tracker.model.version import Reread, Rereading, StoredAs, Version
from tracker.model.watch import ArticleState, Check
from tracker.render.json import dumps
from tracker.views.article import ArticleRecord
from tracker.views.change import VerdictView, shorten
from tracker.views.version import HandinView, VersionView

from .export import Job, StoredPage

# The order of lines that have the same time.
_ARTICLE, _VERSION, _CHECK = range(3)
# An object, and its time and kind, by which it is sorted.
_Line = tuple[tuple[datetime, int], dict[str, Any]]
_SEPARATE: Final = ("body",)


def write(job: Job) -> None:
    """Write the selected versions, oldest first, then the verdicts on their changes, and the pages handed in."""
    lines, selection = _versions(job), job.selection
    if job.with_checks:
        chosen = {name: value for name, value in asdict(selection).items() if name != "verdict"}
        articles = (
            ((each.first_seen_at, _ARTICLE), {"type": "article"} | ArticleRecord.of(each).as_json())
            for each in reversed(list_articles(job.archive, source=selection.source or None))
            if (not selection.articles or each.id in selection.articles)
            and (selection.since is None or each.first_seen_at >= selection.since)
            and (selection.until is None or each.first_seen_at < selection.until)
        )
        checks = (
            (
                (each.check.at, _CHECK),
                {"schema": 1, "type": "check", "url": each.url, "source": each.source, **asdict(each.check)},
            )
            for each in iter_checks_without_version(job.archive, **chosen)
        )
        # Merged, not sorted: each of them is in order already, and an archive does not fit the memory.
        lines = heapq.merge(articles, checks, lines, key=itemgetter(0))
    with job.out() as out:
        found: list[dict[str, Any]] = []
        for _, value in lines:
            out.write(dumps(value).encode("utf-8") + b"\n")
            if "type" not in value:
                given = job.verdicts.get((value["article"], value["version"]), ())
                found += ({"type": "verdict", "url": value["url"]} | VerdictView.of(each).as_json() for each in given)
        found += ({"type": "handin"} | HandinView.of(each).as_json() for each in job.handins())
        out.writelines(dumps(value).encode("utf-8") + b"\n" for value in found)


def line(version: Version, page: StoredPage | None = None) -> dict[str, Any]:
    """Return one version as an object, with its stored page if that is given."""
    value = VersionView.of(version).as_json() | {
        "text": version.content.text,
        "status": version.status,
        "signature": version.signature,
        "content": _plain(codec.dump(version.content)),
        "diff": None if version.change is None else _plain(codec.dump(version.change)),
    }
    if version.removed:
        value["removed"] = version.removed
    elif page is not None and page.capture is None:
        value["page_removed"] = page.reason
    elif page is not None and page.capture is not None:
        value["evidence"] = _plain(codec.dump(page.capture, without=_SEPARATE))
        value["body"] = base64.b64encode(page.capture.body).decode("ascii")
    return value


def _versions(job: Job) -> Iterator[_Line]:
    for version in job.in_time():
        value = line(version, job.page_of(version) if job.with_captures else None)
        first = None if version.removed else stored_as(job.archive, version.article, version.n)
        if first is not None:
            value["reading"] = {
                "at": first.at.isoformat(),
                "extractor": first.reread.extractor,
                "came_to": first.reread.outcome,
                "no_edit": first.reread.no_edit,
                "signature": first.reread.signature,
                "other_text": first.reread.content is not None,
                "first": {
                    "extractor": first.extractor,
                    "signature": first.signature,
                    "content": _plain(codec.dump(first.content)),
                },
            }
        yield (version.seen, _VERSION), value


def _plain(data: bytes) -> Any:  # noqa: ANN401 - a JSON value
    return json.loads(data.decode("utf-8", "surrogatepass"))


NO_PAGE: Final = "imported without its page"
# More than twice the limit of the browser, so that later releases may allow more.
MAX_SCREENSHOT_BYTES: Final = 1_000_000
_JPEG_START: Final = b"\xff\xd8\xff"
# Outside these years, arithmetic with times and zones could leave the calendar.
MIN_YEAR: Final = 1900
MAX_YEAR: Final = 2999
# Web pages link to it, and the service would fetch it.
WebAddress = Annotated[str, msgspec.Meta(pattern="^https?://")]
# What both databases take for a number; no count, length or status that an archive exports comes near it.
MAX_NUMBER: Final = (1 << 31) - 1
MAX_SHOWN_DIGITS: Final = 20
HttpStatus = Annotated[int, msgspec.Meta(ge=0, le=999)]
EMPTY_SHA256: Final = hashlib.sha256(b"").hexdigest()
# The type of a line → the schemas it may have. Schema 1 of versions is that of release 0.1.
_SCHEMAS: Final = {"version": (1, 2), "article": (1,), "check": (1,), "verdict": (1,), "handin": (1,)}
_HINT: Final = "import reads lines written by writethru export --format jsonl, not those of log --json"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Record:
    """One version as recorded in a file, with the content as extracted last; the hash of the page is always there.

    `page_removed` says why the file does not have the page. `stored_as` is the content as stored first, if the page was
    extracted again later.
    """

    version: Version
    capture: Capture
    page_removed: str = ""
    stored_as: StoredAs | None = None


@dataclass(frozen=True, slots=True)
class RecordedArticle:
    """An article as recorded in a file."""

    url: WebAddress
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
    """Yield the records in `lines`. Raises PageError with the number of an invalid line."""
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            found = _recorded(json.loads(text, parse_int=_number))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            if isinstance(error, KeyError):
                reason = f"{error.args[0]!r} is missing"
            elif isinstance(error, RecursionError):
                reason = "it is nested too deeply"
            elif isinstance(error, json.JSONDecodeError):
                reason = f"it is not valid JSON at column {error.colno}"
            else:
                # Python's messages about a value of the wrong type do not help a user.
                reason = reason_of(error) or "a value has the wrong type"
            message = f"line {number} cannot be imported: {reason}"
            raise PageError(message, resource=resource, hint=_HINT) from None
        if found is not None:
            yield found


def _number(digits: str) -> int:
    if len(digits) > len(str(MAX_NUMBER)) + 1 or abs(int(digits)) > MAX_NUMBER:
        raise ValueError(f"the number {shorten(digits, MAX_SHOWN_DIGITS)} is too large")
    return int(digits)


def _recorded(value: object) -> Recorded | None:
    if not isinstance(value, dict):
        raise ValueError("it is not a JSON object")  # noqa: TRY004 - the text is at fault, not a caller
    kind = value.get("type", "version")
    if kind not in _SCHEMAS:
        raise ValueError(f"its type {kind!r} is not one of {', '.join(_SCHEMAS)}")
    if value["schema"] not in _SCHEMAS[kind]:
        known = " and ".join(map(str, _SCHEMAS[kind]))
        raise ValueError(f"its schema is {value['schema']!r}; this release reads {known}")
    if kind == "handin":
        return None  # it was handed in to the other archive
    if kind == "version":
        return record(value)
    if kind == "verdict":
        return RecordedVerdict(msgspec.convert(value["url"], WebAddress), read_verdict(value))
    # Not strict, here and elsewhere: other programs write numbers as text, such as a status "200".
    if kind == "article":
        article = msgspec.convert(value, RecordedArticle, strict=False)
        require_usable(article.first_seen)
        return article
    # This archive may have another id for the article.
    check = msgspec.convert(value | {"article": ""}, Check, strict=False)
    require_usable(check.at)
    msgspec.convert(check.status, HttpStatus | None)
    return StoredCheck(check, msgspec.convert(value["url"], WebAddress), msgspec.convert(value["source"], str))


def read_verdict(value: dict[str, Any]) -> Verdict:
    """Return the verdict in a JSON object. Raises ValueError if it is not a valid one."""
    verdict = msgspec.convert(value, Verdict, strict=False)
    require_usable(verdict.at)
    return verdict


def record(value: dict[str, Any]) -> Record:
    """Return the version in a JSON object. Raises ValueError, KeyError or TypeError if it is not a valid one."""
    line = msgspec.convert(value, _VersionLine, strict=False)
    plain = msgspec.structs.asdict(line)
    sha256, page_removed = plain.pop("sha256"), plain.pop("page_removed")
    content = _content(value["content"])
    # A version that was edited by hand must not become evidence.
    if not line.removed and content.sha256 != sha256:
        raise ValueError("its text does not match its sha256")
    for at in filter(None, (line.seen, line.previous_seen)):
        require_usable(at)
    change = None if value["diff"] is None else _load(Change, translated(value["diff"]))
    return Record(
        Version(content=content, change=change, **plain),
        _capture(value, line),
        page_removed=page_removed or ("" if "body" in value else NO_PAGE),
        stored_as=_stored_as(value["reading"], line.n, content) if "reading" in value else None,
    )


class _VersionLine(msgspec.Struct, rename={"n": "version", "capture_sha256": "capture"}):
    """The keys of a version with plain values, named as the fields of `Version`; and `sha256`, `page_removed`."""

    article: str
    n: Annotated[int, msgspec.Meta(ge=1)]
    url: WebAddress
    seen: datetime
    previous_seen: datetime | None
    sha256: str
    extractor: str
    capture_sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    status: HttpStatus
    signature: str
    source: str
    stories: tuple[str, ...]
    removed: str = ""
    page_removed: str = ""


def _stored_as(value: dict[str, Any], n: int, content: Article) -> StoredAs:
    first, outcome = value["first"], Rereading(value["came_to"])
    text, no_edit = content if value["other_text"] else None, bool(value["no_edit"])
    reread = Reread(n, value["extractor"], outcome, text, value["signature"], no_edit=no_edit)
    at = datetime.fromisoformat(value["at"])
    require_usable(at)
    return StoredAs(_content(first["content"]), first["extractor"], first["signature"], reread, at)


def _require_zone(at: datetime) -> None:
    if at.tzinfo is None:
        raise ValueError(f"the time {at.isoformat()} has no time zone; write it as in {at.isoformat()}Z")


def require_usable(at: datetime) -> None:
    """Raise ValueError if the time of a check has no time zone, or is so far away that no check could follow it."""
    _require_zone(at)
    if not MIN_YEAR <= at.year <= MAX_YEAR:
        raise ValueError(f"the time {at.isoformat()} is not between the years {MIN_YEAR} and {MAX_YEAR}")


def _capture(value: dict[str, Any], line: _VersionLine) -> Capture:
    if "body" not in value:
        # The page was deleted or not exported: only its hash is known.
        return Capture(line.url, line.url, line.status, (), b"", line.seen, EMPTY_SHA256)
    try:
        body = base64.b64decode(value["body"], validate=True)
    except binascii.Error as error:
        raise ValueError(f"its body is not base64: {error}") from None
    # As above: the stored page must be the exported one.
    if hashlib.sha256(body).hexdigest() != line.capture_sha256:
        raise ValueError("its body does not match the hash in capture")
    capture = _load(Capture, value["evidence"], body=body)
    require_usable(capture.fetched_at)
    msgspec.convert(capture.status, HttpStatus)
    try:
        if capture.screenshot and not is_jpeg(base64.b64decode(capture.screenshot, validate=True)):
            raise ValueError("its screenshot is not a JPEG file, or is too large")
    except binascii.Error as error:
        raise ValueError(f"its screenshot is not base64: {error}") from None
    return capture


def is_jpeg(data: bytes) -> bool:
    """Return whether `data` looks like a screenshot that Writethru took: a JPEG file that is not too large."""
    return data.startswith(_JPEG_START) and len(data) <= MAX_SCREENSHOT_BYTES


def _content(value: object) -> Article:
    content = _load(Article, value)
    for at in filter(None, (content.published, content.modified)):
        _require_zone(at)
    return content


def _load(kind: type[T], value: object, **given: object) -> T:
    # The codec checks no types, because it only reads its own output elsewhere.
    msgspec.convert({**value, **given} if isinstance(value, dict) else value, kind)
    return codec.load(kind, json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"), **given)

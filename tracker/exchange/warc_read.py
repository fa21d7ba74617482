"""Read the captures of HTML pages in any number of WARC files, oldest first.

The first pass indexes the responses by time, the second reads them in that order. ARC files and files of other crawlers
can be read too; captures in files written by Writethru are read back exactly.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple, Self

from tracker.errors import PageError, UsageError
from tracker.fetch.decode import Decoder
from tracker.fetch.responses import FetchError
from tracker.model.capture import Capture, Headers, first_header

from .jsonl import is_jpeg, require_usable
from .warc import JPEG, OURS, REVISIT, VIEW, digest, restored

# Responses, the first record of each payload, and the records about each response.
_TABLES: Final = """
CREATE TABLE spot (at TEXT, file INTEGER, offset INTEGER, url TEXT, payload TEXT, id TEXT, revisit INTEGER);
CREATE TABLE payload (digest TEXT PRIMARY KEY, file INTEGER, offset INTEGER) WITHOUT ROWID;
CREATE TABLE about (id TEXT, kind TEXT, file INTEGER, offset INTEGER);
"""
_INDEXES: Final = "CREATE INDEX ix_about ON about (id); CREATE INDEX ix_spot ON spot (at, file, offset);"


class Spot(NamedTuple):
    """A response or revisit: its time in UTC, its location and facts from its headers."""

    at: datetime
    file: int
    offset: int
    url: str
    payload: str
    id: str
    revisit: bool


_BEFORE_MARKUP: Final = b"\xef\xbb\xbf \t\r\n"
_FOLD: Final = re.compile(rb"\r?\n[ \t]+")
_END: Final = re.compile(rb"\r?\n\r?\n")
_LINE: Final = re.compile(r"\r?\n")
_BLANK: Final = " \t"
_STATUS: Final = re.compile(r"HTTP/[\d.]+ +(\d{3})")


def split_http(block: bytes) -> tuple[int, Headers, bytes]:
    """Return status (0 if there is none), headers and body of an HTTP message."""
    end = _END.search(block)
    head, body = (block, b"") if end is None else (block[: end.start()], block[end.end() :])
    first, *rest = _LINE.split(_FOLD.sub(b" ", head).decode("latin-1"))
    status = _STATUS.match(first)
    return int(status[1]) if status else 0, _named(rest), body


def read_fields(block: bytes) -> Headers:
    """Return the fields of a warcinfo or metadata record, names in lower case."""
    return tuple((name.lower(), value) for name, value in _named(_LINE.split(block.decode("utf-8", "replace"))))


def decoded(headers: Headers, body: bytes, largest: int) -> bytes | None:
    """Return the body, decoded as its headers say; None if it is damaged, or more than `largest` bytes.

    Some crawlers store pages decoded and leave the Content-Encoding in place; these are returned as they are.
    """
    from warcio.bufferedreaders import ChunkedDataReader

    if first_header(headers, "transfer-encoding").strip().lower() == "chunked":
        # One byte more than allowed, to see whether there is more.
        body = bytes(ChunkedDataReader(io.BytesIO(body)).read(largest + 1))
    try:
        decoder = Decoder(first_header(headers, "content-encoding"), largest)
        decoder.feed(body)
        return decoder.finish()
    except FetchError:
        return body if body.lstrip(_BEFORE_MARKUP).startswith(b"<") and len(body) <= largest else None


def _named(lines: list[str]) -> Headers:
    pairs = (line.partition(":") for line in lines)
    return tuple(
        (name.strip(_BLANK), text.strip(_BLANK)) for name, colon, text in pairs if colon and name.strip(_BLANK)
    )


MAX_RECORD_BYTES: Final = 50_000_000
# The most bytes that the headers of a record may have.
MAX_HEAD_BYTES: Final = 1_000_000
# A package that is compressed more than this could fill the disk; web pages never are.
MAX_COMPRESSION_RATIO: Final = 200
_PAGES: Final = frozenset({"text/html", "application/xhtml+xml", ""})
_ZIP: Final = b"PK\x03\x04"
_ABOUT: Final = frozenset({"request", "metadata", "resource"})
_RESPONSES: Final = frozenset({"response", "revisit"})
_IDENTICAL: Final = frozenset({REVISIT, REVISIT.replace("1.1", "1.0")})


@dataclass(frozen=True, slots=True)
class Found:
    """A capture in a file, and the fields of its metadata records (names in lower case)."""

    capture: Capture
    notes: Headers = ()

    def note(self, name: str) -> str:
        """Return the first field `name` that Writethru added when exporting, or ""."""
        return next(iter(self.notes_of(name)), "")

    def notes_of(self, name: str) -> tuple[str, ...]:
        """Return all fields `name` that Writethru added when exporting."""
        return tuple(value for key, value in self.notes if key == OURS + name)

    @property
    def previous_seen(self) -> datetime | None:
        """When the version before was last seen, if the file says so."""
        return _time(self.note("previous-seen"))


class Warcs:
    """WARC files and WACZ packages, opened together. A context manager.

    `only` limits a file to the records at these offsets and the records about them that follow. Raises UsageError if a
    file cannot be read, PageError if it is not a WARC file.
    """

    def __init__(self, paths: Sequence[Path], only: Mapping[Path, Sequence[int]] | None = None) -> None:
        self._only = {str(path): offsets for path, offsets in (only or {}).items()}
        self._stack = ExitStack()
        self._files: list[tuple[BinaryIO, str]] = []
        self.skipped = 0
        try:
            for path in paths:
                self._open(path)
        except BaseException:
            self._stack.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def captures(self) -> Iterator[Found]:
        """Yield the captures of pages, oldest first; `skipped` counts responses that are not pages or are damaged."""
        # An empty name is a temporary file, kept in memory while it is small.
        with closing(sqlite3.connect("")) as index:
            index.executescript(_TABLES)
            for number in range(len(self._files)):
                self._scan(number, index)
            index.executescript(_INDEXES)
            for at, *rest in index.execute("SELECT * FROM spot ORDER BY at, file, offset"):
                found = self._load(Spot(datetime.fromisoformat(at), *rest), index)
                if found is None:
                    self.skipped += 1
                else:
                    yield found

    def _open(self, path: Path) -> None:
        try:
            file = self._stack.enter_context(path.open("rb"))
        except OSError as error:
            raise UsageError(f"the file cannot be read: {error.strerror}", resource=str(path)) from error
        if file.read(4) != _ZIP:
            self._files.append((file, str(path)))
            return
        try:
            package = self._stack.enter_context(zipfile.ZipFile(file))
            inside = [each for each in package.infolist() if each.filename.startswith("archive/") and not each.is_dir()]
            # All together, because members may be the same bytes of the package.
            if sum(each.file_size for each in inside) > MAX_COMPRESSION_RATIO * path.stat().st_size:
                message = "the package is compressed more than web pages can be; unpacking it could fill the disk"
                raise PageError(message, resource=str(path))
            for each in inside:
                # Records are read in any order, and seeking in a member of a ZIP file is slow.
                copy = self._stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack closes it
                with package.open(each) as member:
                    shutil.copyfileobj(member, copy)
                self._files.append((copy, f"{path}!{each.filename}"))
        # RuntimeError: encrypted, or of a later version; OSError: a place that no file has.
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError) as error:
            message = "this WACZ package is damaged or cannot be unpacked"
            raise PageError(message, resource=str(path), hint="get a complete copy of the file") from error
        if not inside:
            raise PageError("not a WACZ package: it has no folder archive/", resource=str(path))

    def _scan(self, number: int, index: sqlite3.Connection) -> None:
        file, name = self._files[number]
        only = self._only.get(name)
        empty = True
        for start in only or (0,):
            file.seek(start)
            for place, (record, offset) in enumerate(_records(file, name)):
                if only and place and (record is None or record.rec_type not in _ABOUT):
                    break
                empty = False
                if record is None or not self._index(record, number, offset, index):
                    self.skipped += 1
        if empty:
            what = "the index leads to no records in this file" if only else "not a WARC file: it has no records"
            raise PageError(what, resource=name)

    def _index(self, record: Any, file: int, offset: int, index: sqlite3.Connection) -> bool:  # noqa: ANN401 - warcio's
        """Index one record; return False if it is a response that cannot be used."""

        def header(name: str) -> str:
            return record.rec_headers.get_header(name) or ""

        kind, url = record.rec_type, header("WARC-Target-URI")
        if not header("Content-Length"):  # the file was cut short in the headers of its last record
            return False
        if kind in _ABOUT:
            response_id = header("WARC-Concurrent-To") or header("WARC-Refers-To")
            is_screenshot = url.startswith(VIEW) and header("Content-Type") == JPEG
            if kind != "resource" or (response_id and is_screenshot):
                index.execute("INSERT INTO about VALUES (?, ?, ?, ?)", (response_id, kind, file, offset))
            return True
        if kind not in _RESPONSES:
            return True
        at, revisit = _time(header("WARC-Date")), kind == "revisit"
        if at is None or (revisit and header("WARC-Profile") not in _IDENTICAL):
            return False
        payload, place = header("WARC-Payload-Digest"), (file, offset)
        # All in UTC and with microseconds, so that texts sort as times do.
        spot = (at.isoformat(timespec="microseconds"), *place, url, payload, header("WARC-Record-ID"), revisit)
        index.execute("INSERT INTO spot VALUES (?, ?, ?, ?, ?, ?, ?)", spot)
        if payload and not revisit:
            index.execute("INSERT OR IGNORE INTO payload VALUES (?, ?, ?)", (payload, *place))
        return True

    def _load(self, spot: Spot, index: sqlite3.Connection) -> Found | None:
        """Return the capture of a response or revisit with the records about it; None if it is not a whole page."""
        record = self._record(spot.file, spot.offset)
        address = record.rec_headers.get_header("WARC-IP-Address") or ""
        block = record.raw_stream.read(MAX_RECORD_BYTES + 1)
        # The file was cut short: the missing part would look like an edit.
        if len(block) < min(record.length or 0, MAX_RECORD_BYTES):
            return None
        status, headers, body = split_http(block)
        mime = first_header(headers, "content-type").partition(";")[0].strip().lower()
        if not spot.url.startswith(("http://", "https://")) or not 200 <= status < 300 or mime not in _PAGES:
            return None
        asked, notes, screenshot = self._about(spot, index)
        if spot.revisit:
            query = "SELECT file, offset FROM payload WHERE digest = ?"
            first = index.execute(query, (spot.payload,)).fetchone()
            if first is None:
                return None
            _, named, body = split_http(self._read(*first))
        else:
            named = headers
        ours = any(name.startswith(OURS) for name, _ in notes)
        # Our own files must come back exactly; of other crawlers', bodies often differ from their digests.
        if ours and spot.payload != digest(body):
            return None
        content = body if ours else decoded(named, body, MAX_RECORD_BYTES)
        if content is None or len(content) > MAX_RECORD_BYTES:
            return None
        body = content
        capture = _capture(spot, status, restored(headers) if ours else headers, body, asked, address, notes)
        if ours and is_jpeg(screenshot):
            capture = replace(capture, screenshot=base64.b64encode(screenshot).decode("ascii"))
        return Found(capture, notes)

    def _about(self, spot: Spot, index: sqlite3.Connection) -> tuple[Headers, Headers, bytes]:
        """Return the headers of the request, the fields of metadata records, and the screenshot of the page."""
        asked: Headers = ()
        notes: Headers = ()
        screenshot = b""
        query = "SELECT kind, file, offset FROM about WHERE id = ? ORDER BY rowid"
        for kind, number, offset in index.execute(query, (spot.id,)):
            if kind == "request":
                asked = split_http(self._read(number, offset))[1]
            elif kind == "resource":
                screenshot = self._read(number, offset)
            else:
                notes += read_fields(self._read(number, offset))
        return asked, notes, screenshot

    def _record(self, number: int, offset: int) -> Any:  # noqa: ANN401 - warcio's
        file, name = self._files[number]
        file.seek(offset)
        return next(_records(file, name))[0]

    def _read(self, number: int, offset: int) -> bytes:
        return bytes(self._record(number, offset).raw_stream.read(MAX_RECORD_BYTES + 1))


class _Lines:
    """Reads the lines of a record's headers. Raises PageError if there are too many bytes."""

    def __init__(self, readline: Callable[[int], bytes], name: str) -> None:
        self._readline = readline
        self._name = name
        self.left = MAX_HEAD_BYTES

    def __call__(self, length: int | None = None) -> bytes:
        line = self._readline(min(length or self.left, self.left))
        self.left -= len(line)
        if not self.left:
            hint = "the headers of a record are too long"
            raise PageError("the WARC file is damaged", resource=self._name, hint=hint)
        return line


def _capture(
    spot: Spot, status: int, headers: Headers, body: bytes, asked: Headers, address: str, notes: Headers
) -> Capture:
    took = first_header(notes, "fetchtimems")
    return Capture(
        url=first_header(notes, f"{OURS}asked") or spot.url,
        final_url=spot.url,
        status=status,
        headers=headers,
        body=body,
        fetched_at=spot.at,
        sha256=hashlib.sha256(body).hexdigest(),
        elapsed=int(took) / 1000 if took.isdecimal() else 0.0,
        remote_ip=address,
        hops=tuple(value for name, value in notes if name == f"{OURS}hop"),
        request_headers=asked,
    )


def _time(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        require_usable(at)
    except (ValueError, OverflowError):  # OverflowError: the first or last day of the calendar in another zone
        return None
    return at


def _records(file: BinaryIO, name: str) -> Iterator[tuple[Any, int]]:
    """Yield each record from here on with its offset; None at the end if a compressed file is cut short in the next."""
    try:
        from warcio import archiveiterator, exceptions
    except ModuleNotFoundError:
        hint = "pip install 'writethru[exchange]'"
        raise UsageError("reading WARC files needs warcio", resource=name, hint=hint) from None
    records = archiveiterator.ArchiveIterator(file, no_record_parse=True, arc2warc=True)
    reader = records.reader
    own = reader.decompressor  # of the member that the last record is in
    # warcio reads headers without a limit: a file that is one endless line would fill the memory.
    lines = reader.readline = _Lines(reader.readline, name)
    reader.close_decompressor = lambda: None  # warcio would drop it at the end, where its state is needed
    try:
        for record in records:
            lines.left = MAX_HEAD_BYTES
            yield record, records.offset
            lines.left, own = MAX_HEAD_BYTES, reader.decompressor
        if reader.decompressor not in {None, own}:
            yield None, records.offset
    except exceptions.ArchiveLoadFailed:  # its message quotes bytes of the file
        raise PageError("not a WARC file, or a damaged one", resource=name) from None
    except (EOFError, OSError) as error:
        raise PageError("the WARC file is damaged", resource=name) from error

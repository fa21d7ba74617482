"""Export as WARC 1.1 (ISO 28500:2017): each capture as response, request and metadata records, and a CDXJ index.

WACZ 1.1.1 (https://specs.webrecorder.net/wacz/1.1.1/) is such a file with its indexes in one ZIP package, which
ReplayWeb.page opens in a browser. Compressed files are stored in the ZIP as they are, so that a viewer can request
parts of them over HTTP.

The same version always makes the same records. Pages are stored decoded, so a record cannot have the bytes that were
transferred. As other crawlers do in that case, the three headers that describe those bytes are renamed ``X-Crawler-…``,
and a correct ``Content-Length`` is added last.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import tempfile
import uuid
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from functools import partial
from http import HTTPStatus
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import urlsplit

from tracker.archive.handins import get_handin
from tracker.archive.versions import iter_versions
from tracker.model.capture import Capture, Headers
from tracker.model.change import Verdict
from tracker.model.version import Handin, Version
from tracker.render.json import dumps
from tracker.render.times import iso
from tracker.views.change import VerdictView, verdict_line
from tracker.views.version import handed_in

from . import cdx
from .export import Job
from .files import replacing, writing

RENAMED: Final = ("content-encoding", "transfer-encoding", "content-length")
PREFIX: Final = "X-Crawler-"
OURS: Final = "writethru-"
REVISIT: Final = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
FIELDS: Final = "application/warc-fields"
JPEG: Final = "image/jpeg"
# Other crawlers put this before the address of a page to name its screenshot.
VIEW: Final = "urn:view:"
# The name space of record ids. It must never change: a second export must have the same ids.
_SPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "https://writethru.example/warc")
_BREAK: Final = re.compile(r"[\r\n\0]+[ \t]*")
_DECODED: Final = (
    "Bodies are decoded; Content-Encoding, Transfer-Encoding and Content-Length of the response as it came are kept as "
    "X-Crawler-Content-Encoding, X-Crawler-Transfer-Encoding and X-Crawler-Content-Length"
)
_RESPONSE: Final = "application/http;msgtype=response"
_REQUEST: Final = "application/http;msgtype=request"
# A capture is written as a revisit only if its payload is among this many most recent ones.
MAX_REVISIT_PAYLOADS: Final = 100_000


def write(job: Job) -> None:
    """Write the captures of the selected versions, compressed if the name ends in .gz, and the index next to the file.

    The same versions make the same file, whatever its name and the time. Versions without a stored page have no record.
    """
    path = job.place
    with closing(cdx.Index()) as index, replacing(path) as part:
        with part.open("wb") as out:
            write_records(job, out, path.name, index, compressed=path.suffix == ".gz")
        with writing(index_path(path)) as file:
            file.writelines(line.encode() for line in index.lines())


def write_records(job: Job, out: BinaryIO, name: str, index: cdx.Index, *, compressed: bool) -> None:
    """Write the captures of the selected versions to `out`, oldest first, and their entries to `index`.

    `name` is the name of the WARC file in the index.
    """
    file = _WarcFile(job, out, name, index, compressed=compressed)
    for version in job.in_time():
        capture = job.page_of(version).capture
        if capture is not None:
            file.add(version, capture, job.verdicts_on(version))
    for each in job.handins():
        file.add_handin(each, get_handin(job.archive, each.page.article, each.page.n)[1])


def index_path(path: Path) -> Path:
    """Return the path of a WARC file's index: news.cdxj for news.warc.gz."""
    return path.with_name(path.name.removesuffix(".gz").removesuffix(".warc") + ".cdxj")


class _WarcFile:
    def __init__(self, job: Job, out: BinaryIO, name: str, index: cdx.Index, *, compressed: bool) -> None:
        self._out = out
        self._name = name
        self._index = index
        self._compressed = compressed
        self._offset = 0
        # Payload → the headers that name its first record.
        self._payloads: OrderedDict[str, Headers] = OrderedDict()
        newest = iter_versions(job.archive, replace(job.selection.query(), reverse=False, limit=1))
        date = moment(next((version.seen for version in newest), job.now))
        self._info = record_id("warcinfo", date, job.selection)
        about = [
            ("software", f"Writethru/{job.release}"),
            ("format", "WARC File Format 1.1"),
            ("conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"),
            ("description", _DECODED),
        ]
        self._write("warcinfo", self._info, date, [("Content-Type", FIELDS)], fields(about))

    def add(self, version: Version, capture: Capture, verdicts: Iterable[Verdict]) -> None:
        """Write one capture: a response, or a revisit if the payload is in the file already, and the other records.

        Each of the `verdicts` on the version is a metadata record of its own, dated when it was given.
        """
        date = moment(capture.fetched_at)
        own = record_id("response", f"{version.article}@{version.n}", date, capture.sha256)
        payload = digest(capture.body)
        head = response_head(capture)
        target = ("WARC-Target-URI", capture.final_url)
        shared = [target, ("WARC-IP-Address", capture.remote_ip)] if capture.remote_ip else [target]
        of_response = [*shared, ("WARC-Payload-Digest", payload), ("Content-Type", _RESPONSE)]
        # A page that is the same again is a revisit: replay tools show it from the first record.
        first = self._payloads.get(payload)
        start = self._offset
        if first is None:
            self._payloads[payload] = (
                ("WARC-Refers-To", own),
                ("WARC-Refers-To-Target-URI", capture.final_url),
                ("WARC-Refers-To-Date", date),
            )
            if len(self._payloads) > MAX_REVISIT_PAYLOADS:
                self._payloads.popitem(last=False)
            self._write("response", own, date, of_response, head + capture.body)
        else:
            self._payloads.move_to_end(payload)
            self._write("revisit", own, date, [*of_response, ("WARC-Profile", REVISIT), *first], head)
        mime = capture.header("content-type").partition(";")[0].strip().lower() or "unk"
        self._index.add(
            capture,
            mime=mime if first is None else "warc/revisit",
            digest=payload,
            offset=start,
            length=self._offset - start,
            file=self._name,
            title=version.content.title,
        )
        about = [*shared, ("WARC-Concurrent-To", own)]
        if capture.request_headers:
            named = [*about, ("Content-Type", _REQUEST)]
            self._write("request", record_id("request", own), date, named, request_head(capture))
        self._describe(version, capture, own, tuple(about))
        for each in verdicts:
            given = moment(each.at)
            named = [target, ("WARC-Refers-To", own), ("Content-Type", FIELDS)]
            # As one line of text, and as the JSON of `note`.
            line = ("description", verdict_line(replace(each, imported=False)))
            block = fields([line, (f"{OURS}verdict", dumps(VerdictView.of(each)))])
            self._write("metadata", record_id("verdict", own, given, each.by), given, named, block)

    def add_handin(self, each: Handin, file: bytes) -> None:
        """Write the file of a page that was handed in. Its address is no web address, so that nothing replays it."""
        date, target = moment(each.page.seen), ("WARC-Target-URI", f"urn:handed-in:{each.page.url}")
        own = record_id("handin", each.page.article, each.page.n, date)
        self._write("resource", own, date, [target, ("Content-Type", "application/octet-stream")], file)
        about = [target, ("WARC-Concurrent-To", own), ("Content-Type", FIELDS)]
        names = [(f"{OURS}handed-in-by", each.by), (f"{OURS}article", each.page.article)]
        known = [("description", handed_in(each)), *names]
        self._write("metadata", record_id("metadata", own), date, about, fields(known))

    def _describe(self, version: Version, capture: Capture, own: str, about: Headers) -> None:
        """Write a metadata record about the response `own`, and its screenshot; the headers in `about` name it."""
        date = moment(capture.fetched_at)
        known = [
            ("fetchTimeMs", str(round(capture.elapsed * 1000))),
            (f"{OURS}asked", capture.url),
            *((f"{OURS}hop", hop) for hop in capture.hops),
            (f"{OURS}article", version.article),
            (f"{OURS}url", version.url),
            (f"{OURS}version", str(version.n)),
            (f"{OURS}identity", version.content.sha256),
            (f"{OURS}extractor", version.extractor),
            (f"{OURS}source", version.source),
            *((f"{OURS}story", story) for story in version.stories),
        ]
        if version.content.headlines.feed:
            known.append((f"{OURS}feed-title", version.content.headlines.feed))
        if version.previous_seen is not None:
            known.append((f"{OURS}previous-seen", moment(version.previous_seen)))
        named = [*about, ("Content-Type", FIELDS)]
        self._write("metadata", record_id("metadata", own), date, named, fields(known))
        if capture.screenshot:
            view = ("WARC-Target-URI", f"{VIEW}{capture.final_url}")
            named = [view, ("WARC-Concurrent-To", own), ("Content-Type", JPEG)]
            self._write("resource", record_id("resource", own), date, named, capture.picture)

    def _write(self, kind: str, ident: str, date: str, named: list[tuple[str, str]], block: bytes) -> None:
        info = [] if kind == "warcinfo" else [("WARC-Warcinfo-ID", self._info)]
        head = [("WARC-Record-ID", ident), ("WARC-Date", date), *info, *named]
        self._offset += self._out.write(record(kind, head, block, packed=self._compressed))


def record(kind: str, named: Iterable[tuple[str, str]], block: bytes, *, packed: bool) -> bytes:
    """Return one record, as a gzip member if `packed`. `named` are its headers except type, digest and length."""
    lines = [("WARC-Type", kind), *named]
    lines += [("WARC-Block-Digest", digest(block)), ("Content-Length", str(len(block)))]
    head = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in lines)
    raw = b"WARC/1.1\r\n" + head.encode("utf-8", "replace") + b"\r\n" + block + b"\r\n\r\n"
    # A member of a gzip file, which has neither a name nor a time.
    return zlib.compress(raw, 9, 16 + zlib.MAX_WBITS) if packed else raw


def digest(data: bytes) -> str:
    """Return a SHA-256 in the notation of WARC files, which is base 32."""
    return "sha256:" + base64.b32encode(hashlib.sha256(data).digest()).decode("ascii")


def moment(when: datetime) -> str:
    """Return a WARC-Date, with milliseconds unless the time is a whole second."""
    spec = "milliseconds" if when.microsecond else "seconds"
    return when.isoformat(timespec=spec).replace("+00:00", "Z")


def record_id(*parts: object) -> str:
    """Return an id that is the same for the same parts."""
    return f"<urn:uuid:{uuid.uuid5(_SPACE, ' '.join(str(part) for part in parts))}>"


def response_head(capture: Capture) -> bytes:
    """Return the status line and headers of a response with a decoded body."""
    headers = [(PREFIX + name if name.lower() in RENAMED else name, value) for name, value in capture.headers]
    try:
        phrase = HTTPStatus(capture.status).phrase
    except ValueError:
        phrase = ""
    return _http(f"HTTP/1.1 {capture.status} {phrase}", [*headers, ("Content-Length", str(len(capture.body)))])


def request_head(capture: Capture) -> bytes:
    """Return the request line and headers."""
    split = urlsplit(capture.final_url)
    path = (split.path or "/") + (f"?{split.query}" if split.query else "")
    return _http(f"GET {path} HTTP/1.1", capture.request_headers)


def restored(headers: Headers) -> Headers:
    """Return the original headers of a response from those that `response_head` wrote."""
    own = headers[:-1] if headers and headers[-1][0] == "Content-Length" else headers
    return tuple(
        (name.removeprefix(PREFIX) if name.lower().removeprefix(PREFIX.lower()) in RENAMED else name, value)
        for name, value in own
    )


def fields(named: Iterable[tuple[str, str]]) -> bytes:
    """Return the block of a warcinfo or metadata record."""
    return "".join(f"{name}: {_one_line(value)}\r\n" for name, value in named).encode("utf-8", "replace")


def _http(first: str, headers: Iterable[tuple[str, str]]) -> bytes:
    lines = [first, *(f"{name}: {_one_line(value)}" for name, value in headers), "", ""]
    # The fetcher decodes header bytes as Latin-1, so this restores the original bytes.
    return "\r\n".join(lines).encode("latin-1", "replace")


def _one_line(text: str) -> str:
    return _BREAK.sub(" ", text)


_WACZ_VERSION: Final = "1.1.1"
_WARC: Final = "data.warc.gz"
# The lines of the index in one compressed block.
MAX_BLOCK_LINES: Final = 3000
MAX_READ_BYTES: Final = 1 << 20


def write_package(job: Job) -> None:
    """Write the captures of the selected versions as a WACZ package."""
    path = job.place
    with (
        tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder,
        closing(cdx.Index()) as index,
        replacing(path) as part,
    ):
        # To a file of its own first: the index of a package comes before its WARC file, but is known only after it.
        warc_file = Path(folder) / _WARC
        with warc_file.open("wb") as out:
            write_records(job, out, _WARC, index, compressed=True)
        with zipfile.ZipFile(part, "w") as package:
            _fill(package, job, warc_file, index)


def _fill(package: zipfile.ZipFile, job: Job, warc_file: Path, index: cdx.Index) -> None:
    """Write the files of a package, with a description that has the hash of each."""
    put = partial(_put, package, job.now)
    # The index in compressed blocks, and an index of it by the key of the first line of each block.
    meta = json.dumps({"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"})
    blocks, secondary, offset, lines = [], [f"!meta 0 {meta}\n"], 0, index.lines()
    while group := list(islice(lines, MAX_BLOCK_LINES)):
        block = zlib.compress("".join(group).encode(), 9, 16 + zlib.MAX_WBITS)
        key = " ".join(group[0].split(" ", 2)[:2])
        place = {"offset": offset, "length": len(block), "digest": f"sha256:{hashlib.sha256(block).hexdigest()}"}
        secondary.append(f"{key} {json.dumps(place | {'filename': 'index.cdx.gz'})}\n")
        blocks.append(block)
        offset += len(block)
    resources = [
        put("indexes/index.cdx.gz", blocks),
        put("indexes/index.idx", ["".join(secondary).encode()], pack=True),
    ]
    with warc_file.open("rb") as file:
        resources.append(put(f"archive/{_WARC}", iter(lambda: file.read(MAX_READ_BYTES), b"")))
    head = {"format": "json-pages-1.0", "id": "pages", "title": "All versions", "hasText": False}
    pages = (
        {"id": str(number), "url": url, "ts": at, "title": title}
        for number, (url, at, title) in enumerate(index.pages(), 1)
    )
    lines_of_pages = (json.dumps(each).encode() + b"\n" for each in chain([head], pages))
    resources.append(put("pages/pages.jsonl", lines_of_pages, pack=True))
    described = {
        "profile": "data-package",
        "resources": resources,
        "created": iso(job.now),
        "wacz_version": _WACZ_VERSION,
        "software": f"Writethru/{job.release}",
    }
    raw = json.dumps(described, indent=2).encode()
    put("datapackage.json", [raw], pack=True)
    digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(raw).hexdigest()}"}
    put("datapackage-digest.json", [json.dumps(digest, indent=2).encode()], pack=True)


def _put(
    package: zipfile.ZipFile, now: datetime, name: str, chunks: Iterable[bytes], *, pack: bool = False
) -> dict[str, str | int]:
    """Write one file and return its entry in the description of the package."""
    info = zipfile.ZipInfo(name, now.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED if pack else zipfile.ZIP_STORED
    digest, size = hashlib.sha256(), 0
    # The size of a member is not known when its header is written.
    with package.open(info, "w", force_zip64=True) as out:
        for chunk in chunks:
            size += out.write(chunk)
            digest.update(chunk)
    return {"name": Path(name).name, "path": name, "hash": f"sha256:{digest.hexdigest()}", "bytes": size}

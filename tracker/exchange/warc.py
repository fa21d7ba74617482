"""WARC 1.1 out: each capture as response, request and metadata, and a CDXJ index beside the file."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from . import cdxj, warc_records
from .files import replacing, writing
from .selection import ExportProgress, in_time, newest, page_of
from .warc_records import FIELDS, REVISIT, digest, moment, record, record_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from tracker.archive.archive import Archive
    from tracker.model.capture import Capture
    from tracker.model.version import Version

    from .selection import Progress, Selection

_RESPONSE: Final = "application/http;msgtype=response"
_REQUEST: Final = "application/http;msgtype=request"
MAX_REVISIT_PAYLOADS: Final = 100_000
"""Payloads that a later capture may be a revisit of."""


def export(
    store: Archive,
    selection: Selection,
    path: Path,
    now: datetime,
    *,
    release: str,
    progress: Progress | None = None,
) -> ExportProgress:
    """Write the captures of what is selected to *path*, packed where its name ends in .gz, and the index beside it.

    *release* says by which Writethru it was made. The same versions make the same file, whatever its name and *now*.
    Versions whose page was taken out have no record.
    """
    with closing(cdxj.Index()) as index, replacing(path) as part:
        with part.open("wb") as out:
            about = About.of(store, selection, now, release)
            written = Written(out, path.name, index, about, packed=path.suffix == ".gz")
            tally = fill(written, store, selection, progress)
        with writing(index_path(path)) as file:
            file.writelines(line.encode() for line in index.lines())
    return tally


def fill(written: Written, store: Archive, selection: Selection, progress: Progress | None) -> ExportProgress:
    """Write the captures of what is selected, oldest first."""
    tally = ExportProgress()
    for version in in_time(store, selection):
        capture = page_of(store, version, tally).capture
        tally.versions += 1
        if capture is not None:
            written.put(version, capture)
        if progress is not None:
            progress(tally)
    return tally


def index_path(path: Path) -> Path:
    """Return where the index of a WARC file stands: news.warc.gz has news.cdxj."""
    return path.with_name(path.name.removesuffix(".gz").removesuffix(".warc") + ".cdxj")


@dataclass(frozen=True, slots=True)
class About:
    """What a file says of itself: when its newest version was seen, what was selected, which Writethru wrote it."""

    as_of: datetime
    selection: Selection
    release: str

    @classmethod
    def of(cls, store: Archive, selection: Selection, now: datetime, release: str) -> About:
        """Return it for what is selected; *now* stands where that is nothing."""
        return cls(newest(store, selection) or now, selection, release)


@dataclass(frozen=True, slots=True)
class _First:
    """The first record of a payload."""

    id: str
    url: str
    date: str


class Written:
    """A WARC file as it grows; its entries go into *index*."""

    def __init__(self, out: BinaryIO, name: str, index: cdxj.Index, about: About, *, packed: bool) -> None:
        self._out = out
        self._name = name
        self._entries = index
        self._packed = packed
        self._at = 0
        date = moment(about.as_of)
        self._info = record_id("warcinfo", date, about.selection)
        self._payloads: OrderedDict[str, _First] = OrderedDict()
        named = [("WARC-Record-ID", self._info), ("WARC-Date", date), ("Content-Type", FIELDS)]
        self._write("warcinfo", named, warc_records.info(about.release))

    def put(self, version: Version, capture: Capture) -> None:
        """Write one capture: its response, or a revisit where the payload stands in the file already, and the rest."""
        date = moment(capture.fetched_at)
        name = f"{version.article}@{version.n}"
        own = record_id("response", name, date, capture.sha256)
        payload = digest(capture.body)
        head = warc_records.response_head(capture)
        shared = [("WARC-Date", date), ("WARC-Warcinfo-ID", self._info), ("WARC-Target-URI", capture.final_url)]
        if capture.remote_ip:
            shared.append(("WARC-IP-Address", capture.remote_ip))
        of_response = [*shared, ("WARC-Payload-Digest", payload), ("Content-Type", _RESPONSE)]
        first = self._first(payload, _First(own, capture.final_url, date))
        start = self._at
        if first is None:
            self._write("response", [("WARC-Record-ID", own), *of_response], head + capture.body)
        else:
            named = [("WARC-Record-ID", own), *of_response, *_refers(first)]
            self._write("revisit", named, head)
        self._index(capture, payload, start, version.content.title, revisit=first is not None)
        if capture.request_headers:
            named = [("WARC-Record-ID", record_id("request", own)), *shared, ("WARC-Concurrent-To", own)]
            self._write("request", [*named, ("Content-Type", _REQUEST)], warc_records.request_head(capture))
        named = [("WARC-Record-ID", record_id("metadata", own)), *shared, ("WARC-Concurrent-To", own)]
        self._write("metadata", [*named, ("Content-Type", FIELDS)], warc_records.about(version, capture))

    def _first(self, payload: str, own: _First) -> _First | None:
        first = self._payloads.get(payload)
        if first is not None:
            self._payloads.move_to_end(payload)
            return first
        self._payloads[payload] = own
        if len(self._payloads) > MAX_REVISIT_PAYLOADS:
            self._payloads.popitem(last=False)
        return None

    def _index(self, capture: Capture, payload: str, start: int, title: str, *, revisit: bool) -> None:
        mime = capture.header("content-type").partition(";")[0].strip().lower() or "unk"
        entry = cdxj.CdxjEntry(
            url=capture.final_url,
            at=capture.fetched_at,
            status=capture.status,
            mime="warc/revisit" if revisit else mime,
            digest=payload,
            offset=start,
            length=self._at - start,
            file=self._name,
            title=title,
        )
        self._entries.add(entry)

    def _write(self, kind: str, named: list[tuple[str, str]], block: bytes) -> None:
        self._at += self._out.write(record(kind, named, block, packed=self._packed))


def _refers(first: _First) -> Iterator[tuple[str, str]]:
    yield "WARC-Profile", REVISIT
    yield "WARC-Refers-To", first.id
    yield "WARC-Refers-To-Target-URI", first.url
    yield "WARC-Refers-To-Date", first.date

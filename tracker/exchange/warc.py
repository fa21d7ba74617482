"""Export as WARC 1.1: each capture as response, request and metadata records, and a CDXJ index beside the file."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from tracker.archive.verdicts import verdicts_by_version

from . import cdx, warc_records
from .files import replacing, writing
from .warc_records import FIELDS, JPEG, REVISIT, VIEW, digest, moment, record, record_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tracker.model.capture import Capture
    from tracker.model.verdict import Verdict
    from tracker.model.version import Version

    from .selection import Job

_RESPONSE: Final = "application/http;msgtype=response"
_REQUEST: Final = "application/http;msgtype=request"
# A capture is written as a revisit only if its payload is among this many most recent ones.
MAX_REVISIT_PAYLOADS: Final = 100_000


def write(job: Job) -> None:
    """Write the captures of the selected versions, compressed if the name ends in .gz, and the index beside the file.

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
    verdicts = verdicts_by_version(job.store)
    for version in job.in_time():
        capture = job.page_of(version).capture
        if capture is not None:
            file.add(version, capture, verdicts.get((version.article, version.n), ()))


def index_path(path: Path) -> Path:
    """Return the path of a WARC file's index: news.cdxj for news.warc.gz."""
    return path.with_name(path.name.removesuffix(".gz").removesuffix(".warc") + ".cdxj")


@dataclass(frozen=True, slots=True)
class _First:
    """The first record of a payload."""

    id: str
    url: str
    date: str


class _WarcFile:
    def __init__(self, job: Job, out: BinaryIO, name: str, index: cdx.Index, *, compressed: bool) -> None:
        self._out = out
        self._name = name
        self._index = index
        self._compressed = compressed
        self._offset = 0
        self._payloads: OrderedDict[str, _First] = OrderedDict()
        date = moment(job.newest())
        self._info = record_id("warcinfo", date, job.selection)
        fields = [("WARC-Record-ID", self._info), ("WARC-Date", date), ("Content-Type", FIELDS)]
        self._write("warcinfo", fields, warc_records.info(job.release))

    def add(self, version: Version, capture: Capture, verdicts: Iterable[Verdict]) -> None:
        """Write one capture: a response, or a revisit if the payload is in the file already, and the other records.

        Each of the *verdicts* on the version is a metadata record of its own, dated when it was given.
        """
        date = moment(capture.fetched_at)
        name = f"{version.article}@{version.n}"
        own = record_id("response", name, date, capture.sha256)
        payload = digest(capture.body)
        head = warc_records.response_head(capture)
        shared = [("WARC-Date", date), ("WARC-Warcinfo-ID", self._info), ("WARC-Target-URI", capture.final_url)]
        if capture.remote_ip:
            shared.append(("WARC-IP-Address", capture.remote_ip))
        of_response = [*shared, ("WARC-Payload-Digest", payload), ("Content-Type", _RESPONSE)]
        # A page that is the same again is a revisit: replay tools show it from the first record.
        first = self._first(payload, _First(own, capture.final_url, date))
        start = self._offset
        if first is None:
            self._write("response", [("WARC-Record-ID", own), *of_response], head + capture.body)
        else:
            refers = [
                ("WARC-Profile", REVISIT),
                ("WARC-Refers-To", first.id),
                ("WARC-Refers-To-Target-URI", first.url),
                ("WARC-Refers-To-Date", first.date),
            ]
            self._write("revisit", [("WARC-Record-ID", own), *of_response, *refers], head)
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
        if capture.request_headers:
            named = [("WARC-Record-ID", record_id("request", own)), *shared, ("WARC-Concurrent-To", own)]
            self._write("request", [*named, ("Content-Type", _REQUEST)], warc_records.request_head(capture))
        named = [("WARC-Record-ID", record_id("metadata", own)), *shared, ("WARC-Concurrent-To", own)]
        self._write("metadata", [*named, ("Content-Type", FIELDS)], warc_records.about(version, capture))
        if capture.screenshot:
            named = [("WARC-Record-ID", record_id("resource", own)), ("WARC-Date", date)]
            named += [("WARC-Warcinfo-ID", self._info), ("WARC-Target-URI", f"{VIEW}{capture.final_url}")]
            self._write("resource", [*named, ("WARC-Concurrent-To", own), ("Content-Type", JPEG)], capture.picture)
        for each in verdicts:
            date = moment(each.at)
            named = [("WARC-Record-ID", record_id("verdict", own, date, each.by)), ("WARC-Date", date)]
            named += [("WARC-Warcinfo-ID", self._info), ("WARC-Target-URI", capture.final_url), ("WARC-Refers-To", own)]
            self._write("metadata", [*named, ("Content-Type", FIELDS)], warc_records.verdict(each))

    def _first(self, payload: str, own: _First) -> _First | None:
        first = self._payloads.get(payload)
        if first is not None:
            self._payloads.move_to_end(payload)
            return first
        self._payloads[payload] = own
        if len(self._payloads) > MAX_REVISIT_PAYLOADS:
            self._payloads.popitem(last=False)
        return None

    def _write(self, kind: str, named: list[tuple[str, str]], block: bytes) -> None:
        self._offset += self._out.write(record(kind, named, block, packed=self._compressed))

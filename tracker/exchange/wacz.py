"""Export as WACZ 1.1.1: a WARC file with its indexes in one ZIP package, which ReplayWeb.page opens in a browser.

See https://specs.webrecorder.net/wacz/1.1.1/. Compressed files are stored in the ZIP as they are, so that a viewer can
request parts of them over HTTP.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any, Final

from tracker.render.times import iso

from . import cdx, warc
from .export import Job
from .files import replacing
from .warc import gzip_member

_VERSION: Final = "1.1.1"
_WARC: Final = "data.warc.gz"
# The lines of the index in one compressed block.
MAX_BLOCK_LINES: Final = 3000
MAX_READ_BYTES: Final = 1 << 20


def write(job: Job) -> None:
    """Write the captures of the selected versions as a package."""
    path = job.place
    with (
        tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder,
        closing(cdx.Index()) as index,
        replacing(path) as part,
    ):
        # Written apart first: the index of a package comes before its WARC file, but is known only after it.
        warc_file = Path(folder) / _WARC
        with warc_file.open("wb") as out:
            warc.write_records(job, out, _WARC, index, compressed=True)
        with zipfile.ZipFile(part, "w") as package:
            _Package(package, job).fill(warc_file, index)


class _Package:
    """Writes the files of a package and records the hash of each."""

    def __init__(self, package: zipfile.ZipFile, job: Job) -> None:
        self._package = package
        self._job = job
        self._resources: list[dict[str, Any]] = []

    def fill(self, warc_file: Path, index: cdx.Index) -> None:
        blocks = list(_blocks(index.lines()))
        self._put("indexes/index.cdx.gz", (block for _, block in blocks))
        self._put("indexes/index.idx", [_secondary(blocks)], pack=True)
        with warc_file.open("rb") as file:
            self._put(f"archive/{_WARC}", iter(lambda: file.read(MAX_READ_BYTES), b""))
        self._put("pages/pages.jsonl", _pages(index), pack=True)
        described = {
            "profile": "data-package",
            "resources": self._resources,
            "created": iso(self._job.now),
            "wacz_version": _VERSION,
            "software": f"Writethru/{self._job.release}",
        }
        raw = json.dumps(described, indent=2).encode()
        self._put("datapackage.json", [raw], pack=True)
        digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(raw).hexdigest()}"}
        self._put("datapackage-digest.json", [json.dumps(digest, indent=2).encode()], pack=True)

    def _put(self, name: str, chunks: Iterable[bytes], *, pack: bool = False) -> None:
        info = zipfile.ZipInfo(name, self._job.now.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED if pack else zipfile.ZIP_STORED
        digest, size = hashlib.sha256(), 0
        # How large a member becomes is not known when its header is written.
        with self._package.open(info, "w", force_zip64=True) as out:
            for chunk in chunks:
                size += out.write(chunk)
                digest.update(chunk)
        resource = {"name": Path(name).name, "path": name, "hash": f"sha256:{digest.hexdigest()}", "bytes": size}
        self._resources.append(resource)


def _blocks(lines: Iterator[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the index in compressed blocks, each with the key of its first line."""
    while group := list(islice(lines, MAX_BLOCK_LINES)):
        yield " ".join(group[0].split(" ", 2)[:2]), gzip_member("".join(group).encode())


def _secondary(blocks: Sequence[tuple[str, bytes]]) -> bytes:
    head = json.dumps({"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"})
    lines, offset = [f"!meta 0 {head}\n"], 0
    for key, packed in blocks:
        plain = {
            "offset": offset,
            "length": len(packed),
            "digest": f"sha256:{hashlib.sha256(packed).hexdigest()}",
            "filename": "index.cdx.gz",
        }
        lines.append(f"{key} {json.dumps(plain)}\n")
        offset += len(packed)
    return "".join(lines).encode()


def _pages(index: cdx.Index) -> Iterator[bytes]:
    head = {"format": "json-pages-1.0", "id": "pages", "title": "All versions", "hasText": False}
    yield json.dumps(head).encode() + b"\n"
    for number, (url, at, title) in enumerate(index.pages(), 1):
        page = {"id": str(number), "url": url, "ts": at, "title": title}
        yield json.dumps(page).encode() + b"\n"

"""Read address lists of urlwatch, webchanges and changedetection.io, and the pages that changedetection.io stored.

The filters of those programs select parts of a page, which is not needed here. changedetection.io stores the last two
pages of each watch; of older ones it keeps the text of the whole page alone, navigation and all, which cannot be
compared with an article.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from tracker.addresses.urls import fetchable
from tracker.errors import PageError, UsageError
from tracker.fetch.decode import Decoder
from tracker.fetch.responses import FetchError
from tracker.model.capture import Capture
from tracker.model.source import HubKind
from tracker.observe.redact import redact

from .jsonl import require_usable
from .warc_read import MAX_RECORD_BYTES, Found

_FEED: Final = re.compile(r"(?i)(?:\.(?:rss|atom|rdf)|/(?:feed|rss|atom)(?:\.xml)?/?|/(?:feed|rss|atom)/[^/]*\.xml)$")
_SITEMAP: Final = re.compile(r"(?i)/[^/]*sitemap[^/]*\.xml(?:\.gz)?$")
MAX_FILE_BYTES: Final = 50_000_000
_INVALID: Final = (
    *(ValueError, AttributeError, TypeError, KeyError, RecursionError),
    # zipfile raises RuntimeError for an encrypted file.
    *(zipfile.BadZipFile, zlib.error, EOFError, RuntimeError),
)
_TEXT_JOB: Final = re.compile(r"\||[a-z]+://", re.IGNORECASE)
_TEMPLATE: Final = re.compile(r"\{[{%]")
_WATCHES: Final = re.compile(r"(?:^|/)(?:url-watches|changedetection|watch)\.json$")


@dataclass(frozen=True, slots=True)
class Listed:
    """One address of a list; `problem` is the reason why it cannot be watched, if there is one."""

    url: str
    title: str = ""
    problem: str = ""

    @property
    def kind(self) -> HubKind | None:
        """The likely kind of the address: a feed, a sitemap, or (None) an article. Nothing is fetched."""
        if self.problem:
            return None
        path = urlsplit(self.url).path
        if _SITEMAP.search(path):
            return HubKind.SITEMAP
        return HubKind.FEED if _FEED.search(path) else None


def read(form: str, body: bytes, resource: str = "") -> list[Listed]:
    """Return the addresses of a list in its order, each once. Raises PageError if `body` is not such a list."""
    return _checked(form, lambda: _READERS[form](body), resource)


def read_folder(folder: Path) -> list[Listed]:
    """Return the addresses that a data directory of changedetection.io names, each once. Raises PageError."""
    # Newer releases have a file for each watch, and may have left the list of an older release next to them.
    names = sorted(folder.glob("*/watch.json")) or [folder / "url-watches.json"]
    try:
        bodies = [name.read_bytes() for name in names]
    except OSError:
        message = "not a data directory of changedetection.io: it has no watch.json and no url-watches.json"
        raise PageError(message, resource=str(folder)) from None
    return _checked("changedetection", lambda: chain.from_iterable(map(_changedetection, bodies)), str(folder))


def _checked(form: str, reader: Callable[[], Iterable[Listed]], resource: str) -> list[Listed]:
    try:
        found = list(reader())
    except _INVALID as error:
        raise PageError(f"not a {form} list", resource=resource) from error
    if not found:
        raise PageError(f"this {form} list contains no addresses", resource=resource)
    by_url: dict[str, Listed] = {}
    for each in found:
        by_url.setdefault(each.url, each)
    return list(by_url.values())


def _urlwatch(body: bytes) -> Iterator[Listed]:
    """Read a urls.yaml, or the urls.txt of urlwatch 1: an address or "|command" a line; data to send may follow."""
    lines = [line.strip() for line in body.decode("utf-8-sig", "replace").splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    if not lines or not _TEXT_JOB.match(lines[0]):
        yield from _yaml(body)
        return
    for line in lines:
        url, *data = line.split(None, 1)
        if line.startswith("|"):
            yield Listed(line[1:].strip(), "", "a command, not an address")
        elif data:
            yield Listed(redact(url), "", "a form submission, not a page")
        else:
            yield _listed(url, "")


def _yaml(body: bytes) -> Iterator[Listed]:
    """Read the YAML file of urlwatch or webchanges: each document is one job or a list of jobs."""
    try:
        import yaml
    except ModuleNotFoundError:
        raise UsageError("reading this list needs PyYAML", hint="pip install 'writethru[exchange]'") from None
    try:
        documents = list(yaml.safe_load_all(body))
    except yaml.MarkedYAMLError as error:
        place = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise ValueError(f"{place}{error.problem}") from None
    except yaml.YAMLError:
        raise ValueError("it is not a text file") from None
    for job in chain.from_iterable(each if isinstance(each, list) else [each] for each in documents):
        if job is None:
            continue
        if not isinstance(job, dict):
            raise TypeError  # another kind of YAML
        url, name = job.get("url") or job.get("navigate"), _text(job.get("name"))
        if url is None:
            yield Listed(_text(job.get("command") or job.get("shell")) or name, name, "a command, not an address")
        elif str(job.get("method", "GET")).upper() != "GET" or job.get("data"):
            yield Listed(redact(_text(url)), name, "a form submission, not a page")
        else:
            yield _listed(_text(url), name)


def _text(value: object) -> str:
    """Return a scalar as text, else "": YAML aliases could expand a nested list to billions of entries."""
    return str(value) if isinstance(value, str | int | float) else ""


def _changedetection(body: bytes) -> Iterator[Listed]:
    """Read a backup, its url-watches.json, the response of the API, or plain lines of addresses."""
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as backup:
            names = [info for info in backup.infolist() if _WATCHES.search(info.filename)]
            for info in names:
                # The size in the header: zipfile unpacks no more than that.
                if info.file_size > MAX_FILE_BYTES:
                    raise ValueError(f"{info.filename} is too large")
                yield from _watches(json.loads(backup.read(info)))
    elif body.lstrip()[:1] == b"{":
        yield from _watches(json.loads(body))
    else:
        for line in body.decode("utf-8-sig").splitlines():
            word = line.strip().split(" ")[0]
            if word and not word.startswith("#"):
                yield _listed(word, "")


def _watches(value: dict[str, Any]) -> Iterator[Listed]:
    if isinstance(value.get("url"), str):
        watches: Iterable[Any] = [value]
    else:
        watches = value["watching"].values() if "watching" in value else value.values()
    for watch in watches:
        if isinstance(watch, dict) and isinstance(watch.get("url"), str):
            title = _text(watch.get("title")) or _text(watch.get("page_title"))
            url = watch["url"].removeprefix("source:")
            if _TEMPLATE.search(url):
                yield Listed(redact(url), title, "an address with a template, which changes with every check")
            elif str(watch.get("method") or "GET").upper() != "GET":
                yield Listed(redact(url), title, "a form submission, not a page")
            else:
                yield _listed(url, title)


def _listed(url: str, title: str) -> Listed:
    try:
        return Listed(fetchable(url), title)
    except UsageError as error:
        return Listed(redact(url), title, error.message)


_READERS: Final[dict[str, Callable[[bytes], Iterator[Listed]]]] = {
    "urlwatch": _urlwatch,
    "webchanges": _yaml,
    "changedetection": _changedetection,
}


# Suffix of a page whose name is its time → the coding of the file.
_PAGES: Final = {".html.br": "br", ".html": ""}
_HEADERS: Final = (("Content-Type", "text/html; charset=utf-8"),)  # of a page that it stored decoded


class StoredPages:
    """The pages in data directories of changedetection.io; `skipped` counts files that cannot be read."""

    def __init__(self, folders: list[Path]) -> None:
        self._folders = folders
        self.skipped = 0

    def captures(self) -> Iterator[Found]:
        """Yield the pages of all watches, oldest first."""
        spots = [
            (int(stamp), path, url, coding)
            for folder, url in chain.from_iterable(map(_folders, self._folders))
            for suffix, coding in _PAGES.items()
            for path in folder.glob(f"*{suffix}")
            if (stamp := path.name.removesuffix(suffix)).isdecimal()
        ]
        for seconds, path, url, coding in sorted(spots):
            try:
                # The limit holds for the decoded page: a small file may decompress to gigabytes.
                decoder = Decoder(coding, MAX_RECORD_BYTES)
                decoder.feed(path.read_bytes())
                body = decoder.finish()
                at = datetime.fromtimestamp(seconds, UTC)
                require_usable(at)
            except (FetchError, OSError, ValueError, OverflowError):
                self.skipped += 1
                continue
            yield Found(Capture(url, url, 200, _HEADERS, body, at, hashlib.sha256(body).hexdigest()))


def _folders(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield the folder and the address of each watch that can be fetched."""
    watches: list[tuple[Path, object]] = [(name.parent, _loaded(name)) for name in folder.glob("*/watch.json")]
    old = _loaded(folder / "url-watches.json").get("watching")
    for key, watch in old.items() if isinstance(old, dict) else ():
        if not (folder / key / "watch.json").exists():
            watches.append((folder / Path(key).name, watch))
    for place, watch in watches:
        url = watch.get("url") if isinstance(watch, dict) else None
        if isinstance(url, str):
            with suppress(UsageError):
                yield place, fetchable(url.removeprefix("source:"))


def _loaded(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}

"""Read the pages that changedetection.io stored: the last two of each watch, in its data directory.

Of older ones it keeps the text of the whole page alone, navigation and all, which cannot be compared with an article.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any, Final

from tracker.errors import UsageError
from tracker.fetch.decode import Decoder
from tracker.fetch.errors import FetchError
from tracker.model.capture import Capture
from tracker.urls import fetchable

from .warc_read import MAX_RECORD_BYTES, Found

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
            for folder, url in chain.from_iterable(map(_watches, self._folders))
            for suffix, coding in _PAGES.items()
            for path in folder.glob(f"*{suffix}")
            if (stamp := path.name.removesuffix(suffix)).isdecimal()
        ]
        for seconds, path, url, coding in sorted(spots):
            try:
                # The limit holds for what comes out: a small file may decompress to gigabytes.
                decoder = Decoder(coding, MAX_RECORD_BYTES)
                decoder.feed(path.read_bytes())
                body = decoder.finish()
                at = datetime.fromtimestamp(seconds, UTC)
            except (FetchError, OSError, ValueError, OverflowError):
                self.skipped += 1
                continue
            yield Found(Capture(url, url, 200, _HEADERS, body, at, hashlib.sha256(body).hexdigest()))


def _watches(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield the folder and the address of each watch that can be fetched."""
    for name in folder.glob("*/watch.json"):
        yield from _watch(name.parent, _loaded(name))
    old = _loaded(folder / "url-watches.json").get("watching")
    for key, watch in old.items() if isinstance(old, dict) else ():
        if not (folder / key / "watch.json").exists():
            yield from _watch(folder / Path(key).name, watch)


def _watch(folder: Path, watch: object) -> Iterator[tuple[Path, str]]:
    url = watch.get("url") if isinstance(watch, dict) else None
    if isinstance(url, str):
        with suppress(UsageError):
            yield folder, fetchable(url.removeprefix("source:"))


def _loaded(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}

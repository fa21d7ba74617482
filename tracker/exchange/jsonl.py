"""JSON lines out: one object a version, as `log --json` writes it, with the store article and on demand the page.

Beside DESIGN's keys each object holds ``text``, ``status``, ``signature``, ``content`` (the Article) and ``diff`` (the
Change, or null), both exactly as the model has them, fields at their default left out. With captures there are
``evidence`` (the Capture without its body) and ``body`` in base64, or ``page_removed`` with the reason. Where the page
was read again since, ``reading`` says by whom, when and what came of it, and ``first`` within it what was kept before.

With checks there are lines of two more kinds, told by ``type``: ``article`` for every article, at the time it was first
heard of, and ``check`` for every check that made no version, at its time.
"""

from __future__ import annotations

import base64
import heapq
import json
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from tracker.archive import codec
from tracker.archive.readings import stored_as
from tracker.render.json import dumps
from tracker.views.version import VersionView

from .selection import ExportProgress, in_time, page_of
from .timed_lines import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from tracker.archive.archive import Archive
    from tracker.model.version import KeptAs, Version

    from .selection import Progress, Selection, StoredPage
    from .timed_lines import Line

APART: Final = ("body",)


def write(
    store: Archive,
    selection: Selection,
    out: BinaryIO,
    *,
    with_captures: bool = False,
    with_checks: bool = False,
    progress: Progress | None = None,
) -> ExportProgress:
    """Write what is selected to *out*, oldest first."""
    tally = ExportProgress()
    lines: Iterator[Line] = _versions(store, selection, tally, with_captures=with_captures)
    if with_checks:
        from . import checks

        lines = heapq.merge(
            checks.articles(store, selection), checks.checks(store, selection), lines, key=itemgetter(0)
        )
    for (_, kind), value in lines:
        out.write(dumps(value).encode("utf-8") + b"\n")
        if kind == VERSION:
            tally.versions += 1
            if progress is not None:
                progress(tally)
    return tally


def _versions(store: Archive, selection: Selection, tally: ExportProgress, *, with_captures: bool) -> Iterator[Line]:
    for version in in_time(store, selection):
        value = line(version, page_of(store, version, tally) if with_captures else None)
        kept = None if version.removed else stored_as(store, version.article, version.n)
        if kept is not None:
            value["reading"] = _reading(kept)
        yield (version.seen, VERSION), value


def line(version: Version, page: StoredPage | None = None) -> dict[str, Any]:
    """Return one version as an object; *page* is its evidence where that is wanted."""
    value = VersionView(version).as_json() | {
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
        value["evidence"] = _plain(codec.dump(page.capture, without=APART))
        value["body"] = base64.b64encode(page.capture.body).decode("ascii")
    return value


def _reading(kept: KeptAs) -> dict[str, Any]:
    first = {"extractor": kept.extractor, "signature": kept.signature, "content": _plain(codec.dump(kept.content))}
    return {
        "at": kept.at.isoformat(),
        "extractor": kept.reread.extractor,
        "came_to": kept.reread.came_to,
        "no_edit": kept.reread.no_edit,
        "signature": kept.reread.signature,
        "other_text": kept.reread.content is not None,
        "first": first,
    }


def _plain(data: bytes) -> Any:  # noqa: ANN401 - a JSON value
    return json.loads(data.decode("utf-8", "surrogatepass"))

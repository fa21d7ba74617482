"""Export as JSON lines: one object a version, as `log --json` writes it, with all that `import` needs.

In addition to the keys of `log --json`, each object has ``text``, ``status``, ``signature``, ``content`` (the Article)
and ``diff`` (the Change, or null). `content` and `diff` are exactly those of the model, without fields that hold their
default. With captures there are ``evidence`` (the Capture without its body) and ``body`` in base64, or
``page_removed`` with the reason. ``reading`` is there if the page was extracted again: when, by which extractor and
with what result, and in ``first`` the reading stored before.

People’s verdicts come last: lines with the ``type`` ``verdict``, as `note --json` writes them, with the ``url``.
With checks there are two more kinds of line: ``article`` for every article, at the time it was first seen, and
``check`` for every check that made no version, at its time.
"""

from __future__ import annotations

import base64
import heapq
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from operator import itemgetter
from typing import Any, Final

from tracker.archive import codec
from tracker.archive.articles import list_articles
from tracker.archive.checks import iter_checks_without_version
from tracker.archive.readings import stored_as
from tracker.model.version import Version
from tracker.render.json import dumps
from tracker.views.article import ArticleRecord
from tracker.views.change import VerdictView
from tracker.views.version import VersionView

from .export import Job, StoredPage

# The order of lines that have the same time.
_ARTICLE, _VERSION, _CHECK = range(3)
# An object, and its time and kind, by which it is sorted.
_Line = tuple[tuple[datetime, int], dict[str, Any]]
_SEPARATE: Final = ("body",)


def write(job: Job) -> None:
    """Write the selected versions, oldest first, and after them the verdicts on their changes."""
    lines, selection = _versions(job), job.selection
    if job.with_checks:
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
            for each in iter_checks_without_version(job.archive, **asdict(selection))
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
                "came_to": first.reread.came_to,
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

"""Make the pages once when the server starts, so that the first reader does not wait for what is made only once."""

from __future__ import annotations

import gc
from contextlib import suppress
from typing import TYPE_CHECKING

from tracker.archive.summaries import page_of_summaries
from tracker.errors import TrackerError
from tracker.model.version import VersionQuery

from .page_request import PageRequest
from .pages.story_lines import newest_lines
from .templating import environment, page
from .web import NAV

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .app import WebPage
    from .web import Web


def prepare(web: Web, pages: tuple[WebPage, ...]) -> None:
    """Make each of `pages` of the newest change and story; templates, statements and sums are ready after it.

    It ends early when the server is closing. A page that cannot be made says why when a reader asks for it.
    """
    for name in environment().list_templates():
        environment().get_template(name)
    with suppress(TrackerError):
        for each, path in _asked(web, pages):
            if web.closing.is_set():
                return
            with suppress(TrackerError):
                view = each.make(PageRequest(web.archive, web.now(), path, config=web.config()))
                page(view, nav=NAV, section=each.section)
    # What is there now stays: without this, each full collection goes through all of it, in the midst of an answer.
    gc.collect()
    gc.freeze()


def _asked(web: Web, pages: tuple[WebPage, ...]) -> Iterator[tuple[WebPage, dict[str, str]]]:
    newest = page_of_summaries(web.archive.opened, VersionQuery(changes_only=True), size=1).summaries
    of_change = [
        {"ident": seen.article, "old": str(seen.n - 1), "new": str(seen.n), "n": str(seen.n)} for seen in newest
    ]
    of_source = [{"name": v.source} for v in newest]
    of_story = [{"name": line.ident} for line in newest_lines(web.archive, 1).lines]
    for each in pages:
        paths = [{}] if "{" not in each.path else of_change
        if "{name" in each.path:
            paths = of_story if each.section == "/stories" else of_source
        yield from ((each, path) for path in paths)

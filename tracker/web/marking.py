"""Mark what a reader has seen: what they open, and all of it when they ask for that."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse, Response

from tracker.archive.opening import open_archive
from tracker.archive.state import save_reader_mark
from tracker.archive.summaries import newer_rows
from tracker.archive.versions import newest_row

from .auth import inside, sent_form
from .numbers import whole_number
from .pages.article import ArticlePage
from .pages.change import ChangePage
from .pages.version import VersionPage
from .reading import COOKIE, COOKIE_SECONDS, MAX_ROW_DIGITS, Reading, hash_reader

if TYPE_CHECKING:
    from starlette.requests import Request

    from .guard import Who
    from .page_request import PageRequest, View
    from .web import Web


def mark_opened(asked: PageRequest, view: View, answer: Response) -> None:
    """Mark the changes that a page shows as read, in the cookie of a reader who has one."""
    found = _shown(view)
    if asked.reading.at is None or found is None:
        return
    article, numbers = found
    after = asked.reading.after(newer_rows(asked.archive, article, numbers, asked.reading.row))
    if after != asked.reading:
        _set_cookie(answer, after, secure=asked.base.startswith("https:"))


async def mark_all_read(web: Web, request: Request) -> Response:
    """Mark all that the form's page could show as read; this sets the reader's cookie for the first time.

    Anybody may do it for themselves, so it needs no session; other sites cannot, by the headers of the browser.
    """
    form = await sent_form(request)
    who: Who = request.state.who

    def done() -> Response:
        newest = newest_row(web.cache.archive)
        given = whole_number(form.get("row", ""), MAX_ROW_DIGITS)
        # Versions that were stored since the page was made were not on it, and stay unread.
        row = newest if given is None else min(given, newest)
        # In whole seconds, as the cookie has it.
        now = web.now().replace(microsecond=0)
        reading = Reading(row, now)
        # The archive of the pages is open to read alone.
        if who.named and web.marks:
            with closing(open_archive(web.marks)) as archive:
                save_reader_mark(archive, hash_reader(who.named), row, now)
        answer = RedirectResponse(inside(form.get("next", "/")), 303)
        _set_cookie(answer, reading, secure=request.state.secure)
        return answer

    return await web.in_thread(done)


def _shown(view: View) -> tuple[str, range] | None:
    """Return the article that a page is about, and the numbers of the versions that it shows."""
    if isinstance(view, ChangePage):
        return view.tracked.id, range(min(view.old.n, view.new.n) + 1, max(view.old.n, view.new.n) + 1)
    if isinstance(view, VersionPage):
        return view.tracked.id, range(view.version.n, view.version.n + 1)
    if isinstance(view, ArticlePage) and view.steps:
        return view.tracked.id, range(view.steps[0].version.n, view.steps[-1].version.n + 1)
    return None


def _set_cookie(answer: Response, reading: Reading, *, secure: bool) -> None:
    # Lax, not Strict: a link in an alert's mail must find what its reader has seen. It lets nobody do anything.
    answer.set_cookie(
        COOKIE, reading.text(), max_age=COOKIE_SECONDS, httponly=True, samesite="lax", secure=secure, path="/"
    )

"""Memento (RFC 7089): a TimeMap of an article's versions, and a TimeGate to the version current at a time."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import format_datetime, parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tracker.archive.articles import get_article
from tracker.archive.summaries import list_summaries
from tracker.errors import NotKnown, UsageError
from tracker.model.version import VersionQuery, VersionSummary
from tracker.model.watch import WatchedArticle

from . import links
from .page_request import PageRequest
from .web import Web


def timemap(web: Web, request: Request) -> Response:
    """Answer with the TimeMap of an address. Raises NotKnown."""
    asked = web.page_request(request)
    tracked, versions = _known(asked, request, "/timemap/link/")
    related = relations(asked, tracked)
    first, last = (format_datetime(each.seen, usegmt=True) for each in (versions[0], versions[-1]))
    itself = related["timemap"].replace('rel="timemap"', 'rel="self"') + f'; from="{first}"; until="{last}"'
    mementos = []
    for place, each in enumerate(versions):
        ends = [name for name, at in (("first", 0), ("last", len(versions) - 1)) if place == at]
        rel, seen = " ".join([*ends, "memento"]), format_datetime(each.seen, usegmt=True)
        mementos.append(f'<{asked.base}{links.version(each.article, each.n)}>; rel="{rel}"; datetime="{seen}"')
    text = ",\n".join([related["original"], itself, related["timegate"], *mementos]) + "\n"
    return Response(text, media_type="application/link-format")


def timegate(web: Web, request: Request) -> Response:
    """Redirect to the version of an address current at the time in Accept-Datetime, or to the newest one.

    Raises NotKnown, or UsageError if it is not a valid date.
    """
    asked = web.page_request(request)
    tracked, versions = _known(asked, request, "/timegate/")
    wanted = request.headers.get("accept-datetime", "")
    chosen = versions[-1]
    if wanted:
        try:
            at = parsedate_to_datetime(wanted)
        except (ValueError, OverflowError) as error:
            raise UsageError("Accept-Datetime is not a valid date", resource=wanted[:80]) from error
        if at.tzinfo is None:
            raise UsageError("Accept-Datetime has no time zone", resource=wanted[:80])
        chosen = max((each for each in versions if each.seen <= at), key=lambda each: each.n, default=versions[0])
    related = relations(asked, tracked)
    # RFC 7089 requires the Vary header: a cache must not answer one time with the version of another.
    headers = {"vary": "accept-datetime", "link": f"{related['original']}, {related['timemap']}"}
    return RedirectResponse(links.version(tracked.id, chosen.n), 302, headers)


def _known(asked: PageRequest, request: Request, before: str) -> tuple[WatchedArticle, Sequence[VersionSummary]]:
    """Return the article whose address is in the path after `before`, and its versions, oldest first.

    Those taken down are left out. Raises NotKnown.
    """
    # As it was sent: an address with %2F is another than the one with a slash.
    url = request.scope["raw_path"].decode("latin-1").partition(before)[2]
    # Some proxies and clients make one slash of two in a path.
    if url.startswith(("http:/", "https:/")) and "://" not in url:
        url = url.replace(":/", "://", 1)
    url += f"?{request.url.query}" if request.url.query else ""
    if not url.startswith(("http://", "https://")):
        raise NotKnown("not the address of an article", resource=url[:200])
    tracked = get_article(asked.archive, url)
    found = list_summaries(asked.archive, VersionQuery(article=tracked.id, reverse=True))
    versions = [each for each in found if not each.removed]
    if not versions:
        raise NotKnown("no version of it is stored", resource=url[:200])
    return tracked, versions


def relations(request: PageRequest, tracked: WatchedArticle) -> dict[str, str]:
    """Return the links to an article, its TimeGate and its TimeMap, by relation."""
    return {
        "original": f'<{tracked.url}>; rel="original"',
        "timegate": f'<{request.base}/timegate/{tracked.url}>; rel="timegate"',
        "timemap": f'<{request.base}/timemap/link/{tracked.url}>; rel="timemap"; type="application/link-format"',
    }

"""The web application: pages, their JSON, feeds and the API, all behind one guard."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import partial
from typing import ClassVar, Final
from urllib.parse import parse_qsl, quote, urlsplit

from starlette.applications import Starlette
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from tracker.addresses.urls import untracked
from tracker.archive.captures import get_capture, get_head
from tracker.archive.handins import get_handin
from tracker.archive.recaptures import capture_at
from tracker.archive.versions import newest_row
from tracker.config.root import Config
from tracker.errors import NotKnown, TrackerError, UsageError
from tracker.render.pictures.change_picture import change_png
from tracker.web.pages.changes import PARAMETERS as FILTERS

from . import auth, links
from .actions import Operation
from .api import ENDPOINTS, Endpoint, checked, openapi
from .auth import mark_all_read, mark_opened
from .data import CachedArchive
from .guard import ApiCors, Guard, Site
from .links import MAX_VERSION_DIGITS, whole_number
from .operations import OPERATIONS
from .page_request import PageRequest, View, check_names
from .pages.add import WatchThis, add
from .pages.alerts import alerts, rule
from .pages.article import article
from .pages.catch_up import catch_up
from .pages.change import change
from .pages.changes import changes
from .pages.citations import citations
from .pages.feeds import article_feed, changes_feed, feeds, search_feed, source_feed, story_feed
from .pages.search import search
from .pages.sources import source, sources
from .pages.start import start
from .pages.stories import group, stories, story, story_texts
from .pages.version import VersionPage, version
from .templating import statics
from .web import Web, here, json_answer, show_error, with_etag


class _NumberConvertor(IntegerConvertor):
    """The number of a version in a path; Starlette's own takes thousands of digits, which Python refuses to read."""

    regex = f"[0-9]{{1,{MAX_VERSION_DIGITS}}}"


register_url_convertor("number", _NumberConvertor())
# Allowed because the address contains the hash: another content has another address.
_YEAR: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class ApiPage(View):
    """The page that lists the endpoints of the API."""

    template: ClassVar[str] = "api.html"
    title: ClassVar[str] = "API"
    endpoints: tuple[Endpoint, ...] = ENDPOINTS
    operations: tuple[Operation, ...] = OPERATIONS


def build(
    cache: CachedArchive, site: Site, now: Callable[[], datetime], config: Callable[[], Config | None] = lambda: None
) -> Starlette:
    """Return the application for the archive of `cache`. `now` returns the time, `config` the current configuration."""
    web = Web(cache, site, now, config)
    # First, because a route that takes a name takes an empty one too.
    routes = [Route(f"{each.path}/", without_slash) for each in (*ENDPOINTS, *PAGES) if "{" not in each.path]
    routes += [
        Route("/static/{digest}/{name}", static),
        Route("/robots.txt", robots),
        Route("/healthz", web.handler(health)),
        Route("/articles/{ident}/compare", compare),
        Route("/a/{rest:path}", short),
        Route("/handin", handin),
        Route("/articles/{ident}/{n:number}/raw", web.handler(raw)),
        Route("/articles/{ident}/h{n:number}/raw", web.handler(raw_handin)),
        Route("/articles/{ident}/{n:number}/screenshot.jpg", web.handler(screenshot)),
        Route("/articles/{ident}/{old:number}..{new:number}.png", web.handler(picture)),
        Route("/api/v1", web.handler(lambda web, request: web.render_page(request, ApiPage()))),
        Route(
            "/api/v1/openapi.json",
            web.handler(lambda web, request: json_answer(request, openapi(web.base(request), closed=site.closed))),
        ),
        *(Route(each.path, web.handler(partial(api_of, each))) for each in ENDPOINTS),
        *(Route(path, web.handler(partial(feed_of, make, parameters))) for path, make, parameters in FEEDS),
        Route("/login", partial(auth.login, web), methods=["GET", "POST"]),
        Route("/read", partial(mark_all_read, web), methods=["POST"]),
        Route("/logout", partial(auth.logout, web), methods=["POST"]),
        *(Route(each.api, partial(auth.act_for_program, web, each), methods=["POST"]) for each in OPERATIONS),
        *(Route(each.path, partial(auth.act, web, each), methods=["POST"]) for each in OPERATIONS if each.path),
        Route("/watch", web.handler(watch)),
    ]
    # JSON routes come first, because the name of a source or story can contain a dot.
    for each in PAGES:
        routes.append(Route(each.json or f"{each.path}.json", web.handler(partial(page_of, each, as_json=True))))
    routes += [Route(each.path, web.handler(partial(page_of, each))) for each in PAGES]
    routes.append(Route("/{path:path}/", without_slash))
    cors = Middleware(
        ApiCors,
        allow_origins=sorted(site.cors),
        allow_methods=["GET", "POST"],
        allow_headers=["authorization", "content-type"],
        expose_headers=["etag"],
        max_age=600,
    )
    app = Starlette(
        routes=routes,
        middleware=[
            # Outermost: a browser sends no token with the preflight request of a script, so the guard would refuse it.
            *([cors] if site.cors else []),
            Middleware(Guard, site=site),
            # Pages with a form's token may be compressed: for another site to guess it by the size of answers (BREACH),
            # its requests would have to carry the session, whose cookie is SameSite=Strict. Users of this machine have
            # none, but nobody sees the size of their answers, and a form of another site fails by its Origin.
            Middleware(GZipMiddleware, minimum_size=800, compresslevel=5),
        ],
        exception_handlers={TrackerError: partial(show_error, web), HTTPException: partial(show_error, web)},
    )
    # Starlette's own redirect names http:// where a proxy answers for https://.
    app.router.redirect_slashes = False
    app.state.web = web
    return app


def page_of(page: WebPage, web: Web, request: Request, *, as_json: bool = False) -> Response:
    """Answer with a page, as HTML or as JSON."""
    _check_query(request, page.parameters)
    asked = web.page_request(request)
    view = page.make(asked)
    if as_json:
        return json_answer(request, view.answer())
    path, mark, query = here(request).partition("?")
    message, signature = (request.query_params.get(name, "") for name in auth.FLASH)
    answer = web.render_page(
        request,
        view,
        section=page.section,
        json_address=("/index.json" if path == "/" else f"{path}.json") + mark + query,
        # An action's message counts only if this site signed it: anybody can write a link that puts words on our page.
        flash=message if web.site.signed("said:" + message, signature) else "",
    )
    mark_opened(asked, view, answer)
    if isinstance(view, VersionPage):
        answer.headers["memento-datetime"] = format_datetime(view.version.seen, usegmt=True)
        answer.headers["link"] = f'<{view.tracked.url}>; rel="original"'
    return answer


def feed_of(make: Callable[[PageRequest], str], parameters: Sequence[str], web: Web, request: Request) -> Response:
    """Answer with a feed."""
    _check_query(request, parameters)
    return with_etag(request, Response(make(web.page_request(request)), media_type="application/atom+xml"))


def _check_query(request: Request, parameters: Sequence[str] | None) -> None:
    """Raise UsageError for an unknown parameter. Tracking parameters that other sites add to links are ignored."""
    if parameters is not None and request.url.query:
        query = urlsplit(untracked(f"http://localhost/?{request.url.query}")).query
        names = [name for name, _ in parse_qsl(query, keep_blank_values=True)]
        check_names([name for name in names if name not in auth.FLASH], parameters)


def api_of(endpoint: Endpoint, web: Web, request: Request) -> Response:
    """Answer for one endpoint of the API."""
    checked(endpoint, request.query_params.multi_items())
    made = endpoint.make(web.page_request(request))
    return json_answer(request, made.answer() if isinstance(made, View) else made)


async def static(request: Request) -> Response:
    """Answer with a static file. Its path contains its hash, so browsers may cache it indefinitely.

    Raises HTTPException (404) if there is no such file.
    """
    found = statics().get(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    if found.path != request.url.path:
        # A page from before an upgrade asks for the old hash. Not a permanent redirect: the next upgrade ends it.
        return RedirectResponse(found.path, 302)
    return Response(found.body, media_type=found.media, headers={"cache-control": _YEAR})


async def without_slash(request: Request) -> Response:
    """Redirect to the address without the slash at its end. A path with two slashes at its start names another site."""
    path, mark, query = here(request).partition("?")
    return RedirectResponse(f"/{path.strip('/')}{mark}{query}", 308)


async def robots(request: Request) -> Response:  # noqa: ARG001 - routes pass it
    """Keep search engines out: the texts belong to others, and some were withdrawn."""
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


def health(web: Web, request: Request) -> Response:
    """Report that pages can be served: raises ArchiveError, which is answered with 503, if the archive is not there."""
    newest_row(web.cache.archive)
    return json_answer(request, {"ok": True})


async def compare(request: Request) -> Response:
    """Redirect from the form with two version numbers to the page that compares them. Raises UsageError."""
    ident = request.path_params["ident"]
    given = [request.query_params.get(name, "") for name in ("from", "to")]
    old, new = (whole_number(each, MAX_VERSION_DIGITS) for each in given)
    if not old or not new:
        raise UsageError("give two version numbers", resource="..".join(given)[:80])
    view = request.query_params.get("view", "")
    where = links.version(ident, new) if old == new else links.diff(ident, old, new)
    return RedirectResponse(where + (f"?view={view}" if view in {"side", "changes"} and old != new else ""), 303)


async def short(request: Request) -> Response:
    """Redirect from the short address used in alerts."""
    return RedirectResponse(f"/articles/{quote(request.path_params['rest'], safe='/.')}", 308)


async def handin(request: Request) -> Response:
    """Redirect from the earlier address of the form that hands in a page."""
    return RedirectResponse(f"/add{links.query(dict(request.query_params))}#handin", 308)


def watch(web: Web, request: Request) -> Response:
    """Answer the bookmark with a page that leads to the form, with the address that the reader was on."""
    url = request.query_params.get("url", "")[:4000]
    return web.render_page(request, WatchThis(url, f"/add?url={quote(url, safe='')}"))


def raw(web: Web, request: Request) -> Response:
    """Send the page as served, as a download: a browser must never display it on our origin."""
    asked = web.page_request(request)
    tracked, n, at = asked.article(), asked.number("n"), asked.instant("at")
    kept = get_capture(asked.archive, tracked.id, n) if at is None else capture_at(asked.archive, tracked.id, n, at)
    name = f"{tracked.id}-v{n}{'' if at is None else f'-{kept.fetched_at:%Y%m%dT%H%M%SZ}'}.html"
    return _download(kept.body, name, {"memento-datetime": format_datetime(kept.fetched_at, usegmt=True)})


def raw_handin(web: Web, request: Request) -> Response:
    """Send the file of a page that was handed in, as a download."""
    asked = web.page_request(request)
    kept, file = get_handin(asked.archive, asked.article().id, asked.number("n"))
    if kept.page.removed:
        raise NotKnown(f"this page was deleted: {kept.page.removed}", resource=kept.name)
    return _download(file, f"{kept.page.article}-h{kept.page.n}.saved", {})


def _download(body: bytes, name: str, more: Mapping[str, str]) -> Response:
    headers = {
        # Each of these three keeps a stored page from running as ours: octet-stream, attachment, and the sandbox, in
        # which a browser that displays it nevertheless runs no script and gives it an origin of its own.
        "content-disposition": f'attachment; filename="{name}"',
        "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        **more,
    }
    return Response(body, media_type="application/octet-stream", headers=headers)


def screenshot(web: Web, request: Request) -> Response:
    """Answer with the picture that was taken of the page when a version was stored. Raises NotKnown."""
    asked = web.page_request(request)
    tracked, n = asked.article(), asked.number("n")
    kept = get_head(asked.archive, tracked.id, n)
    if not kept.screenshot:
        raise NotKnown("this version has no screenshot", resource=f"{tracked.id}@v{n}")
    return with_etag(request, Response(kept.picture, media_type="image/jpeg"))


def picture(web: Web, request: Request) -> Response:
    """Answer with a picture of a change, as PNG. Raises NotKnown if it cannot be drawn here."""
    page = change(web.page_request(request))
    if not page.can_draw:
        letters = f" with {page.missing_script} letters" if page.missing_script else ""
        hint = f"install writethru[picture] and a font{letters} where it runs"
        raise NotKnown("the picture cannot be drawn here", hint=hint)
    shown = page.picture
    # The key is all that is drawn, so a change that is read anew gets a new picture.
    body = web.cache.cached(("picture", shown), lambda: change_png(shown))
    return with_etag(request, Response(body, media_type="image/png"))


@dataclass(frozen=True, slots=True)
class WebPage:
    """A page: its path, the function that makes it, and its section in the menu.

    Attributes:
        json: the path of the page as JSON, if it is not the path with ".json" added.
        parameters: the query parameters of a list, which takes no others; None if others are ignored.
    """

    path: str
    make: Callable[[PageRequest], View]
    section: str = ""
    json: str = ""
    parameters: tuple[str, ...] | None = None


_CHANGES: Final = (*FILTERS, "min_words", "new")
_OF_SOURCE: Final = tuple(name for name in _CHANGES if name != "source")
_SEARCH: Final = ("q", "in", "ranked", *FILTERS)
PAGES: Final = (
    WebPage("/", start, "/", json="/index.json", parameters=(*_CHANGES, "show")),
    WebPage("/changes", changes, "/changes", parameters=(*_CHANGES, "after")),
    WebPage("/catch-up", catch_up, "/changes", parameters=("after",)),
    WebPage("/stories", stories, "/stories", parameters=(*_CHANGES, "after")),
    WebPage("/stories/{name:path}/texts", story_texts, "/stories"),
    WebPage("/stories/{name:path}", story, "/stories"),
    WebPage("/sources", sources, "/sources"),
    WebPage("/sources/{name:path}", source, "/sources", parameters=_OF_SOURCE),
    WebPage("/add", add, "/sources"),
    WebPage("/search", search, parameters=_SEARCH),
    WebPage("/citations", citations, parameters=("state", "article")),
    WebPage("/alerts", alerts, "/alerts", parameters=(*FILTERS, "min_words", "state")),
    WebPage("/rule", rule, "/alerts"),
    WebPage("/group", group, "/stories"),
    WebPage("/feeds", feeds),
    WebPage("/articles/{ident}/{old:number}..{new:number}", change, "/changes"),
    WebPage("/articles/{ident}/{n:number}", version, "/changes"),
    WebPage("/articles/{ident}", article, "/changes"),
)

FEEDS: Final = (
    ("/changes.atom", changes_feed, _CHANGES),
    ("/search.atom", search_feed, _SEARCH),
    ("/articles/{ident}.atom", article_feed, ()),
    ("/sources/{name:path}.atom", source_feed, ()),
    ("/stories/{name:path}.atom", story_feed, ()),
)

"""The web application: pages, their JSON, feeds and the API, all behind one guard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import quote

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from tracker.archive.articles import get_article
from tracker.archive.captures import get_capture
from tracker.archive.versions import newest_row
from tracker.errors import ArchiveError, NotKnown, TrackerError, UsageError
from tracker.web.web import Web, here, tagged

from . import auth, links, memento
from .api import ENDPOINTS, Endpoint, checked, openapi
from .events import Events
from .guard import Guard
from .page_request import PageRequest, View
from .pages.version import VersionPage
from .routes import FEEDS, PAGES, WebPage
from .statics import statics

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from starlette.requests import Request

    from tracker.config import Config

    from .data import CachedArchive
    from .site import Site

_YEAR: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Problem(View):
    """An error page."""

    template: ClassVar[str] = "error.html"
    status: int
    heading: str
    message: str
    hint: str = ""
    article: str = ""

    @property
    def title(self) -> str:
        """Return what stands in the title bar."""
        return self.heading


@dataclass(frozen=True)
class ApiPage(View):
    """The page that lists the endpoints of the API."""

    template: ClassVar[str] = "api.html"
    endpoints: tuple[Endpoint, ...] = ENDPOINTS

    @property
    def title(self) -> str:
        """Return what stands in the title bar."""
        return "API"


def build(
    archive: CachedArchive, site: Site, now: Callable[[], datetime], config: Callable[[], Config | None] = lambda: None
) -> Starlette:
    """Return the application for `archive`. `now` returns the time, `config` the current configuration."""
    web = Web(archive, site, now, config)
    events = Events(archive, web.closing)
    routes = [
        Route("/static/{digest}/{name}", static),
        Route("/robots.txt", robots),
        Route("/healthz", partial(health, web)),
        Route("/articles/{ident}/compare", partial(compare, web)),
        Route("/a/{rest:path}", short),
        Route("/articles/{ident}/{n:int}/raw", partial(raw, web)),
        Route("/events", partial(listen, events)),
        Route("/timemap/link/{url:path}", partial(timemap, web)),
        Route("/timegate/{url:path}", partial(timegate, web)),
        Route("/api/v1", partial(api_page, web)),
        Route("/api/v1/openapi.json", partial(api_described, web)),
        *(Route(each.path, partial(api_of, web, each)) for each in ENDPOINTS),
        *(Route(path, partial(feed_of, web, make)) for path, make in FEEDS),
        Route("/login", partial(auth.login, web), methods=["GET", "POST"]),
        *(Route(path, partial(action, web), methods=["POST"]) for path, action in ACTIONS),
    ]
    # JSON routes come first, because the name of a source or story can contain a dot.
    routes += [Route(each.json_path, partial(json_of, web, each)) for each in PAGES]
    routes += [Route(each.path, partial(page_of, web, each)) for each in PAGES]
    app = Starlette(
        routes=routes,
        middleware=[Middleware(Guard, site=site), Middleware(GZipMiddleware, minimum_size=800, compresslevel=5)],
        exception_handlers={TrackerError: partial(trouble, web), HTTPException: partial(trouble, web)},
    )
    app.state.web = web
    app.state.events = events
    return app


ACTIONS: Final = (
    ("/logout", auth.logout),
    ("/sources/{name:path}/pause", auth.pause),
    ("/sources/{name:path}/resume", auth.resume),
    ("/sources/{name:path}/check", auth.check_source),
    ("/sources/{name:path}/release", auth.release),
    ("/articles/{ident}/check", auth.check_article),
    ("/stories/{name:path}/accept", auth.accept_story),
    ("/rules/{name:path}", auth.edit_rule),
)


async def page_of(web: Web, page: WebPage, request: Request) -> Response:
    """Answer with a page."""

    def work() -> Response:
        view = page.make(web.page_request(request))
        answer = web.framed(
            request,
            view,
            section=page.section,
            json_address=json_address(request),
            live=page.live,
            flash=auth.flash(web, request),
        )
        if isinstance(view, VersionPage):
            answer.headers.update(memento.headers_of(web.page_request(request), view.tracked, view.version.seen))
        return answer

    return await web.in_thread(work)


async def json_of(web: Web, page: WebPage, request: Request) -> Response:
    """Answer with a page as JSON."""
    return await web.in_thread(lambda: as_json(request, page.make(web.page_request(request)).as_json()))


def as_json(request: Request, value: Mapping[str, Any], status: int = 200) -> Response:
    """Return a JSON answer."""
    return tagged(request, Response(orjson.dumps(value), status, media_type="application/json"))


def json_address(request: Request) -> str:
    """Return the address of the requested page as JSON."""
    path, mark, query = here(request).partition("?")
    return ("/index.json" if path == "/" else f"{path}.json") + mark + query


async def feed_of(web: Web, make: Callable[[PageRequest], str], request: Request) -> Response:
    """Answer with a feed."""
    return await web.in_thread(
        lambda: tagged(request, Response(make(web.page_request(request)), media_type="application/atom+xml"))
    )


async def api_of(web: Web, endpoint: Endpoint, request: Request) -> Response:
    """Answer for one endpoint of the API."""
    checked(endpoint, request.query_params.multi_items())
    return await web.in_thread(lambda: as_json(request, endpoint.make(web.page_request(request))))


async def api_page(web: Web, request: Request) -> Response:
    """Answer with the page that lists the endpoints."""
    return web.framed(request, ApiPage())


async def api_described(web: Web, request: Request) -> Response:
    """Answer with the description of the API."""
    return as_json(request, openapi(web.base(request), closed=web.site.closed))


async def listen(events: Events, request: Request) -> Response:  # noqa: ARG001 - what routes are called with
    """Send events to an open page."""
    answer = events.stream()
    if answer is None:
        raise HTTPException(503, "Too many open pages")
    return answer


async def timemap(web: Web, request: Request) -> Response:
    """Answer with the versions of an address as a TimeMap."""
    page_request, url = web.page_request(request), original(request, "/timemap/link/")
    return await web.in_thread(
        lambda: Response(memento.timemap(page_request, url), media_type="application/link-format")
    )


async def timegate(web: Web, request: Request) -> Response:
    """Redirect to the version of an address that was current at a time."""
    page_request, url = web.page_request(request), original(request, "/timegate/")
    wanted = request.headers.get("accept-datetime", "")

    def work() -> Response:
        where, headers = memento.timegate(page_request, url, wanted)
        return RedirectResponse(where, 302, dict(headers))

    return await web.in_thread(work)


def original(request: Request, before: str) -> str:
    """Return the article address contained in the path after `before`, with its query."""
    url = str(request.url.path).partition(before)[2]
    if url.startswith(("http:/", "https:/")) and "://" not in url:
        url = url.replace(":/", "://", 1)
    return url + (f"?{request.url.query}" if request.url.query else "")


async def static(request: Request) -> Response:
    """Answer with a static file. Its path contains its hash, so browsers may cache it indefinitely."""
    found = statics().get(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    if found.path != request.url.path:
        return RedirectResponse(found.path, 302)
    packed = "gzip" in request.headers.get("accept-encoding", "")
    headers = {"cache-control": _YEAR, "vary": "Accept-Encoding"} | ({"content-encoding": "gzip"} if packed else {})
    return Response(found.packed if packed else found.body, media_type=found.media, headers=headers)


async def robots(request: Request) -> Response:  # noqa: ARG001 - what routes are called with
    """Keep search engines out: the texts belong to others, and some were withdrawn."""
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


async def health(web: Web, request: Request) -> Response:
    """Report that pages can be served."""

    def work() -> Response:
        newest_row(web.archive.opened)
        return as_json(request, {"ok": True})

    return await web.in_thread(work)


async def compare(web: Web, request: Request) -> Response:
    """Redirect from the form with two version numbers to the page that compares them."""
    ident = request.path_params["ident"]
    given = [request.query_params.get(name, "") for name in ("from", "to")]
    if not all(each.isascii() and each.isdigit() for each in given):
        raise UsageError("give two version numbers", resource="..".join(given)[:80])
    old, new = map(int, given)
    view = request.query_params.get("view", "")
    where = links.version(ident, new) if old == new else links.diff(ident, old, new)
    del web
    return RedirectResponse(where + (f"?view={view}" if view in {"side", "changes"} and old != new else ""), 303)


async def short(request: Request) -> Response:
    """Redirect from the short address used in alerts."""
    return RedirectResponse(f"/articles/{quote(request.path_params['rest'], safe='/.')}", 308)


async def raw(web: Web, request: Request) -> Response:
    """Send the page as served, as a download: a browser must never display it on our origin."""

    def work() -> Response:
        page_request = web.page_request(request)
        tracked = get_article(web.archive.opened, page_request.path["ident"])
        n = page_request.number("n")
        kept = get_capture(web.archive.opened, tracked.id, n)
        headers = {
            "content-disposition": f'attachment; filename="{tracked.id}-v{n}.html"',
            "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        }
        return Response(kept.body, media_type="application/octet-stream", headers=headers)

    return await web.in_thread(work)


async def trouble(web: Web, request: Request, error: Exception) -> Response:
    """Answer with an error page, or with JSON if that was requested."""
    problem = problem_of(error)
    ident = request.path_params.get("ident", "")
    if ident and len(request.path_params) > 1 and isinstance(error, NotKnown):
        problem = replace(problem, article=ident)
    if request.url.path.endswith(".json") or request.url.path.startswith("/api/"):
        message = problem.message if isinstance(error, TrackerError) else problem.heading
        described = {"status": problem.status, "message": message, "hint": problem.hint}
        answer = as_json(request, {"schema": 1, "error": described}, problem.status)
    else:
        answer = web.framed(request, problem, status=problem.status)
    answer.headers.update(getattr(error, "headers", None) or {})
    return answer


def problem_of(error: Exception) -> Problem:
    """Return the error page for an error. Raises `error` again if it is a bug."""
    if isinstance(error, HTTPException):
        heading = {404: "There is no such page", 405: "Not allowed"}.get(error.status_code, error.detail)
        return Problem(error.status_code, heading, "Check the address.")
    if not isinstance(error, TrackerError):
        raise error
    message = f"{error.resource}: {error.message}" if error.resource else error.message
    if isinstance(error, NotKnown):
        return Problem(404, "Not in the archive", message, error.hint)
    if isinstance(error, UsageError):
        return Problem(400, "Bad request", message, error.hint)
    if isinstance(error, ArchiveError):
        return Problem(503, "The archive cannot be read", message, error.hint)
    return Problem(500, "Something went wrong", message, error.hint)

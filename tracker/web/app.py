"""The application: pages, twins, feeds, API, behind one guard."""

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
from .routes import FEEDS, PAGES
from .statics import statics

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from starlette.requests import Request

    from tracker.config import Config

    from .data import CachedArchive
    from .routes import WebPage
    from .site import Site

_YEAR: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Problem(View):
    """A page that says what went wrong."""

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
    """The page that names the endpoints."""

    template: ClassVar[str] = "api.html"
    endpoints: tuple[Endpoint, ...] = ENDPOINTS

    @property
    def title(self) -> str:
        """Return what stands in the title bar."""
        return "API"


def build(
    archive: CachedArchive, site: Site, now: Callable[[], datetime], config: Callable[[], Config | None] = lambda: None
) -> Starlette:
    """Return the application over *archive*; *now* tells the time, *config* gives the configuration of the moment."""
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
        *(Route(path, partial(act, web), methods=["POST"]) for path, act in ACTS),
    ]
    # Twins first: a name may take in what follows a dot.
    routes += [Route(each.json_path, partial(twin_of, web, each)) for each in PAGES]
    routes += [Route(each.path, partial(page_of, web, each)) for each in PAGES]
    app = Starlette(
        routes=routes,
        middleware=[Middleware(Guard, site=site), Middleware(GZipMiddleware, minimum_size=800, compresslevel=5)],
        exception_handlers={TrackerError: partial(trouble, web), HTTPException: partial(trouble, web)},
    )
    app.state.web = web
    app.state.events = events
    return app


ACTS: Final = (
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
        view = page.make(web.asked(request))
        said = auth.flash(web, request)
        answer = web.framed(request, view, section=page.section, twin=twin_path(request), live=page.live, flash=said)
        if isinstance(view, VersionPage):
            answer.headers.update(memento.headers_of(web.asked(request), view.tracked, view.version.seen))
        return answer

    return await web.in_thread(work)


async def twin_of(web: Web, page: WebPage, request: Request) -> Response:
    """Answer with the JSON twin of a page."""
    return await web.in_thread(lambda: as_json(request, page.make(web.asked(request)).as_json()))


def as_json(request: Request, value: Mapping[str, Any], status: int = 200) -> Response:
    """Return a JSON answer."""
    return tagged(request, Response(orjson.dumps(value), status, media_type="application/json"))


def twin_path(request: Request) -> str:
    """Return the address of the JSON twin of a page that was asked for."""
    path, mark, query = here(request).partition("?")
    return ("/index.json" if path == "/" else f"{path}.json") + mark + query


async def feed_of(web: Web, make: Callable[[PageRequest], str], request: Request) -> Response:
    """Answer with a feed."""
    return await web.in_thread(
        lambda: tagged(request, Response(make(web.asked(request)), media_type="application/atom+xml"))
    )


async def api_of(web: Web, endpoint: Endpoint, request: Request) -> Response:
    """Answer for an endpoint of the API."""
    checked(endpoint, request.query_params.multi_items())
    return await web.in_thread(lambda: as_json(request, endpoint.make(web.asked(request))))


async def api_page(web: Web, request: Request) -> Response:
    """Answer with the page that names the endpoints."""
    return web.framed(request, ApiPage())


async def api_described(web: Web, request: Request) -> Response:
    """Answer with the description of the API."""
    return as_json(request, openapi(web.base(request), closed=web.site.closed))


async def listen(events: Events, request: Request) -> Response:  # noqa: ARG001 - what routes are called with
    """Tell a page that is open what comes."""
    answer = events.stream()
    if answer is None:
        raise HTTPException(503, "Too many pages listen")
    return answer


async def timemap(web: Web, request: Request) -> Response:
    """Answer with the versions of an address as a TimeMap."""
    asked, url = web.asked(request), original(request, "/timemap/link/")
    return await web.in_thread(lambda: Response(memento.timemap(asked, url), media_type="application/link-format"))


async def timegate(web: Web, request: Request) -> Response:
    """Lead to the version of an address that stood at a time."""
    asked, url = web.asked(request), original(request, "/timegate/")
    wanted = request.headers.get("accept-datetime", "")

    def work() -> Response:
        where, headers = memento.timegate(asked, url, wanted)
        return RedirectResponse(where, 302, dict(headers))

    return await web.in_thread(work)


def original(request: Request, before: str) -> str:
    """Return the address that stands in a path, with its own query."""
    url = str(request.url.path).partition(before)[2]
    if url.startswith(("http:/", "https:/")) and "://" not in url:
        url = url.replace(":/", "://", 1)
    return url + (f"?{request.url.query}" if request.url.query else "")


async def static(request: Request) -> Response:
    """Answer with a file of ours, to be kept for ever under its hash."""
    found = statics().get(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    if found.path != request.url.path:
        return RedirectResponse(found.path, 302)
    packed = "gzip" in request.headers.get("accept-encoding", "")
    headers = {"cache-control": _YEAR, "vary": "Accept-Encoding"} | ({"content-encoding": "gzip"} if packed else {})
    return Response(found.packed if packed else found.body, media_type=found.media, headers=headers)


async def robots(request: Request) -> Response:  # noqa: ARG001 - what routes are called with
    """Ask search engines to stay away: these are other people's texts, some of them withdrawn."""
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


async def health(web: Web, request: Request) -> Response:
    """Say that pages can be made."""

    def work() -> Response:
        newest_row(web.archive.opened)
        return as_json(request, {"ok": True})

    return await web.in_thread(work)


async def compare(web: Web, request: Request) -> Response:
    """Go from the form of two versions to their page."""
    ident = request.path_params["ident"]
    given = [request.query_params.get(name, "") for name in ("from", "to")]
    if not all(each.isascii() and each.isdigit() for each in given):
        raise UsageError("name two versions by their numbers", resource="..".join(given)[:80])
    old, new = map(int, given)
    view = request.query_params.get("view", "")
    where = links.version(ident, new) if old == new else links.diff(ident, old, new)
    del web
    return RedirectResponse(where + (f"?view={view}" if view in {"side", "changes"} and old != new else ""), 303)


async def short(request: Request) -> Response:
    """Lead on from the short address that alerts carry."""
    return RedirectResponse(f"/articles/{quote(request.path_params['rest'], safe='/.')}", 308)


async def raw(web: Web, request: Request) -> Response:
    """Hand the page as it was served over as a download: never as something a browser shows on our origin."""

    def work() -> Response:
        asked = web.asked(request)
        tracked = get_article(web.archive.opened, asked.path["ident"])
        n = asked.number("n")
        kept = get_capture(web.archive.opened, tracked.id, n)
        headers = {
            "content-disposition": f'attachment; filename="{tracked.id}-v{n}.html"',
            "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        }
        return Response(kept.body, media_type="application/octet-stream", headers=headers)

    return await web.in_thread(work)


async def trouble(web: Web, request: Request, error: Exception) -> Response:
    """Answer with what went wrong, in the form that was asked for."""
    problem = problem_of(error)
    ident = request.path_params.get("ident", "")
    if ident and len(request.path_params) > 1 and isinstance(error, NotKnown):
        problem = replace(problem, article=ident)
    if request.url.path.endswith(".json") or request.url.path.startswith("/api/"):
        told = problem.message if isinstance(error, TrackerError) else problem.heading
        said = {"status": problem.status, "message": told, "hint": problem.hint}
        answer = as_json(request, {"schema": 1, "error": said}, problem.status)
    else:
        answer = web.framed(request, problem, status=problem.status)
    answer.headers.update(getattr(error, "headers", None) or {})
    return answer


def problem_of(error: Exception) -> Problem:
    """Return what a reader is told of an error."""
    if isinstance(error, HTTPException):
        heading = {404: "There is no such page", 405: "This cannot be done here"}.get(error.status_code, error.detail)
        return Problem(error.status_code, heading, "See whether the address is right.")
    if not isinstance(error, TrackerError):
        raise error
    said = f"{error.resource}: {error.message}" if error.resource else error.message
    if isinstance(error, NotKnown):
        return Problem(404, "It is not in the archive", said, error.hint)
    if isinstance(error, UsageError):
        return Problem(400, "This makes no sense", said, error.hint)
    if isinstance(error, ArchiveError):
        return Problem(503, "The archive cannot be read", said, error.hint)
    return Problem(500, "This went wrong", said, error.hint)

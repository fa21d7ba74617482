"""The common part of all request handlers of the web server; error pages, and errors as JSON."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar, Final, TypeVar
from urllib.parse import quote

import anyio.to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from tracker.archive.state import get_reader_mark, hash_reader
from tracker.config.root import Config
from tracker.errors import ArchiveError, ConfigError, DeliveryError, NotKnown, TrackerError, UsageError
from tracker.render.json import encode
from tracker.views.json import Answer, Part

from .actions import Actions
from .data import CachedArchive
from .guard import Site, Who, csrf
from .page_request import READING_COOKIE, PageRequest, Reading, View, read_text
from .templating import page as render

T = TypeVar("T")
MAX_THREADS: Final = 4
MAX_SLOW_THREADS: Final = 2
"""Requests that wait for other servers have threads of their own, so that they never hold up a page."""
NAV: Final = (
    ("/", "Now"),
    ("/changes", "Changes"),
    ("/stories", "Stories"),
    ("/sources", "Sources"),
    ("/alerts", "Alerts"),
)


@dataclass
class Web:
    """The archive, the access settings, the clock and the configuration, shared by all requests.

    `marks` is the URL of the archive to keep the marks of named users in; "" keeps it in their browsers alone.
    """

    cache: CachedArchive
    site: Site
    now: Callable[[], datetime]
    config: Callable[[], Config | None] = lambda: None
    actions: Actions | None = None
    marks: str = ""
    limiters: tuple[anyio.CapacityLimiter, ...] = field(init=False, default=())

    def page_request(self, request: Request) -> PageRequest:
        """Return the PageRequest for a request."""
        named = request.state.who.named
        reading = read_text(request.cookies.get(READING_COOKIE, ""))
        mark = get_reader_mark(self.cache.archive, hash_reader(named)) if named else None
        # The later mark holds. Opened versions are only in this browser's cookie, and count after either mark.
        if mark is not None and (reading.at is None or reading.at < mark[1]):
            row, at = mark
            reading = Reading(row, at, frozenset(each for each in reading.opened if each > row))
        return PageRequest(
            cache=self.cache,
            now=self.now(),
            path={name: str(value) for name, value in request.path_params.items()},
            query=dict(request.query_params),
            config=self.config(),
            base=self.base(request),
            here=here(request),
            admin=self.is_admin(request),
            read_only_reason=self.read_only_reason(request),
            reading=reading,
        )

    def is_admin(self, request: Request) -> bool:
        """Return whether the user may use the forms that change something."""
        who: Who = request.state.who
        return bool(who.local or (self.site.admin and who.session))

    def read_only_reason(self, request: Request) -> str:
        """Return why the forms that change the configuration would fail; "" if they would not."""
        if self.actions is not None and self.is_admin(request):
            try:
                self.actions.writable_file()
            except ConfigError as error:
                return f"{error.message}. {error.hint}."
        return ""

    def base(self, request: Request) -> str:
        """Return the beginning of links to this site."""
        scheme = "https" if request.state.secure else "http"
        return self.site.base or f"{scheme}://{request.headers.get('host', '')}"

    def handler(self, work: Callable[[Web, Request], Response]) -> Callable[[Request], Awaitable[Response]]:
        """Return a request handler that calls `work` in a thread."""

        async def handle(request: Request) -> Response:
            return await self.in_thread(lambda: work(self, request))

        return handle

    async def in_thread(self, work: Callable[[], T], *, slow: bool = False) -> T:
        """Run `work` in a thread. Few run at a time, because pages use the CPU rather than wait.

        `slow`: it waits for other servers.
        """
        if not self.limiters:
            self.limiters = (anyio.CapacityLimiter(MAX_THREADS), anyio.CapacityLimiter(MAX_SLOW_THREADS))
        return await anyio.to_thread.run_sync(work, limiter=self.limiters[slow])

    def render_page(
        self,
        request: Request,
        view: View,
        *,
        section: str = "",
        status: int = 200,
        **more: Any,  # noqa: ANN401 - any name of a template
    ) -> Response:
        """Return a view as a complete HTML page.

        `section` is the path of the section of the menu that it belongs to; "" for none. `more` has other values for
        the frame of the page, see `templating.environment`.
        """
        who: Who = request.state.who
        html = render(
            view,
            now=self.now(),
            nav=NAV,
            section=section,
            signed_in=bool(who.session),
            admin=self.is_admin(request),
            can_change=self.site.admin,
            read_only_reason=self.read_only_reason(request),
            csrf=csrf(self.site, who),
            local_port=request.scope["server"][1] if self.site.is_local else 0,
            looked=READING_COOKIE in request.cookies or bool(who.named),
            **more,
        )
        return with_etag(request, HTMLResponse(html, status))


def here(request: Request) -> str:
    """Return the requested path and query, quoted for use in a link."""
    path = quote(request.scope["path"], safe="/:@!$&'()*+,;=~-._")
    return path + (f"?{request.url.query}" if request.url.query else "")


def with_etag(request: Request, response: Response) -> Response:
    """Add an ETag to a response, or answer 304 if the browser has it already."""
    if response.status_code != 200:
        return response
    # Weak, because a compressed answer has other bytes under the same tag (RFC 9110, 8.8.3.3).
    tag = f'"{hashlib.sha256(response.body).hexdigest()[:24]}"'
    # Tags are compared without their W/ (RFC 9110, 8.8.3.2).
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={"etag": f"W/{tag}"})
    response.headers["etag"] = f"W/{tag}"
    return response


def json_answer(request: Request, value: Part | Mapping[str, Any], status: int = 200) -> Response:
    """Return a JSON answer."""
    return with_etag(request, Response(encode(value), status, media_type="application/json"))


_PROBLEMS: Final = (
    (NotKnown, 404, "Not in the archive"),
    (UsageError, 400, "Bad request"),
    (ConfigError, 409, "The configuration cannot be changed"),
    (ArchiveError, 503, "The archive cannot be read"),
    (DeliveryError, 502, "Not delivered"),
)
_LISTS: Final = "look under Changes, Stories or Sources, or search for words of the article"
_LISTS_FOR_PROGRAMS: Final = "/api/v1/articles, /api/v1/stories and /api/v1/sources list the archive's contents"
_DESCRIPTION: Final = "/api/v1/openapi.json describes every address of the API"


@dataclass(frozen=True)
class Problem(View):
    """An error page."""

    template: ClassVar[str] = "error.html"
    status: int
    title: str
    message: str
    hint: str = ""
    article: str = ""


class ErrorOf(Part, frozen=True):
    """The HTTP status, what went wrong, and what to do."""

    status: int
    message: str
    hint: str = ""


class Error(Answer, frozen=True):
    """Why a request failed."""

    error: ErrorOf


async def show_error(web: Web, request: Request, error: Exception) -> Response:
    """Answer with an error page, or with JSON if that was requested."""
    path = request.url.path
    for_program = path.endswith(".json") or path.startswith("/api/")
    if isinstance(error, HTTPException) and error.status_code == 404:
        message = f"Nothing is at {path[:200]}. The address may be incomplete or mistyped."
        problem = Problem(404, "There is no such page", message, _LISTS)
    elif isinstance(error, HTTPException) and error.status_code == 405:
        # Starlette names them in the order of a set, which differs from process to process.
        allowed = ", ".join(sorted((error.headers or {}).get("Allow", "").split(", ")))
        problem = Problem(405, "Not allowed", f"This address accepts only these methods: {allowed}.")
    elif isinstance(error, HTTPException):
        message = "Try again in a few minutes." if error.status_code in {429, 503} else "Nothing was changed."
        problem = Problem(error.status_code, error.detail, message)
    elif isinstance(error, TrackerError):
        message = f"{error.resource}: {error.message}" if error.resource else error.message
        found = next((each for each in _PROBLEMS if isinstance(error, each[0])), None)
        status, heading = found[1:] if found else (500, "Something went wrong")
        problem = Problem(status, heading, message, error.hint)
    else:
        raise error
    ident = request.path_params.get("ident", "")
    # Where the article itself is unknown, the error names it alone, and a link to it would lead nowhere.
    if ident and len(request.path_params) > 1 and isinstance(error, TrackerError) and error.resource != ident:
        problem = replace(problem, article=ident)
    if isinstance(error, NotKnown) and "writethru " in problem.hint:
        # The hints of the archive name commands, which readers of these pages may not be able to run.
        problem = replace(problem, hint=_LISTS_FOR_PROGRAMS if for_program else _LISTS)
    if for_program:
        message, hint = problem.message, problem.hint
        if isinstance(error, HTTPException):
            message, hint = problem.title, _DESCRIPTION if problem.status == 404 else problem.message
        answer = json_answer(request, Error(ErrorOf(problem.status, message, hint)), problem.status)
    else:
        answer = web.render_page(request, problem, status=problem.status)
    # Such as Allow and WWW-Authenticate, which go with their statuses (RFC 9110, 15.5.2 and 15.5.6).
    answer.headers.update(getattr(error, "headers", None) or {})
    return answer

"""Error pages, and errors as JSON."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Final

from starlette.exceptions import HTTPException

from tracker.errors import ArchiveError, ConfigError, DeliveryError, NotKnown, TrackerError, UsageError
from tracker.views.json import Answer, Part

from .page_request import View
from .web import Web, json_answer

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_PROBLEMS: Final = (
    (NotKnown, 404, "Not in the archive"),
    (UsageError, 400, "Bad request"),
    (ConfigError, 409, "The configuration cannot be changed"),
    (ArchiveError, 503, "The archive cannot be read"),
    (DeliveryError, 502, "Not delivered"),
)
_LISTS: Final = "look under Changes, Stories or Sources, or search for words of the article"
_LISTS_FOR_PROGRAMS: Final = "/api/v1/articles, /api/v1/stories and /api/v1/sources list what is stored"
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
    problem = _unanswered(error, path) if isinstance(error, HTTPException) else problem_of(error)
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
        answer = web.framed(request, problem, status=problem.status)
    # Such as Allow and WWW-Authenticate, which go with their statuses (RFC 9110, 15.5.2 and 15.5.6).
    answer.headers.update(getattr(error, "headers", None) or {})
    return answer


def _unanswered(error: HTTPException, path: str) -> Problem:
    """Return the error page for a request to `path` that no handler took, or that a handler refused."""
    status = error.status_code
    if status == 404:
        message = f"Nothing is at {path[:200]}. The address may be incomplete or mistyped."
        return Problem(status, "There is no such page", message, _LISTS)
    if status == 405:
        # Starlette names them in the order of a set, which differs from process to process.
        allowed = ", ".join(sorted((error.headers or {}).get("Allow", "").split(", ")))
        return Problem(status, "Not allowed", f"This address answers only these requests: {allowed}.")
    retry = status in {429, 503}
    return Problem(status, error.detail, "Try again in a few minutes." if retry else "Nothing was changed.")


def problem_of(error: Exception) -> Problem:
    """Return the error page for an error. Raises `error` again if it is a bug."""
    if not isinstance(error, TrackerError):
        raise error
    message = f"{error.resource}: {error.message}" if error.resource else error.message
    found = next((each for each in _PROBLEMS if isinstance(error, each[0])), None)
    status, heading = found[1:] if found else (500, "Something went wrong")
    return Problem(status, heading, message, error.hint)

"""Signing in, the forms that make changes, which only our own pages can send, and marking versions as read."""

from __future__ import annotations

import hmac
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tracker.archive.opening import open_archive
from tracker.archive.state import hash_reader, save_reader_mark
from tracker.archive.summaries import newer_rows
from tracker.archive.versions import newest_row
from tracker.config.root import Config
from tracker.errors import UsageError
from tracker.render.json import encode

from . import links
from .actions import Operation, OperationRequest, OperationResult, Said
from .guard import COOKIE, SESSION_SECONDS, Who, client_of, csrf, new_session
from .links import whole_number
from .page_request import MAX_ROW_DIGITS, READING_COOKIE, READING_COOKIE_SECONDS, PageRequest, Reading, View
from .pages.change import ChangePage
from .pages.version import VersionPage
from .web import Web

MAX_FORM_BYTES: Final = 20_000
ZIP: Final = "application/zip"
# The query parameters of a message that an action leaves for the next page, and of its signature.
FLASH: Final = ("what", "said")
_TURNED_OFF: Final = "Changes are turned off. Start Writethru with --admin, or set admin = true under [web]"


@dataclass(frozen=True)
class Login(View):
    """The sign-in form. `named` is the user named by the proxy, or empty."""

    template: ClassVar[str] = "login.html"
    title: ClassVar[str] = "Sign in"
    goal: str
    wrong: bool
    named: str
    signed: bool
    possible: bool


def inside(goal: str) -> str:
    """Return `goal` if it is a path on this site, else "/", so that a link cannot redirect to another site."""
    # Browsers read a backslash as a slash (URL Standard, 4.4), so "/\evil.example" names another host, as "//" does.
    return goal if goal.startswith("/") and not goal.startswith(("//", "/\\")) and "\n" not in goal else "/"


async def login(web: Web, request: Request) -> Response:
    """Show the form, or check the token and start a session.

    Raises HTTPException if another site sent the form, or after too many wrong tokens.
    """
    who: Who = request.state.who
    site = web.site
    goal = inside(request.query_params.get("next", "/"))
    if request.method != "POST":
        return web.render_page(request, Login(goal, False, who.named, bool(who.session), bool(site.token or who.named)))
    # Here too, where there is no session yet: other sites could guess the token through their readers' browsers.
    form = await sent_form(request)
    goal = inside(form.get("next", goal))
    if not (who.named or site.is_token(form.get("token", ""))):
        if not await site.wrong_tokens.delay(client_of(request)):
            raise HTTPException(429, "Too many wrong tokens")
        return web.render_page(request, Login(goal, True, who.named, False, bool(site.token)), status=403)
    answer = RedirectResponse(goal, 303)
    # Browsers refuse a Secure cookie from a plain http:// page, which is how a server on this machine is read.
    secure = request.state.secure
    answer.set_cookie(COOKIE, new_session(site), SESSION_SECONDS, secure=secure, httponly=True, samesite="strict")
    return answer


async def logout(web: Web, request: Request) -> Response:
    """End the session of this browser."""
    await _allowed(web, request, logout=True)
    # A session is nothing but its signed cookie, which may have been copied: it stays invalid until it would expire.
    ended, now = web.site.ended_sessions, time.time()
    for session in [session for session, at in ended.items() if now - at > SESSION_SECONDS]:
        del ended[session]
    ended[request.state.who.session] = now
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return answer


async def act(web: Web, operation: Operation, request: Request) -> Response:
    """Carry out the operation of a form, then redirect to its page with a message, or show the result."""
    form = await _allowed(web, request, most=_most_bytes(web, operation))
    fields = {name: value for name, value in form.items() if name != "csrf"}

    def answer(result: OperationResult) -> Response:
        if result.view is not None:
            return web.render_page(request, result.view, section=result.page)
        if result.file is not None:
            name, body = result.file
            return Response(body, headers={"content-disposition": f'attachment; filename="{name}"'}, media_type=ZIP)
        signature = web.site.sign("said:" + result.message)
        return RedirectResponse(result.page + links.query({"said": signature, "what": result.message}), 303)

    return await _carry_out(web, request, operation, fields, answer)


async def act_for_program(web: Web, operation: Operation, request: Request) -> Response:
    """Carry out the operation of a POST request to the API.

    It needs the token itself: a session is for our own pages, and a browser would send it along for any other page.
    Raises HTTPException without the token, and where changes are turned off.
    """
    who: Who = request.state.who
    if not web.site.admin:
        raise HTTPException(403, _TURNED_OFF)
    if not who.bearer:
        raise HTTPException(
            401, "Send the header Authorization: Bearer TOKEN", {"www-authenticate": 'Bearer realm="writethru"'}
        )
    _require_size(request, _most_bytes(web, operation))
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise HTTPException(415, "Send JSON, with Content-Type: application/json")
    try:
        fields = orjson.loads(await request.body() or b"{}")
    except orjson.JSONDecodeError:
        raise UsageError("the request is not valid JSON") from None
    if not isinstance(fields, dict):
        raise UsageError("the request is not a JSON object")
    return await _carry_out(
        web,
        request,
        operation,
        fields,
        lambda result: Response(encode(result.value or Said(result.message)), media_type="application/json"),
    )


async def _carry_out(
    web: Web,
    request: Request,
    operation: Operation,
    fields: Mapping[str, Any],
    answer: Callable[[OperationResult], Response],
) -> Response:
    """Carry out an operation in a thread; `answer` turns its result into a response."""
    who: Who = request.state.who
    name = request.path_params.get("name", "")
    # Recorded with decisions and verdicts. A token names nobody.
    by = who.named or ("api" if who.bearer and not who.session else "web")
    settings = web.config() or Config()
    given: OperationRequest[Any] = OperationRequest(name, web.now(), operation.read(fields), by, settings, who.named)

    def done() -> Response:
        if web.actions is None:
            raise HTTPException(403, _TURNED_OFF)
        result = operation.work(web.actions, given)
        # The page that comes next must show the result, not a list cached before.
        web.cache.forget()
        return answer(result)

    return await web.in_thread(done, slow=operation.slow)


async def _allowed(web: Web, request: Request, *, logout: bool = False, most: int = MAX_FORM_BYTES) -> dict[str, str]:
    """Return the form that a user who may make changes sent from one of our pages. Raises HTTPException otherwise.

    With `logout`, any user with a session may send it.
    """
    who: Who = request.state.who
    if not (logout or who.local or web.site.admin):
        raise HTTPException(403, _TURNED_OFF)
    if not who.session and (logout or not who.local):
        raise HTTPException(403, "Sign in first")
    form = await sent_form(request, most)
    if not hmac.compare_digest(csrf(web.site, who).encode(), form.get("csrf", "").encode("utf-8", "replace")):
        raise HTTPException(403, "The form has expired. Load the page again")
    return form


def _most_bytes(web: Web, operation: Operation) -> int:
    """Return the maximum size of a request for an operation: a page handed in may be as large as a fetched one."""
    # Base64 makes four bytes of three.
    page = (web.config() or Config()).fetch.max_body_bytes * 4 // 3
    return MAX_FORM_BYTES + (page if operation.takes_file else 0)


def _require_size(request: Request, most: int = MAX_FORM_BYTES) -> None:
    # Before any of the body is read; a request without a length, sent in chunks, could be of any size.
    length = whole_number(request.headers.get("content-length", ""))
    if length is None or length > most:
        raise HTTPException(413, f"The request has no Content-Length, or more than {most:,} bytes")


async def sent_form(request: Request, most: int = MAX_FORM_BYTES) -> dict[str, str]:
    """Return the fields of a form that one of our own pages sent, according to the browser's headers; a file in base64.

    Raises HTTPException or UsageError if another site sent it, or it is too large or none.
    """
    origin = request.headers.get("origin", "")
    # Browsers send Origin with every POST; Sec-Fetch-Site is for those that leave it out where the site is the same.
    if origin:
        is_own = urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower()
    else:
        is_own = request.headers.get("sec-fetch-site", "") == "same-origin"
    if not is_own:
        raise HTTPException(403, "The form was not sent from this site")
    _require_size(request, most)
    takes_file = most > MAX_FORM_BYTES
    kinds = ("application/x-www-form-urlencoded", "multipart/form-data")[: 1 + takes_file]
    if request.headers.get("content-type", "").partition(";")[0].strip() not in kinds:
        raise UsageError("not a form")
    async with request.form(max_files=int(takes_file), max_fields=50) as form:
        return {
            name: value if isinstance(value, str) else b64encode(await value.read()).decode()
            for name, value in form.items()
        }


def mark_opened(asked: PageRequest, view: View, answer: Response) -> None:
    """Mark the changes that a page shows as read, in the cookie of a reader who has one."""
    if isinstance(view, ChangePage):
        first, last = sorted((view.old.n, view.new.n))
        numbers = range(first + 1, last + 1)
    elif isinstance(view, VersionPage):
        numbers = range(view.version.n, view.version.n + 1)
    else:
        return
    if asked.reading.at is None:
        return
    after = asked.reading.after(newer_rows(asked.archive, view.tracked.id, numbers, asked.reading.row))
    if after != asked.reading:
        _set_cookie(answer, after, secure=asked.base.startswith("https:"))


async def mark_all_read(web: Web, request: Request) -> Response:
    """Mark all versions up to the `row` of the form as read, in the reader's cookie, which this sets if there is none.

    It changes only the reader's own marks, so it needs no session. The headers of the browser keep other sites out.
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
            with open_archive(web.marks) as archive:
                save_reader_mark(archive, hash_reader(who.named), row, now)
        answer = RedirectResponse(inside(form.get("next", "/")), 303)
        _set_cookie(answer, reading, secure=request.state.secure)
        return answer

    return await web.in_thread(done)


def _set_cookie(answer: Response, reading: Reading, *, secure: bool) -> None:
    # Lax, not Strict: a link in an alert's mail must send the reader's marks along. It lets nobody do anything.
    text, seconds = reading.text(), READING_COOKIE_SECONDS
    answer.set_cookie(READING_COOKIE, text, seconds, secure=secure, httponly=True, samesite="lax")

"""Signing in, and the forms of signed-in users, which only our own pages can send."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from tracker.errors import UsageError

from . import links
from .actions import Order
from .guard import COOKIE, SESSION_SECONDS, Who, client_of, csrf, end_session, from_here, new_session
from .page_request import View

if TYPE_CHECKING:
    from starlette.requests import Request

    from tracker.web.web import Web

    from .actions import Action

MAX_FORM_BYTES: Final = 20_000


@dataclass(frozen=True)
class Login(View):
    """The sign-in form. `named` is the user named by the proxy, or empty."""

    template: ClassVar[str] = "login.html"
    heading: ClassVar[str] = "Sign in"
    goal: str
    wrong: bool
    named: str
    signed: bool
    possible: bool


def inside(goal: str) -> str:
    """Return `goal` if it is a path on this site, else "/", so that a link cannot redirect to another site."""
    return goal if goal.startswith("/") and not goal.startswith(("//", "/\\")) and "\n" not in goal else "/"


async def login(web: Web, request: Request) -> Response:
    """Show the form, or check the token and start a session."""
    who: Who = request.scope["state"]["who"]
    site = web.site
    goal = inside(request.query_params.get("next", "/"))
    if request.method != "POST":
        return web.framed(request, Login(goal, False, who.named, bool(who.session), bool(site.token or who.named)))
    _own(request)
    form = await _form(request)
    goal = inside(form.get("next", goal))
    if not (who.named or site.is_token(form.get("token", ""))):
        if not await site.wrong_tokens.delay(client_of(request.scope)):
            raise HTTPException(429, "Too many wrong tokens")
        return web.framed(request, Login(goal, True, who.named, False, bool(site.token)), status=403)
    answer = RedirectResponse(goal, 303)
    answer.set_cookie(
        COOKIE,
        new_session(site),
        max_age=SESSION_SECONDS,
        httponly=True,
        samesite="strict",
        secure=request.scope["state"]["secure"],
        path="/",
    )
    return answer


async def logout(web: Web, request: Request) -> Response:
    """End the session of this browser."""
    await _allowed(web, request, admin=False)
    end_session(web.site, request.scope["state"]["who"].session)
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return answer


async def act(web: Web, action: Action, request: Request) -> Response:
    """Do what a form asks for, and go back to the page it was on with a message."""
    form = await _allowed(web, request, admin=True)
    actions = web.actions
    if actions is None:
        raise HTTPException(403, "Actions are not available")
    who: Who = request.scope["state"]["who"]
    order = Order(request.path_params["name"], web.now(), form, who.named or "web")

    def done() -> Response:
        message = action.work(actions, order)
        web.archive.forget()
        signature = web.site.sign("said:" + message)[:16]
        return RedirectResponse(action.goal(order.name) + links.query({"said": signature, "what": message}), 303)

    return await web.in_thread(done)


def flash(web: Web, request: Request) -> str:
    """Return the message of an action from the query, or "" unless this site signed it."""
    what, signature = request.query_params.get("what", ""), request.query_params.get("said", "")
    mine = web.site.sign("said:" + what)[:16]
    return what if what and hmac.compare_digest(mine.encode(), signature.encode("utf-8", "replace")) else ""


async def _allowed(web: Web, request: Request, *, admin: bool) -> dict[str, str]:
    """Return the form, if a signed-in user sent it from one of our pages. Raises HTTPException if not."""
    who: Who = request.scope["state"]["who"]
    if admin and not web.site.admin:
        raise HTTPException(403, "Actions are turned off. Start it with --admin, or set admin in [web]")
    if not who.session:
        raise HTTPException(403, "Sign in first")
    _own(request)
    form = await _form(request)
    expected = csrf(web.site, who.session)
    if not hmac.compare_digest(expected.encode(), form.get("csrf", "").encode("utf-8", "replace")):
        raise HTTPException(403, "The form has expired. Load the page again")
    return form


def _own(request: Request) -> None:
    if not from_here(request.headers):
        raise HTTPException(403, "The form was not sent from this site")


async def _form(request: Request) -> dict[str, str]:
    length = request.headers.get("content-length", "")
    if not length.isascii() or not length.isdigit() or len(length) > 9 or int(length) > MAX_FORM_BYTES:
        raise HTTPException(413, "The form is too large")
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise UsageError("not a form")
    form = await request.form(max_files=0, max_fields=50)
    return {name: value for name, value in form.items() if isinstance(value, str)}

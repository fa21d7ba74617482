"""Signing in and acting: forms that only our own pages can send."""

from __future__ import annotations

import asyncio
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from tracker.errors import UsageError

from . import links
from .guard import COOKIE, SESSION_SECONDS, csrf, from_here, new_session
from .page_request import View

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from tracker.web.web import Web

    from .actions import Acts
    from .guard import Who

_PENALTY: Final = 0.7
_LARGEST: Final = 20_000


@dataclass(frozen=True)
class Login(View):
    """The form that asks for the token; *named* is whom the proxy names."""

    template: ClassVar[str] = "login.html"
    goal: str
    wrong: bool
    named: str
    signed: bool
    possible: bool

    @property
    def title(self) -> str:
        """Return what stands in the title bar."""
        return "Sign in"


def inside(goal: str) -> str:
    """Return an address on this site to go on to: never another site, whatever was asked for."""
    return goal if goal.startswith("/") and not goal.startswith(("//", "/\\")) and "\n" not in goal else "/"


async def login(web: Web, request: Request) -> Response:
    """Show the form, or take the token and begin a session."""
    who: Who = request.scope["state"]["who"]
    site = web.site
    goal = inside(request.query_params.get("next", "/"))
    if request.method != "POST":
        return web.framed(request, Login(goal, False, who.named, bool(who.session), bool(site.token or who.named)))
    _own(request)
    form = await _form(request)
    goal = inside(form.get("next", goal))
    if not (who.named or site.is_token(form.get("token", ""))):
        # Guessing costs time; the token is long.
        await asyncio.sleep(_PENALTY)
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
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return answer


async def pause(web: Web, request: Request) -> Response:
    """Pause a source."""
    name = request.path_params["name"]
    return await _act(web, request, links.source(name), lambda acts, _: acts.pause(name, web.now(), paused=True))


async def resume(web: Web, request: Request) -> Response:
    """Go on with a source."""
    name = request.path_params["name"]
    return await _act(web, request, links.source(name), lambda acts, _: acts.pause(name, web.now(), paused=False))


async def check_source(web: Web, request: Request) -> Response:
    """Make a source due now."""
    name = request.path_params["name"]
    return await _act(web, request, links.source(name), lambda acts, _: acts.check(web.now(), source=name))


async def release(web: Web, request: Request) -> Response:
    """Let go the alerts of a source that a storm holds."""
    name = request.path_params["name"]
    return await _act(web, request, links.source(name), lambda acts, _: acts.release(name, web.now()))


async def check_article(web: Web, request: Request) -> Response:
    """Make an article due now."""
    ident = request.path_params["ident"]
    return await _act(web, request, links.article(ident), lambda acts, _: acts.check(web.now(), article=ident))


async def accept_story(web: Web, request: Request) -> Response:
    """Accept what a story has."""
    name = request.path_params["name"]
    who: Who = request.scope["state"]["who"]
    by = who.named or "web"
    return await _act(web, request, links.story(name), lambda acts, _: acts.accept(name, web.now(), by))


async def edit_rule(web: Web, request: Request) -> Response:
    """Write a rule."""
    name = request.path_params["name"]
    return await _act(web, request, "/alerts", lambda acts, form: acts.edit_rule(name, form, web.now()))


async def _act(web: Web, request: Request, goal: str, work: Callable[[Acts, dict[str, str]], str]) -> Response:
    form = await _allowed(web, request, admin=True)
    acts = web.acts
    if acts is None:
        raise HTTPException(403, "Nothing can be done here")

    def done() -> Response:
        said = work(acts, form)
        web.archive.forget()
        return RedirectResponse(goal + links.query({"said": web.site.sign("said:" + said)[:16], "what": said}), 303)

    return await web.in_thread(done)


def flash(web: Web, request: Request) -> str:
    """Return what an act said, where this site said it and nobody else."""
    what, signature = request.query_params.get("what", ""), request.query_params.get("said", "")
    mine = web.site.sign("said:" + what)[:16]
    return what if what and hmac.compare_digest(mine.encode(), signature.encode("utf-8", "replace")) else ""


async def _allowed(web: Web, request: Request, *, admin: bool) -> dict[str, str]:
    """Return the form, where it was sent by somebody who signed in, from one of our pages. Raises HTTPException."""
    who: Who = request.scope["state"]["who"]
    if admin and not web.site.admin:
        raise HTTPException(403, "This page only shows: it was started without --admin")
    if not who.session:
        raise HTTPException(403, "Sign in first")
    _own(request)
    form = await _form(request)
    expected = csrf(web.site, who.session)
    if not hmac.compare_digest(expected.encode(), form.get("csrf", "").encode("utf-8", "replace")):
        raise HTTPException(403, "The form is too old: load the page again")
    return form


def _own(request: Request) -> None:
    if not from_here(request.headers):
        raise HTTPException(403, "This form was not sent from one of our pages")


async def _form(request: Request) -> dict[str, str]:
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > _LARGEST:
        raise HTTPException(413, "This form is too large")
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise UsageError("this is no form")
    form = await request.form(max_files=0, max_fields=50)
    return {name: value for name, value in form.items() if isinstance(value, str)}

"""Middleware for every request: checks the Host header and the user, and adds security headers to the response."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from .site import Site

COOKIE: Final = "writethru"
SESSION_SECONDS: Final = 12 * 3600
# What is answered without signing in: what the sign-in form needs, what monitors and crawlers ask for, and the page
# that a bookmark opens, to which browsers send no Strict cookie (see WatchThis).
_OPEN: Final = ("/static/", "/login", "/healthz", "/robots.txt", "/watch")

# Behind the escaping, a second line of defence: a script in a stored text would not run, and could reach no other site.
POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'"
)
HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",  # for browsers that do not know frame-ancestors
    # Not no-referrer: browsers would then send Origin: null with our own forms.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "x-robots-tag": "noindex, nofollow",
}


@dataclass(frozen=True, slots=True)
class Who:
    """Who sends a request.

    Attributes:
        session: the signed-in session, or empty.
        named: the user named by the proxy, or empty.
        bearer: whether the request carries the token.
    """

    session: str = ""
    named: str = ""
    bearer: bool = False

    @property
    def known(self) -> bool:
        """Return whether the user is identified in any way."""
        return bool(self.session or self.named or self.bearer)


class Guard:
    """Middleware that rejects unknown host names and users, and adds security headers to every response."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                # Defaults only: stored pages have a stricter policy of their own, static files may be cached.
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                # A browser may keep a page, but asks each time whether it still holds; shared caches keep none.
                headers.setdefault("cache-control", "private, no-cache")
            await send(message)

        request = Request(scope)
        refusal = self._refusal(request)
        guess = _bearer(request)
        # Where reading is free, too: otherwise tokens could be tried there without the delay.
        if guess and self._site.token and not self._site.is_token(guess):
            allowed = await self._site.wrong_tokens.delay(client_of(request))
            refusal = refusal if allowed else PlainTextResponse("Too many wrong tokens.\n", 429)
        await (refusal or self._app)(scope, receive, guarded)

    def _refusal(self, request: Request) -> PlainTextResponse | RedirectResponse | None:
        site = self._site
        if not site.knows(request.headers.get("host", "")):
            # DNS rebinding: a browser would let a page at a name that is pointed at this machine read ours.
            # Misdirected Request (RFC 9110, 15.5.20) says that the name is wrong, not the request.
            text = "Unknown host name. Add it to hosts in the [web] table of the configuration.\n"
            return PlainTextResponse(text, 421)
        # Anybody can send these headers, so they count only in requests that a trusted proxy passes on.
        from_proxy = bool(site.header) and client_of(request) in site.proxies
        forwarded = from_proxy and request.headers.get("x-forwarded-proto") == "https"
        who = Who(
            session=session_of(site, request.cookies.get(COOKIE, "")),
            named=request.headers.get(site.header, "") if from_proxy else "",
            bearer=site.is_token(_bearer(request)),
        )
        request.state.who = who
        request.state.secure = forwarded or request.scope.get("scheme") == "https" or site.base.startswith("https:")
        path = request.scope["path"]
        if not site.closed or who.known or path.startswith(_OPEN):
            return None
        # People are led to the form; programs and scripts are told, because they would take the form for the answer.
        if site.token and request.method in {"GET", "HEAD"} and "text/html" in request.headers.get("accept", ""):
            query = request.scope["query_string"].decode("latin-1")
            return RedirectResponse(f"/login?next={quote(path + ('?' + query if query else ''), safe='')}", 303)
        return PlainTextResponse("Sign in first.\n", 401, {"www-authenticate": 'Bearer realm="writethru"'})


class ApiCors(CORSMiddleware):
    """CORS for the API alone: scripts of sites that are configured may call it with the token; no cookie counts."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        for_api = scope["type"] == "http" and scope["path"].startswith("/api/")
        await (super().__call__ if for_api else self.app)(scope, receive, send)


def client_of(request: Request) -> str:
    """Return the address that a request came from."""
    return request.client.host if request.client else ""


def _bearer(request: Request) -> str:
    """Return the token of a request, empty if it has none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def new_session(site: Site) -> str:
    """Return the cookie value for a new session."""
    value = f"{secrets.token_urlsafe(18)}.{int(time.time())}"
    return f"{value}.{site.sign('session:' + value)}"


def session_of(site: Site, given: str) -> str:
    """Return the session in the value of a cookie, or "" if there is none or it is expired or forged."""
    # The signature is checked before anything in the value is believed.
    value, _, signature = given.rpartition(".")
    if not value or not site.signed("session:" + value, signature) or given in site.ended_sessions:
        return ""
    began = value.rpartition(".")[2]
    return given if began.isdigit() and time.time() - int(began) < SESSION_SECONDS else ""


def end_session(site: Site, session: str) -> None:
    """Make a session invalid, wherever its cookie was copied to."""
    # A session is nothing but its signed cookie, so the ones that ended are remembered until they would have expired.
    now = time.time()
    for ended, at in list(site.ended_sessions.items()):
        if now - at > SESSION_SECONDS:
            del site.ended_sessions[ended]
    site.ended_sessions[session] = now


def csrf(site: Site, session: str) -> str:
    """Return the CSRF token that forms of this session must contain."""
    return site.sign("csrf:" + session) if session else ""

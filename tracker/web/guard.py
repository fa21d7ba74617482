"""Access to the web pages: host names, tokens, trusted proxies, sessions; every request passes the guard first."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tracker.addresses.urls import host_without_port, is_allowed_host, is_loopback_host, split_host_port
from tracker.config.root import Config
from tracker.errors import ConfigError

WRONG_TOKEN_DELAY_SECONDS: Final = 0.7
# Each guess that waits holds a connection, so no more than fourteen of one client do; the next is refused at once.
MAX_WRONG_TOKEN_WAIT_SECONDS: Final = 10.0
# With more, those whose turn is over are forgotten: guessing from many addresses must not fill the memory.
MAX_GUESSING_CLIENTS: Final = 10_000


@dataclass
class WrongTokens:
    """Answers one wrong token of a client at a time, each after a delay, however many it sends at once."""

    _free_at: dict[str, float] = field(default_factory=dict)

    async def delay(self, client: str) -> bool:
        """Wait for the turn of `client`, an address; return False, at once, if it has too many guesses waiting."""
        now = asyncio.get_running_loop().time()
        if len(self._free_at) >= MAX_GUESSING_CLIENTS:
            self._free_at = {name: at for name, at in self._free_at.items() if at > now}
        free_at = max(self._free_at.get(client, now), now) + WRONG_TOKEN_DELAY_SECONDS
        if free_at - now > MAX_WRONG_TOKEN_WAIT_SECONDS:
            return False
        self._free_at[client] = free_at
        await asyncio.sleep(free_at - now)
        return True


@dataclass(frozen=True)
class Site:
    """Who may read, and who may change things.

    Attributes:
        hosts: accepted host names.
        token: the token for signing in, or empty.
        header: the header with the user's name, accepted only from `proxies`.
        admin: whether signed-in users may change things.
        is_local: whether users of this machine may change things without signing in; see `is_local_request`.
        base: the beginning of links to this site.
        cors: origins of other sites whose scripts may call the API.
        key: signs sessions; it is valid for as long as the process runs.
        reading_is_free: whether anyone may read and the token is only for changes, as with `serve --admin` on this
            machine without a configured token.
        ended_sessions: sessions that were signed out, and when.
        wrong_tokens: delays clients that guess tokens.
    """

    hosts: frozenset[str] = frozenset()
    token: str = field(default="", repr=False)
    header: str = ""
    proxies: frozenset[str] = frozenset({"127.0.0.1", "::1"})
    admin: bool = False
    is_local: bool = False
    base: str = ""
    cors: frozenset[str] = frozenset()
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    reading_is_free: bool = False
    ended_sessions: dict[str, float] = field(default_factory=dict, repr=False, compare=False)
    wrong_tokens: WrongTokens = field(default_factory=WrongTokens, repr=False, compare=False)

    @property
    def closed(self) -> bool:
        """Return whether reading needs a token or a user named by the proxy."""
        return bool(self.token or self.header) and not self.reading_is_free

    def is_token(self, given: str) -> bool:
        """Return whether `given` is the token. Compares in constant time."""
        # Of digests, because compare_digest lets the length of its arguments be measured.
        digests = (hashlib.sha256(each.encode("utf-8", "surrogatepass")).digest() for each in (given, self.token))
        return bool(self.token) and hmac.compare_digest(*digests)

    def sign(self, what: str) -> str:
        """Return a signature of `what`."""
        # Callers put its purpose before the value ("csrf:", "said:"), so that one signature never passes for another.
        return hmac.new(self.key, what.encode(), hashlib.sha256).hexdigest()[:32]

    def signed(self, what: str, signature: str) -> bool:
        """Return whether `signature` is valid for `what`. Compares in constant time."""
        return hmac.compare_digest(self.sign(what).encode(), signature.encode("utf-8", "replace"))


def site_of(config: Config, *, listen: str, admin: bool = False, invent: bool = False) -> Site:
    """Return the access settings for pages served at `listen`.

    With `invent`, a token is generated if changes are allowed and none is configured. Raises ConfigError if other
    machines could read without a token or a proxy, or if nobody could sign in.
    """
    web = config.web
    host, _ = split_host_port(listen)
    token = web.token.reveal("web.token") if web.token else ""
    if token and len(token) < 16:
        raise ConfigError("the token is too short", resource="web.token", hint="use at least 16 characters")
    if not is_loopback_host(host) and not token and not web.trusted_header:
        raise ConfigError(
            "other machines could read the pages without a password",
            resource=f"web.listen {listen!r}",
            hint="set token or trusted_header in the [web] table, or listen on 127.0.0.1",
        )
    free = False
    if (admin or web.admin) and not token and not web.trusted_header:
        if not invent:
            raise ConfigError(
                "admin is set, but nobody could sign in", resource="web.admin", hint="set token in the [web] table"
            )
        token, free = secrets.token_urlsafe(24), True
    return Site(
        hosts=frozenset({*map(host_without_port, web.hosts), host}),
        token=token,
        header=web.trusted_header.lower(),
        proxies=frozenset(web.proxies),
        admin=admin or bool(web.admin),
        is_local=_is_local(config, host),
        base=config.service.link.rstrip("/"),
        cors=frozenset(web.cors),
        reading_is_free=free,
    )


def _is_local(config: Config, host: str) -> bool:
    """Return whether users of this machine may make changes without signing in.

    Not where a setting says that others reach the pages, by another name or through a proxy, which may not show itself.
    """
    web = config.web
    names = (*map(host_without_port, web.hosts), urlsplit(config.service.link).hostname or "localhost", host)
    has_others = web.token or web.trusted_header or "proxies" in web.model_fields_set
    return web.admin is not False and not has_others and all(map(is_loopback_host, names))


# The beginnings of headers that proxies, load balancers and tunnels add to requests.
_FORWARDED: Final = (
    *("forwarded", "via", "x-forwarded", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "x-original-", "x-proxy"),
    *("x-remote-", "x-envoy-", "x-amzn-", "x-cloud-trace", "true-client-ip", "cf-", "cdn-", "fastly-", "tailscale-"),
)


def is_local_request(site: Site, request: Request) -> bool:
    """Return whether a browser on this machine asks for the pages by a loopback address, through no proxy.

    A proxy on this machine that adds nothing looks the same, except for HTTP/1.0, in which nginx asks by default. A
    page of another site is kept out by the Host header (DNS rebinding), and its forms by `auth.sent_form`.
    """
    server, port = request.scope.get("server") or ("", None)
    try:
        asked = urlsplit(f"//{request.headers.get('host', '')}")
        asked_port = asked.port or 80
    except ValueError:
        return False
    return (
        site.is_local
        and all(map(is_loopback_host, (client_of(request), str(server), asked.hostname or "")))
        and asked_port == port
        and request.scope["http_version"] != "1.0"
        and not any(name.startswith(_FORWARDED) for name in request.headers)
    )


COOKIE: Final = "writethru"
SESSION_SECONDS: Final = 12 * 3600
# Answered without signing in: the sign-in form and its files, requests of monitors and crawlers, and the page that a
# bookmark opens, to which browsers send no Strict cookie (see WatchThis).
_OPEN: Final = ("/static/", "/login", "/healthz", "/robots.txt", "/watch")

# Behind the escaping, a second line of defence: a script in a stored text would not run, and could reach no other site.
POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
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
    """Who sends a request: its signed-in session, the user that the proxy names, and whether it carries the token.

    `local` is the Host header of a user of this machine, who may make changes without a session; "" for all others.
    """

    session: str = ""
    named: str = ""
    bearer: bool = False
    local: str = ""


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
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        guess = token.strip() if scheme.lower() == "bearer" else ""
        refusal = self._refusal(request, guess)
        # Where reading is free, too: otherwise tokens could be tried there without the delay.
        if guess and self._site.token and not self._site.is_token(guess):
            allowed = await self._site.wrong_tokens.delay(client_of(request))
            refusal = refusal if allowed else PlainTextResponse("Too many wrong tokens.\n", 429)
        await (refusal or self._app)(scope, receive, guarded)

    def _refusal(self, request: Request, token: str) -> PlainTextResponse | RedirectResponse | None:
        site = self._site
        if not is_allowed_host(request.headers.get("host", ""), site.hosts):
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
            bearer=site.is_token(token),
            local=request.headers["host"].lower() if is_local_request(site, request) else "",
        )
        request.state.who = who
        request.state.secure = forwarded or request.scope.get("scheme") == "https" or site.base.startswith("https:")
        path = request.scope["path"]
        is_known = who.session or who.named or who.bearer
        if not site.closed or is_known or path.startswith(_OPEN):
            return None
        # Browsers are redirected to the form. Programs get an error, because they would take the form for the answer.
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


def csrf(site: Site, who: Who) -> str:
    """Return the CSRF token that forms of this session, or of the users of this machine, must contain."""
    # A session has two dots and no colon: it never reads like the other purpose.
    purpose = f"csrf:{who.session}" if who.session else f"csrf:local:{who.local}"
    return site.sign(purpose) if who.session or who.local else ""

"""Access settings of the web pages: host names, tokens, trusted proxies and permissions."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tracker.addresses.hosts import host_without_port, is_allowed_host, is_loopback_host, split_host_port
from tracker.errors import ConfigError

if TYPE_CHECKING:
    from tracker.config.root import Config

_PROXIES: Final = ("127.0.0.1", "::1")
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
        """Wait for the client's turn; return False, at once, where it has too many guesses waiting already.

        Args:
            client: the address that the request came from.
        """
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
        base: the beginning of links to this site.
        cors: origins of other sites whose scripts may call the API.
        key: signs sessions; it is valid for as long as the process runs.
        reading_is_free: whether anyone may read and the token is only for changes, as with `serve --admin` on this
            machine without a configured token.
        ended_sessions: sessions that were signed out, and when.
        wrong_tokens: delays whoever guesses.
    """

    hosts: frozenset[str] = frozenset()
    token: str = field(default="", repr=False)
    header: str = ""
    proxies: frozenset[str] = frozenset(_PROXIES)
    admin: bool = False
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

    def knows(self, host: str) -> bool:
        """Return whether `host`, from the Host header, is accepted."""
        return is_allowed_host(host, self.hosts)

    def is_token(self, given: str) -> bool:
        """Return whether `given` is the token. Compares in constant time."""
        # Of digests, because compare_digest lets the length of what it compares be measured.
        return bool(self.token) and hmac.compare_digest(_digest(given), _digest(self.token))

    def sign(self, what: str) -> str:
        """Return a signature of `what`."""
        # Callers put its purpose before the value ("csrf:", "said:"), so that one signature never passes for another.
        return hmac.new(self.key, what.encode(), hashlib.sha256).hexdigest()[:32]

    def signed(self, what: str, signature: str) -> bool:
        """Return whether `signature` is valid for `what`. Compares in constant time."""
        return hmac.compare_digest(self.sign(what).encode(), signature.encode("utf-8", "replace"))


def address(listen: str) -> tuple[str, int]:
    """Return the host and port of HOST:PORT. Raises ConfigError."""
    try:
        return split_host_port(listen)
    except ValueError as error:
        raise ConfigError(str(error), resource="web.listen") from None


def site_of(config: Config, *, listen: str, admin: bool = False, invent: bool = False) -> Site:
    """Return the access settings for pages served at `listen`.

    With `invent`, a token is generated if changes are allowed and none is configured. Raises ConfigError if other
    machines could read without a token or a proxy, or if nobody could sign in.
    """
    web = config.web
    host, _ = address(listen)
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
        admin=admin or web.admin,
        base=config.service.link.rstrip("/"),
        cors=frozenset(web.cors),
        reading_is_free=free,
    )


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()

"""Fetch each source's pages through its own proxy, with its own certificates."""

from __future__ import annotations

from datetime import datetime

from tracker import __version__
from tracker.config.root import Config
from tracker.config.tables import FetchConfig
from tracker.fetch.client import HttpFetcher
from tracker.model.capture import Allow, FetchResult, Headers, Request


class SourceFetcher:
    """A Fetcher with one HTTP client for each distinct way to fetch that the configuration names.

    Pages are fetched as their source says, messages are sent as [fetch] says.

    Raises ConfigError if a certificate or a secret that `config` names cannot be read.
    """

    def __init__(self, config: Config) -> None:
        self._clients: dict[tuple[FetchConfig, str], HttpFetcher] = {}
        self.use(config)

    def use(self, config: Config) -> None:
        """Fetch as `config` says from now on. Raises ConfigError; the previous configuration then stays active."""
        # All clients are made before the configuration is taken: a certificate that cannot be read changes nothing.
        for fetch in config.fetches:
            self._client(fetch, config.contact)
        self._config = config

    def proxy_for(self, url: str, source: str) -> str:
        """Return the address of the proxy that a page is fetched through, or ""."""
        return self._config.fetch_for(url, source).proxy_url

    def photographs(self, source: str) -> bool:
        """Return whether a screenshot is stored with each version of a source."""
        named = self._config.source(source)
        return named is not None and named.screenshots

    async def fetch(self, request: Request, now: datetime, allow: Allow | None = None) -> FetchResult:
        """Fetch a page the way its source says; its redirects are followed in the same way."""
        client = self._client(self._config.fetch_for(request.url, request.source), self._config.contact)
        return await client.fetch(request, now, allow)

    async def post(self, url: str, headers: Headers, body: bytes, *, private: bool = False) -> tuple[int, Headers]:
        """Send `body` as [fetch] says and return status and headers of the response. Raises DeliveryError."""
        return await self._default().post(url, headers, body, private=private)

    async def inquire(self, url: str, headers: Headers, body: bytes, *, private: bool = False) -> tuple[int, bytes]:
        """Send `body` as `post` does, and return status and body of the response. Raises DeliveryError."""
        return await self._default().inquire(url, headers, body, private=private)

    async def aclose(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            await client.aclose()

    def _default(self) -> HttpFetcher:
        return self._client(self._config.fetch, self._config.contact)

    def _client(self, fetch: FetchConfig, contact: str) -> HttpFetcher:
        # Clients of an earlier configuration stay open until the end: checks that are under way still use them.
        key = (fetch, contact)
        if key not in self._clients:
            self._clients[key] = HttpFetcher(fetch, contact=contact, version=__version__)
        return self._clients[key]

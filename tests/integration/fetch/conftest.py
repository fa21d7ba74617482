import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from tracker.config.tables import FetchConfig
from tracker.fetch.client import HttpFetcher
from tracker.fetch.guard import resolve
from tracker.fetch.responses import Limits

from .server import Server, serving

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
AUTHORITY = trustme.CA()


def server_context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    """Return a server's TLS context with *certificate*."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def trusting_context() -> ssl.SSLContext:
    """Return a client's TLS context that trusts AUTHORITY."""
    context = ssl.create_default_context()
    AUTHORITY.configure_trust(context)
    return context


async def loopback_resolver(host: str, port: int) -> Sequence[str]:
    """Resolve names under .test to this machine, and all others by the operating system."""
    return ["127.0.0.1"] if host.endswith(".test") else await resolve(host, port)


@asynccontextmanager
async def fetching(
    limits: Limits | None = None,
    *,
    private: bool = True,
    timeout: float = 10.0,  # noqa: ASYNC109 - it is the configuration's
    wire: int = 10_000_000,
    body: int = 20_000_000,
    contact: str = "desk@desk.example",
    tls_context: ssl.SSLContext | None = None,
) -> AsyncIterator[HttpFetcher]:
    config = FetchConfig(
        timeout=timedelta(seconds=timeout), allow_private=private, max_wire_bytes=wire, max_body_bytes=body
    )
    fetcher = HttpFetcher(
        config, contact=contact, version="9.9", limits=limits, resolver=loopback_resolver, tls_context=tls_context
    )
    try:
        yield fetcher
    finally:
        await fetcher.aclose()


async def asked(fetcher: HttpFetcher, url: str) -> tuple[int, bytes]:
    """Post a question and return status and body of the answer."""
    status, _, answer = await fetcher.post(url, (), b"?", reads_answer=True)
    return status, answer


@pytest.fixture
async def server(anyio_backend: str) -> AsyncIterator[Server]:
    async with serving() as running:
        yield running


@pytest.fixture
async def fetcher(anyio_backend: str) -> AsyncIterator[HttpFetcher]:
    async with fetching() as open_fetcher:
        yield open_fetcher

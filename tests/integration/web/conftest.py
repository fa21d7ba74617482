"""The archive of a newspaper's day, and an application over it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from tracker.config.root import Config
from tracker.web.app import build
from tracker.web.data import open_pages
from tracker.web.guard import Site

from .newsroom_archive import NOW, Kept
from .newsroom_archive import build as build_archive


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Return an archive that nobody writes to."""
    return build_archive(tmp_path_factory.mktemp("newsroom") / "w.db")


Client = httpx.AsyncClient


@asynccontextmanager
async def client_of(
    url: str, site: Site | None = None, config: Config | None = None, **options: Any
) -> AsyncIterator[Client]:
    """Give a client of an application over the archive at `url`."""
    cache = open_pages(url)
    app = build(cache, site or Site(), lambda: NOW, lambda: config or Config())
    for name, value in options.pop("web", {}).items():
        setattr(app.state.web, name, value)
    transport = httpx.ASGITransport(app=app, client=options.pop("peer", ("127.0.0.1", 50000)))
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8766", **options) as made:
            yield made
    finally:
        cache.close()


@pytest.fixture
def opened(kept: Kept) -> Callable[..., Any]:
    """Return what gives a client of the archive."""
    return lambda *given, **options: client_of(kept.url, *given, **options)


@pytest.fixture
async def client(kept: Kept) -> AsyncIterator[Client]:
    """Return a client of the archive that nobody signed in with."""
    async with client_of(kept.url) as made:
        yield made

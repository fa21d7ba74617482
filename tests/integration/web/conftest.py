"""The archive of a newspaper's day, and an application over it."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.web.newsroom_archive import NOW, Kept, copied
from tests.integration.web.newsroom_archive import build as build_archive
from tracker.archive.opening import open_archive
from tracker.config.root import Config, load
from tracker.web.actions import Actions
from tracker.web.app import build
from tracker.web.data import CachedArchive
from tracker.web.guard import Site


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
    cache = CachedArchive(open_archive(url, readonly=True))
    app = build(cache, site or Site(), lambda: NOW, lambda: config or Config())
    for name, value in options.pop("web", {}).items():
        setattr(app.state.web, name, value)
    transport = httpx.ASGITransport(app=app, client=options.pop("peer", ("127.0.0.1", 50000)))
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8766", **options) as made:
            yield made
    finally:
        cache.archive.close()


@pytest.fixture
def opened(kept: Kept) -> Callable[..., Any]:
    """Return what gives a client of the archive."""
    return lambda *given, **options: client_of(kept.url, *given, **options)


@pytest.fixture
async def client(kept: Kept) -> AsyncIterator[Client]:
    """Return a client of the archive that nobody signed in with."""
    async with client_of(kept.url) as made:
        yield made


ORIGIN = {"origin": "http://127.0.0.1:8766"}
TOKEN = "correct horse battery"
BEARER = {"authorization": f"Bearer {TOKEN}"}
Place = tuple[Path, Kept]


def place_in(folder: Path, kept: Kept, config: str) -> Place:
    """Return the file of a configuration, and a copy of the archive."""
    (folder / "writethru.toml").write_text(config)
    return folder / "writethru.toml", copied(kept, folder / "w.db")


@asynccontextmanager
async def admin(place: Place, *, signed: bool = True, config: Config | None = None) -> AsyncIterator[Client]:
    """Give a client who signed in, unless not `signed`, where changes are allowed."""
    path, kept = place
    site = Site(token=TOKEN, admin=True, reading_is_free=True)
    shown = config or (load(path) if path.exists() else Config())
    async with client_of(kept.url, site, shown, web={"actions": Actions(kept.url, path)}) as client:
        if signed:
            await client.post("/login", data={"token": TOKEN}, headers=ORIGIN)
        yield client


async def token(client: Client, page: str) -> str:
    """Return the token that the forms of a page send against requests of other sites; "" where there is no form."""
    found = re.findall(r'name="csrf" value="([0-9a-f]{32})"', (await client.get(page)).text)
    return found[0] if found else ""


async def send(client: Client, path: str, **fields: str) -> Any:
    """Send a form."""
    return await client.post(path, data={"csrf": await token(client, "/login")} | fields, headers=ORIGIN)

"""Somebody who signed in to change an archive and a configuration of their own."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tracker.config.root import Config, load
from tracker.web.actions import Actions
from tracker.web.guard import Site

from .conftest import Client, client_of
from .newsroom_archive import Kept, copied

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

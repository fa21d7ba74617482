"""Quarantine: pages that could not be read, stored until their article or list can be read again."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import Final, cast

import orjson

from tracker.model.capture import Capture, Failure, Headers

from .archive import Archive
from .database.connection import Statement, from_ms

_PAUSED: Final = "SELECT 1 FROM article WHERE ident = :name AND state = 'paused'"
_IS_PAUSED: Final = Statement(sqlite=_PAUSED, postgresql=f"{_PAUSED} FOR SHARE")


def quarantine(archive: Archive, name: str, page: Capture, failure: Failure) -> Failure:
    """Store the page that `failure` is about, and return the failure with the command that shows the page.

    `name` is the article's id, or the address of a list. A page that is stored already is not written again, and that
    of a paused article is not stored: it may have been taken down.
    """
    digest = bytes.fromhex(page.sha256)
    with archive.write() as connection:
        if connection.value(int, _IS_PAUSED, name=name):
            return failure
        stored = connection.value(bytes, "SELECT sha256 FROM quarantine WHERE name = :name", name=name)
        if stored != digest:
            connection.replace(
                "quarantine",
                "name",
                name=name,
                url=page.final_url,
                status=page.status,
                fetched_at=page.fetched_at,
                sha256=digest,
                reason=failure.reason,
                headers=orjson.dumps(page.headers).decode(),
                body=zlib.compress(page.body),
            )
    return replace(failure, reason=f"{failure.reason}; the page is stored (see writethru show {name} --quarantined)")


def release(archive: Archive, name: str) -> None:
    """Delete the page of an article or a list that can be read again."""
    with archive.write() as connection:
        connection.run("DELETE FROM quarantine WHERE name = :name", name=name)


def get_quarantined(archive: Archive, name: str) -> tuple[Capture, str] | None:
    """Return the quarantined page of an article or a list, and why it could not be read; None if there is none."""
    with archive.read() as connection:
        row = connection.first("SELECT * FROM quarantine WHERE name = :name", name=name)
    if row is None:
        return None
    headers = cast("Headers", tuple(tuple(pair) for pair in orjson.loads(row.headers)))
    body, at = zlib.decompress(row.body), from_ms(row.fetched_at)
    return Capture(row.url, row.url, row.status, headers, body, at, row.sha256.hex()), row.reason


def list_quarantined(archive: Archive) -> list[str]:
    """Return the ids of the articles and the addresses of the lists that have a quarantined page, sorted."""
    with archive.read() as connection:
        # Sorted here: database servers sort in different orders.
        return sorted(connection.column(str, "SELECT name FROM quarantine"))

"""Check a saved page of a person's own browser before it is handed in, and read its text."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tracker.addresses.urls import fetchable, hostname_of, is_loopback_host, registrable_domain
from tracker.config.tables import FetchConfig
from tracker.errors import PageError, UsageError
from tracker.exchange.saved_page import SavedPage, read_saved, unpack_wacz
from tracker.extraction.pool import ExtractPool
from tracker.fetch.refused_addresses import NO_ADDRESS, refusal
from tracker.model.capture import Capture, Failure
from tracker.model.version import Handin, Version

# There were no web pages before.
MIN_YEAR: Final = 1990
MAX_NAME_CHARS: Final = 200
_SAVED_PAGE: Final = "hand in a page that a browser saved: HTML, SingleFile, MHTML or WACZ"


def read_handin(
    file: bytes, url: str, by: str, saved: datetime | None, *, limits: FetchConfig, sites: Sequence[Path], now: datetime
) -> Handin:
    """Return a page to hand in, checked, with its text, which a child process that can be killed reads.

    `limits` are those of fetched pages, `sites` the folders of site rules. Nothing is stored or fetched. Raises
    UsageError, with a hint, if the page cannot be handed in.
    """
    by, url = " ".join(by.split()), fetchable(url)
    if not by or len(by) > MAX_NAME_CHARS:
        raise UsageError("give the name of the person who hands it in", hint=f"at most {MAX_NAME_CHARS} characters")
    if saved is not None:
        saved = saved if saved.tzinfo else saved.replace(tzinfo=UTC)
        if saved > now or saved.year < MIN_YEAR:
            when = "in the future" if saved > now else f"before {MIN_YEAR}"
            hint = "give the time at which the page was saved, as in 2026-11-25T09:00Z"
            raise UsageError(f"this time is {when}", resource=saved.isoformat(), hint=hint)
    host = hostname_of(url)
    what = refusal(host.strip("[]"))
    if what == NO_ADDRESS:
        what = "a name inside a network" if is_loopback_host(host) or "." not in host else ""
    if what and not limits.allow_private:
        hint = "allow_private = true under [fetch] or WRITETHRU_ALLOW_PRIVATE=1 allows it"
        raise UsageError(f"{host} is {what}, not a public address", resource=url, hint=hint)
    _check_size("file", file, limits)
    page = asyncio.run(_read(file, url, limits, now, sites))
    for each in page.addresses:
        if registrable_domain(hostname_of(each)) != registrable_domain(host):
            why = f"the page says that it is from {hostname_of(each)}, not from {host}"
            raise UsageError(why, resource=url, hint=f"give the address that it was saved from, such as {each}")
    found = page.reading
    if not found.is_article:
        why = f"no article text was found in the page{': ' if found.detail else ''}{found.detail}"
        raise UsageError(why, resource=url, hint=_SAVED_PAGE)
    sha256 = hashlib.sha256(file).hexdigest()
    return Handin(Version("", 0, url, now, found.article, found.extractor, sha256), by, saved)


def _check_size(what: str, body: bytes, limits: FetchConfig) -> None:
    if len(body) > limits.max_body_bytes:
        why = f"the {what} has {len(body):,} bytes; the limit is {limits.max_body_bytes:,}"
        raise UsageError(why, hint="save it without pictures; max_body_bytes under [fetch] sets the limit")


async def _read(file: bytes, url: str, limits: FetchConfig, now: datetime, sites: Sequence[Path]) -> SavedPage:
    """Read a saved page in a child process. Raises UsageError."""
    try:
        html, named, charset = unpack_wacz(file, url) or (file, "", "")
    except PageError as error:
        raise UsageError(error.message, hint=error.hint) from None
    _check_size("page in the package", html, limits)
    pool = ExtractPool(1, sites=sites)
    about = Capture(url, url, 200, (), html, now, hashlib.sha256(html).hexdigest())
    try:
        page = await pool.run((SavedPage,), read_saved, html, url, named, charset, about=about)
    finally:
        pool.close()
    if isinstance(page, Failure):
        raise UsageError(page.reason, resource=url, hint=_SAVED_PAGE)
    return page
